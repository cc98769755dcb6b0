"""How much of a map is chance: the same method from several seeds, laid over one another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, Progress, report
from embedviz.projections import project
from embedviz.projections.tsne import TSNE_METHOD
from embedviz.space import EmbeddingSpace
from embedviz.trust.nearest import nearest_rows
from embedviz.trust.nearness import Matrix
from embedviz.trust.places import in_common, places_of
from embedviz.trust.procrustes import laid_over
from embedviz.trust.ranking import Ranking


@dataclass(frozen=True, eq=False)
class Stability:
    """How far runs from different seeds agree.

    Attributes
    ----------
    per_point : ndarray of shape (n,), float64
        How far a point strays from its mean place over the runs, after they were turned, moved
        and scaled onto the first; as a share of the map's size (the root mean square distance of
        its points from their center): 0 for a point that always lies in the same place.
    residual : float
        The Procrustes disparity of each further run to the first, as SciPy defines it (from 0 for
        the same shape to 1), averaged.
    overlap : float
        The share of each point's k nearest on the map that two runs have in common, averaged
        over points and pairs of runs. It sees neighborhoods where ``residual`` sees the whole.
        Copies of a vector stand for each other: which of them lies nearer is chance, and costs nothing.
    per_point_overlap : ndarray of shape (n,), float64
    aligned : tuple of ndarray of shape (n, c), float64
        The runs laid over the first, in the order of ``seeds``.
    seeds : tuple of int
    method : str
    k : int
    """

    per_point: NDArray[np.float64]
    residual: float
    overlap: float
    per_point_overlap: NDArray[np.float64]
    aligned: tuple[Matrix, ...]
    seeds: tuple[int, ...]
    method: str
    k: int


@checked
def stability(
    space: EmbeddingSpace,
    method: str = TSNE_METHOD.name,
    n_components: int = 2,
    seeds: Sequence[int] = (0, 1, 2),
    k: int = 15,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    cache: bool = True,
    **params: Any,
) -> Stability:
    """Draw a space once per seed and measure what the runs have in common.

    Parameters
    ----------
    space, method, n_components, cache, **params
        As for :func:`~embedviz.projections.project`.
    seeds : sequence of int
        Two different ones or more; the runs are laid over that of the first.
    k : int
        Neighbors on the map to compare; where the data does not have as many others, all.
    on_progress, cancel
        Called over all runs; an event that stops the work.

    Raises
    ------
    InvalidParameterError
        For fewer than two seeds, one twice, a wrong k, and what ``project`` does not take.
    CancelledError
        If ``cancel`` is set.
    """
    _check(seeds, k)
    runs = []
    for index, seed in enumerate(seeds):
        share = _share(on_progress, index, len(seeds))
        drawn = project(space, method, n_components, int(seed), share, cancel, cache, **params)
        runs.append(drawn.coordinates.astype(np.float64))
    found = [laid_over(runs[0], run) for run in runs]
    aligned = tuple(coordinates for coordinates, _ in found)
    near = min(int(k), len(space) - 1)
    same = places_of(space.vectors).of
    nearest = [nearest_rows(Ranking.of_map(run.astype(np.float32)), near) for run in runs]
    overlap = _overlap([same[rows] for rows in nearest])
    report(on_progress, 1.0, f"{len(seeds)} runs compared")
    return Stability(
        _strayed(aligned), float(np.mean([residual for _, residual in found[1:]])),
        float(overlap.mean()), overlap, aligned, tuple(map(int, seeds)), method, near,
    )  # fmt: skip


def _check(seeds: Sequence[int], k: object) -> None:
    if len(seeds) < 2 or len(set(seeds)) != len(seeds):
        raise InvalidParameterError(
            f"seeds={tuple(seeds)!r}: runs can be compared from two different seeds on, "
            "each given once."
        )
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise InvalidParameterError(f"k={k!r} neighbors: it must be a whole number, 1 or more.")


def _share(on_progress: OnProgress | None, index: int, runs: int) -> OnProgress | None:
    """Reports of one run as its part of all runs."""
    if on_progress is None:
        return None

    def shared(progress: Progress) -> None:
        done = (index + (progress.fraction or 0.0)) / runs
        report(on_progress, done, f"run {index + 1} of {runs}: {progress.message}")

    return shared


def _strayed(aligned: tuple[Matrix, ...]) -> NDArray[np.float64]:
    stacked = np.stack(aligned)
    mean = stacked.mean(axis=0)
    strayed = np.sqrt(np.square(stacked - mean).sum(axis=2).mean(axis=0))
    size = float(np.sqrt(np.square(aligned[0] - aligned[0].mean(axis=0)).sum(axis=1).mean()))
    return np.asarray(strayed / size if size > 0 else strayed)


def _overlap(nearest: list[NDArray[np.intp]]) -> NDArray[np.float64]:
    """The share in common of each point's neighbors, averaged over pairs of runs: of shape (n,)."""
    shares = [
        in_common(first, second) / first.shape[1]
        for first, second in itertools.combinations(nearest, 2)
    ]
    return np.asarray(np.mean(shares, axis=0))
