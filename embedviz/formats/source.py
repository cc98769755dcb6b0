"""Bytes from a path or an open file, unpacked if gzipped, never more than was agreed."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from embedviz.errors import FormatError
from embedviz.formats.notes import Note
from embedviz.formats.opening import Readable, file_name, opened
from embedviz.formats.recoded import Recoded, wide_encoding
from embedviz.text_decoding import known_encoding

DEFAULT_MAX_BYTES = 16 * 2**30
"""How much a gzipped file may unpack to, unless told otherwise: 16 GiB."""

_HEAD = 1 << 16
_BLOCK = 1 << 20


class Source:
    """A file that is read once, from its beginning, with its position known.

    Parameters
    ----------
    file : path or binary file
        An open file must be seekable; it is read from its beginning and left open.
    max_bytes : int
        What a gzipped file may unpack to.

    Raises
    ------
    FormatError
        From any method: where the file cannot be opened, ends early or is damaged.
    """

    def __init__(self, file: Readable, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.path = Path(file) if isinstance(file, str | os.PathLike) else None
        self.filename = file_name(file)
        self.max_bytes = max_bytes
        self.raw, self.stored_size = opened(file)
        self.compressed = self.raw.read(3) == b"\x1f\x8b\x08"
        self.encoding: str | None = None
        self._recoded: Recoded | None = None
        self.squeeze = False
        self._stream: Any = self.raw
        self._buffer, self._at, self._fetched = b"", 0, 0
        self._begin()
        try:
            self._fill(_HEAD)
        except FormatError:
            self.close()
            raise
        self.head = self._buffer[:_HEAD]

    def recode(self, encoding: str | None = None) -> None:
        """From its beginning its bytes are UTF-8, whatever ``encoding`` the file is in.

        Without one a mark tells, else it is UTF-8 if it can be, else it is guessed: ``notes``.
        Raises InvalidParameterError for an encoding that is not known.
        """
        self.encoding = None if encoding is None else known_encoding(encoding)
        self._begin(recoded=True)
        self._fill(_HEAD)
        self.head = self._buffer[:_HEAD]

    def recode_wide(self) -> None:
        """Recode it if it is UTF-16 or UTF-32."""
        wide = wide_encoding(self.head)
        if wide is not None:
            self.recode(wide)

    @property
    def notes(self) -> list[Note]:
        """What to say of its encoding, as far as it was read."""
        return [] if self._recoded is None else self._recoded.notes

    @property
    def label(self) -> str:
        """What messages call this file."""
        return f"'{self.filename}'" if self.filename else "the file"

    @property
    def size(self) -> int | None:
        """Bytes in all; None if gzipped or recoded, because only reading would tell."""
        return None if self.compressed or self._recoded is not None else self.stored_size

    @property
    def position(self) -> int:
        """Bytes (unpacked) handed out so far."""
        return self._fetched - len(self._buffer) + self._at

    @property
    def remaining(self) -> int | None:
        """Bytes still to come; None if gzipped or recoded."""
        return None if self.size is None else self.size - self.position

    @property
    def fraction(self) -> float:
        """How much of the stored file has been read, from 0 to 1."""
        done = self.raw.tell() if self.size is None else self.position
        return min(1.0, done / self.stored_size) if self.stored_size else 1.0

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes; fewer only at the end."""
        self._fill(count)
        taken = self._buffer[self._at : self._at + count]
        self._at += len(taken)
        return taken

    def exactly(self, count: int, what: str) -> bytes:
        """``count`` bytes, or FormatError that says what should have been there."""
        start = self.position
        taken = self.read(count)
        if len(taken) < count:
            raise self.ended(what, start)
        return taken

    def until(self, mark: bytes, most: int, what: str) -> bytes:
        """The bytes before the next ``mark`` (one byte), which is read too; at most ``most``."""
        start = self.position
        end = self._buffer.find(mark, self._at)
        if end < 0:
            self._fill(most + 1)
            end = self._buffer.find(mark, self._at, self._at + most + 1)
        if end < 0 or end - self._at > most:
            if len(self._buffer) - self._at <= most:
                raise self.ended(what, start)
            raise self.broken(f"byte {start:,}: {what} is longer than {most:,} bytes.")
        taken = self._buffer[self._at : end]
        self._at = end + 1
        return taken

    def array(
        self, dtype: DTypeLike, count: int, what: str, tell: Callable[[], None] | None = None
    ) -> NDArray[Any]:
        """``count`` numbers, of shape (count,); space is taken only for bytes that are there.

        ``tell`` is called now and then, so that long reading can be watched and stopped.
        """
        wanted = count * np.dtype(dtype).itemsize
        start = self.position
        if self.remaining is not None and wanted > self.remaining:
            raise self.broken(
                f"byte {start:,}: {what} would take {wanted:,} bytes, but the file has "
                f"{self.remaining:,} left. It is truncated or damaged."
            )
        gathered = bytearray(wanted if self.remaining is not None else 0)
        done = 0
        while done < wanted:
            block = self.read(min(_BLOCK, wanted - done))
            if not block:
                raise self.ended(what, start)
            gathered[done : done + len(block)] = block
            done += len(block)
            if tell is not None and done % (16 * _BLOCK) == 0:
                tell()
        return np.frombuffer(gathered, dtype=dtype)

    def skip(self, count: int, what: str) -> None:
        """Pass over ``count`` bytes."""
        start = self.position
        if self.remaining is not None and count > self.remaining:
            raise self.ended(what, start)
        buffered = min(count, len(self._buffer) - self._at)
        self._at += buffered
        count -= buffered
        if self.size is not None and count:
            self._buffer, self._at = b"", 0
            self._stream.seek(count, io.SEEK_CUR)
            self._fetched += count
            return
        while count:
            count -= len(self.exactly(min(_BLOCK, count), what))

    def back_to(self, position: int) -> None:
        """Go on from byte ``position`` (unpacked), which lies before."""
        if position == self.position:
            return
        self._begin(recoded=self._recoded is not None)
        self.skip(position, "what was read before")

    def ended(self, what: str, start: int) -> FormatError:
        """The error for a file that stops inside ``what``, which began at byte ``start``."""
        return self.broken(
            f"byte {self.position:,}: the file ends inside {what}, which began at byte {start:,}. "
            "It is truncated."
        )

    def broken(self, problem: str) -> FormatError:
        """The error for ``problem``, with the name of this file before it."""
        return FormatError(f"{self.label}, {problem}")

    def close(self) -> None:
        """Close what was opened here; a file that was handed in stays open."""
        if self.path is not None:
            self.raw.close()

    def _begin(self, recoded: bool = False) -> None:
        self.raw.seek(0)
        self._stream = gzip.GzipFile(fileobj=self.raw) if self.compressed else self.raw
        self._buffer, self._at, self._fetched = b"", 0, 0
        if recoded:
            self._stream = self._recoded = Recoded(self._stream, self.encoding, self.squeeze)

    def _fill(self, count: int) -> None:
        """Have ``count`` bytes ready, or all that are left."""
        missing = count - (len(self._buffer) - self._at)
        if missing <= 0:
            return
        parts = [self._buffer[self._at :]]
        while missing > 0 and (block := self._fetch(max(missing, _HEAD))):
            parts.append(block)
            missing -= len(block)
        self._buffer, self._at = b"".join(parts), 0

    def _fetch(self, count: int) -> bytes:
        try:
            block: bytes = self._stream.read(min(count, _BLOCK) if self.compressed else count)
        except (OSError, EOFError, zlib.error) as error:
            where = f"byte {self.raw.tell():,}" + (" (gzipped)" if self.compressed else "")
            raise self.broken(f"{where}: it cannot be read further: {error}.") from error
        self._fetched += len(block)
        if self.compressed and self._fetched > self.max_bytes:
            raise self.broken(
                f"gzipped: it unpacks to more than {self.max_bytes:,} bytes. If that is what it "
                "should hold, read it with a larger max_bytes, or unpack it first."
            )
        return block
