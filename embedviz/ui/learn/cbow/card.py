"""The lesson's picture for the page of all lessons: cat, dog and kitten finding each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.network.pictures import moving_words
from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_training import toy_training
from embedviz.ui.learn.cbow.sentence import FOLLOWED, SENTENCE

if TYPE_CHECKING:
    import plotly.graph_objects as go


def card() -> go.Figure:
    """The words of the lesson's network once it has settled, and the way they came."""
    training = toy_training(toy_text(SENTENCE), 2, 4, 3.0)
    words = training.vocabulary.words
    figure = moving_words(
        training.maps, training.path.settled(), [""] * len(words), training.vocabulary.ids(FOLLOWED)
    )
    figure.update_layout(
        height=150, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    return figure
