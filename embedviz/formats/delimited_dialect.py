"""How delimited text is divided: header, quotes and delimiter, told from its first lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from embedviz.formats.source import Source
from embedviz.formats.tabular import MAX_COLUMNS
from embedviz.formats.text_rows import is_number
from embedviz.formats.word2vec_header import header_in

_LOOKED_AT = 200
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?")


@dataclass(frozen=True)
class Dialect:
    """How the text is divided, and the names of its columns."""

    delimiter: str
    quoted: bool
    names: tuple[str, ...]
    header: bool
    decimal_point: str


def looks_divided(head: bytes, delimiters: str) -> bool:
    """Whether the lines of ``head`` have the same number of fields, two or more."""
    return header_in(head) is None and b"\0" not in head and _delimiter(head, delimiters) != ""


def dialect_of(source: Source, text: bytes, delimiters: str) -> Dialect:
    """How ``text``, the start of ``source``, is divided; raises FormatError."""
    delimiter = _delimiter(text[: 1 << 20], delimiters) or delimiters[0]
    quoted = delimiter != "\t" or _quotes_close(text[: 1 << 20])
    rows = _rows(text[: 1 << 20], delimiter, quoted)
    if not rows:
        raise source.broken("line 1: expected fields; it cannot be divided.")
    first = rows[0]
    if len(first) > MAX_COLUMNS:
        raise source.broken(
            f"line 1: it has {len(first):,} columns; at most {MAX_COLUMNS:,} are read."
        )
    header = _is_header(first, rows[1:])
    names = _named(first) if header else [f"column_{n}" for n in range(1, len(first) + 1)]
    fields = [cell.strip() for row in rows[1:20] for cell in row]
    commas = delimiter == ";" and any(map(_DECIMAL_COMMA.fullmatch, fields))
    return Dialect(delimiter, quoted, tuple(names), header, "," if commas else ".")


def first_lines(text: bytes, whole: bool) -> bytes:
    """``text`` up to its last line end, unless it is the whole file."""
    end = text.rfind(b"\n") + 1
    return text if whole or not end else text[:end]


def _delimiter(head: bytes, delimiters: str) -> str:
    """The one of ``delimiters`` that divides (almost) all lines alike; empty if none does."""
    for delimiter in sorted(delimiters, reverse=True):
        counts = [
            len(row) for row in _rows(head, delimiter, delimiter != "\t" or _quotes_close(head))
        ]
        even = sum(count == counts[0] for count in counts)
        if counts and counts[0] > 1 and 10 * even >= 9 * len(counts):
            return delimiter
    return ""


def _rows(head: bytes, delimiter: str, quoted: bool) -> list[list[str]]:
    """The fields of the first lines that are whole."""
    start = first_lines(head, len(head) < 1 << 15)
    lines = io.StringIO(start.decode("utf-8", "replace"), newline="")
    reader = csv.reader(
        lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    rows: list[list[str]] = []
    old = csv.field_size_limit(1 << 22)
    try:
        for row in reader:
            if row:
                rows.append(row)
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
    text = start.decode("utf-8", "replace")
    if '"' not in text:
        return False
    rows = _rows(head, "\t", True)
    if any("\t" in cell and "\n" in cell for row in rows for cell in row):
        return False  # one quote began a field that the next one, rows below, ended
    cut = len(start) < len(head) and len(rows) < _LOOKED_AT
    return all(len(row) == len(rows[0]) for row in (rows[:-1] if cut else rows))


def _is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: no numbers in it, or numbers that count."""
    numbers = [cell for cell in first if is_number(cell.strip().encode())]
    if not numbers:
        numeric_below = others and any(is_number(c.strip().encode()) for c in others[0])
        return bool(numeric_below) or len(others) > 0
    if not all(cell.isdecimal() for cell in numbers) or len(numbers) < 2:
        return False
    values = [int(cell) for cell in numbers]
    counting = values == list(range(values[0], values[0] + len(values))) and values[0] in (0, 1)
    # Rows of whole numbers could count by chance: then the other rows would be whole as well.
    return counting and len(others) > 0


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
