"""Selected rows as they travel, and whose selection counts: the browser's or the page's."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Rows = NDArray[np.uint32]
Select = tuple[str | int, ArrayLike | None]
"""A name of this selection, and the rows; None or none of them: nothing is selected."""

_NO_ROWS = np.empty(0, np.uint32)


def rows_message(rows: Rows, n: int) -> dict[str, str]:
    """Ascending rows of n as text: four bytes for each, or a bit for every point if less."""
    if 4 * len(rows) <= -(-n // 8):
        return {"rows": _text(rows.astype("<u4").tobytes())}
    has = np.zeros(n, np.uint8)
    has[rows] = 1
    return {"bits": _text(np.packbits(has, bitorder="little").tobytes())}


def rows_of(value: Mapping[str, Any], n: int) -> Rows | None:
    """The rows that a message names, ascending; None if it is damaged."""
    try:
        if "bits" in value:
            bits = np.frombuffer(base64.b64decode(value["bits"], validate=True), np.uint8)
            if len(bits) != -(-n // 8):
                return None
            has = np.unpackbits(bits, count=n, bitorder="little")
            return np.flatnonzero(has).astype(np.uint32)
        rows = np.frombuffer(base64.b64decode(value.get("rows", ""), validate=True), "<u4")
    except (TypeError, ValueError, binascii.Error):
        return None
    return np.unique(rows[rows < n]).astype(np.uint32)


@dataclass(frozen=True, eq=False)
class Selecting:
    """A selection that the page has set.

    Attributes
    ----------
    version : str
        Never used twice on a map: the browser takes each over once.
    name : str
        As the page calls it, with the version of the keys.
    rows : ndarray of uint32, ascending
    content : str
        A hash of the rows, by which the browser may have them already; empty for no rows.
    """

    version: str
    name: str
    rows: Rows
    content: str

    @staticmethod
    def of(
        select: Select | None, keys: str, n: int, before: Selecting | None = None
    ) -> Selecting | None:
        """``select`` for n points with the keys of this version; rows beyond n are left out.

        ``before``: what the page had set in the run before. An undo brings a name back, and the
        browser must take it over again, so the version counts on.
        """
        if select is None:
            return None
        name, given = select
        rows = _NO_ROWS if given is None else np.unique(np.asarray(given, dtype=np.int64))
        rows = rows[(rows >= 0) & (rows < n)].astype(np.uint32)
        digest = hashlib.blake2b(rows.tobytes() + str(n).encode(), digest_size=12).hexdigest()
        named = f"{keys}:{name}"
        is_known = before is not None and before.name == named
        version = before.version if before is not None and is_known else secrets.token_hex(6)
        return Selecting(version, named, rows, digest if len(rows) else "")

    def is_older_than(self, value: Any) -> bool:
        """Whether the person selected ``value`` when this was already shown."""
        return isinstance(value, Mapping) and value.get("after") == self.version


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
