"""How the cost of one query grows with the number of vectors, and the slope of that."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.indexes.reporting import part_of
from embedviz.indexes.structures import empty_graph, grow_graph
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.search_cost.curve import Measured, measured
from embedviz.search_cost.searchers import (
    METHODS,
    BruteForce,
    Cells,
    Graph,
    Searcher,
    brute_force,
    hnsw,
    ivf,
    of_graph,
)
from embedviz.search_cost.trial import Trial, trial_between, unit_vectors

_M, _EF_CONSTRUCTION = 16, 40
_HELD_OUT = 50
_PATIENCE = 0.3
_LEAST_OF_ALL = 0.1  # of a query: less than that beside the call cannot be told from nothing
_SURE = 0.95  # of a slope's interval
WIDEST = 2.0
"""A line is read on where its interval ends within this factor of it, up and down."""


@dataclass(frozen=True)
class Sized:
    """Each method, measured among ``n`` vectors; ``build_seconds`` by method."""

    n: int
    by_method: dict[str, Measured]
    build_seconds: dict[str, float]


@dataclass(frozen=True)
class Growth:
    """The cost of one query at several sizes, smallest first.

    ``ef`` and ``nprobe`` stay the same for all sizes; IVF has about √n cells. ``calls`` has, by
    method, the seconds of a query among a single vector: what asking costs, whatever n is.
    """

    sizes: tuple[Sized, ...]
    ef: int
    nprobe: int
    calls: dict[str, float]

    def costs(self, method: str, cost: str = "seconds") -> tuple[list[int], list[float]]:
        """The sizes, and ``"seconds"`` or ``"comparisons"`` of one query at each.

        The seconds are without those of the call itself, which would bend every line towards the
        level where n is small.
        """
        points = [size.by_method[method] for size in self.sizes]
        ns = [size.n for size in self.sizes]
        if cost == "comparisons":
            return ns, [point.comparisons for point in points]
        call = self.calls[method]
        return ns, [max(point.seconds - call, _LEAST_OF_ALL * point.seconds) for point in points]

    def slope(self, method: str, cost: str = "seconds") -> tuple[float, float]:
        """The fitted slope and factor; see :func:`fitted_slope`."""
        return fitted_slope(*self.costs(method, cost))

    def line(self, method: str, cost: str = "seconds") -> PowerLaw:
        """The fitted line with its error; see :func:`fitted_line`."""
        return fitted_line(*self.costs(method, cost))


@dataclass(frozen=True)
class PowerLaw:
    """cost ≈ factor · n^slope, fitted by least squares, log on log.

    Attributes
    ----------
    slope, factor : float
    error : float
        Half of the slope's 95 % confidence interval (Student's t); NaN for two sizes, through
        which a line always goes.
    sizes : int
        How many were measured.
    """

    slope: float
    factor: float
    error: float
    sizes: int
    _middle: float = 0.0
    _middle_error: float = 0.0

    def at(self, n: float) -> float:
        """What the line says of ``n``."""
        return float(self.factor * n**self.slope)

    def spread(self, n: float) -> float:
        """The factor, up and down, within which the line lies at ``n`` by 95 %; NaN if unknown."""
        away = math.log(n) - self._middle
        return math.exp(min(math.hypot(self._middle_error, self.error * away), 700.0))

    def refused(self, n: float) -> str:
        """Why the line must not be read at ``n``; empty where it may.

        ``"few"``: fewer than three sizes, so that its error is unknown. ``"falling"``: a slope
        below 0, though no search becomes cheaper among more. ``"scattered"``: :meth:`spread` is
        above :data:`WIDEST`.
        """
        if self.sizes < 3:
            return "few"
        if self.slope < 0:
            return "falling"
        return "scattered" if self.spread(n) > WIDEST else ""


def fitted_line(sizes: Sequence[float], costs: Sequence[float]) -> PowerLaw:
    """:func:`fitted_slope` with the error of the slope and of the line, by what is left over.

    Raises as :func:`fitted_slope` does.
    """
    from scipy.special import stdtrit

    slope, factor = fitted_slope(sizes, costs)
    x, y = np.log(np.asarray(sizes, np.float64)), np.log(np.asarray(costs, np.float64))
    middle, free = float(x.mean()), len(x) - 2
    if free < 1:
        return PowerLaw(slope, factor, math.nan, len(x), middle, math.nan)
    left = float(((y - math.log(factor) - slope * x) ** 2).sum())
    reach = float(stdtrit(free, (1 + _SURE) / 2)) * math.sqrt(left / free)
    error = reach / math.sqrt(float(((x - middle) ** 2).sum()))
    return PowerLaw(slope, factor, error, len(x), middle, reach / math.sqrt(len(x)))


def fitted_slope(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """The slope b and factor a of cost ≈ a · n^b: a straight line by least squares, log on log.

    Raises InvalidParameterError for fewer than two different sizes, or costs that are not above 0.
    """
    x, y = np.asarray(sizes, np.float64), np.asarray(costs, np.float64)
    if len(x) != len(y) or len(set(x.tolist())) < 2 or (x <= 0).any() or (y <= 0).any():
        raise InvalidParameterError(
            f"A slope needs two different sizes or more, all sizes and costs above 0; "
            f"got {len(x)} sizes and {len(y)} costs."
        )
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return float(slope), float(math.exp(height))


def growth(
    vectors: NDArray[Any],
    sizes: Sequence[int],
    k: int = 10,
    ef: int = 32,
    nprobe: int = 4,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Growth:
    """Measure brute force, IVF and HNSW among the first n of ``vectors``, for each n of ``sizes``.

    The queries are held out from all sizes. The graph grows from size to size, as graphs can. A
    stop gives what is measured by then, where that is two sizes or more; the latest progress holds
    the Growth so far in its ``details``.

    Raises
    ------
    InvalidParameterError
        For sizes that do not ascend, are below 100 or more than the vectors less 50 queries.
    CancelledError
    """
    units = unit_vectors(vectors)
    _check_sizes(sizes, len(units) - _HELD_OUT)
    asked = np.sort(np.random.default_rng(seed).choice(len(units), _HELD_OUT, replace=False))
    rows = np.setdiff1d(np.arange(len(units)), asked)
    base = units[rows]
    graph = empty_graph(base.shape[1], _M, _EF_CONSTRUCTION)
    calling = _Calling(base[:1], units[asked])
    so_far = Growth((), ef, nprobe, calling.least())
    spent, done = 0.0, list[Sized]()
    for n in sizes:
        begin, end = graph.ntotal / sizes[-1], n / sizes[-1]
        part = part_of(_keeping(on_progress, so_far, done), begin, end)
        try:
            started = time.perf_counter()
            grow_graph(graph, base[graph.ntotal : n], part, cancel)
            spent += time.perf_counter() - started
            trial = trial_between(units, rows[:n], asked)
            grown = of_graph(graph, spent, _M, _EF_CONSTRUCTION)
            done.append(_sized(trial, grown, k, ef, nprobe, cancel))
            so_far = replace(so_far, calls=calling.least())
        except CancelledError:
            if len(done) < 2:
                raise
            break
        report(part, 1.0, f"{n:,} vectors measured", _with(so_far, done))
    return _with(so_far, done)


def _sized(
    trial: Trial, grown: Searcher, k: int, ef: int, nprobe: int, cancel: Cancel | None
) -> Sized:
    nlist = math.isqrt(len(trial.vectors))
    searchers = (brute_force(trial.vectors), ivf(trial.vectors, nlist, cancel=cancel), grown)
    efforts = {BruteForce.method: 0, Cells.method: min(nprobe, nlist), Graph.method: ef}
    points = {}
    for searcher in searchers:
        stop_if(cancel, "Measuring the growth")
        points[searcher.method] = measured(searcher, trial, k, efforts[searcher.method], _PATIENCE)
    seconds = {searcher.method: searcher.build_seconds for searcher in searchers}
    return Sized(len(trial.vectors), {name: points[name] for name in METHODS}, seconds)


class _Calling:
    """Seconds of a query, by method, where there is one vector to find.

    Measured again beside every size, and the least counts: what else the machine does only ever
    adds, and a call that seems dearer than a whole query would bend its line.
    """

    def __init__(self, one: NDArray[np.float32], queries: NDArray[np.float32]) -> None:
        rows = np.arange(1, len(queries) + 1)
        self._trial = trial_between(np.vstack([one, queries]), np.arange(1), rows)
        self._searchers = (brute_force(one), ivf(one, 1), hnsw(one, _M, _EF_CONSTRUCTION))
        self._least: dict[str, float] = {}

    def least(self) -> dict[str, float]:
        """Measure once more; the least so far."""
        for each in self._searchers:
            seconds = measured(each, self._trial, 1, each.allowed[0]).seconds
            self._least[each.method] = min(seconds, self._least.get(each.method, seconds))
        return dict(self._least)


def _with(so_far: Growth, done: Sequence[Sized]) -> Growth:
    return replace(so_far, sizes=tuple(done))


def _keeping(
    on_progress: OnProgress | None, so_far: Growth, done: Sequence[Sized]
) -> OnProgress | None:
    """Reports that carry along what is measured so far."""
    if on_progress is None:
        return None
    return lambda now: report(on_progress, now.fraction, now.message, _with(so_far, done))


def _check_sizes(sizes: Sequence[int], most: int) -> None:
    rising = all(a < b for a, b in pairwise(sizes))
    if not sizes or not rising or sizes[0] < 100 or sizes[-1] > most:
        raise InvalidParameterError(
            f"sizes={tuple(sizes)}: they must ascend, from 100 on, to at most {most:,} "
            "(the vectors with a direction, less 50 queries)."
        )
