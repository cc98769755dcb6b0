"""How a map is made: the method, its dimensions, its seed and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from embedviz.params import specs, within
from embedviz.projections import PROJECTIONS, quick_method
from embedviz.projections.base import ProjectionMethod
from embedviz.space import EmbeddingSpace
from embedviz.ui.choices import begin_option
from embedviz.ui.messages import count
from embedviz.ui.param_widgets import param_widgets


@dataclass(frozen=True)
class MapSettings:
    """What decides a map, besides the vectors.

    ``beyond`` says what was asked for and the vectors do not allow, and what was taken instead.
    """

    method: str
    n_components: int
    seed: int
    params: tuple[tuple[str, Any], ...]
    beyond: str = field(default="", compare=False)


def map_settings(space: EmbeddingSpace, first: str = "", prefix: str = "") -> MapSettings:
    """The row of controls over the map; what they say is also in the page's link.

    ``first`` is the method before anyone chooses, the quick one unless told otherwise; ``prefix``
    begins the widgets' keys.
    """
    first = first or quick_method().name
    methods = {name: method.label for name, method in PROJECTIONS.items()}
    begin_option(
        f"{prefix}method", first, methods
    )  # few points begin with another method than many
    method = (
        st.segmented_control(
            "Method", list(methods), format_func=methods.__getitem__, default=first, key=f"{prefix}method",
            bind="query-params", help=_methods_help(), required=True,
        )
        or first
    )  # fmt: skip
    n_components = (
        st.segmented_control(
            "Dimensions", [2, 3], format_func=lambda n: f"{n}-D", default=2, key=f"{prefix}dims",
            bind="query-params", required=True,
            help="A flat map, or one that you can turn. Lasso and box work on the flat one.",
        )
        or 2
    )  # fmt: skip
    seed, asked = _parameters(space, method, prefix)
    chosen = PROJECTIONS[method]
    taken = within(asked, chosen.limits(len(space), space.dimensions))
    beyond = _beyond(chosen, asked, taken, len(space))
    return MapSettings(method, n_components, seed, tuple(sorted(taken.items())), beyond)


def _beyond(
    method: ProjectionMethod, asked: Mapping[str, Any], taken: Mapping[str, Any], n: int
) -> str:
    labels = {name: spec.label for name, spec in specs(method.params).items()}
    return " ".join(
        f"{labels[name]} {taken[name]:.4g} in place of {asked[name]:g}: {count(n, 'point')} allow no "
        f"{'more' if asked[name] > taken[name] else 'less'}."
        for name in asked
        if asked[name] != taken[name]
    )


def _parameters(space: EmbeddingSpace, method: str, prefix: str) -> tuple[int, dict[str, Any]]:
    chosen = PROJECTIONS[method]
    with (
        st.popover("Settings", width="stretch"),
        st.form(f"{prefix}params-{method}", border=False),
    ):
        st.caption(chosen.help)
        limits = chosen.limits(len(space), space.dimensions)
        values = param_widgets(chosen.params, f"{prefix}{method}", limits)
        seed = 0
        if chosen.uses_seed:
            seed = st.number_input(
                "Seed", 0, 2**31 - 1, 0, key=f"{prefix}seed", bind="query-params",
                help="The same seed gives the same map; another one shows what is chance.",
            )  # fmt: skip
        st.form_submit_button("Draw the map", type="primary", width="stretch")
    return int(seed), values


def _methods_help() -> str:
    return "  \n".join(f"**{method.label}**: {method.help}" for method in PROJECTIONS.values())
