"""Images that installed packages carry: something to look at without a file and a network."""

from __future__ import annotations

import functools
import io
from functools import partial
from typing import IO, TYPE_CHECKING

from embedviz.images.sample_photos import PHOTOS, Photo, opened, packaged
from embedviz.items.files import ItemFile
from embedviz.items.samples import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

_DIGITS = 500
_PACKAGES = ("scikit-image", "scikit-learn", "pillow")
_DIGIT_SCALE = 12


def _patches() -> list[ItemFile]:
    files = []
    for photo in PHOTOS:
        packaged(photo.path)
        for number in range(photo.count):
            name = f"{photo.name}/patch {number + 1:02}.png"
            files.append(ItemFile(name, partial(_patch, photo, number), None, photo.name))
    return files


def _photos() -> list[ItemFile]:
    return [
        ItemFile(f"{photo.kind}/{photo.name}.png", partial(_whole, photo), None, photo.kind)
        for photo in PHOTOS
        if packaged(photo.path)
    ]


def _digits() -> list[ItemFile]:
    packaged("sklearn/datasets/data/digits.csv.gz")
    labels = [int(label) for label in _digit_data()[1][:_DIGITS]]
    return [
        ItemFile(f"{label}/digit {row + 1:03}.png", partial(_digit, row), None, str(label))
        for row, label in enumerate(labels)
    ]


def _patch(photo: Photo, number: int) -> IO[bytes]:
    whole = opened(photo.path)
    left, top = list(photo.places(*whole.size))[number]
    return _png(whole.crop((left, top, left + photo.side, top + photo.side)))


def _whole(photo: Photo) -> IO[bytes]:
    return _png(opened(photo.path))


def _digit(row: int) -> IO[bytes]:
    import numpy as np
    from PIL import Image

    # 0 is paper and 16 is ink in the data; on a page, ink is dark.
    gray = 255 - np.rint(_digit_data()[0][row].reshape(8, 8) * (255 / 16))
    side = 8 * _DIGIT_SCALE
    return _png(
        Image.fromarray(gray.astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST)
    )


@functools.cache
def _digit_data() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Pixels (n, 64) from 0 to 16, and digits (n,)."""
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    return pixels[:_DIGITS], digits[:_DIGITS]


def _png(picture: Image.Image) -> IO[bytes]:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file


_PHOTO_SOURCES = (
    "Photos that come with scikit-image (skimage.data) and scikit-learn (sklearn.datasets)."
)

SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample(
            name="photo-patches",
            label="Patches of photos",
            help=f"Squares cut from {len(PHOTOS)} photos, none overlapping another, labelled by photo: "
            "patches of one photo should find each other.",
            count=sum(photo.count for photo in PHOTOS),
            citation=_PHOTO_SOURCES,
            packages=_PACKAGES,
            open=_patches,
        ),
        Sample(
            name="photos",
            label="Photos",
            help=f"The {len(PHOTOS)} photos themselves, labelled by what kind of thing they show.",
            count=len(PHOTOS),
            citation=_PHOTO_SOURCES,
            packages=_PACKAGES,
            open=_photos,
        ),
        Sample(
            name="digits",
            label="Handwritten digits",
            help="500 digits of 8 × 8 pixels, enlarged, labelled 0 to 9: far from the photos that "
            "the encoders have learned from.",
            count=_DIGITS,
            packages=_PACKAGES,
            citation="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI "
            "Machine Learning Repository, 1998; its test set as in scikit-learn.",
            open=_digits,
        ),
    )
}
"""The collections that need no network, by name."""
