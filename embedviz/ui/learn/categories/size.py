"""What 100,000 films weigh, one-hot and as embeddings, and what it costs to use them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from embedviz.encodings import LookupTimes, Sizes, lookup_times, representation_sizes
from embedviz.encodings.pictures import size_lines
from embedviz.encodings.sizes import MOST_MEASURED
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Fact

_N = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
_D = (16, 32, 64, 128, 300)
_LINES = ("dense", "embedding", "sparse")
_BATCH = 8


def size(lesson: OpenLesson) -> Callable[[], None]:
    """Draw the part's controls; what is given draws the rest."""
    left, right = st.columns([3, 2])
    with left:
        n = lesson.controls.steps("n", _N[-1], _N)
    with right:
        d = lesson.controls.steps("d", 64, _D)
    return partial(_show, lesson, n, d)


def _show(lesson: OpenLesson, n: int, d: int) -> None:
    at, times = representation_sizes(n, d), times_of(n, d)
    left, right = st.columns([3, 1], gap="medium")
    with left:
        _lines(lesson, at)
    with right:
        _weights(lesson, at)
    lesson.find(**_facts(at, times))
    lesson.meaning_here()
    _told(lesson, at)
    _costs(lesson, at, times)
    lesson.open_in("words", word="film")


def _facts(at: Sizes, times: LookupTimes) -> dict[str, Fact]:
    """What each representation weighs, and how much faster a row is looked up."""
    slower = min(times.dense, times.sparse)
    return {
        "n": at.n, "d": at.d, "dense": megabytes(at.dense), "sparse": megabytes(at.sparse),
        "embedding": megabytes(at.embedding), "zeros": 1 - 1 / at.n,
        "lighter": at.embedding < at.dense, "sparser": at.sparse < at.embedding,
        "faster": times.lookup < slower, "lookup": milliseconds(times.lookup),
        "dense_time": milliseconds(times.dense), "sparse_time": milliseconds(times.sparse),
    }  # fmt: skip


def _weights(lesson: OpenLesson, at: Sizes) -> None:
    said = lesson.texts
    for name in _LINES:
        st.metric(said(f"size.{name}", n=f"{at.n:,}", d=at.d), megabytes(getattr(at, name)))


def _lines(lesson: OpenLesson, at: Sizes) -> None:
    said = lesson.texts
    lines = {name: said(f"line.{name}", d=at.d) for name in _LINES}
    show_chart(
        size_lines(
            [representation_sizes(n, at.d) for n in _N], at, lines, said("size.n"), said("size.mb")
        ),
        "size-lines", said("size.alt"),
    )  # fmt: skip


def _told(lesson: OpenLesson, at: Sizes) -> None:
    """What was read off arrays and what was calculated."""
    said = lesson.texts
    if at.dense_measured:
        st.caption(said("size.measured", n=f"{at.n:,}", size=megabytes(at.dense)))
    else:
        check = representation_sizes(MOST_MEASURED, at.d).dense
        st.caption(said(
            "size.calculated", n=f"{at.n:,}", size=megabytes(at.dense),
            real=f"{MOST_MEASURED:,}", check=megabytes(check),
        ))  # fmt: skip


def _costs(lesson: OpenLesson, at: Sizes, times: LookupTimes) -> None:
    said = lesson.texts
    st.markdown(said("size.heavier", ratio=f"{at.embedding / at.sparse:,.1f}"))
    ways = {"dense": times.dense, "sparse": times.sparse, "lookup": times.lookup}
    rows = [f"| {said(f'size.way.{way}')} | {milliseconds(took)} |" for way, took in ways.items()]
    head = [f"| {said('size.way')} | {said('size.time')} |", "|---|---|"]
    st.markdown("\n".join([said("size.times", batch=_BATCH, d=at.d), "", *head, *rows]))


@st.cache_data(show_spinner=False, max_entries=64)
def times_of(n: int, d: int) -> LookupTimes:
    """The times of a batch, measured once for each choice."""
    return lookup_times(n, d, _BATCH)


def megabytes(size: int) -> str:
    """``25.6 MB``, with as many digits as say something."""
    mb = size / 1e6
    if mb >= 100:
        return f"{mb:,.0f} MB"
    return f"{mb:.1f} MB" if mb >= 1 else f"{mb:.2g} MB" if mb >= 1e-3 else f"{mb:.6f} MB"


def milliseconds(seconds: float) -> str:
    """``0.021 ms``."""
    ms = seconds * 1e3
    return f"{ms:,.0f} ms" if ms >= 100 else f"{ms:.3g} ms"
