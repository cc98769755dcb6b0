"""Small pictures that stand for an image: one to scatter on a map, one to look at."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL = 96  # pixels of the longer side
VIEW_SHORT, VIEW_LONG = 288, 1024
"""Pixels of a view's sides, at most. An encoder that shrinks the shorter side to 256 loses nothing
of note by starting from here."""
_QUALITY = 85


def make_thumbnail(picture: Image.Image) -> bytes:
    """``picture`` (RGB) as a JPEG whose longer side has at most 96 pixels; never enlarged."""
    return _jpeg(_fitted(picture, THUMBNAIL / max(picture.size)))


def make_view(picture: Image.Image) -> bytes:
    """``picture`` (RGB) as a JPEG whose shorter side has at most 288 pixels; never enlarged."""
    return _jpeg(_fitted(picture, _view_scale(picture)))


def make_both(picture: Image.Image) -> tuple[bytes, bytes]:
    """Thumbnail and view; the first is made from the second, which is much less to read."""
    view = _fitted(picture, _view_scale(picture))
    return _jpeg(_fitted(view, THUMBNAIL / max(view.size))), _jpeg(view)


def opened(jpeg: bytes) -> Image.Image:
    """The picture of a thumbnail or view, RGB."""
    from PIL import Image

    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def _view_scale(picture: Image.Image) -> float:
    return min(VIEW_SHORT / min(picture.size), VIEW_LONG / max(picture.size))


def _fitted(picture: Image.Image, scale: float) -> Image.Image:
    from PIL import Image

    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    # reducing_gap lets Pillow halve a large photo first, which costs a third and shows nowhere.
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
