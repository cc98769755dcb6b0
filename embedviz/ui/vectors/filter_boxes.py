"""Filters that are typed or chosen from a list."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.column_values import coded
from embedviz.metadata.filters import Contains, Range, Values
from embedviz.ui.messages import plain
from embedviz.ui.vectors.columns import Columns
from embedviz.ui.vectors.filter_state import redraw_charts, set_filter
from embedviz.ui.vectors.set_state import SetState

_MISSING = "(missing)"


def contains_box(name: str, state: SetState) -> None:
    """The words that a text must hold."""
    key, condition = f"vectors_contains-{name}", state.filters.get(name)
    st.session_state[key] = condition.text if isinstance(condition, Contains) else ""

    def typed() -> None:
        text = st.session_state[key].strip()
        set_filter(state, name, Contains(text) if text else None)

    st.text_input(
        f"{plain(name)} contains", key=key, on_change=typed,
        help='Every word must occur; "words in quotes" as they stand. Case and accents do not matter.',
    )  # fmt: skip


def typed_boxes(columns: Columns, name: str, state: SetState) -> None:
    """Exact limits for numbers and dates; every label for anything else."""
    if columns.kinds[name] in ("number", "date"):
        _limits(name, state, dates=columns.kinds[name] == "date")
    else:
        _labels(columns, name, state)


def _limits(name: str, state: SetState, dates: bool) -> None:
    condition = state.filters.get(name)
    asked = condition if isinstance(condition, Range) else Range()
    keys = [f"vectors_{side}-{name}" for side in ("low", "high")]
    for key, end in zip(keys, (asked.low, asked.high), strict=True):
        st.session_state[key] = "" if end is None else f"{end}".removesuffix("T00:00:00")

    def typed() -> None:
        ends = [_end(st.session_state[key].strip(), dates) for key in keys]
        if "?" in ends:
            st.session_state[f"{keys[0]}-said"] = True
            return
        open_ended = ends == [None, None]
        new = Range(ends[0], ends[1], asked.missing)
        set_filter(state, name, None if open_ended else new)
        redraw_charts()

    hint = "2026-03-01" if dates else "a number"
    for column, key, label in zip(st.columns(2), keys, ("From", "To"), strict=True):
        column.text_input(label, key=key, on_change=typed, placeholder=hint)
    if st.session_state.pop(f"{keys[0]}-said", False):
        st.warning(f"That is no limit. Type {hint}, or nothing for an open end.")


def _end(text: str, dates: bool) -> float | str | None:
    """The limit, None for an open end, "?" for what is none."""
    if not text:
        return None
    try:
        if dates:
            return str(np.datetime64(text, "s"))
        bare = text.replace(",", "")
        if bare.lstrip("+-").isdecimal() and abs(int(bare)) > 2**53:
            return int(bare)  # exact: ids are no floats
        number = float(bare)
    except ValueError:
        return "?"
    return number if np.isfinite(number) else "?"


def _labels(columns: Columns, name: str, state: SetState) -> None:
    values = columns.column(name)
    found = columns.kept("labels", name, lambda: coded(values))
    order = np.argsort(-found.counts, kind="stable")
    # Numbers stand for labels, so that a label may read as our own word for the missing ones.
    options = [*map(int, order), *([-1] if (found.codes < 0).any() else [])]
    key, condition = f"vectors_labels-{name}", state.filters.get(name)
    asked = condition if isinstance(condition, Values) else Values(())
    st.session_state[key] = [
        code
        for code in options
        if (found.labels[code] in asked.chosen if code >= 0 else asked.missing)
    ]

    def chosen() -> None:
        codes = st.session_state[key]
        picked = Values(tuple(found.labels[code] for code in codes if code >= 0), -1 in codes)
        set_filter(state, name, picked if codes else None)
        redraw_charts()

    st.multiselect(
        "Labels", options, key=key, on_change=chosen, label_visibility="collapsed",
        format_func=lambda code: _MISSING if code < 0 else found.labels[code],
        placeholder="Every label",
    )  # fmt: skip
