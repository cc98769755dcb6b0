"""What part one measures with: the trial, the structures and their curves, made once."""

from __future__ import annotations

import streamlit as st

from embedviz.progress import Cancel, OnProgress
from embedviz.search_cost import (
    Cells,
    Graph,
    Measured,
    Searcher,
    Trial,
    agreed,
    brute_force,
    hnsw,
    ivf,
    measured,
    recall_latency,
    trial_of,
)
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.asked import APPROXIMATE, Asked
from embedviz.ui.learn.search.data import QUERIES
from embedviz.ui.learn.search.shared import corrected, known, ready

_PATIENCE = 0.06  # seconds that a point of the curve may take beyond its first round
_QUICK = 20_000  # vectors that a curve is measured among while the page waits
_QUICKLY_BUILT = {Cells.method: 20_000}  # vectors that a structure is built of meanwhile


def trial_for(lesson: OpenLesson, asked: Asked, space: EmbeddingSpace) -> Trial:
    key = ("learn_search", "trial", *asked.vectors.identity)
    with st.spinner(lesson.texts("comparing")):
        trial = ready(
            "", key, asked.vectors.shared, True, lambda *_: trial_of(space.vectors, QUERIES)
        )
    assert trial is not None, "made while the page waits"
    return trial


def searcher_for(lesson: OpenLesson, asked: Asked, trial: Trial) -> Searcher | None:
    given = dict(asked.parameters)
    n = len(trial.vectors)

    def cells(on_progress: OnProgress | None, cancel: Cancel | None) -> Searcher:
        nlist = min(given["nlist"], n)
        return ivf(trial.vectors, nlist, on_progress=on_progress, cancel=cancel)

    def graph(on_progress: OnProgress | None, cancel: Cancel | None) -> Searcher:
        return hnsw(trial.vectors, given["M"], given["efConstruction"], on_progress, cancel)

    do = {Cells.method: cells, Graph.method: graph}[asked.method]
    title = lesson.texts(f"building.{asked.method}", n=n)
    quick = n <= _QUICKLY_BUILT.get(asked.method, 0)
    return ready(title, asked.key(asked.method, asked.parameters), asked.vectors.shared, quick, do)


def curves_for(
    lesson: OpenLesson, asked: Asked, searcher: Searcher, trial: Trial, k: int
) -> tuple[tuple[Searcher, Measured], tuple[Measured, ...]] | None:
    """Brute force measured, and the curve of the method."""

    def compared(*_: object) -> tuple[Searcher, Measured]:
        every = brute_force(trial.vectors)
        return every, measured(every, trial, k)

    def curve(on_progress: OnProgress | None, cancel: Cancel | None) -> tuple[Measured, ...]:
        return recall_latency(
            searcher, trial, k, patience=_PATIENCE, on_progress=on_progress, cancel=cancel
        )

    shared, title = asked.vectors.shared, lesson.texts("measuring")
    brute = ready(
        title, ("learn_search", "brute", k, *asked.vectors.identity), shared, True, compared
    )
    key = ("learn_search", "curve", k, asked.method, asked.parameters, *asked.vectors.identity)
    quick = len(trial.vectors) <= _QUICK
    points = ready(title, key, shared, quick, curve)
    if brute is None or points is None:
        return None
    _looked_at()[asked.method, k, asked.vectors.identity] = key
    return brute, points


def agreed_curve(
    asked: Asked, points: tuple[Measured, ...], now: Measured, k: int
) -> tuple[tuple[Measured, ...], Measured]:
    """The curve with the chosen point on it: a faster measurement of the two stays on both."""
    better, best = agreed(points, now)
    if better != points:
        key = _looked_at()[asked.method, k, asked.vectors.identity]
        corrected(key, asked.vectors.shared, better)
    return better, best


def other_curves(asked: Asked, k: int) -> dict[str, tuple[Measured, ...]]:
    """The curve of the other method, where this session has looked at it on the same vectors."""
    other = next(name for name in APPROXIMATE if name != asked.method)
    key = _looked_at().get((other, k, asked.vectors.identity))
    points = known(key, asked.vectors.shared) if key else None
    return {other: points} if points else {}


def other_searchers(asked: Asked, k: int) -> list[Searcher]:
    """What the other curve was measured on."""
    other = next(name for name in APPROXIMATE if name != asked.method)
    seen = _looked_at().get((other, k, asked.vectors.identity))
    found = known(asked.key(other, seen[4]), asked.vectors.shared) if seen else None  # type: ignore[arg-type]
    return [found] if found else []


def _looked_at() -> dict[tuple[object, ...], tuple[object, ...]]:
    """Which curve of each method this session saw last, by vectors and k."""
    return st.session_state.setdefault("learn_search_seen", {})  # type: ignore[no-any-return]
