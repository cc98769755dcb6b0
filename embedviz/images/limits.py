"""How much of a person's images is taken in, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from embedviz.items.files import Limits
from embedviz.params import param


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
