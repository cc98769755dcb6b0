"""The filter panel: a linked histogram for each column, and the filters that are set."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.metadata.filters import Condition, Contains, Range, Values
from embedviz.metadata.histograms import bins_of
from embedviz.metadata.kinds import Kind
from embedviz.ui.choices import begin_choice
from embedviz.ui.links import tell_unknown
from embedviz.ui.messages import count, plain
from embedviz.ui.vectors.columns import Columns, columns_of
from embedviz.ui.vectors.filter_boxes import contains_box, typed_boxes
from embedviz.ui.vectors.filter_charts import chart_of, condition_of
from embedviz.ui.vectors.filter_state import (
    drop_filters,
    generation,
    kept_rows,
    set_filter,
)
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.set_state import SetState

__all__ = ["filter_panel", "kept_rows", "passing"]

_SHOWN = "vectors_filter_columns"
_USEFUL: tuple[Kind, ...] = ("number", "category", "date", "flag", "text")
_FIRST = 3
_LONGEST = 60


def filter_panel(scene: Scene) -> None:
    """Charts and boxes that filter, what is filtered by, and how many rows are left."""
    columns = columns_of(scene.vectors, scene.space, scene.state)
    if not columns.kinds:
        st.caption("These vectors have no metadata to filter by.")
        return
    kept = kept_rows(scene.vectors, scene.space, scene.state)
    _what_is_set(scene, kept)
    shown = _choose_columns(columns)
    typed = st.toggle(
        "Type instead of brushing", key="vectors_filter_typed", bind="query-params",
        help="Exact limits, and every label: the charts show the 20 most frequent.",
    )  # fmt: skip
    if not typed:
        st.caption(
            "Drag over numbers, click labels. Bars: :gray[■] all, :blue[■] kept, :red[■] selected."
        )
    selected = np.zeros(len(scene.space), bool)
    selected[scene.state.selected] = True
    for name in shown:
        _one_column(columns, name, scene.state, kept, selected, typed)


def passing(kept: int) -> str:
    """How many rows the filters leave, as the end of a caption: `` 1 passes the filters.``."""
    return f" {kept:,} {'passes' if kept == 1 else 'pass'} the filters."


def _what_is_set(scene: Scene, kept: NDArray[np.bool_] | None) -> None:
    state, n = scene.state, len(scene.space)
    if kept is None:
        st.caption(f"No filters: all {count(n, 'vector')} are shown in full color.")
        return
    passing = np.flatnonzero(kept)
    st.text(f"{len(passing):,} of {count(n, 'vector')} pass; the others fade.")
    with st.container(horizontal=True, gap="small"):
        for name, condition in state.filters.items():
            st.button(
                f"{plain(_short(f'{name}: {said(condition)}'))} ✕",
                key=f"vectors_chip-{name}",
                on_click=drop_filters,
                args=(state, [name]),
                help="Stop filtering by this.",
            )
        if len(state.filters) > 1:
            st.button(
                "Clear all", key="vectors_chip_all", on_click=drop_filters,
                args=(state, list(state.filters)),
            )  # fmt: skip
        st.button(
            f"Select these {len(passing):,}", key="vectors_select_kept", type="primary",
            on_click=state.select, args=(passing,), disabled=not len(passing),
        )  # fmt: skip


def said(condition: Condition) -> str:
    """A condition in a few words."""
    if isinstance(condition, Contains):
        return f"contains {condition.text}"
    if isinstance(condition, Values):
        return ", ".join([*condition.chosen, *(["missing"] if condition.missing else [])])
    low, high = (_end(end) for end in (condition.low, condition.high))
    ends = f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"
    return f"{ends} or missing" if condition.missing else ends


def _end(end: float | str | None) -> str:
    if end is None:
        return ""
    if isinstance(end, str):
        return end.removesuffix("T00:00:00").replace("T", " ")
    return str(end) if isinstance(end, int) else f"{end:g}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _choose_columns(columns: Columns) -> list[str]:
    names = list(columns.kinds)
    first = _first_useful(columns) or names[:1]
    begin_choice(_SHOWN, first, lambda chosen: set(chosen) <= set(names))
    tell_unknown(_SHOWN, names, "column")
    return st.multiselect(
        "Columns to filter by", names, default=first, key=_SHOWN, bind="query-params"
    )


def _first_useful(columns: Columns) -> list[str]:
    """Three columns, of different kinds where there are such."""
    by_kind = [columns.of_kind(kind) for kind in _USEFUL]
    in_turn = [name for turn in zip_longest(*by_kind) for name in turn if name is not None]
    return in_turn[:_FIRST]


def _one_column(
    columns: Columns,
    name: str,
    state: SetState,
    kept: NDArray[np.bool_] | None,
    selected: NDArray[np.bool_],
    typed: bool,
) -> None:
    kind = columns.kinds[name]
    if kind in ("text", "image"):
        contains_box(name, state)
        return
    st.markdown(f"**{plain(name)}**")
    if typed:
        typed_boxes(columns, name, state)
    else:
        _chart(columns, name, state, kept, selected)
    missing = int(columns.column(name).isna().sum())
    condition = state.filters.get(name)
    if missing and isinstance(condition, Range):
        st.checkbox(
            f"Also the {missing:,} without a value", value=condition.missing,
            key=f"vectors_missing-{name}", on_change=_keep_missing, args=(state, name),
        )  # fmt: skip


def _chart(
    columns: Columns,
    name: str,
    state: SetState,
    kept: NDArray[np.bool_] | None,
    selected: NDArray[np.bool_],
) -> None:
    bins = bins_of(columns.column(name), columns.kinds[name], kept, selected)
    if not len(bins.all) and not bins.missing[0]:
        st.caption("It has no values.")
        return
    key = f"vectors_chart-{columns.version[0]}-{generation()}-{name}"
    # As it was when this chart was first drawn: another description would make the chart forget
    # its brush, and what it did since then it knows itself.
    first = st.session_state.setdefault(f"{key}-first", state.filters.get(name))
    data, spec = chart_of(bins, first)

    def brushed() -> None:
        condition = state.filters.get(name)
        missing = isinstance(condition, Range) and condition.missing
        selection = st.session_state[key].get("selection", {})
        set_filter(state, name, condition_of(selection, bins, missing))

    st.vega_lite_chart(data, spec, key=key, on_select=brushed, width="stretch")


def _keep_missing(state: SetState, name: str) -> None:
    condition = state.filters.get(name)
    if isinstance(condition, Range):
        keep = bool(st.session_state[f"vectors_missing-{name}"])
        state.filters[name] = Range(condition.low, condition.high, keep)
