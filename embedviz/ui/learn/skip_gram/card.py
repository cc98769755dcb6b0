"""The lesson's small picture: one word, and the arcs to all that it has to guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.network.pairs import window_pairs

if TYPE_CHECKING:
    import plotly.graph_objects as go


def card() -> go.Figure:
    """The pairs of a sentence of nine words with a window of three; those of the fifth stand out."""
    from embedviz.network.skip_gram_pictures import pair_arcs

    figure = pair_arcs([""] * 9, window_pairs(9, 3), 4, height=150)
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure
