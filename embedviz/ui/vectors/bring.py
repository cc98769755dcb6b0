"""Which vectors the page works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.ui.choices import begin_option
from embedviz.ui.links import tell_unknown
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.vectors.available import Opener, sample_sets, server_sets, sets_here
from embedviz.ui.vectors.read_report import read_report
from embedviz.ui.vectors.uploads import OPENED, bring_files
from embedviz.ui.vectors.vector_set import VectorSet


@dataclass(frozen=True)
class _Source:
    """One entry of "Vectors from": its label, the sets it has, and what asks for one."""

    label: str
    sets: Callable[[], dict[str, Opener]]
    choose: str = ""


_SOURCES = {
    "sample": _Source("Samples", sample_sets, "Sample"),
    "own": _Source("Your files", dict),
    "server": _Source("On the server", server_sets, "File"),
    "here": _Source("Already here", sets_here, "Vectors"),
}
_KEYS = {"sample": "vectors_sample", "server": "vectors_file", "here": "vectors_here"}


def bring_vectors(row: DeltaGenerator) -> VectorSet | None:
    """In ``row`` the sets that are here and the ways to bring others; None until there are vectors."""
    _show_opened()
    offered = [name for name in _SOURCES if name != "server" or server_settings().vectors]
    tell_unknown("vectors", [_SOURCES[name].label for name in offered], "source of vectors")
    source = (
        row.segmented_control(
            "Vectors from", offered, format_func=lambda name: _SOURCES[name].label,
            default="sample", key="vectors", bind="query-params", required=True,
        )
        or "sample"
    )  # fmt: skip
    if source == "own":
        bring_files()
        return None
    vectors = _chosen(row, source)
    if vectors is None:
        return None
    read_report(vectors.space)
    return vectors


def _chosen(place: DeltaGenerator, source: str) -> VectorSet | None:
    sets, key = _SOURCES[source].sets(), _KEYS[source]
    if not sets:
        st.info("Nothing is here yet. Open a file under 'Your files', or look at a sample.")
        return None
    tell_unknown(key, sets, "vectors")
    begin_option(key, next(iter(sets)), sets)
    name = place.selectbox(_SOURCES[source].choose, list(sets), key=key, bind="query-params")
    return sets[name]()


def _show_opened() -> None:
    """After a file was read: show it, before the widgets that choose are drawn."""
    identity = st.session_state.pop(OPENED, None)
    if identity is None or identity not in session().owned:
        return
    for name, opener in sets_here().items():
        opened = opener.args[0] if hasattr(opener, "args") else None
        if opened == identity:
            st.session_state["vectors"] = "here"
            st.session_state["vectors_here"] = name
