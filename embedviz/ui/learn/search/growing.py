"""Part two: what one query costs as the vectors become more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.search_cost import METHODS, Growth, growth
from embedviz.search_cost.growth import WIDEST
from embedviz.search_cost.pictures import growth_lines, slope_text
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.data import MODEL, words
from embedviz.ui.learn.texts import Fact
from embedviz.ui.learn.work import work
from embedviz.ui.session import session

LARGEST = (10_000, 32_000, 100_000)
COSTS = ("comparisons", "seconds")
PREDICTED = (10**5, 10**6, 10**7, 10**8, 10**9)
EF, NPROBE, K = 32, 4, 10
_HELD_OUT = 50
# Evenly spaced on a log axis; among fewer, a query costs little more than the call itself.
_SIZES = (1_000, 1_800, 3_200, 5_600, 10_000, 18_000, 32_000, 56_000, 100_000)


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    cost: str
    largest: int
    predicted: int


def choose(lesson: OpenLesson) -> Asked:
    """Comparisons or time, up to how many vectors, and for how many more to read the line."""
    first, second, third = st.columns([4, 4, 4], gap="large")
    with first:
        predicted = lesson.controls.steps("predicted", 10**6, PREDICTED)
    with second:
        cost = lesson.controls.choice("cost", COSTS[0], COSTS)
    with third:
        largest = lesson.controls.steps("largest", LARGEST[0], LARGEST)
    return Asked(cost, largest, predicted)


def show(lesson: OpenLesson, asked: Asked) -> None:
    """Points measured now, straight lines through them, and what the lines say of more."""
    said = lesson.texts
    lesson.open_in("words", word="dog", model=MODEL)

    sizes = [n for n in _SIZES if n <= asked.largest]
    key = ("learn_search", "growth", asked.largest)

    def do(on_progress: OnProgress, cancel: Cancel) -> Growth:
        vectors = words(asked.largest + _HELD_OUT).vectors
        return growth(vectors, sizes, K, EF, NPROBE, 0, on_progress, cancel)

    def so_far(progress: Progress) -> None:
        if isinstance(progress.details, Growth) and progress.details.sizes:
            _picture(lesson, progress.details, asked.cost)

    result: Growth | None = work(
        said("growing"), key, do,
        watch=so_far, stop_keeps=said("stop_keeps"),
    )  # fmt: skip
    if result is None:
        return
    left, right = st.columns([8, 3], gap="medium")
    with left:
        _picture(lesson, result, asked.cost, asked.predicted)
    with right:
        _prediction(lesson, result, asked)
    lesson.find(**_facts(result, asked))
    lesson.meaning_here()
    if len(result.sizes) < len(sizes):  # it was stopped
        st.button(said("again"), on_click=partial(session().results.pop, key, None))
    st.caption(
        said(
            "lines", sizes=len(result.sizes), first=result.sizes[0].n, last=result.sizes[-1].n,
            n=asked.predicted,
        )
    )  # fmt: skip
    _table(lesson, result)


def _facts(result: Growth, asked: Asked) -> dict[str, Fact]:
    """The slopes of the three methods as they are drawn and as they are counted; the recall."""
    facts: dict[str, Fact] = {
        "counted": asked.cost == "comparisons", "errors": len(result.sizes) > 2,
        "nprobe": result.nprobe, "k": K,
    }  # fmt: skip
    for name in METHODS:
        line, counted = result.line(name, asked.cost), result.line(name, "comparisons")
        points = [size.by_method[name] for size in result.sizes]
        facts |= {
            f"slope_{name}": slope_text(line), f"counted_{name}": slope_text(counted),
            f"tenfold_{name}": 10**line.slope,
            f"first_{name}": points[0].recall, f"last_{name}": points[-1].recall,
        }  # fmt: skip
    return facts


def _picture(lesson: OpenLesson, result: Growth, cost: str, predicted: int = 0) -> None:
    said = lesson.texts
    names = {name: said(f"method.{name}") for name in METHODS}
    figure = growth_lines(result, cost, names, (said("axis.n"), said(f"axis.{cost}")), predicted)
    show_chart(figure, "search-growth", said("alt.growth"))


def _prediction(lesson: OpenLesson, result: Growth, asked: Asked) -> None:
    """The fitted lines, read where nobody has measured; where their error is too large, why not."""
    said, n = lesson.texts, asked.predicted
    shown = _seconds if asked.cost == "seconds" else "{:,.0f}".format
    for method in METHODS:
        line = result.line(method, asked.cost)
        label = said("at", method=said(f"method.{method}"), slope=slope_text(line))
        if why := line.refused(n):
            st.metric(label, "–", help=said(f"refused.{why}.help", widest=WIDEST))
            st.caption(said(f"refused.{why}"))
            continue
        spread = line.spread(n)
        least, most = shown(line.at(n) / spread), shown(line.at(n) * spread)
        st.metric(label, shown(line.at(n)), help=said("at.help", n=n, least=least, most=most))


def _seconds(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds * 1e9:,.0f} ns"


def _table(lesson: OpenLesson, result: Growth) -> None:
    """All that was measured: recall falls too, where the effort stays."""
    import pandas as pd

    said = lesson.texts
    rows = [
        {
            said("table.n"): f"{size.n:,}",
            said("table.method"): said(f"method.{method}"),
            said("table.seconds"): f"{size.by_method[method].seconds * 1e6:,.0f} µs",
            said("table.comparisons"): f"{size.by_method[method].comparisons:,.0f}",
            said("table.recall"): f"{size.by_method[method].recall:.1%}",
            said("table.build"): f"{size.build_seconds[method]:,.3f} s",
        }
        for size in result.sizes
        for method in METHODS
    ]
    st.caption(
        said(
            "growth.caption",
            ef=result.ef,
            nprobe=result.nprobe,
            k=K,
            q=_HELD_OUT,
            calls=", ".join(f"{result.calls[method] * 1e6:,.0f}" for method in METHODS),
        )
    )
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=260)
