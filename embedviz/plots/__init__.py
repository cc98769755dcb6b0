"""Coordinates in, pictures out: one description, drawn live by the page and exported by Plotly."""

from embedviz.plots.figure import figure
from embedviz.plots.picture import (
    Category,
    Colors,
    Line,
    Mark,
    Picture,
    Tick,
    categorical,
    continuous,
)
from embedviz.plots.scatter import scatter

__all__ = [
    "Category",
    "Colors",
    "Line",
    "Mark",
    "Picture",
    "Tick",
    "categorical",
    "continuous",
    "figure",
    "scatter",
]
