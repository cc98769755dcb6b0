"""Pictures as points: the browser asks for what is in view, the next run sends it, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MOST_WANTED = 200
"""Rows in one request; the map itself asks for at most 150 (MOST_ASKED in 07_thumbnails.js)."""

_LONGEST_TOKEN = 40

Thumbnails = Callable[[Sequence[int]], Mapping[int, bytes]]
"""From rows of a picture to their JPEGs; a row that has none may be left out."""


@dataclass(frozen=True)
class Want:
    """What the browser asked for: rows of the album ``pictures``; ``token`` names the request."""

    pictures: str
    rows: tuple[int, ...]
    token: str


def want_of(value: Any, pictures: str, n: int) -> Want | None:
    """What a browser sent, if it makes sense for n rows of the album ``pictures``."""
    if not isinstance(value, Mapping) or not pictures or value.get("pictures") != pictures:
        return None
    rows, token = value.get("rows"), value.get("token")
    if not isinstance(token, str) or len(token) > _LONGEST_TOKEN:
        return None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_WANTED:
        return None
    # A browser may send anything, and True is an int.
    if not all(type(row) is int and 0 <= row < n for row in rows):
        return None
    return Want(pictures, tuple(dict.fromkeys(rows)), token)


def pictures_message(
    pictures: str, want: Want | None, thumbnails: Thumbnails, answered: str
) -> dict[str, Any]:
    """The part of the map's data that concerns pictures; ``answered`` is the last answered token."""
    if want is None or want.pictures != pictures:
        return {"pictures": {"version": pictures, "answered": answered}}
    found = thumbnails(want.rows)
    table = _table(want.rows, [found.get(row) for row in want.rows])
    return {"pictures": {"version": pictures, "answered": want.token}, "thumbs": table}


def _table(rows: Sequence[int], images: Sequence[bytes | None]) -> pa.Table:
    import pyarrow as pa

    # None stays in: so the browser knows that there is no picture, and does not ask again.
    return pa.table({"row": pa.array(rows, pa.uint32()), "image": pa.array(images, pa.binary())})
