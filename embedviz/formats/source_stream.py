"""A source as a file that Arrow reads from; a stop is heard at each block."""

from __future__ import annotations

import io
from typing import Any

from embedviz.formats.base import ReadOptions
from embedviz.formats.source import Source
from embedviz.progress import stop_if


class SourceStream(io.RawIOBase):
    """``start``, then the rest of ``source``."""

    def __init__(self, start: bytes, source: Source, options: ReadOptions) -> None:
        self._start, self._at = start, 0
        self._source, self._options = source, options

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken = self._taken(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, as Arrow asks for them."""
        if size < 0:
            return b"".join(iter(lambda: self._taken(1 << 20), b""))
        return self._taken(size)

    def _taken(self, size: int) -> bytes:
        stop_if(self._options.cancel, f"Reading {self._source.label}")
        if self._at < len(self._start):
            taken = self._start[self._at : self._at + size]
            self._at += len(taken)
            return taken
        return self._source.read(size)
