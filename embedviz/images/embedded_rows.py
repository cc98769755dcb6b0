"""Rows of a space as the images come: vectors that are known, and those that a batch brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.formats.rows import GrowingRows, mended
from embedviz.images.image_cache import ImageCache
from embedviz.images.reading import ReadImage
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.images.network import Network


class EmbeddedRows:
    """Images in the order they came, each with its vector or waiting for it.

    What waits is always the end: a row is complete once all rows before it are.
    """

    def __init__(self, network: Network, cache: ImageCache | None) -> None:
        self._network, self._cache = network, cache
        self._vectors = GrowingRows(network.dimensions)
        self._told: list[dict[str, Any]] = []
        self._names: list[str] = []
        self._waiting: list[ReadImage] = []
        self._first_row: dict[str, int] = {}
        self._found: list[str] = []
        self._needing = 0

    def __len__(self) -> int:
        return len(self._vectors) + len(self._waiting)

    @property
    def waiting(self) -> int:
        """Images that need the network."""
        return self._needing

    @property
    def held_up(self) -> int:
        """Images that wait in all, also those whose vectors are known."""
        return len(self._waiting)

    @property
    def from_cache(self) -> int:
        """Images whose vector was known before this run."""
        return len(self._found)

    def add(self, image: ReadImage) -> None:
        """The next image; it waits if it needs the network, or stands behind one that does."""
        if image.vector is not None:
            self._found.append(image.hash)
        if image.vector is None or self._waiting:
            self._waiting.append(image)
            self._needing += image.vector is None
        else:
            self._append([image], image.vector[None])

    def embed_waiting(self) -> None:
        """Send what waits through the network, each content once, and keep its vectors."""
        fresh = {
            image.hash: image.pixels
            for image in self._waiting
            if image.vector is None and image.hash not in self._first_row
        }
        known: dict[str, NDArray[np.float32]] = {}
        if fresh:
            batch = np.stack([pixels for pixels in fresh.values() if pixels is not None])
            known = dict(zip(fresh, self._network.embed(batch), strict=True))
            if self._cache is not None:
                self._cache.put_vectors(self._network.encoding, known)
        for image in self._waiting:
            vector = image.vector if image.vector is not None else known.get(image.hash)
            if vector is None:
                vector = self._vectors.row(self._first_row[image.hash])
            self._append([image], vector[None])
        self._waiting, self._needing = [], 0

    def space(self, name: str) -> EmbeddingSpace:
        """The space of all rows that have their vector."""
        if self._cache is not None and self._found:
            self._cache.touch(self._network.encoding, self._found)
        names = self._names[: len(self._vectors)]
        keys, _, _ = mended(names, np.arange(len(names)))
        origin = self._network.origin
        return EmbeddingSpace(
            keys, self._vectors.finished(), self._table(), name, origin, copy=False
        )

    def _append(self, images: Sequence[ReadImage], vectors: NDArray[np.float32]) -> None:
        for image in images:
            self._first_row.setdefault(image.hash, len(self._vectors))
            self._names.append(image.file.name)
            self._told.append(_told(image))
        self._vectors.append(vectors)

    def _table(self) -> pd.DataFrame:
        import pandas as pd

        table = pd.DataFrame(self._told, columns=_COLUMNS)
        table["taken"] = pd.to_datetime(table["taken"])
        return table


_COLUMNS = (
    "path", "width", "height", "hash", "label", "taken", "brightness", "format", "bytes",
)  # fmt: skip


def _told(image: ReadImage) -> dict[str, Any]:
    facts, file = image.facts, image.file
    taken = datetime.fromisoformat(facts.taken) if facts.taken else file.date
    return {
        "path": file.path,
        "width": facts.width,
        "height": facts.height,
        "hash": image.hash,
        "label": file.label,
        # Dates of cameras and of file systems here: neither says its time zone.
        "taken": None if taken is None else taken.replace(tzinfo=None),
        "brightness": facts.brightness,
        "format": facts.format,
        "bytes": facts.nbytes,
    }
