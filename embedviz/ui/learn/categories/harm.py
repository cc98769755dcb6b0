"""The same linear model on each encoding of a real feature: what a made-up order costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.encodings import (
    Encoding,
    categories_of,
    cross_validated,
    label_encoding,
    one_hot_encoding,
    ordinal_encoding,
    target_embedding,
)
from embedviz.encodings.gapminder import INCOME_LEVELS, life_expectancies
from embedviz.encodings.linear_model import Fit, LinearErrors, fitted_line
from embedviz.encodings.pictures import error_bars, line_through_codes
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Fact

_FEATURES = ("country", "continent", "income")
_ORDINAL = "income"
_SHUFFLES = 20
_SEEN = 0.05  # years: less is no difference in the figures shown


def harm(lesson: OpenLesson) -> Callable[[], None]:
    """Draw the part's controls; what is given draws the rest."""
    left, right = st.columns(2)
    with left:
        shuffle = lesson.controls.slider("shuffle", 0, 0, _SHUFFLES, 1)
    with right:
        feature = lesson.controls.choice("data", "country", _FEATURES)
    return partial(_show, lesson, feature, shuffle)


def _show(lesson: OpenLesson, feature: str, shuffle: int) -> None:
    said = lesson.texts
    errors = {"none": errors_of(feature, "none"), "label": labels_of(feature)[shuffle]}
    if feature == _ORDINAL:
        errors["ordinal"] = errors_of(feature, "ordinal")
    errors |= {name: errors_of(feature, name) for name in ("onehot", "embedding")}
    left, right = st.columns(2, gap="medium")
    with left:
        _bars(lesson, feature, errors)
    with right:
        _line(lesson, feature, shuffle)
    lesson.find(**_facts(feature, errors))
    lesson.meaning_here()
    st.caption(
        said("harm.learned", rows=errors["none"].rows, **{
            name: errors[name].learned for name in ("label", "onehot", "embedding")
        })
    )  # fmt: skip
    st.caption(
        said("harm.how", n=len(life_expectancies().years), folds=len(errors["none"].by_fold))
    )
    st.caption(said("harm.source"))
    lesson.open_in("words", word="france")


def _bars(lesson: OpenLesson, feature: str, errors: dict[str, LinearErrors]) -> None:
    said = lesson.texts
    shown = {
        said(f"model.{name}", columns=each.columns): each.by_fold for name, each in errors.items()
    }
    others = [each.mean for each in labels_of(feature)]
    st.markdown(
        said(
            "harm.answer", label=f"{errors['label'].mean:.1f}",
            onehot=f"{errors['onehot'].mean:.1f}", embedding=f"{errors['embedding'].mean:.1f}",
            none=f"{errors['none'].mean:.1f}",
        )
    )  # fmt: skip
    marked = said("model.label", columns=errors["label"].columns)
    show_chart(
        error_bars(shown, said("harm.error"), marked, others, said("harm.others", n=len(others))),
        "harm-errors", said("harm.error.alt"),
    )  # fmt: skip


def _facts(feature: str, errors: dict[str, LinearErrors]) -> dict[str, Fact]:
    """The errors, what is lost by the order in sight, and how many numbers were learned."""
    means = {name: each.mean for name, each in errors.items()}
    orders = [each.mean for each in labels_of(feature)]
    return {
        **means, "ordered": "ordinal" in errors, "orders": len(orders),
        "harms": means["label"] - means["onehot"] > _SEEN,
        "useless": means["none"] - means["label"] < _SEEN,
        "lost": means["label"] - means["onehot"],
        "same": abs(means["embedding"] - means["onehot"]) < _SEEN,
        "columns": errors["embedding"].columns, "weights": errors["onehot"].columns,
        "embedding_learned": errors["embedding"].learned, "onehot_learned": errors["onehot"].learned,
        "best": min(orders), "worst": max(orders),
    }  # fmt: skip


def _line(lesson: OpenLesson, feature: str, shuffle: int) -> None:
    said = lesson.texts
    data = life_expectancies()
    encoding = label_encoding(order_of(feature, shuffle))
    line = fitted_line(encoding, data.features[feature], data.years)
    shown = [said(name) if said.has(name := f"value.{each}") else each for each in line.categories]
    st.markdown(said("harm.line"))
    show_chart(
        line_through_codes(
            line.codes, line.means, line.said, shown, said("harm.code"), said("harm.years"),
            (said("harm.mean"), said("harm.says")),
        ),
        "harm-line", said("harm.line.alt"),
    )  # fmt: skip


def order_of(feature: str, shuffle: int) -> tuple[str, ...]:
    """The categories in the order that they are numbered in: by alphabet, or shuffled."""
    categories = categories_of(life_expectancies().features[feature], "sorted")
    if not shuffle:
        return categories
    return tuple(categories[i] for i in np.random.default_rng(shuffle).permutation(len(categories)))


@st.cache_data(show_spinner=False)
def labels_of(feature: str) -> list[LinearErrors]:
    """The errors with label codes, in every order that the slider offers."""
    data = life_expectancies()
    return [
        cross_validated(data.features[feature], data.years, _given(order_of(feature, shuffle)))
        for shuffle in range(_SHUFFLES + 1)
    ]


@st.cache_data(show_spinner=False)
def errors_of(feature: str, name: str) -> LinearErrors:
    """The errors with one of the encodings that no order changes."""
    data = life_expectancies()
    fit = None if name == "none" else _FITS[name]
    return cross_validated(data.features[feature], data.years, fit)


def _one_hot(values: Sequence[str], _: NDArray[np.float64]) -> Encoding:
    return one_hot_encoding(categories_of(values))


def _given(order: Sequence[str]) -> Fit:
    """Numbers in an order that does not depend on the rows."""
    return lambda _values, _target: ordinal_encoding(order)


_FITS: dict[str, Fit] = {
    "onehot": _one_hot,
    "ordinal": _given(INCOME_LEVELS),
    "embedding": target_embedding,
}
