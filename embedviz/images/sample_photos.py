"""The photos in scikit-image and scikit-learn, found without importing either."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embedviz.errors import FormatError, MissingDependencyError

if TYPE_CHECKING:
    from PIL import Image

_PACKAGES = {"skimage": "scikit-image", "sklearn": "scikit-learn"}


@dataclass(frozen=True)
class Photo:
    """A photo in a package, and the grid of patches in its middle: none overlaps another."""

    name: str
    kind: str
    path: str
    side: int
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """How many patches it gives."""
        return self.columns * self.rows

    def places(self, width: int, height: int) -> Iterator[tuple[int, int]]:
        """Left and top of every patch."""
        left = (width - self.columns * self.side) // 2
        top = (height - self.rows * self.side) // 2
        for row in range(self.rows):
            for column in range(self.columns):
                yield left + column * self.side, top + row * self.side


# Photos that are alike all over, or have something in every corner.
PHOTOS = (
    Photo("astronaut", "people", "skimage/data/astronaut.png", 128, 4, 4),
    Photo("brick", "surfaces", "skimage/data/brick.png", 128, 4, 4),
    Photo("camera", "people", "skimage/data/camera.png", 128, 4, 4),
    Photo("chelsea", "animals", "skimage/data/chelsea.png", 100, 4, 3),
    Photo("china", "places", "sklearn/datasets/images/china.jpg", 142, 4, 3),
    Photo("coffee", "things", "skimage/data/coffee.png", 133, 4, 3),
    Photo("coins", "things", "skimage/data/coins.png", 96, 4, 3),
    Photo("flower", "plants", "sklearn/datasets/images/flower.jpg", 142, 4, 3),
    Photo("grass", "surfaces", "skimage/data/grass.png", 128, 4, 4),
    Photo("gravel", "surfaces", "skimage/data/gravel.png", 128, 4, 4),
    Photo("hubble", "sky", "skimage/data/hubble_deep_field.jpg", 217, 4, 4),
    Photo("moon", "sky", "skimage/data/moon.png", 128, 4, 4),
    Photo("motorcycle", "things", "skimage/data/motorcycle_left.png", 148, 5, 3),
    Photo("page", "writing", "skimage/data/page.png", 95, 4, 2),
    Photo("retina", "microscope", "skimage/data/retina.jpg", 224, 4, 4),
    Photo("rocket", "places", "skimage/data/rocket.jpg", 142, 4, 3),
    Photo("text", "writing", "skimage/data/text.png", 86, 5, 2),
    Photo("tissue", "microscope", "skimage/data/ihc.png", 128, 4, 4),
)


# The patches of a photo are asked for one after the other, in a few threads.
@functools.lru_cache(maxsize=4)
def opened(path: str) -> Image.Image:
    """The picture in a packaged file, which must not be changed."""
    from PIL import Image

    with Image.open(packaged(path)) as image:
        image.load()
    return image


def packaged(path: str) -> Path:
    """A file that an installed package carries; the package is neither imported nor asked to fetch."""
    module = path.partition("/")[0]
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise MissingDependencyError(_PACKAGES[module], "This collection")
    file = Path(found.origin).parent.parent / path
    if not file.is_file():
        raise FormatError(
            f"The package {_PACKAGES[module]} is installed without its file {path}. "
            f"Install it anew: pip install --force-reinstall {_PACKAGES[module]}"
        )
    return file
