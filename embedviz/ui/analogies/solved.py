"""The answers of the methods, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from embedviz.errors import InvalidParameterError, UnknownKeyError
from embedviz.ui.analogies.sum import SUM
from embedviz.ui.messages import plain, show_error
from embedviz.ui.model_choice import Chosen
from embedviz.words.analogies import ANALOGY_METHODS, Analogy, analogy
from embedviz.words.formula import Formula

_FIRST = next(iter(ANALOGY_METHODS))
"""Whose answer stands over the others, and in the picture."""


def solve(chosen: Chosen, formula: Formula) -> Analogy | None:
    """Draw one column per method; returns the first one's answer, which the picture shows."""
    keep = st.toggle(
        "Let the input words win too",
        key="keep",
        bind="query-params",
        help="Textbooks leave out the words of the sum. With them, the nearest word to "
        "king − man + woman is king itself.",
    )
    try:
        answers = _answers(chosen, formula, keep)
        _headline(formula, answers)
        for column, name in zip(st.columns(len(ANALOGY_METHODS)), ANALOGY_METHODS, strict=True):
            with column.container(border=True, height="stretch"):
                _one_method(formula, name, answers[name])
        first = answers[_FIRST]
        return first if isinstance(first, Analogy) else None
    except UnknownKeyError as error:
        _unknown(error)
    except InvalidParameterError as error:
        show_error(error)
    return None


def _answers(chosen: Chosen, formula: Formula, keep: bool) -> dict[str, Analogy | str]:
    """By method, or why it has none; for the first one what is wrong is raised."""
    answers: dict[str, Analogy | str] = {_FIRST: _answer(chosen, formula, _FIRST, keep)}
    for name, method in list(ANALOGY_METHODS.items())[1:]:
        try:
            why_not = method.why_not(formula.positive, formula.negative)
            answers[name] = why_not or _answer(chosen, formula, name, keep)
        except InvalidParameterError as error:  # of this sum; the others go on
            answers[name] = str(error)
    return answers


def _headline(formula: Formula, answers: Mapping[str, Analogy | str]) -> None:
    best = answers[_FIRST]
    assert isinstance(best, Analogy)
    if not best.keys:
        raise InvalidParameterError(
            "Every word of this model is in the sum, so none is left to be its answer. "
            "Let the input words win too."
        )
    st.markdown(f"### {plain(formula)} ≈ :primary[{plain(best.keys[0])}]")
    others = [
        f"by {ANALOGY_METHODS[name].label} {answer.keys[0]}"
        for name, answer in answers.items()
        if isinstance(answer, Analogy) and answer.keys[0] != best.keys[0]
    ]
    if others:
        st.caption(plain(f"By {ANALOGY_METHODS[_FIRST].label}; {', '.join(others)}."))


def _answer(chosen: Chosen, formula: Formula, method: str, keep: bool) -> Analogy:
    weighted = ANALOGY_METHODS[method].takes_weights
    positive = [item if weighted else item[0] for item in formula.positive]
    negative = [item if weighted else item[0] for item in formula.negative]
    return analogy(chosen.model, positive, negative, k=10, method=method, exclude_inputs=not keep)


def _one_method(formula: Formula, name: str, found: Analogy | str) -> None:
    method = ANALOGY_METHODS[name]
    st.markdown(f"**{plain(method.label)}**", help=method.help)
    if isinstance(found, str):
        st.caption(f"Not here: {plain(found)}")
        return
    inputs = set(formula.words)
    table = pd.DataFrame(
        {
            "word": [f"{key} (input)" if key in inputs else key for key in found.keys],
            "score": found.scores,
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=38 + 35 * len(table),
        column_config={"score": st.column_config.NumberColumn(format="%.4f")},
        key=f"answers-{name}",
    )


def _unknown(error: UnknownKeyError) -> None:
    st.warning(plain(error))
    with st.container(horizontal=True):
        for word in error.suggestions:
            st.button(plain(word), key=f"use-{word}", on_click=_replace, args=(error.key, word))


def _replace(unknown: str, word: str) -> None:
    tokens = st.session_state[SUM].split()
    changed = [
        token.removesuffix(unknown) + word if token.endswith(unknown) else token for token in tokens
    ]
    st.session_state[SUM] = " ".join(changed)
