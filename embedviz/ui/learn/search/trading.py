"""Part one: recall against latency, as the effort moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from embedviz.plots.search_cost import recall_curve
from embedviz.progress import Cancel, OnProgress
from embedviz.search_cost import (
    Measured,
    Searcher,
    Trial,
    brute_force,
    hnsw,
    ivf,
    measured,
    recall_latency,
    trial_of,
    worst_answer,
)
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.data import QUERIES, Vectors, choose_size, choose_vectors, vectors_of
from embedviz.ui.learn.search.shared import known, ready
from embedviz.ui.messages import plain

APPROXIMATE = ("ivf", "hnsw")
EFFORTS = {"ivf": "nprobe", "hnsw": "efSearch"}
_EF = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
_PROBES = tuple(1 << power for power in range(12))
_CELLS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
_LINKS = (4, 8, 16, 32, 64)
_CONSTRUCTION = (10, 20, 40, 80, 160, 320)
_PATIENCE = 0.06  # seconds that a point of the curve may take beyond its first round
_QUICK = 20_000  # vectors that cells are found among while the page waits


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    vectors: Vectors
    method: str
    effort: int
    k: int
    parameters: tuple[tuple[str, int], ...]

    def key(self, method: str, parameters: tuple[tuple[str, int], ...]) -> tuple[object, ...]:
        """Under which the searcher of a method is kept."""
        return ("learn_search", method, parameters, *self.vectors.identity)


def choose(lesson: OpenLesson) -> Asked:
    """The effort first, as it is what is moved; it depends on all the others."""
    controls = lesson.controls
    main, second, third, fourth = st.columns([5, 3, 3, 3], gap="medium")
    with second:
        method = controls.choice("method", APPROXIMATE[0], APPROXIMATE)
    with third:
        data = choose_vectors(lesson)
    with fourth:
        n = choose_size(lesson, data)
    vectors = vectors_of(data, n, lesson.texts("looking"))
    with st.expander(lesson.texts("more")):
        first, other, last = st.columns(3, gap="medium")
        with first:
            k = controls.steps("k", 10, (1, 2, 5, 10, 20, 50))
        parameters = _parameters(lesson, method, n, (other, last))
    with main:
        if method == "ivf":
            nlist = parameters["nlist"]
            effort = controls.steps("nprobe", 1, [at for at in _PROBES if at <= nlist])
        else:
            effort = controls.steps("ef", 16, _EF)
    return Asked(vectors, method, effort, k, tuple(parameters.items()))


def _parameters(
    lesson: OpenLesson, method: str, n: int, columns: tuple[object, ...]
) -> dict[str, int]:
    controls = lesson.controls
    first, second = columns
    if method == "ivf":
        most = max(_CELLS[0], (n or 200) // 8)
        usual = 1 << round(math.log2(max(2, math.isqrt(n or 200))))
        with first:  # type: ignore[attr-defined]
            cells = [at for at in _CELLS if at <= most]
            return {"nlist": controls.steps("nlist", min(usual, cells[-1]), cells)}
    with first:  # type: ignore[attr-defined]
        links = controls.steps("M", 16, _LINKS)
    with second:  # type: ignore[attr-defined]
        construction = controls.steps("efConstruction", 40, _CONSTRUCTION)
    return {"M": links, "efConstruction": construction}


def show(lesson: OpenLesson, asked: Asked) -> None:
    """The curve, the mark on it, and what it costs to build."""
    page, state = asked.vectors.tool
    lesson.open_in(page, **state)
    space = asked.vectors.open()
    if space is None:
        return
    said = lesson.texts
    trial = _trial(lesson, asked, space)
    k = min(asked.k, len(trial.vectors))
    searcher = _searcher(lesson, asked, trial)
    if searcher is None:
        return
    curves = _curves(lesson, asked, searcher, trial, k)
    if curves is None:
        return
    brute, points = curves
    now = measured(searcher, trial, k, asked.effort)
    left, right = st.columns([7, 3], gap="large")
    with left:
        names = {name: said(f"method.{name}") for name in ("brute", *APPROXIMATE)}
        figure = recall_curve(
            {**_others(asked, k), asked.method: points}, now, brute[1],
            {**names, "now": said("now")}, EFFORTS,
            (said("axis.latency"), said("axis.recall", k=k)),
        )  # fmt: skip
        show_chart(figure, "search-curve", said("alt.curve"))
    with right:
        _numbers(lesson, now, brute[1], searcher)
    _example(lesson, asked, space, searcher, trial, k)
    _built(lesson, [brute[0], searcher, *_other_searchers(asked, k)])


def _trial(lesson: OpenLesson, asked: Asked, space: EmbeddingSpace) -> Trial:
    key = ("learn_search", "trial", *asked.vectors.identity)
    with st.spinner(lesson.texts("comparing")):
        trial = ready(
            "", key, asked.vectors.shared, True, lambda *_: trial_of(space.vectors, QUERIES)
        )
    assert trial is not None, "made while the page waits"
    return trial


def _searcher(lesson: OpenLesson, asked: Asked, trial: Trial) -> Searcher | None:
    given = dict(asked.parameters)
    n = len(trial.vectors)

    def do(on_progress: OnProgress | None, cancel: Cancel | None) -> Searcher:
        if asked.method == "ivf":
            nlist = min(given["nlist"], n)
            return ivf(trial.vectors, nlist, on_progress=on_progress, cancel=cancel)
        return hnsw(trial.vectors, given["M"], given["efConstruction"], on_progress, cancel)

    title = lesson.texts(f"building.{asked.method}", n=n)
    quick = asked.method == "ivf" and n <= _QUICK
    return ready(title, asked.key(asked.method, asked.parameters), asked.vectors.shared, quick, do)


def _curves(
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


def _others(asked: Asked, k: int) -> dict[str, tuple[Measured, ...]]:
    """The curve of the other method, where this session has looked at it on the same vectors."""
    other = next(name for name in APPROXIMATE if name != asked.method)
    key = _looked_at().get((other, k, asked.vectors.identity))
    points = known(key, asked.vectors.shared) if key else None
    return {other: points} if points else {}


def _other_searchers(asked: Asked, k: int) -> list[Searcher]:
    """What the other curve was measured on."""
    other = next(name for name in APPROXIMATE if name != asked.method)
    seen = _looked_at().get((other, k, asked.vectors.identity))
    found = known(asked.key(other, seen[4]), asked.vectors.shared) if seen else None  # type: ignore[arg-type]
    return [found] if found else []


def _looked_at() -> dict[tuple[object, ...], tuple[object, ...]]:
    """Which curve of each method this session saw last, by vectors and k."""
    return st.session_state.setdefault("learn_search_seen", {})  # type: ignore[no-any-return]


def _numbers(lesson: OpenLesson, now: Measured, brute: Measured, searcher: Searcher) -> None:
    said = lesson.texts
    first, second = st.columns(2)
    first.metric(
        said("recall", k=now.k), f"{now.recall:.1%}", help=said("recall.help", q=now.queries)
    )
    times = brute.seconds / now.seconds
    second.metric(
        said("latency"), f"{now.seconds * 1e6:,.0f} µs",
        help=said("latency.help", slow=now.slow_seconds * 1e6, rounds=now.rounds),
    )  # fmt: skip
    first.metric(said("compared"), f"{now.comparisons:,.0f}", help=said("compared.help"))
    second.metric(
        said("faster"), f"× {times:,.1f}", help=said("faster.help", brute=brute.seconds * 1e6)
    )
    first.metric(said("build"), f"{searcher.build_seconds:,.2f} s", help=said("build.help"))
    second.metric(said("memory"), f"{searcher.nbytes / 2**20:,.1f} MB", help=said("memory.help"))
    st.caption(said("sentence", q=now.queries, n=searcher.n, share=now.comparisons / searcher.n))


def _example(
    lesson: OpenLesson,
    asked: Asked,
    space: EmbeddingSpace,
    searcher: Searcher,
    trial: Trial,
    k: int,
) -> None:
    """The query that lost the most, in words."""
    said = lesson.texts
    answer = worst_answer(searcher, trial, k, asked.effort)
    query = plain(space.keys[answer.query])
    if not answer.missed:
        st.markdown(said("example.none", q=len(trial.queries), k=k))
        return
    missed = set(answer.missed)
    listed = ", ".join(
        f"~~{plain(space.keys[row])}~~" if row in missed else f"**{plain(space.keys[row])}**"
        for row in answer.truth[:20]
    )
    st.markdown(said("example", query=query, listed=listed, missed=len(missed), k=k))


def _built(lesson: OpenLesson, searchers: Sequence[Searcher]) -> None:
    """Build time and memory of each method beside each other; the first holds the vectors alone."""
    import pandas as pd

    said = lesson.texts
    rows = [
        {
            said("table.method"): said(f"method.{item.method}"),
            said("table.parameters"): _said(item),
            said("table.build"): f"{item.build_seconds:,.3f} s",
            said("table.memory"): f"{item.nbytes / 2**20:,.2f} MB",
            said("table.beside"): f"+ {item.nbytes / searchers[0].nbytes - 1:.0%}",
        }
        for item in searchers
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _said(searcher: Searcher) -> str:
    return ", ".join(f"{name} = {value}" for name, value in searcher.parameters.items()) or "–"
