"""Small data sets whose true shape is known, to see which shapes of a map mean something.

After Wattenberg, Viégas & Johnson 2016, "How to use t-SNE effectively" (Distill).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace
from embedviz.trust.nearness import Matrix

_POINTS = 152
"""Three times the largest perplexity shown, and small enough for a map a second."""

Labels = NDArray[np.int64]
_Made = tuple[Matrix, Labels]


@dataclass(frozen=True)
class KnownShape:
    """One kind of data.

    Attributes
    ----------
    name : str
    measures : tuple of str
        What of it can be compared with a map: names in
        :data:`~embedviz.trust.survival.MEASURES`.
    make : callable
        From a random generator the points (n, d) and their groups (n,), or, for a path, their
        places along it.
    """

    name: str
    measures: tuple[str, ...]
    make: Callable[[np.random.Generator], _Made] = field(repr=False)


@dataclass(frozen=True, eq=False)
class ShapeData:
    """Points of a known shape: ``space`` (n points) and ``labels`` of shape (n,), int64."""

    shape: KnownShape
    space: EmbeddingSpace
    labels: Labels


def shape_data(name: str, seed: int = 0) -> ShapeData:
    """The points of a shape in :data:`KNOWN_SHAPES`; raises InvalidParameterError, listing them."""
    if name not in KNOWN_SHAPES:
        raise InvalidParameterError(
            f"There is no shape {name!r}. Shapes: {', '.join(map(repr, KNOWN_SHAPES))}."
        )
    shape = KNOWN_SHAPES[name]
    points, labels = shape.make(np.random.default_rng(seed))
    keys = [f"point {row}" for row in range(len(points))]
    space = EmbeddingSpace(keys, points.astype(np.float32), name=name, origin={"shape": name})
    return ShapeData(shape, space, labels)


def _groups(
    rng: np.random.Generator,
    counts: tuple[int, ...],
    centers: tuple[float, ...],
    spreads: tuple[float, ...],
    d: int,
) -> _Made:
    """Gaussian clouds on a line of d dimensions."""
    labels = np.repeat(np.arange(len(counts)), counts)
    points = rng.normal(size=(len(labels), d)) * np.array(spreads)[labels, None]
    points[:, 0] += np.array(centers)[labels]
    return points, labels


def _line(rng: np.random.Generator) -> _Made:
    """Evenly along a straight line of 10 dimensions, a little beside it."""
    places = np.arange(_POINTS)
    direction = np.ones(10) / np.sqrt(10)
    return places[:, None] * direction + 0.05 * rng.normal(size=(_POINTS, 10)), places


def _rings(rng: np.random.Generator) -> _Made:  # noqa: ARG001 - as every shape is made
    """Two circles of three dimensions, each through the other."""
    angle = np.linspace(0, 2 * np.pi, _POINTS // 2, endpoint=False)
    first = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    second = np.stack([1 + np.cos(angle), 0 * angle, np.sin(angle)], axis=1)
    return np.concatenate([first, second]), np.repeat([0, 1], len(angle))


KNOWN_SHAPES: dict[str, KnownShape] = {
    shape.name: shape
    for shape in (
        KnownShape(
            "spreads", ("together", "spread_ratio", "unmixed"),
            lambda rng: _groups(rng, (76, 76), (0, 60), (1, 10), 2),
        ),
        KnownShape(
            "counts", ("together", "spread_ratio", "unmixed"),
            lambda rng: _groups(rng, (24, 128), (0, 20), (1, 1), 2),
        ),
        KnownShape(
            "distances", ("together", "distance_ratio", "unmixed"),
            lambda rng: _groups(rng, (51, 51, 50), (0, 10, 60), (1, 1, 1), 2),
        ),
        KnownShape(
            "noise", ("clumping",), lambda rng: _groups(rng, (_POINTS,), (0,), (1,), 10)
        ),
        KnownShape(
            "inside", ("together", "spread_ratio", "unmixed"),
            lambda rng: _groups(rng, (76, 76), (0, 0), (1, 50), 50),
        ),
        KnownShape("line", ("tears", "order"), _line),
        KnownShape("rings", ("together", "ring_tears", "unmixed"), _rings),
    )
}  # fmt: skip
"""Clusters of different spread, of different size, at different distances; noise without any; one
inside another; a straight line; two linked rings."""
