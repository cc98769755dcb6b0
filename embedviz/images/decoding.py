"""From the bytes of an image file to the one picture that everything else sees, or what is said.

Decoding, with what cameras write beside the picture (EXIF), every kind of pixels as RGB, which
formats are opened at all, and what is told of bytes that give no picture.
"""

from __future__ import annotations

import functools
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, FormatError, MissingDependencyError
from embedviz.items.files import Limits, check_size
from embedviz.items.kind import hash_of
from embedviz.params import param

if TYPE_CHECKING:
    from PIL import Image

_ORIENTATION = 0x0112
_CAMERA = 0x8769
# When the shutter opened, when it was digitized, and when the file was changed last.
_TAKEN, _DIGITIZED, _CHANGED = 0x9003, 0x9004, 0x0132
_MOMENT = re.compile(r"\s*(\d{4})\D(\d\d?)\D(\d\d?)(?:\D(\d\d?)\D(\d\d?)(?:\D(\d\d?))?)?")
# Cameras whose clock was never set count from years that no photo can be of.
_FIRST_PHOTOGRAPH = 1826
_DEEP = ("I", "F")
_WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")
# Pillow reads many more, among them some that start other programs (EPS); these are enough.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
_KINDS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_OTHER_FILES = (
    (b"%PDF", "a PDF document", "save its pages as PNG or JPEG"),
    (b"%!PS", "a PostScript drawing", "export it as PNG"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing", "export it as PNG"),
    (b"8BPS", "a Photoshop document", "export it as PNG or JPEG"),
    (b"PK\x03\x04", "a zip archive or an office document", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image", "save it as PNG or JPEG"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image", "save it as PNG or JPEG"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image", "save it as PNG or JPEG"),
    (b"\xff\x0a", "a JPEG XL image", "save it as PNG or JPEG"),
    (b"\0\0\x01\0", "an icon file", "save it as PNG"),
    (b"\x1aE\xdf\xa3", "a video", "save a still picture of it"),
)
_MARKUP = (
    (b"<svg", "an SVG drawing", "export it as PNG"),
    (b"<!doctype html", "a web page", "save the picture itself"),
    (b"<html", "a web page", "save the picture itself"),
)
_VIDEO_BRANDS = (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"3gp")
_HEAD = 1024
_READ = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF and HEIC"


@dataclass(frozen=True)
class ImageLimits(Limits):
    """What is read of images in one go, and how many pixels one may have."""

    noun: ClassVar[str] = "image"
    shrink: ClassVar[str] = "make the picture smaller first"

    # Pillow itself refuses anything above 178.9 million pixels.
    megapixels: int = param(
        100, "Most pixels in one image, width × height, in millions.", minimum=1, maximum=178
    )

    @property
    def also(self) -> str:
        """``" and 100 megapixels"``."""
        return f" and {self.megapixels:,} megapixels"

    @property
    def pixels(self) -> int:
        """``megapixels`` in pixels."""
        return self.megapixels * 1_000_000


_DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """An image file, decoded.

    Attributes
    ----------
    picture : PIL.Image.Image
        RGB, 8 bits, upright: what both the thumbnail and the network see.
    hash : str
        :func:`~embedviz.items.kind.hash_of` the file's bytes.
    width, height : int
        Pixels, upright.
    format : str
        What the file is, whatever its name says: ``"JPEG"``, ``"PNG"``, …
    nbytes : int
        Size of the file.
    taken : datetime or None
        When the camera says the photo was taken (EXIF), in its own local time.
    brightness : float
        Mean luma (ITU-R BT.601), from 0 (black) to 1 (white).
    """

    picture: Image.Image
    hash: str
    width: int
    height: int
    format: str
    nbytes: int
    taken: datetime | None
    brightness: float


def decode(data: bytes, limits: ImageLimits = _DEFAULT_LIMITS) -> DecodedImage:
    """The picture in ``data``: the first one, if it is animated or holds several.

    It is turned upright (EXIF), transparency is laid over white, and everything becomes RGB with
    8 bits: see :func:`as_rgb`. Color profiles (ICC) are not applied, as in
    torchvision. EXIF data that cannot be read is passed over.

    Raises
    ------
    FormatError
        For anything that is not a whole image within the limits, in one plain sentence.
    """
    check_size(len(data), limits)
    try:
        return _decoded(data, limits)
    except EmbedvizError:
        raise
    except Exception as error:  # decoders raise nearly anything: SyntaxError, struct.error, …
        raise damaged(data, error) from error


def _decoded(data: bytes, limits: ImageLimits) -> DecodedImage:

    image = _opened(data, limits)
    moment = taken(image)  # before loading, which lets go of the file
    image.load()
    _check_pixels(image, limits)  # a decoder may find another size than the header announced
    picture = as_rgb(upright(image))
    # Place, owner and serial number must not travel with a copy of the picture.
    picture.info = {}
    # A JPEG with a second picture (a preview, the other eye) is to people a JPEG.
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    return DecodedImage(
        picture, hash_of(data), picture.width, picture.height, kind, len(data), moment,
        _brightness(picture),
    )  # fmt: skip


def _opened(data: bytes, limits: ImageLimits) -> Image.Image:
    """The image with its header read, and nothing else; its size is within the limits."""
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data), formats=readable_formats())
    except UnidentifiedImageError as error:
        raise not_an_image(data) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FormatError(
            f"The image has more pixels than the {limits.megapixels} million that are read here: "
            "make it smaller first."
        ) from error
    _check_pixels(image, limits)
    return image


def _check_pixels(image: Image.Image, limits: ImageLimits) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise FormatError("The image has no pixels: export it again from where it was made.")
    # Where Pillow's own limit is passed it only warns, and filters of warnings are no thread's own.
    if width * height > limits.pixels:
        raise FormatError(
            f"The image measures {width:,} × {height:,} pixels, and at most {limits.megapixels} "
            "million are read here: make it smaller first."
        )


def _brightness(picture: Image.Image) -> float:
    from PIL import ImageStat

    # From every pixel: with Pillow a reduced copy costs as much and says less.
    return float(ImageStat.Stat(picture.convert("L")).mean[0]) / 255


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


@functools.cache
def readable_formats() -> tuple[str, ...]:
    """What Pillow may open here; HEIF (.heic) is among them if pillow-heif is installed."""
    from PIL import Image

    Image.init()
    try:
        import pillow_heif
    except ImportError:
        pass
    else:
        pillow_heif.register_heif_opener()
    # Pillow can have been built without WebP or AVIF.
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def missing_heif() -> MissingDependencyError | None:
    """What would have to be installed for HEIC photos, or None if they can be read."""
    if "HEIF" in readable_formats():
        return None
    return MissingDependencyError("pillow-heif", "Reading HEIC photos")


def kind_of(data: bytes) -> str:
    """The kind of image that ``data`` begins like, or ""."""
    for start, kind in _KINDS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp" and data[8:12] not in _VIDEO_BRANDS:
        return "AVIF" if data[8:11] == b"avi" else "HEIC"
    return ""


def not_an_image(data: bytes) -> FormatError:
    """The error for bytes that no decoder recognized."""
    kind = kind_of(data)
    if kind == "HEIC":
        missing = missing_heif()
        if missing is not None:
            return FormatError(
                "HEIC photos need the package 'pillow-heif', which is not installed: install it "
                "with 'pip install pillow-heif', or save the photo as JPEG."
            )
    if kind:
        return _damaged(kind)
    what, remedy = _looks_like(data)
    if what:
        return FormatError(f"The file is {what}, not an image that can be read here: {remedy}.")
    return FormatError(f"The file is none of the images that can be read here: {_READ}.")


def damaged(data: bytes, error: Exception) -> FormatError:
    """The error for an image at which the decoder gave up with ``error``."""
    kind = kind_of(data)
    if isinstance(error, MemoryError):
        return FormatError("There is not enough memory for this image: make it smaller first.")
    if "truncated" in str(error).lower():
        return FormatError(
            f"The {kind or 'image'} file ends before its picture does: copy or download it again."
        )
    return _damaged(kind)


def _damaged(kind: str) -> FormatError:
    return FormatError(
        f"The file begins like a {kind or 'known'} image but is damaged or of an unusual kind: "
        "copy or export it again."
    )


def _looks_like(data: bytes) -> tuple[str, str]:
    for start, what, remedy in _OTHER_FILES:
        if data.startswith(start):
            return what, remedy
    if data[4:8] == b"ftyp":
        return "a video", "save a still picture of it"
    head = data[:_HEAD].lower()
    for mark, what, remedy in _MARKUP:
        if mark in head:
            return what, remedy
    if _is_text(data[:_HEAD]):
        return "text", "choose the picture itself"
    return "", ""


def _is_text(head: bytes) -> bool:
    if any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a sign that is cut by the end of the head
    return True
