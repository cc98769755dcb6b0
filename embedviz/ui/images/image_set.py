"""Images that the page works with, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedviz.images.embedding import EmbeddedImages
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.limits import ImageLimits
from embedviz.ui.server import server_settings

Listed = tuple[list[ImageFile], list[Failure]]


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Some images under a name.

    Attributes
    ----------
    identity : str
        Equal ones are the same images.
    shared : bool
        True for the server's (samples, folders, data sets, saved collections): what is computed of
        them may be kept on disk. False for what belongs to this browser session.
    files : callable or None
        Lists the files, and what is none; None where only the small pictures are left.
    first : EmbeddedImages or None
        What they were embedded as when they came, where that was before now.
    help : str
        What they are, in one sentence.
    folder : Path or None
        Where their ``path`` starts from, for those that lie on the server.
    saved_as : str
        The name of the saved collection that this is, or "".
    """

    identity: str
    name: str
    shared: bool
    files: Callable[[], Listed] | None = None
    first: EmbeddedImages | None = None
    help: str = ""
    saved_as: str = ""
    folder: Path | None = None


def image_limits() -> ImageLimits:
    """The operator's limits."""
    now = server_settings()
    return ImageLimits(
        file_mb=now.image_file_mb,
        megapixels=now.image_megapixels,
        count=now.images_limit,
        total_mb=now.images_total_mb,
    )


def limits_in_words() -> str:
    """The limits as a sentence for the page."""
    now = image_limits()
    return (
        f"At most {now.count:,} images and {now.total_mb:,} MB in one go; a file at most "
        f"{now.file_mb:,} MB and {now.megapixels:,} megapixels."
    )
