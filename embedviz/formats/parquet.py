"""Parquet: a column of lists or a column for each number, and metadata; read by row groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from embedviz.formats.arrow_columns import marks_of, plain
from embedviz.formats.as_table import arrow_of
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.parquet_footer import is_deadly
from embedviz.formats.parquet_unpacked import numbers_unpacked, texts_unpacked
from embedviz.formats.source import Source
from embedviz.formats.tabular import MAX_COLUMNS, describe_tabular, read_tabular, said_of
from embedviz.space import EmbeddingSpace

NAME = "parquet"
_ROWS_AT_ONCE = 1 << 16
_NUMBERS_AT_ONCE = 1 << 22
_SAMPLE_ROWS = 1000


def sniff(head: bytes, _filename: str) -> bool:
    """The four letters that every Parquet file begins with."""
    return head[:4] == b"PAR1"


def columns(source: Source, options: ReadOptions) -> Tabular:
    """Its columns; raises FormatError."""
    return said_of(source, lambda: _opened(source, options))  # type: ignore[no-any-return]


def _opened(source: Source, options: ReadOptions) -> Tabular:
    import pyarrow as pa
    from pyarrow import parquet

    if not sniff(source.head, ""):
        raise source.broken("byte 0: expected 'PAR1', with which every Parquet file begins.")
    if source.compressed:
        raise source.broken("expected Parquet itself, not gzipped: unpack it first.")
    if is_deadly(source.raw):
        raise source.broken(
            "its footer, which describes its columns, is damaged. Copy or write the file again."
        )
    source.raw.seek(0)
    file = parquet.ParquetFile(source.raw, pre_buffer=False)
    about = file.metadata
    if about.num_columns > MAX_COLUMNS:
        raise source.broken(
            f"it has {about.num_columns:,} columns; at most {MAX_COLUMNS:,} are read."
        )
    unpacked = _checked_size(source, about, options)
    if not about.num_rows:
        raise source.broken("it holds no rows.")
    source.raw.seek(0)
    schema = file.schema_arrow

    def batches(_vector: Sequence[str], _key: str | None) -> Iterator[Any]:
        size = max(
            256, min(_ROWS_AT_ONCE, _NUMBERS_AT_ONCE * about.num_rows * 4 // max(unpacked, 1))
        )
        if options.limit is not None:
            size = min(size, options.limit)
        return map(plain, file.iter_batches(size, use_threads=False))

    first = next(iter(file.iter_batches(_SAMPLE_ROWS, use_threads=False)))
    first.validate(full=True)
    sample = pa.Table.from_batches([plain(first.slice(0, _SAMPLE_ROWS))])
    vector, key = marks_of(schema)
    return Tabular(sample.schema, sample, batches, about.num_rows, vector, key)


def _checked_size(source: Source, about: Any, options: ReadOptions) -> int:
    """Bytes that the columns unpack to; raises FormatError where they are more than allowed."""
    numbers = numbers_unpacked(about)
    stored = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
    rows = options.first(about.num_rows)
    # Of numbers stored one by one a part can be read; one row may hold all that are packed.
    bomb = numbers > 16 * max(stored, 1)
    unpacked = numbers if options.limit is None or bomb else 0
    if unpacked <= source.max_bytes:
        unpacked += texts_unpacked(source.raw, about, rows, source.max_bytes)
    if unpacked > source.max_bytes:
        raise source.broken(
            f"its columns unpack to {unpacked:,} bytes or more; {source.max_bytes:,} are allowed "
            "here. Read fewer rows (limit=), or give a larger max_bytes."
        )
    return numbers


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows; columns are recognised by their names and types. Raises FormatError."""
    return read_tabular(columns(source, options), source, options, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What its footer says."""
    return describe_tabular(columns(source, ReadOptions("", limit)), source, limit, NAME)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A column of keys, the metadata, and a column of lists of float32."""
    from pyarrow import parquet

    table, _, vector = arrow_of(space, FORMAT.label)
    texts = [name for name in table.schema.names if name != vector]
    # Vectors hardly shrink; without a dictionary they are read three times faster.
    parquet.write_table(table, file, compression="zstd", use_dictionary=texts or False)


FORMAT = Format(
    name=NAME,
    label="Parquet",
    suffixes=(".parquet", ".pq"),
    help="Columns of any kind, packed; what pandas, Polars, DuckDB and data sets on the web use.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    gzip=False,
    keys="text",
    columns=columns,
)
