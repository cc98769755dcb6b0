"""LanceDB: a table is a folder ``name.lance``; only read, and only from a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from embedviz.errors import MissingDependencyError
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.folder import Folder
from embedviz.formats.source import Source
from embedviz.formats.tabular import describe_tabular, read_tabular, said_of
from embedviz.space import EmbeddingSpace

NAME = "lancedb"
_ROWS_AT_ONCE = 1 << 14
_SAMPLE_ROWS = 1000


def sniff(_head: bytes, _filename: str) -> bool:
    """Never: a file is no folder."""
    return False


def columns(source: Source, options: ReadOptions) -> Tabular:
    """Its columns; raises FormatError."""
    return said_of(source, lambda: _opened(source, options))  # type: ignore[no-any-return]


def _opened(source: Source, options: ReadOptions) -> Tabular:
    import pyarrow as pa

    if not isinstance(source, Folder) or source.path is None:
        raise source.broken("expected the folder of a LanceDB table (name.lance), given as a path.")
    try:
        import lancedb
    except ImportError as error:
        raise MissingDependencyError("lancedb", "Reading LanceDB tables") from error
    table = lancedb.connect(str(source.path.parent)).open_table(source.path.stem)
    rows = table.count_rows()
    wanted = options.first(rows)

    def batches(_vector: Sequence[str], _key: str | None) -> Iterator[Any]:
        return iter(table.search().limit(wanted).to_batches(_ROWS_AT_ONCE))

    if not rows:
        raise source.broken("it holds no rows.")
    sample: pa.Table = table.search().limit(_SAMPLE_ROWS).to_arrow()
    return Tabular(sample.schema, sample, batches, rows)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows; columns are recognised by their names and types. Raises FormatError."""
    return read_tabular(columns(source, options), source, options, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the table says."""
    return describe_tabular(columns(source, ReadOptions("", limit)), source, limit, NAME)


FORMAT = Format(
    name=NAME,
    label="LanceDB table",
    suffixes=(".lance",),
    help="The folder of one table, by its path on this machine.",
    sniff=sniff,
    read=read,
    describe=describe,
    gzip=False,
    columns=columns,
)
