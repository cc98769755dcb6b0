"""The lesson's picture for the page of all lessons: the films finding their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.encodings import flat_paths, train_entities
from embedviz.encodings.pictures import moving_map
from embedviz.ui.learn.categories.names import FEATURES, kinds, sample_table
from embedviz.ui.learn.texts import texts
from embedviz.ui.lessons import LESSONS

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STEPS = 120


def card() -> go.Figure:
    """The films of the lesson's table and the ways that they came, in a training done now."""
    said = texts(LESSONS["learn_categories"].folder, "en")
    choices = sample_table(said).choices(FEATURES.index("films"))
    training = train_entities(choices.chosen, steps=_STEPS)
    kept = kinds(said, "films", choices.categories)
    figure = moving_map(flat_paths(training), _STEPS, choices.categories, kept, labels=False)
    figure.update_layout(
        height=150, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor=None)
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    return figure
