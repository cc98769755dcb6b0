"""The lesson's small table, which the person edits; what was changed stands in the link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from embedviz.encodings import ChoiceTable, choice_table, parse_table, table_text
from embedviz.errors import EmbedvizError
from embedviz.ui.learn.categories.names import FEATURES, sample_table
from embedviz.ui.learn.core_texts import error_text
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.messages import plain

_TEXT = "table"
_PERSON = "person"
_VERSION = "learn_categories_table_version"
_REFUSED = "learn_categories_table_refused"


def current_table(lesson: OpenLesson) -> ChoiceTable:
    """The table as edited, or as the link gives it, or as the lesson begins."""
    text = lesson.controls.value(_TEXT, "", _fits)
    return parse_table(text, len(FEATURES)) if text else sample_table(lesson.texts)


def edit_table(lesson: OpenLesson, feature: str) -> None:
    """Draw the table to edit, the column of ``feature`` first. The pictures follow at once."""
    said = lesson.texts
    st.markdown(f"**{said('table.title')}** · {said('table.caption')}")
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(plain(refused))
    columns = [feature, *(each for each in FEATURES if each != feature)]
    key = f"learn-categories-table-{said.language}-{st.session_state.get(_VERSION, 0)}"
    # What was edited is kept relative to what the editor began with: that must not change under it.
    start = f"{key}-start"
    if key not in st.session_state or start not in st.session_state:
        st.session_state[start] = current_table(lesson)
    st.data_editor(
        _frame(st.session_state[start]),
        key=key, num_rows="dynamic", hide_index=True, width="stretch",
        column_order=[_PERSON, *columns],
        column_config={
            _PERSON: st.column_config.TextColumn(said("table.person"), width="small"),
            **{
                each: st.column_config.MultiselectColumn(
                    said(f"feature.{each}"), options=_options(st.session_state[start], each),
                    accept_new_options=True, color="primary" if each == feature else "gray",
                )
                for each in columns
            },
        },
        on_change=_edited, args=(lesson, key, start),
    )  # fmt: skip
    if lesson.controls.value(_TEXT, "", _fits):
        st.button(said("table.again"), on_click=_begin_again, args=(lesson,))


def edited_table(table: ChoiceTable, changes: Mapping[str, Any]) -> ChoiceTable:
    """``table`` with what Streamlit's editor says was changed, added and deleted.

    Raises InvalidParameterError if that is more than the lesson can show.
    """
    rows = _rows(table)
    for at, change in changes.get("edited_rows", {}).items():
        rows[int(at)].update(change)
    gone = set(changes.get("deleted_rows", ()))
    rows = [row for at, row in enumerate(rows) if at not in gone]
    rows.extend(changes.get("added_rows", ()))
    return choice_table(
        [row.get(_PERSON) or "" for row in rows],
        [[row.get(each) or () for each in FEATURES] for row in rows],
    )


def _edited(lesson: OpenLesson, key: str, start: str) -> None:
    try:
        table = edited_table(st.session_state[start], st.session_state[key])
    except EmbedvizError as error:
        st.session_state[_REFUSED] = error_text(error)
        return
    same = table == sample_table(lesson.texts)
    # A table without rows is written as a separator: the empty text stands for the sample.
    lesson.controls.set(_TEXT, "" if same else table_text(table) or ";")


def _begin_again(lesson: OpenLesson) -> None:
    lesson.controls.set(_TEXT, "")
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1


def _fits(text: str) -> bool:
    try:
        parse_table(text, len(FEATURES))
    except EmbedvizError:
        return False
    return True


def _rows(table: ChoiceTable) -> list[dict[str, Any]]:
    """The table's rows by column; one that says nothing if there are none, to begin in."""
    rows = [
        {_PERSON: person, **{each: list(cell) for each, cell in zip(FEATURES, cells, strict=True)}}
        for person, cells in zip(table.people, table.cells, strict=True)
    ]
    return rows or [{_PERSON: "", **{each: [] for each in FEATURES}}]


def _frame(table: ChoiceTable) -> Any:
    import pandas as pd

    return pd.DataFrame(_rows(table), columns=[_PERSON, *FEATURES])


def _options(table: ChoiceTable, feature: str) -> list[str]:
    return list(table.categories(FEATURES.index(feature)))
