"""TSV: a column for each number of the vector, or one column of lists; and metadata."""

from __future__ import annotations

from typing import IO

from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.delimited import looks_divided, open_delimited
from embedviz.formats.delimited_writing import write_delimited
from embedviz.formats.source import Source
from embedviz.formats.tabular import Tabular, describe_tabular, read_tabular
from embedviz.space import EmbeddingSpace

NAME = "tsv"
_DELIMITERS = "\t"


def sniff(head: bytes, _filename: str) -> bool:
    """Lines with the same number of tabs."""
    return looks_divided(head, _DELIMITERS)


def columns(source: Source, options: ReadOptions) -> Tabular:
    """Its columns; raises FormatError."""
    return open_delimited(source, options, _DELIMITERS)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows; columns are recognised by their names and types. Raises FormatError."""
    return read_tabular(columns(source, options), source, options, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """Dimensions from the first rows; rows counted in a small file."""
    return describe_tabular(columns(source, ReadOptions("")), source, limit, NAME)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A header, then a row for each key; numbers have nine digits: exact for float32."""
    write_delimited(space, file, "\t", "TSV")


FORMAT = Format(
    name=NAME,
    label="TSV",
    suffixes=(".tsv", ".tab"),
    help="As CSV, with tabs between. The TensorFlow Projector's tensors.tsv is one without a header.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    keys="text",
    columns=columns,
)
