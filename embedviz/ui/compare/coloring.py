"""What the color of a point means, the same on both maps."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from embedviz.comparison import Comparison
from embedviz.exporting.columns import colors_of_column
from embedviz.plots.picture import Colors, continuous
from embedviz.ui.choices import begin_option
from embedviz.ui.compare.sides import Sides, metadata_of

_SHARED, _MOVED, _PLAIN = "Neighbors in common", "How far it moved", "One color"


def choose_color(sides: Sides) -> str:
    """The select box: what was measured, and the metadata of both sets."""
    key, options = "compare_color", [_SHARED, _MOVED, _PLAIN, *metadata_of(sides)]
    begin_option(key, _SHARED, options)
    chosen: str = st.selectbox(
        "Color by", options, key=key, bind="query-params", width=200,
        help="What the color of a point means, on both maps.",
    )  # fmt: skip
    return chosen


def colors_of(chosen: str, sides: Sides, found: Comparison | None) -> Colors | None:
    """The colors; None for one color, or until the comparison is there."""
    if chosen == _SHARED:
        return None if found is None else continuous(found.overlap, "neighbors in common")
    if chosen == _MOVED:
        return None if found is None else continuous(found.movement, "moved")
    values = metadata_of(sides).get(chosen)
    if values is None:
        return None
    return colors_of_column(pd.DataFrame({chosen: values}), chosen)


def moved_title(found: Comparison) -> str:
    """What "moved" is measured in."""
    if found.moved_by == "overlap":
        return "share of neighbors that changed"
    return "distance moved (1 = typical distance from the center)"
