"""File formats: recognised by content, read by streaming, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import IO

from embedviz.arguments import checked, checked_but
from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats import word2vec_binary
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.columns import ColumnInfo, KeyChoice, Recognised
from embedviz.formats.folder import source_of
from embedviz.formats.joining import checked_options
from embedviz.formats.metadata_file import read_metadata
from embedviz.formats.opening import Readable
from embedviz.formats.recognition import recognised_in
from embedviz.formats.set_aside import MEANING
from embedviz.formats.source import DEFAULT_MAX_BYTES, Source
from embedviz.formats.table import FORMATS, chosen, format_in, format_of, named
from embedviz.formats.tabular import said_of
from embedviz.formats.writing import write_whole
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.text_decoding import known_encoding
from embedviz.word_model import WordModel, as_space

__all__ = [
    "DEFAULT_MAX_BYTES",
    "FORMATS",
    "ColumnInfo",
    "FileSummary",
    "Format",
    "Recognised",
    "describe",
    "format_of",
    "read",
    "recognised",
    "write",
]


@checked_but("path_or_file")
def read(  # noqa: PLR0913 - each is said by name
    path_or_file: Readable,
    *,
    format: str | None = None,  # noqa: A002 - the word for it
    limit: int | None = None,
    trusted: bool = False,
    name: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    vectors: str | Sequence[str] | None = None,
    key: KeyChoice = None,
    metadata: Readable | None = None,
    max_memory: int | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddingSpace | WordModel:
    """The vectors in a file of any supported format.

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
    vectors : str or sequence of str, optional
        The column of lists, or the columns of numbers, that make the vectors (of a NumPy archive
        the array), in place of those that :func:`recognised` tells.
    key : str or False, optional
        The column that names the rows; False for none of them: the rows are numbered, ``row-1``.
    metadata : path or binary file, optional
        A table whose rows belong to those of the first file, row by row: a CSV beside an npy, or
        metadata.tsv beside tensors.tsv.
    max_memory : int, optional
        Bytes that files of columns may take in memory: more is refused, by an estimate from the
        first rows and the file's size before it is taken, and while reading at the latest.
    encoding : str, optional
        What text is encoded in (``"cp1252"``, ``"euc-kr"``, …); without it a mark at the beginning,
        UTF-8 if it can be, else a guess, which is said.
    header : bool, optional
        Of tables as text: whether the first line names the columns; without it, as it looks.

    Returns
    -------
    EmbeddingSpace, or SubwordModel for fastText files with n-grams. ``origin["format"]`` is the
    format and ``origin["read"]`` counts what was mended: ``rows``, ``duplicates``, ``blanks``,
    ``undecodable`` (keys that were not UTF-8), ``not_finite``, ``rows_in_file``; and rows set
    aside by reason: ``missing``, ``infinite``, ``ragged``, ``zero``, ``unreadable``, of which
    ``set_aside`` lists the first 1,000 as [row from 1, key, reason]. Rows of zeros are set aside
    in files of columns and arrays, not in those of word vectors. ``origin["notes"]``, if it is
    there, says in sentences what was mended, what was taken where a file can be read in two ways,
    and how to read it the other way.

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
    with closing(source_of(path_or_file, max_bytes)) as source:
        kind = _opened(source, format, encoding)
        title = _title(source.filename) if name is None else name
        joined = None if metadata is None else read_metadata(metadata, max_bytes, format_in, key)
        options = ReadOptions(
            title, limit, trusted, on_progress, cancel, _names(vectors), key, joined, max_memory,
            None if kind.text else encoding, header,
        )  # fmt: skip
        checked_options(options, kind.chooses, kind.label)
        result = kind.read(source, options)
        if not len(as_space(result)):
            raise source.broken(
                f"it holds no row of finite numbers that can be used{_among(limit)}.{_why(result)}"
            )
    return result


def recognised(
    path_or_file: Readable,
    *,
    format: str | None = None,  # noqa: A002 - the word for it
    vectors: str | Sequence[str] | None = None,
    key: KeyChoice = None,
    encoding: str | None = None,
    header: bool | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> Recognised:
    """What :func:`read` would take for the vector, the key and metadata; reads the first rows.

    Formats without columns to choose from give no columns.

    Raises
    ------
    FormatError
        If no columns look like a vector, or the file is damaged.
    InvalidParameterError
        If there is no column of a name that was given.
    """
    with closing(source_of(path_or_file, max_bytes)) as source:
        kind = _opened(source, format, encoding)
        if kind.columns is None:
            found = kind.describe(source, None)
            return Recognised(
                kind.name, (), (), None, found.rows, found.dimensions, notes=found.notes
            )
        tabular = kind.columns(source, ReadOptions("", header=header))
        taken: Recognised = said_of(
            source, lambda: recognised_in(tabular, kind.name, _names(vectors), key)
        )
        return taken


def describe(
    path_or_file: Readable,
    *,
    format: str | None = None,  # noqa: A002 - the word for it
    limit: int | None = None,
    encoding: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> FileSummary:
    """Rows, dimensions and the memory that reading takes, before it is taken.

    Raises FormatError where the file's header cannot be true. Pickles are not looked into.
    """
    with closing(source_of(path_or_file, max_bytes)) as source:
        return _opened(source, format, encoding).describe(source, limit)


@checked
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


def _names(vectors: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if vectors is None else (vectors,) if isinstance(vectors, str) else tuple(vectors)


def _among(limit: int | None) -> str:
    return "" if limit is None else f" among its first {limit:,}"


def _opened(source: Source, name: str | None, encoding: str | None) -> Format:
    """The format, and ``source`` at its beginning in ``encoding``."""
    if encoding is not None and known_encoding(encoding).startswith(("utf-16", "utf-32")):
        source.recode(encoding)
    kind = chosen(source, name)
    if encoding is not None and not (kind.text or kind.name == word2vec_binary.NAME):
        raise InvalidParameterError(
            f"encoding= is for text; {kind.label} says itself what its letters are. Leave it out."
        )
    if encoding is not None and kind.text:
        source.recode(encoding)
    return kind


def _why(result: EmbeddingSpace | WordModel) -> str:
    """What was wrong with all rows of a file, by reason."""
    counts = as_space(result).origin.get("read", {})
    found = [f" {counts[why]:,} rows: {text}." for why, text in MEANING.items() if counts.get(why)]
    return "".join(found)


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
