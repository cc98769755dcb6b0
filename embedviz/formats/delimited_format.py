"""The formats whose rows are lines and whose columns are divided by one character."""

from __future__ import annotations

from typing import IO

from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.delimited import open_delimited
from embedviz.formats.delimited_dialect import looks_divided
from embedviz.formats.delimited_writing import write_delimited
from embedviz.formats.source import Source
from embedviz.formats.tabular import describe_tabular, read_tabular
from embedviz.space import EmbeddingSpace


def delimited_format(
    name: str, label: str, delimiters: str, suffixes: tuple[str, ...], about: str
) -> Format:
    """A format of lines divided by one of ``delimiters``; the first is what is written.

    Numbers are written with nine digits: exact for float32.
    """

    def columns(source: Source, options: ReadOptions) -> Tabular:
        return open_delimited(source, options, delimiters)

    def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
        return read_tabular(columns(source, options), source, options, name)

    def describe(source: Source, limit: int | None) -> FileSummary:
        return describe_tabular(columns(source, ReadOptions("")), source, limit, name)

    def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
        write_delimited(space, file, delimiters[0], label)

    return Format(
        name=name,
        label=label,
        suffixes=suffixes,
        help=about,
        sniff=lambda head, _filename: looks_divided(head, delimiters),
        read=read,
        describe=describe,
        write=write,
        keys="text",
        columns=columns,
        text=True,
    )
