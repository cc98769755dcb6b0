"""What packed Arrow buffers say that they unpack to, told before anything is unpacked.

Arrow files are FlatBuffers messages followed by their buffers; a packed buffer begins with the
number of bytes it unpacks to (Arrow columnar format, "Serialization and IPC"). pyarrow takes that
memory without asking, so the numbers are added up here first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

_MAGIC = b"ARROW1"
_CONTINUED = 0xFFFFFFFF
_DICTIONARY, _BATCH = 2, 3  # kinds of message that bring buffers
_LONGEST = 64 << 20


class _Table:
    """A FlatBuffers table; reading beyond its bytes raises struct.error."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._fields = at - _number(data, "i", at)
        self._count = (_number(data, "H", self._fields) - 4) // 2

    def place(self, field: int) -> int | None:
        """Where the value of a field stands; None if it is not set."""
        if field >= self._count:
            return None
        offset = _number(self._data, "H", self._fields + 4 + 2 * field)
        return self._at + offset if offset else None

    def number(self, field: int, code: str) -> int:
        """A number; 0 if not set."""
        at = self.place(field)
        return 0 if at is None else _number(self._data, code, at)

    def table(self, field: int) -> _Table | None:
        """A table within."""
        at = self.place(field)
        return None if at is None else _Table(self._data, at + _number(self._data, "I", at))

    def structs(self, field: int, code: str) -> Iterator[tuple[int, ...]]:
        """The structs of a vector."""
        at = self.place(field)
        if at is not None:
            at += _number(self._data, "I", at)
            end = at + 4 + _number(self._data, "I", at) * struct.calcsize(code)
            if end > len(self._data):
                raise struct.error("a vector of structs ends beyond its message")
            yield from struct.iter_unpack(code, self._data[at + 4 : end])


def packed_batches(file: IO[bytes]) -> Iterator[int]:
    """Bytes that each batch with packed buffers says it unpacks to; nothing for unpacked ones.

    Raises struct.error or OverflowError where the messages are damaged.
    """
    file.seek(0)
    if file.read(6) != _MAGIC:
        yield from _in_stream(file)
        return
    end = file.seek(-10, 2)
    length = _number(file.read(4), "i", 0)
    file.seek(max(0, end - _sound(length)))
    footer = file.read(length)
    root = _Table(footer, _number(footer, "I", 0))
    for field in (2, 3):  # dictionaries, record batches
        for offset, metadata, _body in root.structs(field, "<qi4xq"):
            file.seek(_sound(offset))
            found = _message(file)
            if found is not None:
                yield from _unpacked(file, found, offset + metadata)


def _in_stream(file: IO[bytes]) -> Iterator[int]:
    at = file.seek(0)
    while (found := _message(file)) is not None:
        body = file.tell()
        yield from _unpacked(file, found, body)
        after = body + _sound(found.number(3, "q"))
        if after <= at:
            return
        at = file.seek(after)


def _message(file: IO[bytes]) -> _Table | None:
    """The message that begins here; None at the end."""
    head = file.read(4)
    if len(head) < 4:
        return None
    length = _number(head, "I", 0)
    if length == _CONTINUED:
        length = _number(file.read(4), "I", 0)
    if not length:
        return None
    if length > _LONGEST:
        raise struct.error(f"a message says that it has {length:,} bytes")
    data = file.read(length)
    return _Table(data, _number(data, "I", 0))


def _unpacked(file: IO[bytes], message: _Table, body: int) -> Iterator[int]:
    kind = message.number(1, "B")
    batch = message.table(2) if kind in (_DICTIONARY, _BATCH) else None
    if batch is not None and kind == _DICTIONARY:
        batch = batch.table(1)
    if batch is None or batch.place(3) is None:  # no batch, or not packed
        return
    total = 0
    for offset, length in batch.structs(2, "<qq"):
        if length >= 8:
            file.seek(_sound(body + offset))
            said = _number(file.read(8), "q", 0)
            total += length - 8 if said == -1 else max(0, said)
    yield total


def _sound(place: int) -> int:
    if place < 0:
        raise struct.error(f"{place:,} is no place in a file")
    return place


def _number(data: bytes, code: str, at: int) -> int:
    if at < 0:
        raise struct.error(f"{at:,} is no place in a message")
    number: int = struct.unpack_from(f"<{code}", data, at)[0]
    return number
