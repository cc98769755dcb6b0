"""Comma- and tab-separated text: header, quotes and delimiter told from the first lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from embedviz.formats.as_table import NAMING
from embedviz.formats.base import ReadOptions
from embedviz.formats.delimited_types import ColumnTypes
from embedviz.formats.set_aside import RAGGED, Skipped
from embedviz.formats.source import Source
from embedviz.formats.source_stream import SourceStream
from embedviz.formats.tabular import MAX_COLUMNS, ColumnChangedError, Tabular, said_of
from embedviz.formats.text_rows import is_number
from embedviz.formats.word2vec_header import header_in

_BOM = b"\xef\xbb\xbf"
_BLOCK = 8 << 20
_SAMPLE_ROWS = 1000
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


def open_delimited(source: Source, options: ReadOptions, delimiters: str) -> Tabular:
    """The columns of delimited text; raises FormatError."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    prefix = source.read(_BLOCK)
    text = prefix.removeprefix(_BOM)
    if not text.strip():
        raise source.broken("line 1: expected a header or a row; it holds nothing.")
    if text.lstrip()[:1] == b"{":
        raise source.broken("line 1: expected fields, got a JSON object: read it as jsonl.")
    dialect = _dialect(source, text, delimiters)
    skipped: list[Skipped] = []

    def read_options() -> Any:
        names = {"column_names": list(dialect.names), "skip_rows": int(dialect.header)}
        return arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK, **names)

    def batches(vector: Sequence[str], key: str | None) -> Iterator[Any]:
        skipped.clear()
        source.back_to(len(prefix))
        types = {} if key is None else {key: pa.binary()}
        stream = SourceStream(text, source, options)
        parse = _parsing(dialect, skipped)
        if options.limit is None:
            # Read as one: a column that turns out not to hold numbers becomes text throughout.
            yield from arrow_csv.read_csv(
                stream, read_options(), parse, _conversion(dialect, types)
            ).to_batches()
            return
        convert = _conversion(dialect, wider.known(vector, key))
        try:
            yield from arrow_csv.open_csv(stream, read_options(), parse, convert)
        except pa.ArrowInvalid as error:
            if wider.widen(str(error), vector):
                raise ColumnChangedError from error
            raise

    naming = {name: pa.string() for name in dialect.names if name.lower() in NAMING}
    start, _ = _first_lines(text, len(prefix) < _BLOCK)

    rows_in_start = 0

    def sampled(types: dict[str, Any]) -> Any:
        nonlocal rows_in_start
        convert = _conversion(dialect, types)
        read = arrow_csv.read_csv(io.BytesIO(start), read_options(), _parsing(dialect, []), convert)
        rows_in_start = read.num_rows
        return read.slice(0, _SAMPLE_ROWS)

    try:
        sample = sampled(naming)
    except pa.ArrowInvalid:  # names that are not UTF-8
        sample = said_of(source, lambda: sampled({}))
    wider = ColumnTypes(sample.schema)
    return Tabular(
        sample.schema, sample, batches,
        headless=not dialect.header, skipped=skipped,
        row_bytes=len(start) / rows_in_start if rows_in_start else None,
    )  # fmt: skip


def _conversion(dialect: Dialect, types: dict[str, Any]) -> Any:
    from pyarrow import csv as arrow_csv

    return arrow_csv.ConvertOptions(
        column_types=types, decimal_point=dialect.decimal_point, strings_can_be_null=False
    )


def _parsing(dialect: Dialect, skipped: list[Skipped]) -> Any:
    from pyarrow import csv as arrow_csv

    def set_aside(row: Any) -> str:
        number = (row.number or 1) - 1 - int(dialect.header)
        field = row.text.split(dialect.delimiter, 1)[0].strip('"')
        skipped.append(Skipped(number, field[:200], RAGGED))
        return "skip"

    return arrow_csv.ParseOptions(
        delimiter=dialect.delimiter, quote_char='"' if dialect.quoted else False,
        double_quote=dialect.quoted, newlines_in_values=dialect.quoted,
        ignore_empty_lines=True, invalid_row_handler=set_aside,
    )  # fmt: skip


def _dialect(source: Source, text: bytes, delimiters: str) -> Dialect:
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
    start, _ = _first_lines(head, len(head) < 1 << 15)
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
    start, _ = _first_lines(head, len(head) < 1 << 15)
    text = start.decode("utf-8", "replace")
    if '"' not in text:
        return False
    rows = _rows(head, "\t", True)
    if any("\t" in cell and "\n" in cell for row in rows for cell in row):
        return False  # one quote began a field that the next one, rows below, ended
    cut = len(start) < len(head) and len(rows) < _LOOKED_AT
    return all(len(row) == len(rows[0]) for row in (rows[:-1] if cut else rows))


def _first_lines(text: bytes, whole: bool) -> tuple[bytes, bool]:
    """``text`` up to its last line end, unless it is the whole file."""
    end = text.rfind(b"\n") + 1
    return (text, True) if whole or not end else (text[:end], False)


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
