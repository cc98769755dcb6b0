"""Arrow: IPC files (Feather) and streams; from a path they are read through a memory map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO, Any

from embedviz.formats.arrow_columns import marks_of, plain
from embedviz.formats.arrow_unpacked import packed_batches
from embedviz.formats.as_table import arrow_of
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.source import Source
from embedviz.formats.tabular import MAX_COLUMNS, describe_tabular, read_tabular, said_of
from embedviz.space import EmbeddingSpace

NAME = "arrow"
_FILE, _FEATHER_1 = b"ARROW1\0\0", b"FEA1"
_STREAM = b"\xff\xff\xff\xff"
_SAMPLE_ROWS = 1000
_WRITTEN_ROWS = 1 << 16


def sniff(head: bytes, _filename: str) -> bool:
    """The mark of an Arrow file, of an old Feather file, or of a stream's first message."""
    return head.startswith((_FILE, _FEATHER_1)) or (head[:4] == _STREAM and head[7:8] == b"\0")


def columns(source: Source, options: ReadOptions) -> Tabular:
    """Its columns; raises FormatError."""
    return said_of(source, lambda: _opened(source, options))  # type: ignore[no-any-return]


def _opened(source: Source, options: ReadOptions) -> Tabular:
    import pyarrow as pa

    if source.head.startswith(_FEATHER_1):
        raise source.broken(
            "byte 0: expected Feather version 2; this is version 1. Write it anew with "
            "pyarrow.feather.write_feather(table, path)."
        )
    if source.compressed:
        raise source.broken("expected Arrow itself, not gzipped: unpack it first.")
    if not sniff(source.head, ""):
        raise source.broken("byte 0: expected 'ARROW1', or the mark of an Arrow stream.")
    _check_packed(source, options)
    file = pa.memory_map(str(source.path)) if source.path is not None else source.raw
    source.raw.seek(0)
    if source.head.startswith(_FILE):
        reader = pa.ipc.open_file(file)
        stored = (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        stream = reader = pa.ipc.open_stream(file)
        stored = iter(stream)
    schema = reader.schema
    if len(schema.names) > MAX_COLUMNS or len(set(schema.names)) < len(schema.names):
        raise source.broken(
            f"it has {len(schema.names):,} columns; at most {MAX_COLUMNS:,} of different names are "
            "read."
        )
    first = next((batch for batch in stored if batch.num_rows), None)
    if first is None:
        raise source.broken("it holds no rows.")
    first.validate(full=True)
    sample = pa.Table.from_batches([plain(first.slice(0, _SAMPLE_ROWS))])

    def batches(_vector: Sequence[str], _key: str | None) -> Iterator[Any]:
        return map(plain, chain([first], stored))

    vector, key = marks_of(schema)
    return Tabular(sample.schema, sample, batches, None, vector, key)


def _check_packed(source: Source, options: ReadOptions) -> None:
    """Refuse buffers that unpack to more than is allowed, before any is unpacked."""
    at_once = total = 0
    for size in packed_batches(source.raw):
        at_once, total = max(at_once, size), total + size
    unpacked = total if options.limit is None else at_once  # of a part, batches are let go
    if unpacked > source.max_bytes:
        raise source.broken(
            f"its columns unpack to {unpacked:,} bytes; {source.max_bytes:,} are allowed here. "
            "Write it in smaller batches, or give a larger max_bytes if that is what it holds."
        )


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows; columns are recognised by their names and types. Raises FormatError."""
    return read_tabular(columns(source, options), source, options, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What its schema says; rows are counted."""
    return describe_tabular(columns(source, ReadOptions("", limit)), source, limit, NAME)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """An Arrow file (Feather version 2), not packed, so that it can be mapped into memory."""
    import pyarrow as pa

    table, _, _ = arrow_of(space, FORMAT.label)
    with pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table, _WRITTEN_ROWS)


FORMAT = Format(
    name=NAME,
    label="Arrow, Feather",
    suffixes=(".arrow", ".feather", ".ipc"),
    help="Columns of any kind as they lie in memory: quick to open, larger than Parquet.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    gzip=False,
    keys="text",
    columns=columns,
)
