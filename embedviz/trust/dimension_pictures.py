"""Pictures of too many dimensions: distances that concentrate, what PCA keeps, hubs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.palettes import OTHER
from embedviz.plots.themes import THEMES

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.trust.nearness import Matrix
    from embedviz.trust.variance_kept import KeptByComponents, Scree

ACCENT, CONTRAST = THEMES["light"].accent, "#d55e00"
_COLORS = (ACCENT, CONTRAST, "#117733")
_FILLED = ("rgba(47, 95, 208, 0.25)", "rgba(213, 94, 0, 0.22)", "rgba(17, 119, 51, 0.18)")
_BINS = 90
_WIDEST = 3.0


def distance_histogram(
    distances: Mapping[str, Matrix], axis: str, up: str, height: int = 270
) -> go.Figure:
    """How the pairwise distances of each set are spread, in units of their own mean.

    Parameters
    ----------
    distances : mapping of ndarray of shape (m,)
        By the name of the set; the mean of each is above 0.
    axis, up : str
        What runs across (distance ÷ mean) and up (share of the pairs in each bin).
    """
    import plotly.graph_objects as go

    edges = np.linspace(0, _WIDEST, _BINS + 1)
    traces = []
    for place, (name, values) in enumerate(distances.items()):
        counts, _ = np.histogram(values / values.mean(), bins=edges)
        traces.append(
            go.Scatter(
                x=(edges[:-1] + edges[1:]) / 2, y=counts / len(values), name=escape(name),
                mode="lines", fill="tozeroy", fillcolor=_FILLED[place],
                line={"color": _COLORS[place], "width": 2, "shape": "hvh"},
                hovertemplate="%{x:.2f}: %{y:.1%}<extra></extra>",
            )
        )  # fmt: skip
    layout = _layout(axis, up, height)
    layout["xaxis"] |= {"range": [0, _WIDEST]}
    layout["yaxis"] |= {"tickformat": ".1%", "rangemode": "tozero", "nticks": 5}
    return go.Figure(traces, layout)


def spread_curves(
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]],
    now: Mapping[str, tuple[int, float]],
    expected: tuple[str, Sequence[int], Sequence[float]],
    axis: str,
    up: str,
    height: int = 270,
) -> go.Figure:
    """A ratio of distances by the number of dimensions, both on logarithmic scales.

    Parameters
    ----------
    curves : mapping
        By name: dimensions and the ratio at each.
    now : mapping
        By the same names where each stands now: drawn as a large dot.
    expected : tuple
        A name, dimensions and ratios of what theory says: a thin dotted line.
    """
    import plotly.graph_objects as go

    theory, at, ratios = expected
    traces = [
        go.Scatter(
            x=list(at), y=list(ratios), name=escape(theory), mode="lines", hoverinfo="skip",
            line={"color": OTHER, "width": 1.5, "dash": "dot"},
        )
    ]  # fmt: skip
    for place, (name, (x, y)) in enumerate(curves.items()):
        color = _COLORS[place]
        traces.append(
            go.Scatter(
                x=list(x), y=list(y), name=escape(name), mode="lines+markers",
                line={"color": color, "width": 2}, marker={"color": color, "size": 5},
                hovertemplate="d = %{x:,}: %{y:.3f}<extra></extra>",
            )
        )  # fmt: skip
        if name in now:
            traces.append(
                go.Scatter(
                    x=[now[name][0]], y=[now[name][1]], mode="markers", showlegend=False,
                    hoverinfo="skip",
                    marker={"color": color, "size": 15, "line": {"color": "white", "width": 2}},
                )
            )  # fmt: skip
    layout = _layout(axis, up, height)
    ticks = [1, 10, 100, 1000]
    layout["xaxis"] |= {"type": "log", "tickvals": ticks, "ticktext": [f"{t:,}" for t in ticks]}
    parts = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    layout["yaxis"] |= {"type": "log", "tickvals": parts, "ticktext": [f"{p:g}" for p in parts]}
    return go.Figure(traces, layout)


def scree_figure(
    scree: Scree,
    kept: KeptByComponents,
    now: int,
    names: tuple[str, str, str],
    axis: str,
    height: int = 270,
) -> go.Figure:
    """Variance by component (bars), kept together (line), and neighbors kept (line).

    ``now`` components are in use: their bars are colored, and a dotted line stands there.
    ``names`` are those of the bars and the two lines.
    """
    import plotly.graph_objects as go

    numbers = np.arange(1, len(scree.shares) + 1)
    colors = [ACCENT if number <= now else OTHER for number in numbers]
    hover = {"hovertemplate": "%{x}: %{y:.1%}<extra></extra>"}
    bars = go.Bar(
        x=numbers, y=scree.shares, name=escape(names[0]), marker={"color": colors}, **hover
    )
    variance = go.Scatter(
        x=numbers, y=scree.cumulative, name=escape(names[1]), mode="lines",
        line={"color": ACCENT, "width": 2.5}, **hover,
    )  # fmt: skip
    neighbors = go.Scatter(
        x=list(kept.components), y=kept.recall, name=escape(names[2]), mode="lines+markers",
        line={"color": CONTRAST, "width": 2.5}, marker={"color": CONTRAST, "size": 7}, **hover,
    )  # fmt: skip
    layout = _layout(axis, "", height)
    layout["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.03]}
    layout["shapes"] = [_upright(now)]
    return go.Figure([bars, variance, neighbors], layout)


def hub_curves(
    counts: Mapping[str, NDArray[np.float64]], k: int, axis: str, up: str, height: int = 270
) -> go.Figure:
    """How many points (logarithmic) stand in so many lists of ``k`` neighbors or in more.

    ``counts`` holds, by the name of a space, in how many lists each point stands. If all were
    alike, every point would stand in k: a dotted line.
    """
    import plotly.graph_objects as go

    traces = []
    for place, (name, values) in enumerate(counts.items()):
        across, first = np.unique(np.sort(values), return_index=True)
        traces.append(
            go.Scatter(
                x=across, y=len(values) - first, name=escape(name), mode="lines",
                line={"color": _COLORS[place], "width": 2.5},
                hovertemplate="≥ %{x}: %{y:,}<extra></extra>",
            )
        )  # fmt: skip
    layout = _layout(axis, up, height)
    layout["yaxis"] |= {"type": "log", "dtick": 1}
    layout["shapes"] = [_upright(k)]
    return go.Figure(traces, layout)


def _upright(x: float) -> dict[str, Any]:
    """A dotted line from bottom to top."""
    line = {"color": OTHER, "width": 1.5, "dash": "dot"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _layout(axis: str, up: str, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "xaxis": {"title": {"text": axis}, "automargin": True},
        "yaxis": {"title": {"text": up}, "automargin": True},
    }
