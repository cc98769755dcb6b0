"""The lesson's picture for the page of all lessons: a gradient that dies out, and one that arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.residual.flow import flow_at_start
from embedviz.residual.pictures import by_layer

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LAYERS = 24


def card() -> go.Figure:
    """The gradient by layer of two networks, without and with shortcuts, computed now."""
    flow = flow_at_start(_LAYERS)
    figure = by_layer({"plain": flow.plain, "shortcuts": flow.residual}, "", "")
    figure.update_layout(
        height=150, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0.2, _LAYERS + 0.8])
    figure.update_yaxes(visible=False)
    figure.update_traces(hoverinfo="skip", hovertemplate=None, line_width=3, marker_size=7)
    return figure
