"""What the colors of a map of images can mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.metrics import METRICS
from embedviz.plots.dates import dated
from embedviz.plots.picture import Colors, categorical, continuous
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality


@dataclass(frozen=True)
class Situation:
    """What a coloring may draw on; ``query`` is the vector of what is asked for."""

    space: EmbeddingSpace
    query: NDArray[Any] | None
    metric: str
    trust: Quality | None


@dataclass(frozen=True)
class Coloring:
    """One entry of "color by": its label, and the colors, or the reason why there are none."""

    label: str
    make: Callable[[Situation], Colors | None]
    missing: str = ""


def _by_label(now: Situation) -> Colors | None:
    labels = now.space.table["label"]
    return categorical(labels.tolist(), title="label") if (labels != "").any() else None


def _by_date(now: Situation) -> Colors | None:
    taken = now.space.table["taken"].to_numpy("datetime64[s]")
    return None if np.isnat(taken).all() else dated(taken, title="taken")


def _by_brightness(now: Situation) -> Colors:
    return continuous(now.space.table["brightness"].to_numpy(), title="brightness (0 to 1)")


def _by_nearness(now: Situation) -> Colors | None:
    if now.query is None:
        return None
    metric = METRICS[now.metric]
    return continuous(metric.between(now.query, now.space.vectors), title=metric.label.lower())


def _by_recall(now: Situation) -> Colors | None:
    if now.trust is None:
        return None
    return continuous(now.trust.per_point, title=f"share of its {now.trust.k} neighbors kept")


def _one_color(_now: Situation) -> None:
    return None


COLORINGS: dict[str, Coloring] = {
    "label": Coloring("Label", _by_label, "These images have no labels."),
    "nearness": Coloring("Nearness to the picture", _by_nearness, "Ask with a picture first."),
    "date": Coloring("Date taken", _by_date, "No image says when it was taken."),
    "brightness": Coloring("Brightness", _by_brightness),
    "trust": Coloring("Trust in each point", _by_recall, "The map is not measured yet."),
    "none": Coloring("One color", _one_color),
}


def choose_coloring() -> str:
    """The select box."""
    return st.selectbox(
        "Color by",
        list(COLORINGS),
        format_func=lambda name: COLORINGS[name].label,
        key="image_color",
        bind="query-params",
        help="What the edge of a picture, or the color of a dot, means. Changing it keeps the zoom.",
    )


def colors_of(name: str, now: Situation) -> tuple[Colors | None, str]:
    """The colors, and why there are none."""
    coloring = COLORINGS[name]
    colors = coloring.make(now)
    if colors is None and coloring.missing:
        return None, f"No color by {coloring.label.lower()}: {coloring.missing}"
    return colors, ""
