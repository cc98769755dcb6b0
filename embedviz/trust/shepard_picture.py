"""The Shepard diagram as a picture of density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import metric_named
from embedviz.plots.palettes import sequential
from embedviz.plots.themes import THEMES, Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.trust.shepard_pairs import Shepard

_BINS = 48


def shepard_figure(shepard: Shepard, theme: Theme | None = "light") -> go.Figure:
    """How many pairs lie at each distance in the full space (across) and on the map (up).

    ``theme`` None leaves background and text to the page.
    """
    import plotly.graph_objects as go

    counts, across, up = np.histogram2d(shepard.full, shepard.drawn, bins=_BINS)
    shown = np.where(counts > 0, counts, np.nan).T
    heat = go.Heatmap(
        x=_middles(across), y=_middles(up), z=shown, colorscale=_scale(),
        colorbar={"title": {"text": "pairs"}, "thickness": 10},
        hovertemplate="full space %{x:.3g}, map %{y:.3g}: %{z} pairs<extra></extra>",
    )  # fmt: skip
    title = f"{metric_named(shepard.metric).distance_label} in the full space"
    layout: dict[str, Any] = {
        "height": 320,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": {"title": {"text": title}, "automargin": True},
        "yaxis": {"title": {"text": "distance on the map"}, "automargin": True},
    }
    if theme is not None:
        look = THEMES[theme]
        layout |= {"paper_bgcolor": look.background, "plot_bgcolor": look.background}
        layout["font"] = {"color": look.text}
        for axis in ("xaxis", "yaxis"):
            layout[axis] |= {"gridcolor": look.quiet, "zeroline": False}
    return go.Figure(heat, layout)


def _middles(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((edges[:-1] + edges[1:]) / 2)


def _scale() -> list[list[Any]]:
    colors = sequential(9)
    return [[place / (len(colors) - 1), color] for place, color in enumerate(colors)]
