"""How a map is made: the method, its dimensions, its seed and its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from embedviz.projections import PROJECTIONS, quick_method
from embedviz.space import EmbeddingSpace
from embedviz.ui.param_widgets import param_widgets


@dataclass(frozen=True)
class MapSettings:
    """What decides a map, besides the vectors."""

    method: str
    n_components: int
    seed: int
    params: tuple[tuple[str, Any], ...]


def map_settings(space: EmbeddingSpace, first: str = "", prefix: str = "") -> MapSettings:
    """The row of controls over the map; what they say is also in the page's link.

    ``first`` is the method before anyone chooses, the quick one unless told otherwise; ``prefix``
    begins the widgets' keys.
    """
    first = first or quick_method().name
    methods = {name: method.label for name, method in PROJECTIONS.items()}
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
    seed, params = _parameters(space, method, prefix)
    return MapSettings(method, n_components, seed, params)


def _parameters(
    space: EmbeddingSpace, method: str, prefix: str
) -> tuple[int, tuple[tuple[str, Any], ...]]:
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
    return int(seed), tuple(sorted(values.items()))


def _methods_help() -> str:
    return "  \n".join(f"**{method.label}**: {method.help}" for method in PROJECTIONS.values())
