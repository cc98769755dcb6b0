"""The lesson's picture for the page of all lessons: a search in a graph, walked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embedviz.search_cost import graph_of, hnsw, walk
from embedviz.search_cost.walk_picture import walk_map

if TYPE_CHECKING:
    import plotly.graph_objects as go

_POINTS = 260
_NAMES = ("rest", "floor", "seen", "path", "here", "query", "found")


def card() -> go.Figure:
    """The way from the entry of an HNSW graph of points in the plane to the nearest of a query."""
    random = np.random.default_rng(3)
    points = random.uniform((0, 0), (3.0, 1.2), (_POINTS, 2)).astype(np.float32)
    graph = graph_of(hnsw(points, M=4, ef_construction=20).structure)
    start = points[graph.entry]
    query = np.array([2.7 if start[0] < 1.5 else 0.3, 0.9 if start[1] < 0.6 else 0.3], np.float32)
    taken = walk(graph, points, query, ef=2, k=2)
    names = dict.fromkeys(_NAMES, "")
    figure = walk_map(points, query, [""] * _POINTS, graph, taken, len(taken.hops), names)
    figure.update_layout(
        height=150, showlegend=False, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)"
    )
    figure.data = tuple(
        trace for trace in figure.data if len(trace.x)
    )  # the last hop is on floor 0
    figure.update_traces(hoverinfo="skip", hovertemplate=None, text=None)
    return figure
