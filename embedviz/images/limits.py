"""How much of a person's images is taken in, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from embedviz.params import param


@dataclass(frozen=True)
class ImageLimits:
    """What is read in one go; whatever lies beyond is listed as a failure and the rest goes on."""

    file_mb: int = param(
        50, "Largest image file, in MB (2**20 bytes).",
        label="Size of a file", minimum=1, maximum=2047,
    )  # fmt: skip
    # Pillow itself refuses anything above 178.9 million pixels.
    megapixels: int = param(
        100, "Most pixels in one image, width × height, in millions.", minimum=1, maximum=178
    )
    count: int = param(
        10_000, "Most images in one go.", label="Images", minimum=1, maximum=10_000_000
    )
    total_mb: int = param(
        2048, "All files of one archive together, unpacked, in MB (2**20 bytes).",
        label="Size of all files", minimum=1, maximum=10_000_000,
    )  # fmt: skip

    @property
    def file_bytes(self) -> int:
        """``file_mb`` in bytes."""
        return self.file_mb << 20

    @property
    def pixels(self) -> int:
        """``megapixels`` in pixels."""
        return self.megapixels * 1_000_000

    @property
    def total_bytes(self) -> int:
        """``total_mb`` in bytes."""
        return self.total_mb << 20


def too_many(count: int, limits: ImageLimits) -> str:
    """What is said where there are ``count`` images and only the first ones are taken."""
    return (
        f"It holds {count:,} images, and at most {limits.count:,} are taken in one go: the first "
        f"{limits.count:,} were taken and {count - limits.count:,} were not."
    )


def too_large_together(left: int, limits: ImageLimits) -> str:
    """What is said of the ``left`` images that came after the total was reached."""
    return (
        f"Its images unpack to more than {limits.total_mb:,} MB together, the limit in one go: "
        f"{left:,} of them were left out, so bring them in parts."
    )


def too_large(limits: ImageLimits) -> str:
    """What is said of one file that is larger than a file may be."""
    return (
        f"The file is larger than {limits.file_mb:,} MB, the limit for one image: make the "
        "picture smaller first."
    )
