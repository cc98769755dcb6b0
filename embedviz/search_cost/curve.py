"""Recall against latency: what each more of effort costs and finds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.indexes.faiss_threads import faiss_searching
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.search_cost.searchers import Searcher
from embedviz.search_cost.trial import Trial

_ROUNDS = 20  # at most; the best counts, since what else the machine does only ever adds
_PASSES = 2  # through the curve, so that no moment of a busy machine falls on one point alone


@dataclass(frozen=True)
class Measured:
    """One method at one effort.

    Attributes
    ----------
    effort : int
        ``nprobe`` of IVF, ``efSearch`` of HNSW, 0 for brute force.
    recall : float
        The share of the true nearest k that was found, over all queries.
    seconds : float
        For one query, asked alone, on one thread: the median over the queries, each the best of
        ``rounds``.
    slow_seconds : float
        What 95 of 100 queries stay below.
    comparisons : float
        Distances computed for one query, on average.
    queries, k, rounds : int
    """

    effort: int
    recall: float
    seconds: float
    slow_seconds: float
    comparisons: float
    queries: int
    k: int
    rounds: int


def efforts_of(searcher: Searcher, k: int) -> tuple[int, ...]:
    """The efforts worth trying, each about twice the one before; all there is for IVF at last."""
    return searcher.efforts(k)


def measured(
    searcher: Searcher, trial: Trial, k: int = 10, effort: int = 0, patience: float = 0.15
) -> Measured:
    """Ask every query of the trial alone, several times, and compare with the truth.

    Parameters
    ----------
    k : int
        From 1 to 50, at most n.
    patience : float
        Seconds after which no further round is begun.

    Raises
    ------
    InvalidParameterError
        For another ``k``, or an effort that the method does not have.
    """
    _check(searcher, trial, k, effort)
    found, rounds = _rounds(searcher, trial.queries, k, effort, patience)
    best = rounds.min(axis=0)
    return Measured(
        effort=effort,
        recall=trial.recall(found, k),
        seconds=float(np.median(best)),
        slow_seconds=float(np.quantile(best, 0.95)),
        comparisons=searcher.comparisons(trial.queries, k, effort),
        queries=len(trial.queries),
        k=k,
        rounds=len(rounds),
    )


def recall_latency(
    searcher: Searcher,
    trial: Trial,
    k: int = 10,
    efforts: Sequence[int] | None = None,
    patience: float = 0.15,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[Measured, ...]:
    """The curve: :func:`measured` at each effort (those of :func:`efforts_of` if not given)."""
    asked = efforts_of(searcher, k) if efforts is None else tuple(efforts)
    points: dict[int, Measured] = {}
    steps = _PASSES * len(asked)
    for step in range(steps):
        stop_if(cancel, "Measuring the curve")
        effort = asked[step % len(asked)]
        now = measured(searcher, trial, k, effort, patience / _PASSES)
        points[effort] = min(points.get(effort, now), now, key=lambda point: point.seconds)
        report(on_progress, (step + 1) / steps, f"{step + 1} of {steps}", tuple(points.values()))
    return tuple(points[effort] for effort in asked)


def agreed(points: Sequence[Measured], now: Measured) -> tuple[tuple[Measured, ...], Measured]:
    """The curve and one measurement more: of two at the same effort the faster counts, in both."""
    best = min([now, *(p for p in points if p.effort == now.effort)], key=lambda p: p.seconds)
    return tuple(best if point.effort == now.effort else point for point in points), best


def _rounds(
    searcher: Searcher, queries: NDArray[np.float32], k: int, effort: int, patience: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What was found, of shape (q, k), and the seconds of each round and query."""
    structure = searcher.structure
    found = np.empty((len(queries), k), np.int64)
    rounds: list[list[float]] = []
    end = time.perf_counter() + patience
    with faiss_searching() as faiss:
        options = searcher.options(faiss, k, effort)
        while not rounds or (len(rounds) < _ROUNDS and time.perf_counter() < end):
            taken = []
            for row in range(len(queries)):
                query = queries[row : row + 1]
                started = time.perf_counter()
                _, answer = structure.search(query, k, params=options)
                taken.append(time.perf_counter() - started)
                found[row] = answer[0]
            rounds.append(taken)
    return found, np.array(rounds)


def _check(searcher: Searcher, trial: Trial, k: int, effort: int) -> None:
    most = trial.truth.shape[1]
    if not 1 <= k <= most:
        raise InvalidParameterError(f"k={k}: the true neighbors are known for 1 to {most}.")
    lowest, highest = searcher.allowed
    if effort < lowest or (highest is not None and effort > highest):
        allowed = f"{lowest} to {highest:,}" if highest is not None else f"{lowest} or more"
        raise InvalidParameterError(
            f"An effort of {effort:,} does not fit '{searcher.method}'. Allowed here: {allowed}."
        )
