"""Comma- and tab-separated text, read by Arrow block by block."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from embedviz.formats.as_table import NAMING
from embedviz.formats.base import ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.delimited_dialect import Dialect, dialect_of, first_lines
from embedviz.formats.delimited_types import ColumnTypes, not_codes
from embedviz.formats.set_aside import RAGGED, Skipped
from embedviz.formats.source import Source
from embedviz.formats.source_stream import SourceStream
from embedviz.formats.tabular import ColumnChangedError, said_of

_BOM = b"\xef\xbb\xbf"
_BLOCK = 8 << 20
_SAMPLE_ROWS = 1000


def open_delimited(source: Source, options: ReadOptions, delimiters: str) -> Tabular:
    """The columns of delimited text; raises FormatError."""
    return _DelimitedText(source, options, delimiters).tabular()


class _DelimitedText:
    """A source of lines, of which the first block has been read."""

    def __init__(self, source: Source, options: ReadOptions, delimiters: str) -> None:
        self.source, self.options = source, options
        prefix = source.read(_BLOCK)
        self.read_already = len(prefix)
        self.text = prefix.removeprefix(_BOM)
        if not self.text.strip():
            raise source.broken("line 1: expected a header or a row; it holds nothing.")
        if self.text.lstrip()[:1] == b"{":
            raise source.broken("line 1: expected fields, got a JSON object: read it as jsonl.")
        self.dialect = dialect_of(source, self.text, delimiters)
        if options.header is False and self.dialect.header:
            names = tuple(f"column_{n}" for n in range(1, len(self.dialect.names) + 1))
            self.dialect = replace(self.dialect, header=False, names=names)
        self.skipped: list[Skipped] = []

    def tabular(self) -> Tabular:
        import pyarrow as pa

        start = first_lines(self.text, self.read_already < _BLOCK)
        naming = {name: pa.string() for name in self.dialect.names if name.lower() in NAMING}
        try:
            rows = self._rows_of(start, naming)
        except pa.ArrowInvalid:  # names that are not UTF-8
            rows = said_of(self.source, lambda: self._rows_of(start, {}))
        raw = self._rows_of(start, dict.fromkeys(self.dialect.names, pa.binary()))
        rows = not_codes(rows, raw)
        self.wider = ColumnTypes(rows.schema)
        return Tabular(
            rows.schema, rows.slice(0, _SAMPLE_ROWS), self.batches,
            headless=not self.dialect.header, skipped=self.skipped,
            row_bytes=len(start) / rows.num_rows if rows.num_rows else None,
            written=self.dialect.decimal_point,
        )  # fmt: skip

    def batches(self, vector: Sequence[str], key: str | None) -> Iterator[Any]:
        """All rows, from the first on: numbers of the vector, all other columns as written.

        With and without a limit they are read the same way, so that it decides nothing else.
        """
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        self.skipped.clear()
        self.source.back_to(self.read_already)
        stream = SourceStream(self.text, self.source, self.options)
        parse = _parsing(self.dialect, self.skipped)
        convert = _conversion(self.dialect, self.wider.known(vector, key))
        try:
            yield from arrow_csv.open_csv(stream, self._read_options(), parse, convert)
        except pa.ArrowInvalid as error:
            if self.wider.widen(str(error), vector):
                raise ColumnChangedError from error
            raise

    def _rows_of(self, start: bytes, types: dict[str, Any]) -> Any:
        from pyarrow import csv as arrow_csv

        parse, convert = _parsing(self.dialect, []), _conversion(self.dialect, types)
        return arrow_csv.read_csv(io.BytesIO(start), self._read_options(), parse, convert)

    def _read_options(self) -> Any:
        from pyarrow import csv as arrow_csv

        return arrow_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK,
            column_names=list(self.dialect.names), skip_rows=int(self.dialect.header),
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
