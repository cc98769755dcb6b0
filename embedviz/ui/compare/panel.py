"""The Compare page under the choice of the two sides."""

from __future__ import annotations

import streamlit as st

from embedviz.comparison import Comparison
from embedviz.plots.animation import animation
from embedviz.plots.picture import Colors
from embedviz.ui.compare.asked import ask_box, asked, neighbors_of_both
from embedviz.ui.compare.coloring import choose_color, colors_of
from embedviz.ui.compare.drawn import TwoMaps, choose_maps, map_words, trust_of, two_maps
from embedviz.ui.compare.measured import choose_near, measured, near_of, numbers
from embedviz.ui.compare.moved import most_moved
from embedviz.ui.compare.pictures import selected_rows, show_both
from embedviz.ui.compare.sides import Sides


def compare_pair(sides: Sides) -> None:
    """The controls, both maps, the numbers, and what moved."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall")
    with st.container() if sides.one_set else row:
        settings = choose_maps(sides)
    with row:
        k, metric = choose_near(sides)
        color = choose_color(sides)
        key = ask_box()
    maps_here, numbers_here, rest = st.container(), st.container(), st.container()
    with numbers_here:
        maps = two_maps(sides, settings)
        near = near_of(sides, maps, k, metric)
        found = measured(near, sides.shared)
    with maps_here:
        answer = asked(key, near)
        colors = colors_of(color, sides, found)
        below_a, below_b = show_both(sides, maps, colors, answer)
    with numbers_here:
        if found is not None:
            numbers(found, sides)
    with rest:
        if answer is not None:
            neighbors_of_both(answer)
        if found is not None:
            _below(sides, maps, colors, found)
        trust_a, trust_b = trust_of(sides, maps)
    below_a.caption(f"**A** · {map_words(sides.a, maps.a, trust_a)} {sides.said()}")
    below_b.caption(
        f"**B** · {map_words(sides.b, maps.b, trust_b)} Turned, mirrored and scaled onto the map of A."
    )


def _below(sides: Sides, maps: TwoMaps, colors: Colors | None, found: Comparison) -> None:
    shown = st.segmented_control(
        "Below the maps", ["Most moved", "Animation"], default="Most moved", required=True,
        key="compare_below", bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if shown == "Animation":
        _animation(sides, maps, colors)
    else:
        most_moved(found, selected_rows(sides))


def _animation(sides: Sides, maps: TwoMaps, colors: Colors | None) -> None:
    dark = st.context.theme.type == "dark"
    names = [sides.a.name, sides.b.name]
    if sides.one_set:
        names = [
            f"{name}: {chosen.method}" for name, chosen in zip("AB", maps.settings, strict=True)
        ]
    figure = animation([maps.a.projection, maps.laid_b], names, colors, "dark" if dark else "light")
    figure.update_layout(height=560)
    st.plotly_chart(figure, theme=None, key="compare_animation")
    st.caption(
        "The same items on their way from one map to the other, and back; B is laid onto A, so what "
        "moves are the items and not the picture."
    )
