"""File formats: recognised by content, read by streaming, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from typing import IO

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.opening import Readable
from embedviz.formats.source import DEFAULT_MAX_BYTES, Source
from embedviz.formats.table import FORMATS, chosen, format_of, named
from embedviz.formats.writing import write_whole
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.words.model import WordModel, as_space

__all__ = [
    "DEFAULT_MAX_BYTES",
    "FORMATS",
    "FileSummary",
    "Format",
    "describe",
    "format_of",
    "read",
    "write",
]


def read(
    path_or_file: Readable,
    *,
    format: str | None = None,  # noqa: A002 - the word for it
    limit: int | None = None,
    trusted: bool = False,
    name: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddingSpace | WordModel:
    """The word vectors in a file of any supported format.

    Parameters
    ----------
    path_or_file : path or binary file
        Gzipped or not. An open file must be seekable; it is read from its beginning, left open.
    format : str, optional
        A name in ``FORMATS``; without it the content decides.
    limit : int, optional
        Read only this many rows, the first; the rest of the file is not touched.
    trusted : bool
        Allow formats that are pickles, which can run code, from a path.
    name : str, optional
        The name of the space; by default that of the file without its suffix.
    max_bytes : int
        What a packed file (gzip, npz) may unpack to, in bytes.

    Returns
    -------
    EmbeddingSpace, or SubwordModel for fastText files with n-grams. ``origin["format"]`` is the
    format and ``origin["read"]`` counts what was mended: ``rows``, ``duplicates``, ``blanks``,
    ``undecodable`` (keys that were not UTF-8), ``not_finite`` (rows set aside), ``rows_in_file``.

    Raises
    ------
    FormatError
        If the file is of no known format, or not what its format promises.
    UntrustedFileError
        If it is a pickle and not trusted.
    CancelledError
        If a stop was asked for.
    """
    if limit is not None and limit < 1:
        raise InvalidParameterError(f"limit={limit!r} rows: at least 1, or None for all.")
    with closing(Source(path_or_file, max_bytes)) as source:
        kind = chosen(source, format)
        title = _title(source.filename) if name is None else name
        options = ReadOptions(title, limit, trusted, on_progress, cancel)
        result = kind.read(source, options)
        if not len(as_space(result)):
            raise source.broken("it holds no row of finite numbers.")
    return result


def describe(
    path_or_file: Readable,
    *,
    format: str | None = None,  # noqa: A002 - the word for it
    limit: int | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> FileSummary:
    """Rows, dimensions and the memory that reading takes, before it is taken.

    Raises FormatError where the file's header cannot be true. Pickles are not looked into.
    """
    with closing(Source(path_or_file, max_bytes)) as source:
        return chosen(source, format).describe(source, limit)


def write(
    space: EmbeddingSpace | WordModel,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    format: str | None = None,  # noqa: A002 - the word for it
) -> None:
    """Write the vectors (of a word model: of its vocabulary) to a file.

    The suffix tells the format unless ``format`` does; ``.gz`` behind it packs the file. A path
    gets the whole file or keeps what it had. An open binary file needs ``format``.

    Raises
    ------
    FormatError
        If the format cannot hold a key, is only read, or the file cannot be written.
    """
    content = as_space(space)
    if not len(content):
        raise FormatError(f"{content.name or 'The space'} is empty: there is nothing to write.")
    if not isinstance(path_or_file, str | os.PathLike):
        _writer(named(format) if format else None, "an open file")(content, path_or_file)
        return
    path = os.fspath(path_or_file)
    kind = named(format) if format else format_of(path)
    writer = _writer(kind, f"'{path}'")
    zipped = path.lower().endswith(".gz")
    if zipped and kind is not None and not kind.gzip:
        raise FormatError(f"{kind.label} is not written gzipped. Leave '.gz' off '{path}'.")
    write_whole(path, lambda file: writer(content, file), zipped)


def _title(filename: str) -> str:
    """The name of a file without what only tells its format."""
    bare = filename[:-3] if filename.lower().endswith(".gz") else filename
    stem, suffix = os.path.splitext(bare)
    known = any(suffix.lower() in kind.suffixes for kind in FORMATS.values())
    return stem if known else bare


def _writer(kind: Format | None, target: str) -> Callable[[EmbeddingSpace, IO[bytes]], None]:
    if kind is None or kind.write is None:
        names = ", ".join(k.name for k in FORMATS.values() if k.write)
        suffixes = ", ".join(s for k in FORMATS.values() if k.write for s in k.suffixes)
        problem = f"{kind.label} is not written" if kind else "the format is not clear"
        raise FormatError(
            f"Cannot write {target}: {problem}. Give format= one of {names}, or a file name that "
            f"ends in one of {suffixes}."
        )
    return kind.write
