"""A sum of words as a picture: the words on their plane, the arrows, and where the sum lands."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.words.analogy_plane import AnalogyPlane, Arrow

_SUM = "#d1495b"
_STEP = "#8a94a6"
_INPUT = "#2f5fd0"
_ANSWER = "#1f8a5b"


def parallelogram(plane: AnalogyPlane) -> go.Figure:
    """Words of the sum, the arrows that it makes, its landing point ✚ and the words near there."""
    import plotly.graph_objects as go

    x, y = plane.coordinates.T
    # Labels point away from the middle, where the arrows are.
    middle = float(np.append(y, plane.landing[1]).mean())
    inputs, others = range(plane.inputs), range(plane.inputs, len(plane.keys))
    best = [place for place in range(len(x)) if place == plane.best]
    parts: dict[str, tuple[list[int], str, int]] = {
        "near the landing point": ([place for place in others if place != plane.best], _STEP, 7),
        "words of the sum": ([place for place in inputs if place != plane.best], _INPUT, 12),
        "the best answer": (best, _ANSWER, 12),
    }
    if plane.best in inputs:
        parts["the best answer, a word of the sum"] = parts.pop("the best answer")
    traces = [
        _words(x[rows], y[rows], [plane.keys[row] for row in rows], middle, color, size, name)
        for name, (rows, color, size) in parts.items()
    ] + [
        go.Scatter(
            x=[plane.landing[0]], y=[plane.landing[1]], mode="markers", name="where the sum lands",
            marker={"symbol": "cross-thin-open", "size": 16, "color": _SUM, "line": {"width": 3}},
            hoverinfo="name",
        ),
    ]  # fmt: skip
    layout: dict[str, Any] = {
        "height": 460,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": -0.02},
        "annotations": [part for arrow in plane.arrows for part in _drawn(arrow)],
        "xaxis": _axis(np.append(x, plane.landing[0])),
        # One scale on both axes: only so is a parallelogram one.
        "yaxis": {**_axis(np.append(y, plane.landing[1])), "scaleanchor": "x"},
    }
    return go.Figure(traces, layout)


def _words(
    x: Any, y: Any, words: Any, middle: float, color: str, size: int, name: str
) -> go.Scatter:
    import plotly.graph_objects as go

    return go.Scatter(
        x=x, y=y, mode="markers+text", text=[escape(word) for word in words], name=name,
        textposition=["top center" if high else "bottom center" for high in y >= middle],
        textfont={"size": 15 if size > 10 else 11}, hoverinfo="text",
        marker={"size": size, "color": color},
    )  # fmt: skip


def _drawn(arrow: Arrow) -> list[dict[str, Any]]:
    """The arrow, and its label at its middle."""
    color = _SUM if arrow.sum else _STEP
    drawn: list[dict[str, Any]] = [
        {
            "x": arrow.end[0], "y": arrow.end[1], "ax": arrow.start[0], "ay": arrow.start[1],
            "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "text": "", "showarrow": True,
            "arrowhead": 2, "arrowsize": 1.2, "standoff": 6, "startstandoff": 6,
            "arrowwidth": 2.5 if arrow.sum else 1.5, "arrowcolor": color,
        }
    ]  # fmt: skip
    if arrow.label:
        x, y = ((start + end) / 2 for start, end in zip(arrow.start, arrow.end, strict=True))
        label = {"x": x, "y": y, "text": escape(arrow.label), "showarrow": False, "yshift": 12}
        drawn.append(label | {"font": {"color": color}})
    return drawn


def _axis(values: Any) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    room = 0.12 * (high - low) or 1.0
    return {"visible": False, "range": [low - room, high + room]}
