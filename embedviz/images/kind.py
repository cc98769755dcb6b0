"""Images as a kind of things: how one is read, shown and told of, and why two of them match."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from embedviz.data_folder import in_units
from embedviz.errors import FormatError
from embedviz.images.copies import PICTURE
from embedviz.images.decoding import ImageLimits, as_rgb, decode, upright
from embedviz.images.heat_map import MatchMaps, match_maps
from embedviz.images.network import as_network
from embedviz.items.encoder import Model
from embedviz.items.kind import Decoded, Kind, Preview

if TYPE_CHECKING:
    import pandas as pd
    from PIL import Image

THUMBNAIL = 96  # pixels of the longer side
VIEW_SHORT, VIEW_LONG = 288, 1024
"""Pixels of a view's sides, at most. An encoder that shrinks the shorter side to 256 loses nothing
of note by starting from here."""
_QUALITY = 85
# What PNG can hold as it is; TIFF holds the rest.
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


def make_both(picture: Image.Image) -> tuple[bytes, bytes]:
    """Thumbnail and view; the first is made from the second, which is much less to read."""
    view = _fitted(picture, _view_scale(picture))
    return _jpeg(_fitted(view, THUMBNAIL / max(view.size))), _jpeg(view)


def opened(jpeg: bytes) -> Image.Image:
    """The picture of a thumbnail or view, RGB."""
    from PIL import Image

    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def _decode(data: bytes, limits: ImageLimits) -> Decoded:
    image = decode(data, limits)
    facts = {
        "width": image.width,
        "height": image.height,
        "format": image.format,
        "taken": "" if image.taken is None else image.taken.isoformat(timespec="seconds"),
        "brightness": image.brightness,
    }
    return Decoded(image.picture, image.hash, facts)


def _preview(picture: Image.Image) -> Preview:
    return Preview(*make_both(picture))


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


def _is_picture(thing: Any) -> bool:
    # Whoever hands in a picture has loaded Pillow; nobody else needs it for this question.
    # Another thread may be loading it just now: then the module is there before its class is.
    picture = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return picture is not None and isinstance(thing, picture)


def _value(picture: Image.Image) -> Image.Image:
    """What ``decode`` would give for a file of ``picture``."""
    if 0 in picture.size:
        raise FormatError("The image has no pixels: give another.")
    try:
        picture.load()
    except Exception as error:  # it may be lazily read from a damaged file: see decode
        raise FormatError(f"The picture cannot be read ({error}): open its file again.") from error
    return as_rgb(upright(picture))


def _write(picture: Image.Image) -> IO[bytes]:
    """A file of ``picture``, without loss, with the side that is up."""
    file = io.BytesIO()
    kind = "PNG" if picture.mode in _PNG_MODES else "TIFF"
    picture.save(file, kind, exif=picture.getexif())
    file.seek(0)
    return file


def _in_words(row: Mapping[str, Any]) -> dict[str, str]:
    said = {"label": str(row.get("label") or "")}
    if row.get("width"):
        said["size"] = f"{row['width']:,} × {row['height']:,}"
    if row.get("format"):
        said["file"] = f"{row['format']}, {in_units(int(row['bytes']))}"
    taken = row.get("taken")
    if isinstance(taken, str):  # among facts; a date in a table
        taken = datetime.fromisoformat(taken) if taken else None
    if taken is not None and taken == taken:  # noqa: PLR0124 - NaT does not equal itself
        said["taken"] = f"{taken:%Y-%m-%d %H:%M}"
    brightness = row.get("brightness")
    if brightness is not None:
        said["brightness"] = f"{brightness:.0%}"
    return said


def _hover(table: pd.DataFrame) -> list[str]:
    taken = table["taken"].dt.strftime("%Y-%m-%d").fillna("")
    rows = zip(table["label"], table["width"], table["height"], taken, strict=True)
    return [
        "\n".join(part for part in (label, f"{width:,} × {height:,}", date) if part)
        for label, width, height, date in rows
    ]


def _heat_maps(model: Model, a: Image.Image, b: Image.Image) -> MatchMaps:
    """Where in either picture the features lie that they have in common."""
    return match_maps(as_network(model), a, b)


IMAGE = Kind(
    name="image",
    noun="image",
    likeness="looks like",
    suffixes=(
        ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib",
        ".tif", ".tiff", ".avif", ".heic", ".heif", ".hif",
    ),
    limits=ImageLimits,
    columns=(
        "path", "width", "height", "hash", "label", "taken", "brightness", "format", "bytes",
    ),
    dates=("taken",),
    decode=_decode,
    preview=_preview,
    media=("image/jpeg", "image/jpeg"),
    accepts=_is_picture,
    value=_value,
    write=_write,
    files_in_words="photos",
    in_memory="PIL images (Image.fromarray makes one of an array)",
    in_words=_in_words,
    hover=_hover,
    explain={"heat maps": _heat_maps},
    copies=(PICTURE,),
)  # fmt: skip
