"""What came of embedding images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from embedviz.images.image_file import Failure
from embedviz.images.thumbnails import Pictures
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True, eq=False)
class EmbeddedImages:
    """What came of embedding images.

    Attributes
    ----------
    space : EmbeddingSpace
        One vector per image that could be read, in the order given. Its table has ``path``,
        ``width``, ``height`` (pixels, upright), ``hash`` (of the file's content), ``label``,
        ``taken`` (date from EXIF, else of the file on a server, or missing), ``brightness``
        (0 to 1), ``format`` and ``bytes``; ``origin`` says which encoder, layer and weights.
    failures : tuple of Failure
        What could not be read, and why; the rest is exact.
    pictures : Pictures or None
        Thumbnails and views by hash, if they were asked for.
    images_per_second : float
        Of those that were embedded, not those found in the cache; 0 if all were found.
    from_cache : int
        Images whose vectors were known.
    stopped : bool
        True if a stop was asked for before the end: the space holds what was done by then, and
        embedding the same images again goes on from there.
    engine : str
        What computed, in words.
    """

    space: EmbeddingSpace
    failures: tuple[Failure, ...]
    pictures: Pictures | None = None
    images_per_second: float = 0.0
    from_cache: int = 0
    stopped: bool = False
    engine: str = ""

    def with_failures(self, earlier: Sequence[Failure]) -> EmbeddedImages:
        """The same with what had been set aside before the images were read, first."""
        return replace(self, failures=(*earlier, *self.failures))
