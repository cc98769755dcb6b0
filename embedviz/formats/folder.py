"""Folders: a LanceDB table is one, and others hold files of vectors to choose from."""

from __future__ import annotations

import io
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embedviz.errors import EmbedvizError, FormatError
from embedviz.formats.opening import Readable
from embedviz.formats.source import Source

_MOST = 1000


class Folder(Source):
    """A folder in the place of a file: it has no bytes of its own."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.filename, self.head = self.path.name, b""
        self.raw, self.compressed, self.stored_size, self.max_bytes = io.BytesIO(), False, 0, 0
        self._stream, self._buffer, self._at, self._fetched = self.raw, b"", 0, 0


@dataclass(frozen=True)
class Listed:
    """A file of vectors in a folder: its path and the name of its format."""

    path: Path
    format: str


def source_of(file: Readable, max_bytes: int) -> Source:
    """What ``file`` is to be read from; a LanceDB table is a folder. Raises FormatError."""
    if isinstance(file, str | os.PathLike) and is_lance(Path(file)):
        return Folder(file)
    return Source(file, max_bytes)


def is_lance(path: Path) -> bool:
    """Whether a folder is a LanceDB table."""
    try:
        return path.is_dir() and (path / "_versions").is_dir()
    except (OSError, ValueError):
        return False


def listed(path: str | os.PathLike[str], *, pickles: bool = False) -> tuple[Listed, ...]:
    """The files of vectors in a folder (not below it), by name, told by their content.

    Pickles are left out, unless ``pickles``; what gensim keeps beside one (``model.kv`` and
    ``model.kv.vectors.npy``) is no file of its own. Raises FormatError if the folder cannot be
    opened.
    """
    from embedviz.formats.base import ReadOptions
    from embedviz.formats.recognition import recognised_in
    from embedviz.formats.table import FORMATS, chosen

    try:
        names = sorted(Path(path).iterdir())[:_MOST]
    except OSError as error:
        raise FormatError(f"'{path}' cannot be opened: {error.strerror or error}.") from error
    found = []
    for name in names:
        if name.name.startswith(".") or not (name.is_file() or is_lance(name)):
            continue
        try:
            with closing(source_of(name, 1 << 24)) as source:
                kind = chosen(source, None)
                if kind.columns is not None:  # text with commas may be no table of vectors
                    recognised_in(kind.columns(source, ReadOptions("")), kind.name)
        except EmbedvizError:
            continue
        found.append(Listed(name, kind.name))
    pickled = [one for one in found if FORMATS[one.format].trusted_only]
    beside = tuple(f"{one.path.name}." for one in pickled)
    return tuple(
        one
        for one in found
        if (pickles or one not in pickled) and not one.path.name.startswith(beside)
    )
