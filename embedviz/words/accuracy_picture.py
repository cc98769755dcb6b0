"""How good the vectors are: accuracy by section, and correlation with people's judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.words.evaluation import AnalogyAccuracy


def analogy_accuracy(result: AnalogyAccuracy, color: str = "#2f5fd0") -> go.Figure:
    """Horizontal bars: the share of right answers in each section, with its n."""
    import plotly.graph_objects as go

    sections = [item for item in result.sections if item.total][::-1]
    bars = go.Bar(
        x=[item.accuracy for item in sections],
        y=[item.name for item in sections],
        text=[f"{item.accuracy:.0%} of {item.total:,}" for item in sections],
        orientation="h",
        marker={"color": color},
        hoverinfo="skip",
        cliponaxis=False,
    )
    layout: dict[str, Any] = {
        "height": 60 + 28 * len(sections),
        "margin": {"l": 0, "r": 90, "t": 8, "b": 32},
        "xaxis": {"tickformat": ".0%", "range": [0, 1], "title": {"text": "right answers"}},
        "yaxis": {"automargin": True},
    }
    return go.Figure(bars, layout)
