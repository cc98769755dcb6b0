"""Bytes in a column of metadata: pictures as pictures, text as text, all else as hexadecimal digits."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"BM", "bmp"),
)  # fmt: skip
_MOST = 64 << 20
_LONGEST = 64
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def holds_bytes(kind: Any) -> bool:
    """Whether an Arrow type is bytes, or a picture as data sets keep it: its bytes and its path."""
    import pyarrow as pa

    types = pa.types
    if types.is_struct(kind):
        names = {kind.field(at).name for at in range(kind.num_fields)}
        return (
            names <= {"bytes", "path"}
            and "bytes" in names
            and holds_bytes(kind.field("bytes").type)
        )
    view = getattr(types, "is_binary_view", lambda _: False)
    return bool(
        types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
        or view(kind)
    )  # fmt: skip


def texts_of_bytes(parts: Iterable[list[Any]], name: str) -> tuple[list[str | None], str]:
    """Each value of a column as text, and what is to be said of it; empty for plain text.

    Pictures become data URLs where all of them together are small enough.
    """
    values = list(chain.from_iterable(parts))
    found = [value for value in values if isinstance(value, bytes)]
    kinds = [_picture(value) for value in found]
    if found and all(kinds):
        size = sum(map(len, found))
        if size <= _MOST:
            note = f"{name!r} holds pictures as bytes ({len(found):,}): they are shown."
            return [_shown(value) for value in values], note
        note = (
            f"{name!r} holds pictures as bytes, {size >> 20:,} MB, more than the {_MOST >> 20} MB that "
            "are kept: only their sizes stand in the table."
        )
        return [_size(value) for value in values], note
    texts = [_plain(value) for value in values]
    if all(text is not None or value is None for text, value in zip(texts, values, strict=True)):
        return texts, ""
    note = f"{name!r} holds bytes that are neither text nor pictures: hexadecimal digits are shown."
    return [_digits(value) for value in values], note


def _picture(value: bytes) -> str:
    if value[:4] == b"RIFF" and value[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _PICTURES if value.startswith(start)), "")


def _shown(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return f"data:image/{_picture(value)};base64,{base64.b64encode(value).decode()}"


def _size(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return f"{_picture(value)} picture, {len(value):,} bytes"


def _plain(value: Any) -> str | None:
    """The bytes as text; None if they are none."""
    if not isinstance(value, bytes):
        return value if isinstance(value, str) else None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else text


def _digits(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    more = f"… ({len(value):,} bytes)" if len(value) > _LONGEST else ""
    return f"0x{value[:_LONGEST].hex()}{more}"
