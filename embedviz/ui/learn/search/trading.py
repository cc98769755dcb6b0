"""Part one: recall against latency, as the effort moves."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from embedviz.search_cost import (
    METHODS,
    SEARCHERS,
    Measured,
    Searcher,
    Trial,
    measured,
    worst_answer,
)
from embedviz.search_cost.pictures import recall_curve
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.asked import APPROXIMATE, Asked, choose
from embedviz.ui.learn.search.prepared import (
    agreed_curve,
    curves_for,
    other_curves,
    other_searchers,
    searcher_for,
    trial_for,
)
from embedviz.ui.learn.texts import Fact
from embedviz.ui.messages import plain

__all__ = ["choose", "show"]

_EFFORTS = {name: kind.effort_name for name, kind in SEARCHERS.items()}


def show(lesson: OpenLesson, asked: Asked) -> None:
    """The curve, the mark on it, and what it costs to build."""
    page, state = asked.vectors.tool
    lesson.open_in(page, **state)
    space = asked.vectors.open()
    if space is None:
        return
    said = lesson.texts
    trial = trial_for(lesson, asked, space)
    k = min(asked.k, len(trial.vectors))
    searcher = searcher_for(lesson, asked, trial)
    if searcher is None:
        return
    curves = curves_for(lesson, asked, searcher, trial, k)
    if curves is None:
        return
    brute, points = curves
    points, now = agreed_curve(asked, points, measured(searcher, trial, k, asked.effort), k)
    left, right = st.columns([7, 3], gap="medium")
    with left:
        names = {name: said(f"method.{name}") for name in ("brute", *APPROXIMATE)}
        figure = recall_curve(
            {**other_curves(asked, k), asked.method: points}, now, brute[1],
            {**names, "now": said("now")}, _EFFORTS,
            (said("axis.latency"), said("axis.recall", k=k)),
        )  # fmt: skip
        show_chart(figure, "search-curve", said("alt.curve"))
    with right:
        _numbers(lesson, now, brute[1], searcher)
    lesson.find(**_facts(searcher, points, now, brute[1]))
    lesson.meaning_here()
    st.caption(said("sentence", q=now.queries, n=searcher.n, share=now.comparisons / searcher.n))
    _example(lesson, asked, space, searcher, trial, k)
    _built(lesson, [brute[0], searcher, *other_searchers(asked, k)])


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


def _facts(
    searcher: Searcher, points: Sequence[Measured], now: Measured, brute: Measured
) -> dict[str, Fact]:
    """The point in sight and the ends of its curve."""
    low, high = points[0], points[-1]
    return {
        "n": searcher.n, "k": now.k, "exact": brute.recall == 1, "brute_recall": brute.recall,
        "brute_us": brute.seconds * 1e6, "recall": now.recall, "compared": now.comparisons,
        "share": now.comparisons / searcher.n, "effort": now.effort, "name": searcher.effort_name,
        **{name: searcher.method == name for name in METHODS},
        "nlist": searcher.parameters.get("nlist", 0),
        "low": low.effort, "low_recall": low.recall, "low_compared": low.comparisons,
        "high": high.effort, "high_recall": high.recall, "high_compared": high.comparisons,
        "buys": low.recall < high.recall,
    }  # fmt: skip


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
