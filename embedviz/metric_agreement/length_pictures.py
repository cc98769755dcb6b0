"""The lengths of vectors against frequency, and the keys that a metric answers with most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metric_agreement.pictures import METRIC_COLORS
from embedviz.metrics import COSINE, EUCLIDEAN

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.metric_agreement.norms import NormsByRank

_MOST_DOTS = 1_500
_SOME = "rgba(138, 147, 160, 0.45)"


def norm_by_rank(
    measured: NormsByRank,
    words: Mapping[str, int],
    rank_axis: str,
    norm_axis: str,
    median_name: str,
    height: int = 310,
) -> go.Figure:
    """Length against frequency rank on a logarithmic axis: dots, median and quartiles by bin.

    ``words`` are labeled: their rows in the space, most frequent first. At most 1,500 dots are
    drawn, evenly along the axis; median and quartiles are of all.
    """
    import plotly.graph_objects as go

    rows = np.unique(np.geomspace(1, len(measured.norms), _MOST_DOTS).astype(int)) - 1
    dots = go.Scatter(
        x=rows + 1, y=measured.norms[rows], mode="markers", hoverinfo="skip", showlegend=False,
        marker={"color": _SOME, "size": 4},
    )  # fmt: skip
    band = go.Scatter(
        x=np.concatenate([measured.ranks, measured.ranks[::-1]]),
        y=np.concatenate([measured.low, measured.high[::-1]]),
        fill="toself", fillcolor="rgba(47, 95, 208, 0.18)", line={"width": 0}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    median = go.Scatter(
        x=measured.ranks, y=measured.medians, mode="lines+markers", name=escape(median_name),
        line={"color": METRIC_COLORS[COSINE.name], "width": 3},
        hovertemplate="%{x:,.0f}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    named = go.Scatter(
        x=[row + 1 for row in words.values()],
        y=[measured.norms[row] for row in words.values()],
        mode="markers+text", text=[escape(word) for word in words], textposition="top center",
        marker={"color": METRIC_COLORS[EUCLIDEAN.name], "size": 7}, showlegend=False,
        hovertemplate="%{text}: %{y:.2f}<extra></extra>", cliponaxis=False,
    )  # fmt: skip
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": 0, "r": 12, "t": 8, "b": 0},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"type": "log", "title": {"text": rank_axis}, "automargin": True, "dtick": 1},
        "yaxis": {"title": {"text": norm_axis}, "automargin": True},
    }
    return go.Figure([dots, band, median, named], layout)


def answer_bars(
    keys: Sequence[str], counts: NDArray[np.int64], metric: str, most: int, axis: str
) -> go.Figure:
    """Horizontal bars: in the answers of how many queries a key stands, on an axis to ``most``."""
    import plotly.graph_objects as go

    bars = go.Bar(
        x=counts[::-1], y=list(range(len(keys))), orientation="h", hoverinfo="skip",
        text=[f"{escape(key)} · {count:,}" for key, count in zip(keys, counts, strict=True)][::-1],
        textposition="outside", marker={"color": METRIC_COLORS[metric]}, cliponaxis=False,
    )  # fmt: skip
    layout: dict[str, Any] = {
        "height": 40 + 26 * len(keys),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "bargap": 0.15,
        "xaxis": {"title": {"text": axis}, "range": [0, most * 1.7], "automargin": True},
        "yaxis": {"visible": False},
    }
    return go.Figure(bars, layout)
