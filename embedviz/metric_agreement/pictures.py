"""Three metrics on the same vectors: as one of them grows, as three orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.metric_agreement.pair import Pair, arrow
from embedviz.metrics import COSINE, DOT, EUCLIDEAN
from embedviz.plots.palettes import OTHER

if TYPE_CHECKING:
    import plotly.graph_objects as go


_LONGEST = 16  # letters of a word that fit a column beside the lines
METRIC_COLORS: Mapping[str, str] = {
    EUCLIDEAN.name: "#d55e00", COSINE.name: "#3f74dc", DOT.name: "#0f9d75"
}  # fmt: skip
"""The color of each metric in every picture of the lesson: of its line, its arc, its shadow."""


def metric_curves(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    now: float,
    names: Mapping[str, str],
    axis: str,
    height: int = 210,
) -> go.Figure:
    """Each metric as one number of a vector changes, with a dot at its value ``now``.

    Parameters
    ----------
    x : array-like of shape (m,)
        The number that changes, ascending.
    curves : mapping of array-like (m,)
        What each metric says, by its name.
    names : mapping of str
        What the metrics are called.
    axis : str
        What ``x`` is called.
    """
    import plotly.graph_objects as go

    along = np.asarray(x, dtype=np.float64)
    traces = []
    for metric, values in curves.items():
        line = np.asarray(values, dtype=np.float64)
        here = float(np.interp(now, along, line))
        color = METRIC_COLORS[metric]
        traces.append(
            go.Scatter(
                x=along, y=line, mode="lines", name=escape(names[metric]),
                line={"color": color, "width": 2.5},
                hovertemplate="%{x:.3~f}: %{y:.2f}",
            )
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=[now], y=[here], mode="markers", showlegend=False, hoverinfo="skip",
                marker={"color": color, "size": 11},
            )
        )  # fmt: skip
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": axis}, "automargin": True},
        "yaxis": {"automargin": True, "zeroline": True},
        "shapes": [
            {"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": OTHER, "width": 1, "dash": "dot"}}
        ],
    }  # fmt: skip
    return go.Figure(traces, layout)


def rank_lines(
    lists: Mapping[str, Sequence[str]], names: Mapping[str, str], height: int | None = None
) -> go.Figure:
    """The same question's answers in columns, the first on top; equal ones joined by a line.

    Parameters
    ----------
    lists : mapping of sequence of str
        The k answers of each metric, best first, in the order of the columns.
    names : mapping of str
        What the metrics are called.
    """
    import plotly.graph_objects as go

    metrics = list(lists)
    k = max((len(keys) for keys in lists.values()), default=0)
    traces = [
        _joined(column, lists[metrics[column]], lists[metrics[column + 1]], same)
        for column in range(len(metrics) - 1)
        for same in (True, False)
    ]
    annotations = [
        _label(column, place, key, sum(key in other for other in lists.values()), len(metrics))
        for column, metric in enumerate(metrics)
        for place, key in enumerate(lists[metric])
    ]
    annotations += [
        {"x": column, "y": -0.55, "text": f"<b>{escape(names[metric])}</b>", "showarrow": False,
         "font": {"color": METRIC_COLORS[metric]}, "yanchor": "bottom"}
        for column, metric in enumerate(metrics)
    ]  # fmt: skip
    layout: dict[str, Any] = {
        "height": height or 50 + 30 * k,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "xaxis": {"visible": False, "range": [-0.42, len(metrics) - 0.58], "fixedrange": True},
        "yaxis": {"visible": False, "range": [k - 0.4, -1.5], "fixedrange": True},
        "annotations": annotations,
    }
    return go.Figure(traces, layout)


def _joined(column: int, left: Sequence[str], right: Sequence[str], same: bool) -> go.Scatter:
    """Lines from one column to the next: of the answers in the same place, or of the others."""
    import plotly.graph_objects as go

    x: list[float | None] = []
    y: list[float | None] = []
    for place, key in enumerate(left):
        if key in right and (right.index(key) == place) == same:
            x += [column + 0.3, column + 0.7, None]
            y += [place, right.index(key), None]
    color, width = (OTHER, 1.5) if same else (METRIC_COLORS[EUCLIDEAN.name], 2)
    return go.Scatter(
        x=x, y=y, mode="lines", line={"color": color, "width": width}, hoverinfo="skip"
    )


def _label(column: int, place: int, key: str, times: int, of: int) -> dict[str, Any]:
    text = escape(key if len(key) <= _LONGEST else f"{key[: _LONGEST - 1]}…")
    return {
        "x": column,
        "hovertext": escape(key),
        "y": place,
        "text": text if times == of else f"<b>{text}</b>" if times == 1 else f"<i>{text}</i>",
        "showarrow": False,
        "bgcolor": "rgba(138, 147, 160, 0.12)" if times == of else "rgba(213, 94, 0, 0.18)",
        "borderpad": 2,
    }


def arrows_figure(a: NDArray[np.float64], b: NDArray[np.float64]) -> go.Figure:
    """Two arrows of shape (2,) with their distance, angle and shadow; no text, for a small place."""
    import plotly.graph_objects as go

    pair = Pair.of(a, b)
    foot = a / pair.lengths[0] * (pair.along or 0.0) if pair.lengths[0] else a
    start = float(np.rad2deg(np.arctan2(a[1], a[0])))
    turns = np.linspace(start, start + (pair.angle or 0.0), 24)
    arc = np.stack([arrow(0.28 * max(pair.lengths), float(turn)) for turn in turns])
    lines = (
        (np.stack([a, b]), METRIC_COLORS[EUCLIDEAN.name], 3, "dash"),
        (np.stack([b, foot]), METRIC_COLORS[DOT.name], 1.5, "dot"),
        (np.stack([np.zeros(2), foot]), METRIC_COLORS[DOT.name], 7, "solid"),
        (arc, METRIC_COLORS[COSINE.name], 3, "solid"),
    )
    traces = [
        go.Scatter(
            x=path[:, 0], y=path[:, 1], mode="lines", hoverinfo="skip",
            line={"color": color, "width": width, "dash": dash},
        )
        for path, color, width, dash in lines
    ]  # fmt: skip
    heads = [
        {"x": tip[0], "y": tip[1], "ax": 0, "ay": 0, "xref": "x", "yref": "y", "axref": "x",
         "ayref": "y", "showarrow": True, "arrowhead": 2, "arrowwidth": 3, "arrowcolor": OTHER,
         "text": ""}
        for tip in (a, b)
    ]  # fmt: skip
    layout: dict[str, Any] = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False, "range": _around(a[0], b[0])},
        "yaxis": {"visible": False, "range": _around(a[1], b[1]), "scaleanchor": "x"},
        "annotations": heads,
    }
    return go.Figure(traces, layout)


def _around(*values: float) -> list[float]:
    """A range with the origin and these values in it, and some room."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.12 * (high - low) or 1.0
    return [low - room, high + room]
