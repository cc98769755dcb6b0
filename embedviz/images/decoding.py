"""From the bytes of an image file to the one picture that everything else sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from embedviz.errors import EmbedvizError, FormatError
from embedviz.images.damage import damaged, not_an_image
from embedviz.images.limits import ImageLimits
from embedviz.items.files import check_size
from embedviz.items.kind import hash_of

if TYPE_CHECKING:
    from PIL import Image

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
    8 bits: see :func:`embedviz.images.rgb.as_rgb`. Color profiles (ICC) are not applied, as in
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
    from embedviz.images.exif import taken, upright
    from embedviz.images.rgb import as_rgb

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
    import io

    from PIL import Image, UnidentifiedImageError

    from embedviz.images.openers import readable_formats

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
