"""Texts of many points as the browser takes them: compressed, they are a tenth as many bytes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

PACKED_FROM = 5_000
"""From so many texts on they travel compressed; fewer are not worth the unpacking."""

_SEPARATOR = b"\xff"  # in no text: UTF-8 never has this byte
_LEVEL = 3  # a tenth of a second for 100,000 hover texts; the highest takes six times as long


def packed(texts: Sequence[str]) -> pa.Table:
    """One column of bytes: the UTF-8 texts with 0xFF between them, in zlib's format.

    ``01_texts.js`` reads it.
    """
    import pyarrow as pa

    joined = _SEPARATOR.join([_encoded(text) for text in texts])
    return pa.table({"byte": np.frombuffer(zlib.compress(joined, _LEVEL), np.uint8)})


def unpacked(texts: Sequence[str]) -> pa.Array:
    """A column of texts as they are."""
    import pyarrow as pa

    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([_encoded(text).decode() for text in texts], pa.string())


def _encoded(text: str) -> bytes:
    # Half of a surrogate pair, from a damaged file, shows as a "?".
    return text.encode("utf-8", "replace")
