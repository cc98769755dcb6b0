"""What "color by" offers on a map: a table of meanings, its select box, and the colors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import streamlit as st

from embedviz.plots.picture import Colors, continuous
from embedviz.trust import Quality


class Measured(Protocol):
    """A situation that knows how far its map can be trusted, if that was measured."""

    @property
    def trust(self) -> Quality | None: ...


Now = TypeVar("Now")


@dataclass(frozen=True)
class Coloring(Generic[Now]):
    """One entry of "color by": its label, and the colors, or the reason why there are none."""

    label: str
    make: Callable[[Now], Colors | None]
    missing: str = ""


def choose_coloring(table: Mapping[str, Coloring[Now]], key: str) -> str:
    """The select box, whose key is also its name in the page's link."""
    return st.selectbox(
        "Color by",
        list(table),
        format_func=lambda name: table[name].label,
        key=key,
        bind="query-params",
        help="What the color of a point means. Changing it keeps the zoom.",
    )


def colors_of(coloring: Coloring[Now], now: Now) -> tuple[Colors | None, str]:
    """The colors, and why there are none."""
    colors = coloring.make(now)
    if colors is None and coloring.missing:
        return None, f"No color by {coloring.label.lower()}: {coloring.missing}"
    return colors, ""


def by_recall(now: Measured) -> Colors | None:
    """The share of each point's neighbors that the map keeps."""
    if now.trust is None:
        return None
    return continuous(now.trust.per_point, title=f"share of its {now.trust.k} neighbors kept")


def one_color(_now: object) -> None:
    """No meaning at all."""
