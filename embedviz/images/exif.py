"""What cameras write beside the picture: which side is up, and when it was taken."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_ORIENTATION = 0x0112
_CAMERA = 0x8769
# When the shutter opened, when it was digitized, and when the file was changed last.
_TAKEN, _DIGITIZED, _CHANGED = 0x9003, 0x9004, 0x0132
_MOMENT = re.compile(r"\s*(\d{4})\D(\d\d?)\D(\d\d?)(?:\D(\d\d?)\D(\d\d?)(?:\D(\d\d?))?)?")
# Cameras whose clock was never set count from years that no photo can be of.
_FIRST_PHOTOGRAPH = 1826


def upright(image: Image.Image) -> Image.Image:
    """``image``, loaded, turned as its EXIF orientation asks."""
    from PIL import Image

    turn = Image.Transpose
    turns = {
        2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE,
        6: turn.ROTATE_270, 7: turn.TRANSVERSE, 8: turn.ROTATE_90,
    }  # fmt: skip
    method = turns.get(_orientation(image))
    return image if method is None else image.transpose(method)


def taken(image: Image.Image) -> datetime | None:
    """When the photo was taken by the camera's own clock, or None."""
    try:
        exif = image.getexif()
        camera = exif.get_ifd(_CAMERA)
        for written in (camera.get(_TAKEN), camera.get(_DIGITIZED), exif.get(_CHANGED)):
            moment = _moment(written)
            if moment is not None:
                return moment
    except Exception:  # broken EXIF raises nearly anything, and the picture is whole without it
        return None
    return None


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # as above
        return 1


def _moment(written: object) -> datetime | None:
    if isinstance(written, bytes):
        written = written.decode("ascii", "replace")
    found = _MOMENT.match(written) if isinstance(written, str) else None
    if found is None:
        return None
    try:
        moment = datetime(*(int(part) for part in found.groups(default="0")))  # type: ignore[arg-type]
    except ValueError:
        return None
    return moment if moment.year >= _FIRST_PHOTOGRAPH else None
