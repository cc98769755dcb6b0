"""Pictures of a training: the loss so far, and vectors on the move."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from embedviz.plots.encodings import ACCENT, TIGHT
from embedviz.plots.palettes import CATEGORICAL

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go


def loss_so_far(
    losses: NDArray[np.float64], at: int, x_title: str, y_title: str, height: int = 200
) -> go.Figure:
    """The loss of every step up to ``at``; the axes hold the whole training."""
    import plotly.graph_objects as go

    steps = list(range(at + 1))
    line = go.Scatter(
        x=steps, y=losses[: at + 1], mode="lines", line={"color": ACCENT, "width": 3},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    end = go.Scatter(
        x=[at], y=[float(losses[at])], mode="markers", hoverinfo="skip",
        marker={"color": ACCENT, "size": 10},
    )  # fmt: skip
    return go.Figure([line, end], {
        "height": height, "margin": TIGHT, "showlegend": False,
        "xaxis": {"title": {"text": x_title}, "range": [-2, len(losses) + 1], "automargin": True},
        "yaxis": {"title": {"text": y_title}, "automargin": True,
                  "range": [0, float(losses.max(initial=0.1)) * 1.08]},
    })  # fmt: skip


def moving_map(
    paths: NDArray[np.float64],
    at: int,
    names: Sequence[str],
    groups: Sequence[str],
    height: int = 400,
    labels: bool = True,
) -> go.Figure:
    """Where k things stand after ``at`` steps, and the way that they came.

    ``paths`` is (steps + 1, k, 2); ``groups`` says what colors each (k names). The axes hold the
    whole training, so that the things move and the picture does not.
    """
    import plotly.graph_objects as go

    colors = {
        name: CATEGORICAL[i % len(CATEGORICAL)] for i, name in enumerate(dict.fromkeys(groups))
    }
    ways = [
        go.Scatter(
            x=paths[: at + 1, i, 0], y=paths[: at + 1, i, 1], mode="lines", hoverinfo="skip",
            showlegend=False, line={"color": colors[group], "width": 1.5}, opacity=0.5,
        )
        for i, group in enumerate(groups)
    ]  # fmt: skip
    dots = []
    for group, color in colors.items():
        rows = [i for i, each in enumerate(groups) if each == group]
        dots.append(go.Scatter(
            x=paths[at, rows, 0], y=paths[at, rows, 1], name=escape(group),
            mode="markers+text" if labels else "markers", text=[escape(names[i]) for i in rows],
            textposition=[_BESIDE[i % len(_BESIDE)] for i in rows], showlegend=bool(group),
            cliponaxis=False, marker={"color": color, "size": 13},
            hovertemplate="%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>",
        ))  # fmt: skip
    return go.Figure([*ways, *dots], {
        "height": height, "margin": {**TIGHT, "t": 30}, "legend": {"orientation": "h", "y": 1.1},
        "xaxis": _map_axis(paths[:, :, 0]),
        "yaxis": {**_map_axis(paths[:, :, 1]), "scaleanchor": "x"},
    })  # fmt: skip


# Things that are chosen alike end in one place: their names then stand on different sides.
_BESIDE = ("top center", "bottom center", "middle right", "middle left")


def _map_axis(values: NDArray[np.float64]) -> dict[str, Any]:
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    room = 0.18 * max(high - low, 0.5)
    return {"range": [low - room, high + room], "zeroline": True, "showticklabels": True}
