"""What happened while a model was trained: the loss by epoch, and how the neighbors moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LAYOUT: dict[str, Any] = {
    "height": 280,
    "margin": {"l": 0, "r": 8, "t": 8, "b": 40},
    # Upwards from the plot: two rows of names must not cover it.
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
}


def loss_curve(
    losses: Sequence[float],
    epochs: int,
    color: str = "#2f5fd0",
    title: str = "mean loss per word",
) -> go.Figure:
    """Mean loss of each epoch; the axis spans all ``epochs`` so that the curve grows into it.

    ``title`` says what it is the mean of: a word, for the ``losses`` of
    :class:`~embedviz.words.trained.TrainedWords`, a guess for its ``sample_losses``.
    """
    import plotly.graph_objects as go

    line = go.Scatter(
        x=list(range(1, len(losses) + 1)),
        y=list(losses),
        mode="lines+markers",
        line={"color": color, "width": 2.5},
        hovertemplate="epoch %{x}: %{y:.4f}<extra></extra>",
    )
    return go.Figure(line, {**_LAYOUT, **_axes(epochs, title)})


def neighbors_moved(moved: Mapping[str, Sequence[float]], epochs: int) -> go.Figure:
    """Share of each probe word's nearest words that changed since the epoch before."""
    import plotly.graph_objects as go

    from embedviz.plots.palettes import CATEGORICAL

    lines = [
        go.Scatter(
            x=list(range(2, len(shares) + 2)),
            y=list(shares),
            mode="lines+markers",
            name=escape(word),
            line={"color": CATEGORICAL[i % len(CATEGORICAL)], "width": 2},
        )
        for i, (word, shares) in enumerate(moved.items())
    ]
    axes = _axes(epochs, "nearest words that changed")
    axes["yaxis"] |= {"tickformat": ".0%", "range": [-0.02, 1.02]}
    return go.Figure(lines, {**_LAYOUT, **axes})


def _axes(epochs: int, title: str) -> dict[str, Any]:
    return {
        "xaxis": {
            "title": {"text": "epoch"},
            "range": [0.7, max(epochs, 2) + 0.3],
            "dtick": max(1, epochs // 10),
        },
        "yaxis": {"title": {"text": title}},
    }
