"""Points placed into a map afterwards: what was added, and where it lies on each map."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.picture import Mark
from embedviz.projections import Projection
from embedviz.space import EmbeddingSpace
from embedviz.ui.vectors.scene import Scene

_LABELS_AT_MOST = 30
_LONGEST_LABEL = 40
_MAPS_KEPT = 8


@dataclass(eq=False)
class AddedPoints:
    """New vectors of the map's dimensions, and their coordinates on the maps that they are on.

    Attributes
    ----------
    space : EmbeddingSpace
        The new points.
    how : str
        Where they come from, for the page.
    """

    space: EmbeddingSpace
    how: str = ""
    _at: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def on(self, projection: Projection) -> NDArray[np.float32] | None:
        """Their coordinates on this map; None if they were not placed there."""
        return self._at.get(version_of(projection))

    def place(self, projection: Projection, coordinates: NDArray[np.float32]) -> None:
        """Remember where they lie on this map."""
        self._at[version_of(projection)] = coordinates
        while len(self._at) > _MAPS_KEPT:
            del self._at[next(iter(self._at))]


def version_of(projection: Projection) -> str:
    """A hash of where the points of a map lie."""
    return hashlib.blake2b(projection.coordinates.data, digest_size=12).hexdigest()


def added_marks(scene: Scene) -> tuple[Mark, ...]:
    """The added points on this map, as marks; few of them are labeled."""
    added = scene.state.added
    if not isinstance(added, AddedPoints):
        return ()
    coordinates = added.on(scene.projection)
    if coordinates is None:
        return ()
    labeled = len(added.space) <= _LABELS_AT_MOST
    return tuple(
        Mark(tuple(map(float, place)), key[:_LONGEST_LABEL] if labeled else "", "new")
        for key, place in zip(added.space.keys, coordinates, strict=True)
    )
