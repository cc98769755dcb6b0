"""The same data mapped under several settings and seeds, each map measured against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, Progress, report, stop_if
from embedviz.projections import project
from embedviz.projections import scales as scales_of_methods
from embedviz.projections.projection import Projection
from embedviz.projections.tsne import TSNE_METHOD
from embedviz.trust.known_shapes import ShapeData
from embedviz.trust.map_quality import Quality, quality
from embedviz.trust.procrustes import laid_over
from embedviz.trust.survival import Survived, survived

_K = 10


@dataclass(frozen=True, eq=False)
class Panel:
    """One map.

    Attributes
    ----------
    scale, seed : int
    projection : Projection
    quality : Quality
        At k = 10.
    survived : tuple of Survived
    """

    scale: int
    seed: int
    projection: Projection
    quality: Quality
    survived: tuple[Survived, ...]


@dataclass(frozen=True, eq=False)
class Panels:
    """Maps of one data set.

    Attributes
    ----------
    panels : tuple of Panel
        By scale, then by seed.
    agreement : mapping of int to float
        For each scale 1 − the Procrustes disparity of the first two seeds, turned, moved and
        scaled onto one another: 1 for the same picture.
    """

    data: ShapeData
    method: str
    panels: tuple[Panel, ...]
    agreement: Mapping[int, float]

    def of(self, scale: int) -> tuple[Panel, ...]:
        """The maps of this scale, by seed."""
        return tuple(panel for panel in self.panels if panel.scale == scale)


def panels(
    data: ShapeData,
    method: str = TSNE_METHOD.name,
    scales: Sequence[int] | None = None,
    seeds: Sequence[int] = (0, 1),
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    cache: bool = True,
    **params: Any,
) -> Panels:
    """Map ``data`` once per scale and seed, and measure each map.

    Parameters
    ----------
    method : str
        A name in ``PROJECTIONS`` that has a scale: ``"tsne"`` or ``"umap"``.
    scales : sequence of int, optional
        Perplexities or numbers of neighbors; None takes those of the method's scale.
    seeds : sequence of int
        Two or more.
    on_progress
        Called after each map; ``details`` holds the panels so far, as a tuple.
    cache
        Keep the maps on disk, as for :func:`~embedviz.projections.project`.
    **params
        Of the method: ``initialization="random"``, say.

    Raises
    ------
    InvalidParameterError
        For another method, fewer than two seeds, and what ``project`` does not take.
    CancelledError
        If ``cancel`` is set.
    """
    known = scales_of_methods()
    if method not in known or len(seeds) < 2:
        raise InvalidParameterError(
            f"Panels of {method!r} from {len(seeds)} seeds: the methods are "
            f"{', '.join(map(repr, known))}, and seeds are compared from two on."
        )
    usual = known[method]
    wanted = [(scale, seed) for scale in scales or usual.values for seed in seeds]
    made: list[Panel] = []
    for index, (scale, seed) in enumerate(wanted):
        stop_if(cancel, "Drawing the maps")
        sub = _within(on_progress, index, len(wanted), made)
        drawn = project(
            data.space, method, seed=seed, on_progress=sub, cancel=cancel, cache=cache,
            **{usual.param: scale, **params},
        )  # fmt: skip
        measured = quality(data.space, drawn, k=_K, cache=False)
        made.append(Panel(scale, seed, drawn, measured, survived(data, drawn)))
        report(on_progress, (index + 1) / len(wanted), f"{index + 1} of {len(wanted)}", tuple(made))
    return Panels(data, method, tuple(made), _agreement(made))


def _within(
    on_progress: OnProgress | None, index: int, maps: int, made: list[Panel]
) -> OnProgress | None:
    """Reports of one map as its part of all, with the maps that are there already."""
    if on_progress is None:
        return None

    def shared(progress: Progress) -> None:
        done = (index + (progress.fraction or 0.0)) / maps
        report(on_progress, done, f"{index + 1} of {maps}, {progress.message}", tuple(made))

    return shared


def _agreement(made: Sequence[Panel]) -> dict[int, float]:
    found = {}
    for scale in dict.fromkeys(panel.scale for panel in made):
        first, second = [
            panel.projection.coordinates.astype(np.float64)
            for panel in made
            if panel.scale == scale
        ][:2]
        found[scale] = 1 - laid_over(first, second)[1]
    return found
