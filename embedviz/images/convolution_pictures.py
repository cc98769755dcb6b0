"""Pictures of a sliding kernel: the pixels with what lies under it, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.images.convolution import Slid

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MARK = "#d55e00"
_WEAK = "rgba(213, 94, 0, .55)"
# Orange below 0, white at 0, blue above: as the numbers of the lessons' matrices are colored.
_SIGNED = [[0.0, "#d97706"], [0.5, "#f7f7f7"], [1.0, "#2f5fd0"]]
_HEIGHT = 270


def pixels_under_kernel(slid: Slid, row: int, column: int) -> go.Figure:
    """The picture in gray with a frame around all that the answer's value has seen.

    The frame of the kernel at the largest of them is drawn strong.
    """
    figure = _heat(slid.picture, "gray", 0.0, 1.0, slid.padding)
    for place in slid.places(row, column):
        _frame(figure, slid.window(place), _WEAK, 1.5)
    _frame(figure, slid.window(slid.chosen(row, column)), _MARK, 3)
    return figure


def answer_of_kernel(slid: Slid, row: int, column: int) -> go.Figure:
    """The answer, blue above 0 and orange below, with a frame around the value at (row, column)."""
    reach = float(np.abs(slid.sums).max()) or 1.0
    figure = _heat(slid.answer, _SIGNED, -reach, reach, 0)
    _frame(figure, (row, column, 1), _MARK, 3)
    return figure


def _heat(
    values: NDArray[np.float64], scale: Any, low: float, high: float, border: int
) -> go.Figure:
    import plotly.graph_objects as go

    rows, columns = values.shape
    axis: dict[str, Any] = {"visible": False, "constrain": "domain"}
    heat = go.Heatmap(
        z=np.round(values, 3), colorscale=scale, zmin=low, zmax=high, showscale=False,
        hovertemplate="%{z:.2f}<extra></extra>",
    )  # fmt: skip
    layout = {
        "height": _HEIGHT,
        "margin": {"l": 2, "r": 2, "t": 2, "b": 2},
        "xaxis": {**axis, "range": [-0.5 - border, columns - 0.5 + border]},
        "yaxis": {**axis, "range": [rows - 0.5 + border, -0.5 - border], "scaleanchor": "x"},
    }
    return go.Figure(heat, layout)


def _frame(figure: go.Figure, window: tuple[int, int, int], color: str, width: float) -> None:
    top, left, side = window
    figure.add_shape(
        type="rect", x0=left - 0.5, x1=left + side - 0.5, y0=top - 0.5, y1=top + side - 0.5,
        line={"color": color, "width": width},
    )  # fmt: skip
