"""One open file, read from several threads at once, each from its own place."""

from __future__ import annotations

import io
import os
import threading
from typing import IO


class SharedFile:
    """A binary file that can go back to its beginning, which nobody here closes.

    Uploads are such files: closing one would lose it, and its position belongs to whoever reads.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()

    def view(self) -> IO[bytes]:
        """The file from its beginning; closing the view leaves the file open."""
        return io.BufferedReader(_View(self))

    def at(self, place: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``place``; none at the end."""
        if isinstance(self._file, io.BytesIO):
            # Others may read the same upload at this moment: its position is left alone.
            with self._file.getbuffer() as content:
                return bytes(content[place : place + count])
        with self._lock:
            self._file.seek(place)
            return self._file.read(count) or b""

    def size(self) -> int:
        """Bytes in all."""
        if isinstance(self._file, io.BytesIO):
            with self._file.getbuffer() as content:
                return len(content)
        with self._lock:
            return self._file.seek(0, os.SEEK_END)


class _View(io.RawIOBase):
    def __init__(self, shared: SharedFile) -> None:
        self._shared = shared
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: None}[whence]
        self._place = max(0, offset + (self._shared.size() if start is None else start))
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._shared.at(self._place, len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
