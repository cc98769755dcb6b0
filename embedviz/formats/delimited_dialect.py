"""How delimited text is divided: what stands before the table, header, quotes and delimiter."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from embedviz.formats.as_table import NAMING
from embedviz.formats.notes import Note
from embedviz.formats.source import Source
from embedviz.formats.tabular import MAX_COLUMNS
from embedviz.formats.text_rows import is_number
from embedviz.formats.word2vec_header import first_lines, header_in

_LOOKED_AT = 200
_HEAD = 1 << 20
_MOST_BEFORE = 10
_SURELY_NAMES = 8
_DIGITS = 19
_BOM = b"\xef\xbb\xbf"
_SEPARATOR_LINE = re.compile(rb'(?:\xef\xbb\xbf)?"?sep=(.)"?[ \t]*\r?\n', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+(e[+-]?\d+)?", re.IGNORECASE)
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}")
_SHOWN = 40


@dataclass(frozen=True)
class Dialect:
    """How the text is divided, and the names of its columns.

    ``start`` is the byte of the first row, ``line`` its line from 1; ``notes`` say what was taken
    where it could be read in two ways.
    """

    delimiter: str
    quoted: bool
    names: tuple[str, ...]
    header: bool
    decimal_point: str
    start: int = 0
    line: int = 1
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class _Row:
    """The fields of a row, the line where it begins, from 1, and its first and last bytes."""

    fields: list[str]
    line: int
    start: int
    end: int
    comment: bool = False

    @property
    def shown(self) -> str:
        text = " ".join(field for field in self.fields if field).strip()
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


@dataclass(frozen=True)
class _Layout:
    """Rows of text divided one way: those before the table, its first row, and the others."""

    delimiter: str
    quoted: bool
    before: list[_Row]
    first: _Row
    others: list[_Row]
    width: int
    separator_line: bool

    @property
    def even(self) -> list[_Row]:
        """The rows behind the first that have as many fields as most."""
        return [row for row in self.others if len(row.fields) == self.width]

    @property
    def whole(self) -> bool:
        """Whether nothing stands before it and all rows have as many fields as the first."""
        return (
            not self.before
            and len(self.first.fields) == self.width
            and len(self.even) == len(self.others)
        )

    @property
    def numeric(self) -> float:
        """How much of what stands in the rows is numbers, from 0 to 1."""
        cells = [cell for row in self.even for cell in row.fields]
        return sum(map(_is_number, cells)) / max(1, len(cells))

    @property
    def divided(self) -> bool:
        """Whether this is a table: (almost) all rows alike, or most and they hold numbers."""
        rows = [self.first, *self.others]
        fitting = len(self.even) + _fits(self.first, self.width)
        if self.width < 2:
            return False
        if not self.before and 10 * fitting >= 9 * len(rows):
            return True
        numeric = sum(any(map(_is_number, row.fields)) for row in self.even)
        return len(self.even) > 1 and 2 * len(self.even) > len(self.others) and (
            2 * numeric > len(self.even)
        )  # fmt: skip


def looks_divided(head: bytes, delimiters: str) -> bool:
    """Whether the lines of ``head`` have the same number of fields, two or more."""
    if b"\0" in head or header_in(head) is not None:
        return False
    layout = _divided(head, delimiters)
    if layout is None:
        return False
    # Decimal commas divide the rows of other delimiters, too, but into fewer numbers.
    rivals = "" if "\t" in delimiters else "\t" if b"\t" in head else " "
    others = [_layout(head, rival) for rival in rivals]
    return not any(
        other is not None and other.divided and other.whole and other.numeric > layout.numeric
        for other in others
    )


def dialect_of(source: Source, text: bytes, delimiters: str, header: bool | None = None) -> Dialect:
    """How ``text``, the start of ``source``, is divided; raises FormatError."""
    head = text[:_HEAD]
    layout = _divided(head, delimiters) or _layout(head, delimiters[0])
    if layout is None:
        raise source.broken("line 1: expected fields; it cannot be divided.")
    if layout.width > MAX_COLUMNS:
        raise source.broken(
            f"line {layout.first.line}: it has {layout.width:,} columns; at most {MAX_COLUMNS:,} "
            "are read."
        )
    named, notes = _header(layout) if header is None else (header, [])
    names, more = _names(layout, named)
    comma = _comma_notes(layout)
    start = layout.first.end if named else layout.first.start
    return Dialect(
        layout.delimiter, layout.quoted, tuple(names), named, "," if comma else ".", start,
        layout.first.line + int(named), (*_before_notes(layout), *notes, *more, *comma),
    )  # fmt: skip


def nearly_divided(head: bytes) -> str:
    """What keeps ``head`` from being a table of one kind or another, with the line; empty if far."""
    if header_in(head) is not None or b"\0" in head:
        return ""
    best: _Layout | None = None
    for delimiter in ",;\t":
        layout = _layout(head, delimiter)
        if layout is not None and layout.width > 1 and len(layout.even) > 1:
            best = layout if best is None or len(layout.even) > len(best.even) else best
    if best is None:
        return _uneven(head)
    odd = [row for row in [best.first, *best.others] if len(row.fields) != best.width]
    name = {"\t": "tabs"}.get(best.delimiter, f"'{best.delimiter}'")
    where = f"; line {odd[0].line} has {len(odd[0].fields)}" if odd else ""
    return (
        f"It is nearly a table: {len(best.even)} of its first {len(best.others) + 1} lines have "
        f"{best.width} fields with {name} between{where}."
    )


def _uneven(head: bytes) -> str:
    """What to say of lines that a delimiter divides, but no two alike; empty without numbers."""
    for delimiter in ",;\t":
        rows = _rows(head, delimiter, delimiter != "\t")
        numeric = [row for row in rows if len(row.fields) > 1 and any(map(_is_number, row.fields))]
        if len(numeric) > 1 and 2 * len(numeric) > len(rows):
            name = {"\t": "tabs"}.get(delimiter, f"'{delimiter}'")
            listed = ", ".join(f"line {row.line} has {len(row.fields)}" for row in rows[:4])
            return f"Its lines have different numbers of fields with {name} between: {listed}."
    return ""


def counts_up(fields: Sequence[str]) -> bool:
    """Whether fields are the whole numbers from 0 or 1 on, as columns without names are called."""
    wanted = [[str(n + first) for n in range(len(fields))] for first in (0, 1)]
    return len(fields) > 1 and [field.strip() for field in fields] in wanted


def _divided(head: bytes, delimiters: str) -> _Layout | None:
    """The first way to divide it that makes a table, one of whole rows before others."""
    found = [_layout(head, delimiter) for delimiter in sorted(delimiters, reverse=True)]
    tables = [layout for layout in found if layout is not None and layout.divided]
    return next((layout for layout in tables if layout.whole), tables[0] if tables else None)


def _layout(head: bytes, delimiter: str) -> _Layout | None:
    told = _SEPARATOR_LINE.match(head)
    if told is not None and told[1] != delimiter.encode():
        return None
    skip = told.end() if told else len(_BOM) if head.startswith(_BOM) else 0
    quoted = delimiter != "\t" or _quotes_close(head[skip:])
    rows = _rows(head, delimiter, quoted, skip)
    if not rows:
        return None
    counts = Counter(len(row.fields) for row in rows if len(row.fields) > 1)
    width = max(counts, key=lambda count: (counts[count], count)) if counts else 1
    # numpy.savetxt writes "# f1 f2" above two columns: the mark is no name.
    rows = [
        replace(row, fields=row.fields[1:], comment=True)
        if row.fields[0] == "#" and len(row.fields) == width + 1
        else row
        for row in rows
    ]
    at = _first_of_table(rows, width)
    return _Layout(
        delimiter, quoted, rows[:at], rows[at], rows[at + 1 :], width, told is not None
    )  # fmt: skip


def _first_of_table(rows: Sequence[_Row], width: int) -> int:
    """Which row begins the table: titles and comments stand before it."""
    if width < 2:
        return 0
    at = 0
    while at < min(len(rows) - 2, _MOST_BEFORE) and not _begins(rows[at], rows[at + 1], width):
        at += 1
    return at if _begins(rows[at], rows[at + 1] if at + 1 < len(rows) else None, width) else 0


def _begins(row: _Row, below: _Row | None, width: int) -> bool:
    if not _fits(row, width):
        return False
    filled = [field for field in row.fields if field.strip()]
    # A title in a spreadsheet is padded with empty fields; comments may have commas by chance.
    title = len(filled) == 1 and below is not None and sum(map(bool, below.fields)) > 1
    comment = row.comment and below is not None and below.comment
    if len(row.fields) == width - 1 and (below is None or not any(map(_is_number, below.fields))):
        return False  # names stand above numbers, titles above names
    return not (title and width > 2 and not any(map(_is_number, filled))) and not comment


def _fits(row: _Row, width: int) -> bool:
    """As many fields as the others; a header may have one less (R) or a last one that is empty."""
    count = len(row.fields)
    if count == width:
        return True
    if any(map(_is_number, row.fields)) and not counts_up(row.fields):
        return False
    return (count == width - 1 and count > 1) or (count == width + 1 and not row.fields[-1])


def _rows(head: bytes, delimiter: str, quoted: bool, skip: int = 0) -> list[_Row]:
    """The first rows that are whole, with their places."""
    start = first_lines(head, len(head) < 1 << 15)[skip:]
    taken = 0
    number = 1 + head[:skip].count(b"\n")

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in io.StringIO(start.decode("utf-8", "surrogateescape"), newline=""):
            taken += len(line.encode("utf-8", "surrogateescape"))
            yield line

    reader = csv.reader(
        lines(), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    rows: list[_Row] = []
    old = csv.field_size_limit(1 << 22)
    begun, line = 0, number
    try:
        for fields in reader:
            if fields:
                comment = fields[0].lstrip().startswith("#")
                rows.append(_Row(fields, line, skip + begun, skip + taken, comment))
            begun, line = taken, number + reader.line_num
            if len(rows) == _LOOKED_AT:
                break
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(old)
    return rows


def _quotes_close(head: bytes) -> bool:
    """Whether quotes in tab-separated text enclose fields, and are not words by themselves."""
    start = first_lines(head, len(head) < 1 << 15)
    if b'"' not in start:
        return False
    rows = [row.fields for row in _rows(head, "\t", True)]
    if any("\t" in cell and "\n" in cell for row in rows for cell in row):
        return False  # one quote began a field that the next one, rows below, ended
    cut = len(start) < len(head) and len(rows) < _LOOKED_AT
    return all(len(row) == len(rows[-1]) or row is rows[0] for row in (rows[:-1] if cut else rows))


def _header(  # noqa: PLR0911 - one for each kind of first row
    layout: _Layout,
) -> tuple[bool, list[Note]]:
    """Whether the first row names the columns, and what to say where it could be a row as well."""
    first, below = layout.first.fields, [row.fields for row in layout.even]
    numbers = [place for place, cell in enumerate(first) if _is_number(cell)]
    if len(first) != layout.width:
        return True, []
    if not numbers:
        # One column of lists as text has no name where the first is a list as well.
        listed = len(first) == 1 and all(map(_is_number, first[0].split()))
        return (bool(below) or len(first) > 1) and not listed, []
    digits = [first[place].strip() for place in numbers]
    if not below or not all(cell.isdecimal() and len(cell) < _DIGITS for cell in digits):
        return False, []
    values = list(map(int, digits))
    if len(values) < 2 or any(b <= a for a, b in pairwise(values)):
        return False, []
    counting = values[-1] - values[0] == len(values) - 1 and values[0] in (0, 1)
    if any("." in row[place] or "e" in row[place].lower() for row in below for place in numbers):
        return counting or len(numbers) < len(first), []
    names = [place for place in range(len(first)) if place not in numbers]
    if counting and any(_is_name(first[place], [row[place] for row in below]) for place in names):
        return True, []
    if not counting:
        return False, []
    # Whole numbers that count, above whole numbers: names, or a row like the others.
    continued = below[0][numbers[0]].strip() == str(values[-1] + 1)
    named = not continued and (values[0] == 0 or len(values) >= _SURELY_NAMES)
    shown = f"line {layout.first.line} ({layout.first.shown[:_SHOWN]})"
    taken, other = ("the names of the columns", "a row") if named else ("a row", "names")
    note = Note(
        f"The first line counts up and may be names or a row of whole numbers: {shown} was taken for "
        f"{taken}. header={not named} takes it for {other}.",
        (("header", not named),),
        f"Take the first line for {other}",
    )
    return named, [note]


def _is_name(cell: str, below: Sequence[str]) -> bool:
    """Whether a cell of the first row can only be the name of its column."""
    return cell.strip().lower() in NAMING or all(map(_is_number, below))


def _names(layout: _Layout, header: bool) -> tuple[list[str], list[Note]]:
    """Names that differ, one for each column, and what to say of those that were put in."""
    width, notes = layout.width, []
    if not header:
        return [f"column_{n}" for n in range(1, width + 1)], []
    first = list(layout.first.fields)
    if first and first[0].lstrip().startswith("#"):
        first[0] = first[0].lstrip().lstrip("#").lstrip()
    if len(first) == width - 1:
        if all(not row.fields[-1].strip() for row in layout.even):
            first.append("")
            notes.append(Note("Every row ends with a delimiter: nothing stands behind it."))
        else:
            first.insert(0, "")
            notes.append(
                Note(
                    f"The header has {width - 1} names for {width} fields: the first field of each "
                    "row was taken for its name, as R's write.table writes it."
                )
            )
    return _named(first[:width]), notes


def _named(first: Sequence[str]) -> list[str]:
    """Names that differ: a repeated one gets a number, as in pandas."""
    names: dict[str, None] = {}
    repeats: dict[str, int] = {}
    for cell in first:
        bare = cell.strip()
        name, number = bare, repeats.get(bare, 1)
        while name in names:
            name, number = f"{bare}.{number}", number + 1
        repeats[bare] = number
        names[name] = None
    return list(names)


def _before_notes(layout: _Layout) -> list[Note]:
    said = []
    if layout.separator_line:
        name = "tab" if layout.delimiter == "\t" else f"'{layout.delimiter}'"
        said.append(Note(f"The line 'sep=' was obeyed: {name} stands between the fields."))
    if layout.before:
        lines = ", ".join(f"line {row.line} ('{row.shown}')" for row in layout.before[:3])
        said.append(
            Note(
                f"The table begins in line {layout.first.line}; what stands above was passed over: "
                f"{lines}{', …' if len(layout.before) > 3 else ''}."
            )
        )
    odd = [row for row in layout.others if len(row.fields) != layout.width]
    if odd:
        said.append(
            Note(
                f"Line {odd[0].line} has {len(odd[0].fields)} fields where the others have "
                f"{layout.width}: such rows are set aside."
            )
        )
    return said


def _comma_notes(layout: _Layout) -> list[Note]:
    """One note where numbers have decimal commas; none where they have points."""
    columns = list(
        zip(*(map(str.strip, row.fields) for row in layout.even[:_LOOKED_AT]), strict=True)
    )
    with_comma = [column for column in columns if _all_numbers(column, _DECIMAL_COMMA)]
    with_point = [column for column in columns if _all_numbers(column, _DECIMAL_POINT)]
    more = len(with_comma) - len(with_point) + (layout.delimiter != ",")
    commas = [cell for column in with_comma for cell in column if _DECIMAL_COMMA.fullmatch(cell)]
    if not commas or more < 1:
        return []
    if layout.delimiter == "," and all(map(_THOUSANDS.fullmatch, commas)):
        return []  # 1,234 may be thousands: it stays text
    # Arrow leaves columns with points for thousands as text: an example is to be true.
    plain = [cell for column in with_comma if not any("." in cell for cell in column)
             for cell in column if "," in cell]  # fmt: skip
    shown = (plain or commas)[0]
    thousands = " A point in them parts thousands." if any("." in cell for cell in commas) else ""
    return [
        Note(f"Numbers have decimal commas: '{shown}' was read as {pointed(shown)}.{thousands}")
    ]


def _all_numbers(column: Sequence[str], fraction: re.Pattern[str]) -> bool:
    """Whether most of a column are numbers, some of them fractions of this kind."""
    filled = [cell for cell in column if cell]
    numbers = sum(map(_is_number, filled))
    return 2 * numbers > len(filled) and any(map(fraction.fullmatch, filled))


def pointed(text: str) -> str:
    """A number with a decimal comma, as '1.234,50', with a point; other text as it is."""
    bare = text.strip()
    if not _DECIMAL_COMMA.fullmatch(bare):
        return text
    return bare.replace(".", "").replace(",", ".")


def _is_number(cell: str) -> bool:
    return is_number(cell.strip().encode("utf-8", "surrogateescape")) or (
        _DECIMAL_COMMA.fullmatch(cell.strip()) is not None
    )
