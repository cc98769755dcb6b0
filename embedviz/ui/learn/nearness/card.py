"""The lesson's small picture: two arrows, their distance, their angle, the shadow of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.metric_agreement import arrow
from embedviz.metric_agreement.pictures import arrows_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go


def card() -> go.Figure:
    """Two arrows as the lesson begins with them."""
    return arrows_figure(arrow(2.5, 10.0), arrow(1.9, 62.0))
