"""From a picture to what a network was trained to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

if TYPE_CHECKING:
    from PIL import Image

# In which the ImageNet networks of torchvision and timm were trained (red, green, blue).
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Longer pictures are not resized whole: one pixel by a million would need gigabytes.
_LONG = 4


class Preprocessing(Protocol):
    """What has to be done to a picture for one set of weights."""

    @property
    def name(self) -> str:
        """What names it: equal names give equal arrays. Part of the key of every vector."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what comes out."""

    def __call__(self, picture: Image.Image) -> NDArray[np.float32]:
        """Array of shape (3, height, width) from an RGB picture; thread-safe."""


@dataclass(frozen=True)
class CenterCrop:
    """Resize until the short side fits, cut out the middle square, normalize.

    The same array, to the last bit, as torchvision's ``ImageClassification`` transform. Only
    pictures more than four times as long as wide are resized no further than the square needs,
    which Pillow may round differently.

    Attributes
    ----------
    resize, crop : int
        Pixels of the short side, and of the square.
    interpolation : str
        ``"bilinear"`` or ``"bicubic"``, both smoothing when they make smaller.
    mean, std : tuple of float
        Per color, for values from 0 to 1.
    """

    resize: int
    crop: int
    interpolation: Literal["bilinear", "bicubic"]
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD

    @property
    def name(self) -> str:
        """E.g. ``"resize232-crop224-bilinear-mean0.485,0.456,0.406-std0.229,0.224,0.225"``."""
        mean, std = (",".join(f"{value:.6g}" for value in of) for of in (self.mean, self.std))
        return f"resize{self.resize}-crop{self.crop}-{self.interpolation}-mean{mean}-std{std}"

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the square."""
        return self.crop, self.crop

    def __call__(self, picture: Image.Image) -> NDArray[np.float32]:
        """Array of shape (3, crop, crop); raises InvalidParameterError unless it is RGB."""
        if picture.mode != "RGB":
            raise InvalidParameterError(
                f"A picture to embed must be RGB, got mode {picture.mode!r}. "
                "embedviz.images.decoding.decode gives it so; picture.convert('RGB') too."
            )
        # float32 at every step, in torchvision's order: the same bits.
        values = np.asarray(self._square(picture), np.float32)
        values /= np.float32(255)
        values -= np.array(self.mean, np.float32)
        values /= np.array(self.std, np.float32)
        return np.ascontiguousarray(values.transpose(2, 0, 1))

    def _square(self, picture: Image.Image) -> Image.Image:
        from PIL import Image

        filters = {
            "bilinear": Image.Resampling.BILINEAR,
            "bicubic": Image.Resampling.BICUBIC,
        }
        chosen = filters[self.interpolation]
        width, height = self._resized(*picture.size)
        left, top = round((width - self.crop) / 2), round((height - self.crop) / 2)
        right, bottom = left + self.crop, top + self.crop
        if max(width, height) <= _LONG * self.resize:
            return picture.resize((width, height), chosen).crop((left, top, right, bottom))
        across, down = picture.width / width, picture.height / height
        box = (left * across, top * down, right * across, bottom * down)
        return picture.resize((self.crop, self.crop), chosen, box=box)

    def _resized(self, width: int, height: int) -> tuple[int, int]:
        if width <= height:
            return self.resize, int(self.resize * height / width)
        return int(self.resize * width / height), self.resize
