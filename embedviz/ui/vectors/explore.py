"""The map of a set of vectors, the panels beside it and the tools under it."""

from __future__ import annotations

from embedviz.ui.explorer.projected import measured, projected
from embedviz.ui.explorer.settings import map_settings
from embedviz.ui.map import show_map
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.set_state import edited, state_of
from embedviz.ui.vectors.vector_set import VectorSet


def explore_vectors(vectors: VectorSet) -> None:
    """The whole page under the choice of the vectors."""
    from embedviz.plots.picture import Picture

    space, state = edited(vectors), state_of(vectors)
    settings = map_settings(space, prefix="vectors_")
    drawn = projected(space, settings, vectors.shared, "vector")
    trust = measured(space, drawn, settings, vectors.shared, "vector")
    scene = Scene(vectors, space, state, settings, drawn, trust)
    picture = Picture(scene.projection.coordinates, scene.projection.keys)
    show_map(picture, "vectors-map")
