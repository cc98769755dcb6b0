"""What the colors of the map can mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from embedviz.metrics import METRICS
from embedviz.plots.picture import Colors, continuous
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality
from embedviz.ui.explorer.ask import Answer


@dataclass(frozen=True)
class Situation:
    """What a coloring may draw on."""

    drawn: EmbeddingSpace
    ranks: NDArray[Any]
    answer: Answer | None
    query: NDArray[Any] | None
    trust: Quality | None


@dataclass(frozen=True)
class Coloring:
    """One entry of "color by": its label, and the colors, or the reason why there are none."""

    label: str
    make: Callable[[Situation], Colors | None]
    missing: str = ""


def _by_rank(now: Situation) -> Colors:
    return continuous(now.ranks + 1.0, title="frequency rank (1 = most frequent)", log=True)


def _by_nearness(now: Situation) -> Colors | None:
    if now.query is None or now.answer is None:
        return None
    metric = METRICS[now.answer.found.metric]
    return continuous(metric.between(now.query, now.drawn.vectors), title=metric.label.lower())


def _by_length(now: Situation) -> Colors:
    return continuous(now.drawn.norms, title="vector length")


def _by_recall(now: Situation) -> Colors | None:
    if now.trust is None:
        return None
    return continuous(now.trust.per_point, title=f"share of its {now.trust.k} neighbors kept")


def _one_color(_now: Situation) -> None:
    return None


COLORINGS: dict[str, Coloring] = {
    "rank": Coloring("Frequency", _by_rank),
    "nearness": Coloring("Nearness to the word", _by_nearness, "Ask for a word first."),
    "trust": Coloring("Trust in each point", _by_recall, "The map is not measured yet."),
    "length": Coloring("Vector length", _by_length),
    "none": Coloring("One color", _one_color),
}


def choose_coloring() -> str:
    """The select box."""
    return st.selectbox(
        "Color by",
        list(COLORINGS),
        format_func=lambda name: COLORINGS[name].label,
        key="color",
        bind="query-params",
        help="What the color of a point means. Changing it keeps the zoom.",
    )


def colors_of(name: str, now: Situation) -> Colors | None:
    """The colors, with a line on the page where they cannot be had."""
    coloring = COLORINGS[name]
    colors = coloring.make(now)
    if colors is None and coloring.missing:
        st.caption(f"No color by {coloring.label.lower()}: {coloring.missing}")
    return colors
