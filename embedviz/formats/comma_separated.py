"""CSV: a column for each number of the vector, or one column of lists; and metadata."""

from __future__ import annotations

from typing import IO

from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.delimited import looks_divided, open_delimited
from embedviz.formats.delimited_writing import write_delimited
from embedviz.formats.source import Source
from embedviz.formats.tabular import Tabular, describe_tabular, read_tabular
from embedviz.space import EmbeddingSpace

NAME = "csv"
_DELIMITERS = ",;"


def sniff(head: bytes, _filename: str) -> bool:
    """Lines with the same number of commas, or of semicolons."""
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
    write_delimited(space, file, ",", "CSV")


FORMAT = Format(
    name=NAME,
    label="CSV",
    suffixes=(".csv",),
    help="A header, then a row for each item: its numbers in columns or as a list, and metadata.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    keys="text",
    columns=columns,
)
