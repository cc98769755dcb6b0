"""Charts of the lessons: drawn in place, in the page's theme, with larger type for a teacher."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from embedviz.plots.palettes import CATEGORICAL
from embedviz.ui.learn.teacher import teaching
from embedviz.ui.map.assets import loader

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT = 320
_SMALL, _LARGE = 13, 18

_component = st.components.v2.component(
    "embedviz_chart",
    html='<div class="ev-chart" role="img"></div>',
    js=loader("showChart"),
    isolate_styles=False,
)


Clicked = Callable[[float, float], None]


@dataclass(frozen=True)
class Play:
    """What a chart follows: see :mod:`embedviz.ui.learn.player`.

    Attributes
    ----------
    name : str
        The player.
    chart : str
        Whose course of the player's is the chart's.
    step : int
        The step that its figure shows.
    begins : bool
        Whether the player may begin by itself.
    """

    name: str
    chart: str
    step: int
    begins: bool


def show_chart(
    figure: go.Figure,
    key: str,
    alt: str,
    play: Play | None = None,
    on_click: Clicked | None = None,
) -> None:
    """Draw a figure of the core.

    A change redraws what changed, so that a slider's answer is seen at once. The figure's own
    colors hold; text, grid and background come from the page. Its height is ``layout.height``.

    Parameters
    ----------
    key : str
        Unique on the page; the same for the same chart from run to run.
    alt : str
        What it shows, for a screen reader.
    play : Play, optional
        For a chart that a player moves.
    on_click : callable, optional
        Called with x and y of a mark that was clicked, before the rerun that this causes.
    """
    from plotly.io.json import to_json_plotly

    parts = figure.to_plotly_json()
    parts["layout"].pop("template", None)  # several kB that the page's theme replaces
    height = int(figure.layout.height or _HEIGHT)
    data: dict[str, Any] = {
        "figure": to_json_plotly(parts),
        "alt": alt,
        "height": height,
        "font_size": _LARGE if teaching() else _SMALL,
        "colorway": list(CATEGORICAL),
        "clickable": on_click is not None,
    }

    def clicked() -> None:
        place = _place((st.session_state.get(key) or {}).get("clicked"))
        if on_click is not None and place is not None:
            on_click(*place)

    if play is not None:
        data["play"] = asdict(play)
    _component(key=key, data=data, height=height, on_clicked_change=clicked)


def _place(message: Any) -> tuple[float, float] | None:
    """The x and y that a browser sent; None if they are none."""
    if not isinstance(message, Mapping):
        return None
    x, y = message.get("x"), message.get("y")
    if not (isinstance(x, int | float) and isinstance(y, int | float)):
        return None
    return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None
