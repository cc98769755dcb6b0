"""Folders that are read as one file: LanceDB tables."""

from __future__ import annotations

import io
import os
from pathlib import Path

from embedviz.formats.opening import Readable
from embedviz.formats.source import Source


class Folder(Source):
    """A folder in the place of a file: it has no bytes of its own."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.filename, self.head = self.path.name, b""
        self.raw, self.compressed, self.stored_size, self.max_bytes = io.BytesIO(), False, 0, 0
        self.encoding, self._recoded = None, None
        self._stream, self._buffer, self._at, self._fetched = self.raw, b"", 0, 0


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
