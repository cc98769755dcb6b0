"""Small maps side by side: of many settings, and of one point with its true neighbors."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.palettes import CATEGORICAL, OTHER, sequential
from embedviz.plots.themes import THEMES

if TYPE_CHECKING:
    import plotly.graph_objects as go

KEPT, TORN = THEMES["light"].accent, "#d55e00"
_STEPS = 32
_HIDDEN = {
    "visible": False, "showgrid": False, "zeroline": False, "showticklabels": False,
    "constrain": "domain",
}  # fmt: skip


def group_colors(labels: NDArray[np.int64]) -> list[str]:
    """A color a point: of its group, or along a path where every point has a place of its own."""
    if len(np.unique(labels)) <= len(CATEGORICAL):
        return [CATEGORICAL[int(label)] for label in labels]
    scale = sequential(_STEPS)
    places = (labels - labels.min()) / (labels.max() - labels.min()) * (_STEPS - 1)
    return [scale[round(float(place))] for place in places]


def small_map(
    coordinates: NDArray[np.float32], colors: Sequence[str], height: int = 150
) -> go.Figure:
    """Points without axes: only how they lie to each other. ``coordinates`` of shape (n, 2)."""
    import plotly.graph_objects as go

    return go.Figure(_points(coordinates, colors, 5, 0.85), _flat(height))


def panel_grid(
    maps: Sequence[NDArray[np.float32] | None],
    colors: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[str],
    height: int = 280,
) -> go.Figure:
    """Maps in columns and rows, row by row; None leaves a place empty (not there yet)."""
    from plotly.subplots import make_subplots

    figure = make_subplots(
        len(rows), len(columns), column_titles=[escape(text) for text in columns],
        row_titles=[escape(text) for text in rows],
        horizontal_spacing=0.015, vertical_spacing=0.03,
    )  # fmt: skip
    for place, coordinates in enumerate(maps):
        row, column = divmod(place, len(columns))
        # Without a trace plotly would not draw the frame of a place that is still empty.
        shown = np.empty((0, 2), np.float32) if coordinates is None else _fitted(coordinates)
        figure.add_trace(_points(shown, colors, 4, 0.85), row + 1, column + 1)
    frame = {"showgrid": False, "zeroline": False, "showticklabels": False, "range": [-1.1, 1.1],
             "mirror": True, "showline": True, "linecolor": "rgba(138, 147, 160, 0.5)",
             "ticks": ""}  # fmt: skip
    figure.update_xaxes(**frame)
    figure.update_yaxes(**frame)
    figure.update_layout(height=height, margin={"l": 4, "r": 24, "t": 26, "b": 4}, showlegend=False)
    return figure


def torn_map(
    coordinates: NDArray[np.float32],
    colors: Sequence[str],
    names: Sequence[str],
    row: int,
    kept: NDArray[np.intp],
    torn: NDArray[np.intp],
    ranked: Sequence[str] = (),
    height: int = 220,
) -> go.Figure:
    """One point of a map with lines to its true neighbors, near and torn away.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2), float32
    colors, names : sequence of str
        A color and a name for each of the n points; a name is shown under the mouse, and beside
        the chosen point.
    row : int
        The point.
    kept, torn : ndarray of int
        Rows of its true neighbors that are among its nearest on the map, and of those that are not.
    ranked : sequence of str, optional
        What is shown under the mouse in place of the names of the ``torn``: with their ranks, say.
    """
    import plotly.graph_objects as go

    traces = [_points(coordinates, colors, 4, 0.55, names)]
    for rows, color, hover in ((torn, TORN, ranked), (kept, KEPT, ())):
        traces.append(_lines(coordinates, row, rows, color))
        traces.append(
            go.Scatter(
                x=coordinates[rows, 0], y=coordinates[rows, 1], mode="markers",
                text=[escape(text) for text in hover or [names[other] for other in rows]],
                hoverinfo="text",
                marker={"color": color, "size": 8, "line": {"color": "white", "width": 1}},
            )
        )  # fmt: skip
    traces.append(
        go.Scatter(
            x=coordinates[[row], 0], y=coordinates[[row], 1], mode="markers+text",
            text=[f"<b>{escape(names[row])}</b>"], hoverinfo="skip",
            textposition=_inside(coordinates, row),
            marker={"color": "#ffffff", "size": 12, "line": {"color": "#1c2430", "width": 3}},
        )
    )  # fmt: skip
    return go.Figure(traces, _flat(height))


def _inside(coordinates: NDArray[np.float32], row: int) -> str:
    """Where a point's name stands so that the picture's edge does not cut it."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    across, up = (coordinates[row] - low) / np.where(high > low, high - low, 1.0)
    side = "right" if across < 0.25 else "left" if across > 0.75 else "center"
    return f"{'bottom' if up > 0.85 else 'top'} {side}"


def _lines(
    coordinates: NDArray[np.float32], row: int, rows: NDArray[np.intp], color: str
) -> go.Scatter:
    import plotly.graph_objects as go

    ends = np.full((len(rows), 3, 2), np.nan, np.float32)
    ends[:, 0], ends[:, 1] = coordinates[row], coordinates[rows]
    path = ends.reshape(-1, 2)
    return go.Scatter(
        x=path[:, 0], y=path[:, 1], mode="lines", hoverinfo="skip",
        line={"color": color, "width": 1.5},
    )  # fmt: skip


def _points(
    coordinates: NDArray[np.float32],
    colors: Sequence[str],
    size: int,
    opacity: float,
    names: Sequence[str] = (),
) -> go.Scatter:
    import plotly.graph_objects as go

    hover: dict[str, Any] = {"hoverinfo": "skip"}
    if names:
        hover = {"text": [escape(name) for name in names], "hoverinfo": "text"}
    return go.Scatter(
        x=coordinates[:, 0], y=coordinates[:, 1], mode="markers", showlegend=False,
        marker={"color": list(colors) or OTHER, "size": size, "opacity": opacity}, **hover,
    )  # fmt: skip


def _fitted(coordinates: NDArray[np.float32]) -> NDArray[np.float32]:
    """Moved and scaled by one number into −1 to 1: a map has no unit, only proportions."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    half = float((high - low).max()) / 2
    return np.asarray((coordinates - (low + high) / 2) / (half or 1.0), np.float32)


def _flat(height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 2, "r": 2, "t": 2, "b": 2},
        "showlegend": False,
        "xaxis": dict(_HIDDEN),
        "yaxis": {**_HIDDEN, "scaleanchor": "x"},
    }
