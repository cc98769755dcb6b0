"""The same question to real words, under each metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import UnknownKeyError
from embedviz.metric_agreement import SideBySide, side_by_side
from embedviz.metric_agreement.pictures import rank_lines
from embedviz.metrics import DOT
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.core_texts import error_text
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.answers import agreement_table, found_of, length_table
from embedviz.ui.learn.nearness.numbers import metric_names
from embedviz.ui.learn.nearness.vocabulary import MODEL, known, vocabulary
from embedviz.ui.messages import plain
from embedviz.ui.spellings import offer_spellings

_SIZES = (10_000, 50_000, 400_000)


@dataclass(frozen=True)
class Asked:
    """A word, how many answers, among how many words, and whether lengths are taken away."""

    word: str
    k: int
    n: int
    unit: bool


def choose_word(lesson: OpenLesson, beside: DeltaGenerator) -> Asked:
    """The word, ``beside`` the choice of the part, then what else can be moved."""
    controls = lesson.controls
    with beside:
        asked = controls.text("word", "king", 60)
    unit, k, n = st.columns([3, 3, 3], vertical_alignment="bottom")
    with unit:
        is_unit = controls.toggle("unit")
    with k:
        many = controls.slider("k", 8, 3, 15, 1)
    with n:
        size = controls.steps("vocabulary", 50_000, _SIZES)
    return Asked(asked, many, size, is_unit)


def words(lesson: OpenLesson, asked: Asked) -> None:
    """Three lists side by side, equal words joined; and how far they agree."""
    said = lesson.texts
    space = vocabulary(asked.n, "unit" if asked.unit else "raw")
    word = known(space, asked.word)
    if not word:
        st.info(said("word.none"))
        lesson.meaning_here()
        return
    try:
        found = side_by_side(space, word, asked.k)
    except UnknownKeyError as error:
        offer_spellings(
            error, lambda near: lesson.controls.set("word", near), "nearness-", error_text
        )
        lesson.meaning_here()
        return
    lesson.open_in("words", word=word, near=DOT.label, model=MODEL)
    picture, numbers = st.columns([3, 2], gap="medium")
    with picture:
        _picture(lesson, found)
    with numbers:
        agreement_table(lesson, found)
        length_table(lesson, found, float(np.median(space.norms)), len(space))
        if asked.unit:
            st.success(said("unit.same"))
    lesson.find(**found_of(found), word=plain(word), unit=asked.unit)
    lesson.meaning_here()
    st.caption(said("ranked.caption", k=found.k, shared=len(found.in_all)))
    with st.expander(said("scores")):
        _scores(lesson, found)


def _picture(lesson: OpenLesson, found: SideBySide) -> None:
    said = lesson.texts
    st.markdown(f"**{said('ranked', k=found.k, word=plain(found.key))}**")
    lists = {metric: list(item.keys) for metric, item in found.found.items()}
    show_chart(
        rank_lines(lists, metric_names(said)),
        "nearness-ranks",
        said("ranked.alt", k=found.k, shared=len(found.in_all)),
    )


def _scores(lesson: OpenLesson, found: SideBySide) -> None:
    columns: dict[str, object] = {}
    for metric, name in metric_names(lesson.texts).items():
        columns[name] = list(found.found[metric].keys)
        columns[f"{name} ="] = found.found[metric].scores.round(4)
        columns[f"{name} ‖v‖"] = found.lengths[metric].round(3)
    table = pd.DataFrame(columns)
    table.index += 1
    st.dataframe(table)
