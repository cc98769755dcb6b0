"""Comma- and tab-separated text, read by Arrow block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from embedviz.formats.as_table import NAMING
from embedviz.formats.base import ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.delimited_dialect import Dialect, dialect_of, pointed
from embedviz.formats.delimited_types import ColumnTypes, not_codes
from embedviz.formats.set_aside import RAGGED, Skipped
from embedviz.formats.source import Source
from embedviz.formats.source_stream import SourceStream
from embedviz.formats.tabular import ColumnChangedError, said_of
from embedviz.formats.vector_columns import is_text
from embedviz.formats.word2vec_header import first_lines

_BLOCK = 8 << 20
_SAMPLE_ROWS = 1000


def open_delimited(source: Source, options: ReadOptions, delimiters: str) -> Tabular:
    """The columns of delimited text; raises FormatError."""
    return _DelimitedText(source, options, delimiters).tabular()


class _DelimitedText:
    """A source of lines, of which the first block has been read."""

    def __init__(self, source: Source, options: ReadOptions, delimiters: str) -> None:
        self.source, self.options = source, options
        source.recode(source.encoding)
        prefix = source.read(_BLOCK)
        self.read_already = len(prefix)
        self.text = prefix
        if not self.text.strip():
            raise source.broken("line 1: expected a header or a row; it holds nothing.")
        if self.text.lstrip()[:1] == b"{":
            raise source.broken("line 1: expected fields, got a JSON object: read it as jsonl.")
        self.dialect = dialect_of(source, self.text, delimiters, options.header)
        self.text = self.text[self.dialect.start :]
        self.skipped: list[Skipped] = []

    def tabular(self) -> Tabular:
        import pyarrow as pa

        start = first_lines(self.text, self.read_already < _BLOCK)
        if not start.strip():
            raise self.source.broken("line 2: expected a row behind the header; there is none.")
        naming = {name: pa.string() for name in self.dialect.names if name.lower() in NAMING}
        try:
            rows = self._rows_of(start, naming)
        except pa.ArrowInvalid:  # names that are not UTF-8
            rows = said_of(self.source, lambda: self._rows_of(start, {}))
        raw = self._rows_of(start, dict.fromkeys(self.dialect.names, pa.binary()))
        rows = not_codes(rows, raw)
        self.wider = ColumnTypes(rows.schema)
        return Tabular(
            rows.schema, self._pointed(rows.slice(0, _SAMPLE_ROWS)), self.batches,
            headless=not self.dialect.header, skipped=self.skipped,
            row_bytes=len(start) / rows.num_rows if rows.num_rows else None,
            written=self.dialect.decimal_point,
            notes=lambda: [*self.dialect.notes, *self.source.notes],
        )  # fmt: skip

    def batches(self, vector: Sequence[str], key: str | None) -> Iterator[Any]:
        """All rows, from the first on: numbers of the vector, all other columns as written.

        With and without a limit they are read the same way, so that it decides nothing else.
        """
        import pyarrow as pa

        self.skipped.clear()
        self.source.back_to(self.read_already)
        parse = _parsing(self.dialect, self.skipped)
        convert = _conversion(self.dialect, self.wider.known(vector, key))
        try:
            for batch in self._read(parse, convert):
                yield self._pointed(batch, vector)
        except pa.ArrowInvalid as error:
            if self.wider.widen(str(error), vector):
                raise ColumnChangedError from error
            raise

    def _read(self, parse: Any, convert: Any) -> Iterator[Any]:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        if self.read_already < _BLOCK:
            # At once: a thread of Arrow's that reads ahead could outlive what it reads from.
            whole = pa.BufferReader(self.text)
            yield from arrow_csv.read_csv(whole, self._read_options(), parse, convert).to_batches()
            return
        stream = SourceStream(self.text, self.source, self.options)
        with arrow_csv.open_csv(stream, self._read_options(), parse, convert) as reader:
            yield from reader

    def _pointed(self, rows: Any, names: Sequence[str] | None = None) -> Any:
        """Numbers that Arrow leaves as text, such as '1.234,50', with a point, in columns that count."""
        import pyarrow as pa

        if self.dialect.decimal_point == ".":
            return rows
        for place, field in enumerate(rows.schema):
            taken = field.name in names if names is not None else _counts(field.name)
            if taken and is_text(field.type):
                texts = [text and pointed(text) for text in rows.column(place).to_pylist()]
                rows = rows.set_column(place, field.name, pa.array(texts, field.type))
        return rows

    def _rows_of(self, start: bytes, types: dict[str, Any]) -> Any:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        parse, convert = _parsing(self.dialect, []), _conversion(self.dialect, types)
        return arrow_csv.read_csv(pa.BufferReader(start), self._read_options(), parse, convert)

    def _read_options(self) -> Any:
        from pyarrow import csv as arrow_csv

        return arrow_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK,
            column_names=list(self.dialect.names),
        )  # fmt: skip


def _counts(name: str) -> bool:
    return any(sign.isdecimal() for sign in name)


def _conversion(dialect: Dialect, types: dict[str, Any]) -> Any:
    from pyarrow import csv as arrow_csv

    return arrow_csv.ConvertOptions(
        column_types=types, decimal_point=dialect.decimal_point, strings_can_be_null=False
    )


def _parsing(dialect: Dialect, skipped: list[Skipped]) -> Any:
    from pyarrow import csv as arrow_csv

    def set_aside(row: Any) -> str:
        number = (row.number or 1) - 1
        field = row.text.split(dialect.delimiter, 1)[0].strip('"')
        skipped.append(Skipped(number, field[:200], RAGGED))
        return "skip"

    return arrow_csv.ParseOptions(
        delimiter=dialect.delimiter, quote_char='"' if dialect.quoted else False,
        double_quote=dialect.quoted, newlines_in_values=dialect.quoted,
        ignore_empty_lines=True, invalid_row_handler=set_aside,
    )  # fmt: skip
