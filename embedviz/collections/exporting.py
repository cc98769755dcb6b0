"""Collections as files, and files as spaces with their pictures: the table of export formats."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from embedviz.collections import csv_zip, parquet
from embedviz.collections.content import Content, Embedded, Watch, content_of
from embedviz.collections.exported import Exported
from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats import npz, read, write
from embedviz.formats.opening import Readable
from embedviz.formats.source import DEFAULT_MAX_BYTES, Source
from embedviz.formats.writing import write_whole
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class Export:
    """One way to write a collection to a file.

    Attributes
    ----------
    name, label, help : str
        In the API and on the page, in plain words.
    suffix : str
        What its files end in.
    sniff : callable
        Whether an open file is of this kind.
    write : callable
        Writes what is in a collection to a binary file.
    read : callable
        Reads it back; raises FormatError.
    """

    name: str
    label: str
    suffix: str
    help: str
    sniff: Callable[[Source], bool]
    write: Callable[[Content, IO[bytes], Watch], None]
    read: Callable[[Source], Exported]


def _write_npz(content: Content, file: IO[bytes], _watch: Watch) -> None:
    write(content.space, file, npz.NAME)


def _read_npz(source: Source) -> Exported:
    space = read(source.raw, format=npz.NAME, name="", max_bytes=source.max_bytes)
    assert isinstance(space, EmbeddingSpace)
    return Exported(space)


EXPORTS: dict[str, Export] = {
    export.name: export
    for export in (
        Export(
            "parquet",
            "Parquet",
            ".parquet",
            "Keys, vectors and metadata as a table: for pandas, Polars, DuckDB and Spark.",
            parquet.sniff,
            parquet.write,
            parquet.read,
        ),
        Export(
            "csv-zip",
            "CSV and thumbnails (zip)",
            ".zip",
            "metadata.csv for a spreadsheet, vectors.npy, and the small pictures as JPEG files.",
            csv_zip.sniff,
            csv_zip.write,
            csv_zip.read,
        ),
        Export(
            "npz",
            "NumPy archive (npz)",
            ".npz",
            "Keys, vectors and metadata; opens in NumPy and in embedviz.",
            lambda source: npz.FORMAT.sniff(source.head, source.filename),
            _write_npz,
            _read_npz,
        ),
    )
}
"""Every export by name. The zip of CSV is told from npz, another zip, by being asked first."""


def export_named(name: str) -> Export:
    """The export called ``name``; raises InvalidParameterError, which lists them."""
    if name not in EXPORTS:
        raise InvalidParameterError(f"No export '{name}'. There are: {', '.join(EXPORTS)}.")
    return EXPORTS[name]


def write_export(
    given: EmbeddingSpace | Embedded,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    kind: Export,
    watch: Watch,
) -> None:
    """Write ``given``: to a path the whole file or nothing, to an open file at its place."""
    content = content_of(given, None, None)
    if not len(content.space):
        raise FormatError(f"{content.space.name or 'The space'} is empty: nothing to write.")
    if isinstance(path_or_file, str | os.PathLike):
        write_whole(path_or_file, lambda file: kind.write(content, file, watch), zipped=False)
    else:
        kind.write(content, path_or_file, watch)


def read_export(
    path_or_file: Readable,
    *,
    format: str | None = None,  # noqa: A002 - the word for it
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> Exported:
    """What :func:`embedviz.collections.export` wrote, from a path or a seekable binary file.

    Parameters
    ----------
    path_or_file : path or binary file
    format : str, optional
        A name in ``EXPORTS``; without it the content decides.
    max_bytes : int
        What the file may unpack to.

    Raises
    ------
    FormatError
        If it is none of ``EXPORTS``, or damaged.
    """
    with closing(Source(path_or_file, max_bytes)) as source:
        if format is not None:
            return export_named(format).read(source)
        for kind in EXPORTS.values():
            if kind.sniff(source):
                return kind.read(source)
        labels = ", ".join(kind.label for kind in EXPORTS.values())
        raise source.broken(f"byte 0: it is none of the files that are exported here ({labels}).")
