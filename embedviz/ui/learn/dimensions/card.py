"""The lesson's picture: distances in 2, 10 and 100 dimensions, which narrow to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.trust.concentrated import pairwise_distances
from embedviz.trust.dimension_pictures import distance_histogram
from embedviz.trust.random_points import random_points

if TYPE_CHECKING:
    import plotly.graph_objects as go


def card() -> go.Figure:
    """Three histograms of pairwise distances, without a word."""
    distances = {
        str(d): pairwise_distances(random_points("gaussian", 250, d)) for d in (2, 10, 100)
    }
    figure = distance_histogram(distances, "", "", 150)
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
