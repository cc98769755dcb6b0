"""What an exported file holds when it is opened again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embedviz.space import EmbeddingSpace


class ThumbnailsInMemory:
    """The small pictures that came with a file, by the hash of their content."""

    def __init__(self, thumbnails: Mapping[str, bytes]) -> None:
        self._thumbnails = dict(thumbnails)

    def thumbnail(self, content: str, /) -> bytes | None:
        """The small picture of an image, or None."""
        return self._thumbnails.get(content)

    def thumbnails(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """The small pictures of many, by hash; those without one are left out."""
        return {one: self._thumbnails[one] for one in hashes if one in self._thumbnails}

    def view(self, content: str, /) -> bytes | None:  # noqa: ARG002 - as the others are asked
        """None: exports hold small pictures only."""
        return None


@dataclass(frozen=True, eq=False)
class Exported:
    """A space, and its small pictures if the file held any: it can be saved as a collection."""

    space: EmbeddingSpace
    pictures: ThumbnailsInMemory | None = None
