"""Every kind of pixels as RGB with 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

_DEEP = ("I", "F")
_WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")


def as_rgb(image: Image.Image) -> Image.Image:
    """``image``, loaded, as RGB: itself if it is that already.

    - Transparency is laid over white, as a page shows it.
    - 16-bit gray (I;16) keeps its upper byte, so that 65,535 is white, whatever the largest value
      is; Pillow does the same for 16-bit colors.
    - Gray of 32 bits, whole (I) or real numbers (F), has no agreed white. Whole numbers within
      0 to 255 are taken as they are, within 0 to 65,535 as 16-bit gray; real numbers within 0 to 1 are
      multiplied by 255, within 0 to 255 taken as they are. All others are stretched so that the
      smallest becomes black and the largest white. What is not finite is black.
    - CMYK is turned by Pillow's plain formula, palettes and gray as they say.
    """
    if image.mode.startswith("I;16") or image.mode in _DEEP:
        image = _eight_bits(image)
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        return _over_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _over_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode == "La":
        image = image.convert("LA")
    pixels = image.convert("RGBA")
    white = Image.new("RGB", pixels.size, "white")
    white.paste(pixels, mask=pixels.getchannel("A"))
    return white


def _eight_bits(image: Image.Image) -> Image.Image:
    """``image`` of one deep channel as L; its one transparent value, if it has one, as white."""
    from PIL import Image

    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        gray = (values >> 8).astype(np.uint8)
    else:
        gray = _whole(values) if image.mode == "I" else _real(values)
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        gray[values == clear] = 255
    return Image.fromarray(gray)


def _whole(values: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > 65_535:
        return _stretched(values.astype(np.float32), low, high)
    return (values if high <= 255 else values >> 8).astype(np.uint8)


def _real(values: NDArray[Any]) -> NDArray[np.uint8]:
    finite = np.isfinite(values)
    low = float(values.min(where=finite, initial=np.inf))
    high = float(values.max(where=finite, initial=-np.inf))
    if low > high:  # not one number
        return np.zeros(values.shape, np.uint8)
    known = np.where(finite, values, np.float32(low))
    if low < 0 or high > 255:
        gray = _stretched(known, low, high)
    else:
        gray = np.rint(known * 255 if high <= 1 else known).astype(np.uint8)
    gray[~finite] = 0
    return gray


def _stretched(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    factor = 255 / (high - low) if high > low else 0.0
    # Scaled before it is shifted: the other way round the largest numbers would overflow.
    scaled = values * np.float32(factor) - np.float32(low * factor)
    gray: NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return gray
