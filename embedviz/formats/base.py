"""What every file format is made of: how it is recognised, read, described and written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from embedviz.errors import FormatError
from embedviz.formats.columns import KeyChoice, Metadata, Tabular
from embedviz.formats.notes import Note
from embedviz.formats.source import Source
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace
from embedviz.word_model import WordModel

MAX_DIMENSIONS = 1 << 16
"""Longer vectors than 65,536 numbers are taken for a damaged file."""

_BYTES_PER_KEY = 160
"""A key in memory, about: the string, its place in the tuple and in the lookup table."""


@dataclass(frozen=True)
class ReadOptions:
    """What the caller of :func:`embedviz.formats.read` asked for; the same for every format.

    ``vectors`` and ``key`` name columns (of a NumPy archive: arrays) to take instead of those that
    would be recognised; ``metadata`` is joined row by row. ``max_memory`` bounds, in bytes, what files
    of columns may take in memory. ``encoding`` and ``header`` are for text: what its bytes are, and
    whether the first line of a table names the columns (None: as recognised).
    """

    name: str
    limit: int | None = None
    trusted: bool = False
    on_progress: OnProgress | None = None
    cancel: Cancel | None = None
    vectors: tuple[str, ...] = ()
    key: KeyChoice = None
    metadata: Metadata | None = None
    max_memory: int | None = None
    encoding: str | None = None
    header: bool | None = None

    def first(self, rows: int) -> int:
        """How many of ``rows`` rows to read."""
        return rows if self.limit is None else min(rows, self.limit)

    def tell(self, source: Source, rows: int, fraction: float | None = None) -> None:
        """Report progress after ``rows`` rows; raises CancelledError if a stop was asked for.

        Without ``fraction`` it is told from the limit, or from the place in the file.
        """
        what = f"Reading {source.label}"
        stop_if(self.cancel, what)
        if fraction is None:
            fraction = source.fraction if self.limit is None else rows / self.limit
        report(self.on_progress, fraction, f"{what}: {rows:,} rows")


@dataclass(frozen=True)
class FileSummary:
    """What a file holds, as far as that can be told without reading it all.

    Attributes
    ----------
    format : str
        The name of its format in ``FORMATS``.
    rows : int or None
        Vectors in the file; None if only reading would tell.
    dimensions : int or None
        Numbers in each vector.
    bytes_needed : int or None
        Memory that reading takes, with ``limit`` if one was given: vectors and keys.
    exact : bool
        False if ``bytes_needed`` is estimated from the size of the file.
    notes : tuple of Note
        What a person should know of how it is read.
    """

    format: str
    rows: int | None
    dimensions: int | None
    bytes_needed: int | None
    exact: bool = True
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes
    ----------
    name, label : str
        In the API and on the page.
    suffixes : tuple of str
        File names that it is written to, without ``.gz``; the first format with a suffix takes it.
    help : str
        One line in plain words.
    sniff : callable
        Whether a file that begins with these bytes (unpacked) and has this name is of this format.
    read : callable
        The reader; raises FormatError.
    describe : callable
        The summary, without reading the vectors; takes a limit on rows.
    write : callable or None
        The writer, which has checked the keys before it writes; None if the format is only read.
    trusted_only : bool
        True if reading runs code that the file brings.
    gzip : bool
        True if it is also written gzipped.
    keys : str
        What keys a written file can hold: ``"any"``; ``"text"``, which UTF-8 can hold; ``"lines"``,
        text without tabs and line ends; ``"words"``, text without spaces; ``"rows"``, none but
        ``row-1``, ``row-2``, ….
    columns : callable or None
        Opens it as columns, where a person can say which of them are the vector and the key.
    arrays : bool
        True for arrays, which metadata can be joined to as well.
    text : bool
        True if its bytes are text, which can be in many encodings.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    help: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[Source, ReadOptions], EmbeddingSpace | WordModel]
    describe: Callable[[Source, int | None], FileSummary]
    write: Callable[[EmbeddingSpace, IO[bytes]], None] | None = None
    trusted_only: bool = False
    gzip: bool = True
    keys: str = "words"
    columns: Callable[[Source, ReadOptions], Tabular] | None = None
    arrays: bool = False
    text: bool = False

    @property
    def chooses(self) -> bool:
        """Whether a person can say what is the vector and the key, and join metadata."""
        return self.columns is not None or self.arrays


def memory(rows: int, dimensions: int, extra_rows: int = 0) -> int:
    """Bytes that ``rows`` keys and float32 vectors take, and ``extra_rows`` vectors alone."""
    return rows * _BYTES_PER_KEY + (rows + extra_rows) * dimensions * 4


def checked_sizes(
    source: Source, rows: int, dimensions: int, row_bytes: int, limit: int,
    lines: Sequence[bytes] = (),
) -> None:  # fmt: skip
    """Raise FormatError where a header claims what the file cannot hold.

    ``row_bytes`` is the least that one row takes in the file; ``limit`` rows will be read, of which
    ``lines`` were taken from it already.
    """
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise source.broken(
            f"its header says {dimensions:,} numbers in each vector. From 1 to {MAX_DIMENSIONS:,} "
            "are possible: this is another format, or it is damaged."
        )
    if rows < 1:
        raise source.broken(f"its header says {rows:,} rows: there is nothing to read.")
    least = limit * row_bytes
    remaining = source.remaining
    if remaining is not None:
        remaining += sum(map(len, lines)) + len(lines)
    if remaining is not None and least > remaining:
        raise source.broken(
            f"its header says {rows:,} rows of {dimensions:,} numbers, which take {least:,} bytes "
            f"or more for the {limit:,} to read; {remaining:,} bytes follow. It is "
            "truncated, of another format, or its header is damaged."
        )


def nothing_in(source: Source) -> FormatError:
    """The error for a file without one row."""
    return source.broken("it holds no vectors.")
