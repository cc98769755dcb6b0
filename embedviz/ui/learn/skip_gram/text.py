"""Part two: window and subsampling moved on a real text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from embedviz.network.passage import Passage, passage, window_of
from embedviz.network.skip_gram_pictures import keep_curve, pair_distances
from embedviz.network.subsampling import (
    Reading,
    keep_probabilities,
    read_once,
    thinned_from,
)
from embedviz.network.text_in_ids import TextInIds, text_in_ids
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.work import work
from embedviz.ui.messages import plain
from embedviz.ui.session import session
from embedviz.words.sample_corpora import CORPORA

TEXTS = ("lee", "bible", "wikipedia")
THRESHOLDS = (0.0, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)
_HEIGHT = 300
_MOST_FREQUENT = 10
_TABLE_ROWS = 10
_PASSAGE = """<style>
.sg-text { line-height: 1.65; max-height: 12.2rem; overflow-y: auto; }
.sg-text .out { text-decoration: line-through; text-decoration-color: #d55e00; }
.sg-text .in { background: rgba(213, 94, 0, .28); border-radius: .25rem; padding: .1rem .2rem; }
.sg-text .near { border-bottom: 2px dotted #8A93A0; }
.sg-text .focus { background: #2f5fd0; color: #fff; border-radius: .25rem; padding: .1rem .3rem; }
</style>"""


@dataclass(frozen=True)
class Thinning:
    """What the person chose: the sample's name, t, and the window."""

    name: str
    threshold: float
    window: int
    shrink: bool
    first: int
    again: int


def choose_text(lesson: OpenLesson) -> Thinning:
    """The controls of this part."""
    controls, said = lesson.controls, lesson.texts
    t, w, which, more = st.columns([4, 3, 3, 1.8], vertical_alignment="bottom")
    with t:
        threshold = controls.steps("t", 1e-3, THRESHOLDS)
    with w:
        window = controls.slider("reach", 5, 1, 10, 1)
    with which:
        name = controls.select("sample_text", TEXTS[0], TEXTS)
    again = controls.value("again", 0, lambda n: 0 <= n < 1_000_000)
    with more, st.popover(said("more"), width="stretch"):
        sentence = controls.slider("first", 1, 1, 500, 1)
        shrunken = controls.toggle("shrink_text")
        st.button(
            said("read_again"), key="skip-gram-again", on_click=controls.set,
            args=("again", again + 1), help=said("read_again.help"),
        )  # fmt: skip
    return Thinning(name, threshold, window, shrunken, sentence - 1, again)


@st.cache_resource(show_spinner=False)
def _texts() -> dict[str, TextInIds]:
    """The sample texts that were read on this server; shared and never written to."""
    return {}


def _read(name: str, on_progress: OnProgress, cancel: Cancel) -> bool:
    if name not in _texts():
        _texts()[name] = text_in_ids(CORPORA[name].open(on_progress=on_progress, cancel=cancel))
    return True


def show_text(lesson: OpenLesson, chosen: Thinning) -> None:
    """The text with its words faded, what is left of it, and how far the window reaches."""
    title = lesson.texts("reading", text=lesson.texts(f"sample_text.{chosen.name}"))
    if chosen.name not in _texts():
        key = ("skip-gram text", chosen.name)
        if work(title, key, lambda *how: _read(chosen.name, *how)) is None:
            return
    text = _texts()[chosen.name]
    before = _reading(chosen, text, 0.0)
    after = _reading(chosen, text, chosen.threshold)
    keep = keep_probabilities(text.counts, chosen.threshold)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        _show_passage(lesson, text, keep, after, chosen)
    with right:
        _show_curve(lesson, text, keep, chosen)
    lesson.meaning_here()
    _find(lesson, text, keep, before, after, chosen)
    left, right = st.columns([4, 5], gap="medium")
    with left:
        _show_left(lesson, text, before, after, chosen)
    with right:
        _show_distances(lesson, before, after, chosen)
    _show_table(lesson, text, keep, after)


def _find(
    lesson: OpenLesson, text: TextInIds, keep: Any, before: Reading, after: Reading,
    chosen: Thinning,
) -> None:  # fmt: skip
    """What the three sentences tell of this reading."""
    thinned = int((keep < 1).sum())
    lesson.find(
        n=min(_MOST_FREQUENT, len(text.words)),
        before=_frequent(before),
        after=_frequent(after),
        off=chosen.threshold == 0,
        thins=thinned > 0,
        one=thinned == 1,
        thinned=thinned,
        start=thinned_from(chosen.threshold),
        first=plain(text.words[0]),
        first_share=float(text.counts[0] / text.counts.sum()),
        kept=float(keep[0]),
        further=after.mean_distance > before.mean_distance,
        distance=after.mean_distance,
        distance_before=before.mean_distance,
        beyond=after.beyond(chosen.window),
        window=chosen.window,
    )


def _reading(chosen: Thinning, text: TextInIds, threshold: float) -> Reading:
    key = ("skip-gram reading", chosen.name, threshold, chosen.window, chosen.shrink, chosen.again)
    return session().kept(
        key,
        lambda: read_once(text, threshold, chosen.window, shrink=chosen.shrink, seed=chosen.again),
    )


def _show_passage(
    lesson: OpenLesson, text: TextInIds, keep: Any, reading: Reading, chosen: Thinning
) -> None:
    said = lesson.texts
    part = passage(text, chosen.first)
    everything = np.ones(len(text.ids), dtype=bool)
    inside = window_of(text, reading.kept, part.focus, chosen.window)
    near = window_of(text, everything, part.focus, chosen.window)
    st.markdown(said("faded"))
    st.html(_PASSAGE + _words(text, part, keep, reading, inside.tolist(), near.tolist()))
    reach = _span(text, part.focus, inside.tolist())
    word = text.words[text.ids[part.focus]]
    st.caption(said("widened", word=plain(word), n=len(inside), reach=reach, window=chosen.window))


def _words(
    text: TextInIds, part: Passage, keep: Any, reading: Reading, inside: list[int], near: list[int]
) -> str:
    spans = []
    for position in part.positions.tolist():
        row = int(text.ids[position])
        kinds = _kinds(position, part.focus, bool(reading.kept[position]), inside, near)
        faded = "" if position == part.focus else f"opacity: {0.2 + 0.8 * keep[row]:.2f}"
        title = f"{keep[row]:.1%}"
        spans.append(
            f'<span class="{kinds}" style="{faded}" title="{title}">{escape(text.words[row])}</span>'
        )
    return f'<div class="sg-text">{" ".join(spans)}</div>'


def _kinds(position: int, focus: int, kept: bool, inside: list[int], near: list[int]) -> str:
    if position == focus:
        return "focus"
    kinds: dict[str, bool] = {"out": not kept, "in": position in inside, "near": position in near}
    return " ".join(name for name, holds in kinds.items() if holds)


def _span(text: TextInIds, focus: int, inside: list[int]) -> int:
    """How many places away the furthest context word stands."""
    return max((abs(int(text.places[i] - text.places[focus])) for i in inside), default=0)


def _show_left(
    lesson: OpenLesson, text: TextInIds, before: Reading, after: Reading, chosen: Thinning
) -> None:
    said = lesson.texts
    words, pairs = len(text.ids), before.n_pairs
    first, second = st.columns(2)
    for place, name, value, beside in (
        (first, "words_left", f"{after.n_kept:,}", said("of", share=after.n_kept / words, n=words)),
        (second, "pairs_left", f"{after.n_pairs:,}",
         said("of", share=after.n_pairs / max(pairs, 1), n=pairs)),
        (first, "distance", f"{after.mean_distance:.2f}",
         said("without", value=f"{before.mean_distance:.2f}")),
        (second, "beyond", f"{after.beyond(chosen.window):.0%}",
         said("without", value=f"{before.beyond(chosen.window):.0%}")),
    ):  # fmt: skip
        helped = said(f"{name}.help") if said.has(f"{name}.help") else None
        place.metric(
            said(name, window=chosen.window), value, beside, delta_color="off",
            delta_arrow="off", help=helped,
        )  # fmt: skip
    st.markdown(
        said("frequent", n=_MOST_FREQUENT, before=_frequent(before), after=_frequent(after))
    )


def _frequent(reading: Reading) -> float:
    """The share of the pairs whose center is one of the most frequent words."""
    return float(reading.by_word[:_MOST_FREQUENT].sum() / max(reading.n_pairs, 1))


def _show_curve(lesson: OpenLesson, text: TextInIds, keep: Any, chosen: Thinning) -> None:
    said = lesson.texts
    _, one_of_each = np.unique(text.counts, return_index=True)
    rows = one_of_each[::-1]
    titles = {
        "x": said("axis.frequency"), "y": said("axis.keep"), "threshold": "t",
        "thinned": said("thinned_from"),
    }  # fmt: skip
    shares = text.counts[rows] / text.counts.sum()
    names = [text.words[row] for row in rows]
    figure = keep_curve(names, shares, keep[rows], chosen.threshold, titles, _HEIGHT)
    figure.update_layout(title=f"<b>{said('curve')}</b>", margin_t=28)
    show_chart(figure, "skip-gram-keep", said("alt.keep"))


def _show_distances(lesson: OpenLesson, before: Reading, after: Reading, chosen: Thinning) -> None:
    said = lesson.texts
    st.markdown(said("histogram"))
    titles = {
        "x": said("axis.distance"), "y": said("axis.pairs"), "before": said("before"),
        "after": said("after"), "window": said("window_edge"),
    }  # fmt: skip
    show_chart(
        pair_distances(before.distances, after.distances, chosen.window, titles, 260),
        "skip-gram-distances",
        said("alt.distances"),
    )


def _show_table(lesson: OpenLesson, text: TextInIds, keep: Any, after: Reading) -> None:
    said = lesson.texts
    left = np.bincount(text.ids[after.kept], minlength=len(text.words))
    st.markdown(said("thinned", n=_TABLE_ROWS))
    lines = [
        "| "
        + " | ".join(said(f"column.{name}") for name in ("word", "count", "share", "keep", "left"))
        + " |",
        "|---|--:|--:|--:|--:|",
    ]
    total = int(text.counts.sum())
    lines += [
        f"| {plain(text.words[row])} | {text.counts[row]:,} | {text.counts[row] / total:.2%} "
        f"| {keep[row]:.1%} | {left[row]:,} |"
        for row in range(min(_TABLE_ROWS, len(text.words)))
    ]
    st.markdown("\n".join(lines))
