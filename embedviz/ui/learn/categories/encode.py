"""The same categories in four encodings, side by side: their numbers and their distances."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.encodings import (
    Choices,
    ChoiceTable,
    Encoding,
    categories_of,
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
from embedviz.ui.learn.texts import Fact
from embedviz.ui.messages import plain

_ORDINAL = "sizes"
_HEIGHT = 200


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
        _side_by_side(lesson, choices, numbering, order, feature == _ORDINAL)
    except EmbedvizError as error:
        show_error(error)
    edit_table(lesson, feature)
    lesson.open_in("words", word="red")


def _side_by_side(
    lesson: OpenLesson, choices: Choices, numbering: str, order: list[str], ordinal: bool
) -> None:
    """The distances of all encodings on one scale, what they mean, and below it their numbers."""
    categories = choices.categories
    start = 1 if numbering == "first" else 0
    makers: dict[str, Callable[[], Encoding]] = {
        "label": lambda: label_encoding(categories, numbering, start),
        "onehot": lambda: one_hot_encoding(categories),
        "ordinal": lambda: ordinal_encoding(order),
        "embedding": lambda: _embedding(choices),
    }
    made = {
        name: _made(make, categories) for name, make in makers.items() if name != "ordinal" or order
    }
    vectors = {name: each for name, each in made.items() if not isinstance(each, EmbedvizError)}
    distances = {name: pairwise_distances(each) for name, each in vectors.items()}
    full = max(float(each.max(initial=0)) for each in distances.values())
    widths = [1, 1, 1, 1] if order else [1, 1.3, 0.7, 1]
    for column, name in zip(st.columns(widths), makers, strict=True):
        with column:
            st.markdown(f"**{lesson.texts(f'encoding.{name}')}**")
            if name not in made:
                st.caption(lesson.texts("ordinal.none"))
            elif isinstance(wrong := made[name], EmbedvizError):
                show_error(wrong)
            else:
                _distances(lesson, name, categories, distances[name], full)
    lesson.find(**_facts(choices, distances, order, numbering, ordinal))
    lesson.meaning_here()
    st.caption(lesson.texts("one_scale", full=f"{full:.2f}"))
    largest = max(float(abs(each).max()) for each in vectors.values())
    for column, name in zip(st.columns(widths), makers, strict=True):
        if name in vectors:
            with column:
                _numbers(lesson, name, categories, vectors[name], largest)


def _made(
    make: Callable[[], Encoding], categories: tuple[str, ...]
) -> NDArray[np.float64] | EmbedvizError:
    try:
        return make().encode(categories)
    except EmbedvizError as error:
        return error


def _distances(
    lesson: OpenLesson,
    name: str,
    categories: tuple[str, ...],
    distances: NDArray[np.float64],
    full: float,
) -> None:
    said = lesson.texts
    show_chart(
        distance_heat_map(distances, categories, said("distance"), _HEIGHT, full),
        f"distances-{name}", said("distances.alt", encoding=said(f"encoding.{name}")),
    )  # fmt: skip
    if len(categories) > 1:
        (a, b), (c, d) = extreme_pairs(distances)
        told = "pairs.equal" if name == "onehot" else "pairs"
        st.caption(said(
            told, near=plain(f"{categories[a]} – {categories[b]}"), least=f"{distances[a, b]:.2f}",
            far=plain(f"{categories[c]} – {categories[d]}"), most=f"{distances[c, d]:.2f}",
        ))  # fmt: skip


def _numbers(
    lesson: OpenLesson,
    name: str,
    categories: tuple[str, ...],
    vectors: NDArray[np.float64],
    largest: float,
) -> None:
    said = lesson.texts
    show_matrix(
        vectors, said(f"matrix.{name}"), rows=categories, decimals=1, rest=said("matrix.rest"),
        shape=f"{vectors.shape[0]}\u00a0×\u00a0{vectors.shape[1]}", scale=largest or None,
    )  # fmt: skip


def _facts(
    choices: Choices,
    distances: dict[str, NDArray[np.float64]],
    order: list[str],
    numbering: str,
    ordinal: bool,
) -> dict[str, Fact]:
    """What the label numbers make up, and whether near in the embedding is chosen alike."""
    names = choices.categories
    labels = list(categories_of(names, numbering))
    kept = [name for name in order if name in names]
    facts: dict[str, Fact] = {
        "pair": len(names) > 1, "count": len(names), "ordinal": ordinal and bool(order),
        "ordered": labels in (kept, kept[::-1]),
    }  # fmt: skip
    if len(names) < 2:
        return facts
    for name in ("label", "embedding"):
        (a, b), (c, d) = extreme_pairs(distances[name])
        facts |= {
            f"{name}_near": plain(f"{names[a]} – {names[b]}"), f"{name}_least": distances[name][a, b],
            f"{name}_far": plain(f"{names[c]} – {names[d]}"), f"{name}_most": distances[name][c, d],
        }  # fmt: skip
    both, one = choices.shared(a, b)
    far_both, far_one = choices.shared(c, d)
    return facts | {
        "near_both": both, "near_one": one, "far_both": far_both, "far_one": far_one,
        "alike": one < far_one,
    }  # fmt: skip


def _embedding(choices: Choices) -> Encoding:
    things = train_entities(choices.chosen, steps=STEPS).models[-1].things
    return Encoding(choices.categories, things, things.mean(axis=0))


def _typed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
