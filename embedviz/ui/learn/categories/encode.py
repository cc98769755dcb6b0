"""The same categories in four encodings, side by side: their numbers and their distances."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from embedviz.encodings import (
    Choices,
    ChoiceTable,
    Encoding,
    extreme_pairs,
    label_encoding,
    one_hot_encoding,
    ordinal_encoding,
    pairwise_distances,
    train_entities,
)
from embedviz.encodings.pictures import distance_heat_map
from embedviz.errors import EmbedvizError
from embedviz.ui.learn.categories.names import FEATURES, STEPS, names
from embedviz.ui.learn.categories.table import current_table, edit_table
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.messages import plain

_ORDINAL = "sizes"


def encode(lesson: OpenLesson) -> Callable[[], None]:
    """Draw the part's controls; what is given draws the rest."""
    left, middle, right = st.columns([3, 3, 2])
    with left:
        feature = lesson.controls.choice("feature", "colors", FEATURES)
    with middle:
        numbering = lesson.controls.choice("numbering", "first", ["first", "sorted"])
    order: list[str] = []
    if feature == _ORDINAL:
        with right:
            order = _typed(lesson.controls.text("order", ", ".join(names(lesson.texts, "sizes"))))
    return partial(_show, lesson, current_table(lesson), feature, numbering, order)


def _show(
    lesson: OpenLesson, table: ChoiceTable, feature: str, numbering: str, order: list[str]
) -> None:
    try:
        choices = table.choices(FEATURES.index(feature))
        _side_by_side(lesson, choices, numbering, order)
    except EmbedvizError as error:
        show_error(error)
    edit_table(lesson, feature)
    lesson.open_in("words", word="red")


def _side_by_side(lesson: OpenLesson, choices: Choices, numbering: str, order: list[str]) -> None:
    categories = choices.categories
    start = 1 if numbering == "first" else 0
    made: dict[str, Callable[[], Encoding]] = {
        "label": lambda: label_encoding(categories, numbering, start),
        "onehot": lambda: one_hot_encoding(categories),
        "ordinal": lambda: ordinal_encoding(order),
        "embedding": lambda: _embedding(choices),
    }
    widths = [1, 1, 1, 1] if order else [1, 1.3, 0.7, 1]
    for column, (name, make) in zip(st.columns(widths), made.items(), strict=True):
        with column:
            st.markdown(f"**{lesson.texts(f'encoding.{name}')}**")
            if name == "ordinal" and not order:
                st.caption(lesson.texts("ordinal.none"))
                continue
            try:
                _one(lesson, name, categories, make())
            except EmbedvizError as error:
                show_error(error)


def _one(lesson: OpenLesson, name: str, categories: tuple[str, ...], encoding: Encoding) -> None:
    said = lesson.texts
    vectors = encoding.encode(categories)
    distances = pairwise_distances(vectors)
    title = said(f"encoding.{name}")
    show_chart(
        distance_heat_map(distances, categories, said("distance")),
        f"distances-{name}",
        said("distances.alt", encoding=title),
    )
    if len(categories) > 1:
        (a, b), (c, d) = extreme_pairs(distances)
        told = "pairs.equal" if name == "onehot" else "pairs"
        st.caption(said(
            told, near=plain(f"{categories[a]} – {categories[b]}"), least=f"{distances[a, b]:.2f}",
            far=plain(f"{categories[c]} – {categories[d]}"), most=f"{distances[c, d]:.2f}",
        ))  # fmt: skip
    show_matrix(
        vectors, said(f"matrix.{name}"), rows=categories, decimals=1, rest=said("matrix.rest"),
        shape=f"{vectors.shape[0]}\u00a0×\u00a0{vectors.shape[1]}",
    )  # fmt: skip


def _embedding(choices: Choices) -> Encoding:
    things = train_entities(choices.chosen, steps=STEPS).models[-1].things
    return Encoding(choices.categories, things, things.mean(axis=0))


def _typed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
