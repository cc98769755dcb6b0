"""Every stage of one forward pass, drawn in order, with its shape and its numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.network.cbow import CbowPass
from embedviz.network.parameters import Parameters
from embedviz.ui.learn.cbow.sentence import Setup
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix


def show_stages(lesson: OpenLesson, setup: Setup) -> None:
    """From the one-hot input to the loss."""
    seen = setup.training.pass_of(setup.center, setup.step)
    weights = setup.training.at(setup.step)
    sizes = {"V": weights.V, "d": weights.d, "c": len(seen.rows)}
    st.markdown(f"#### {lesson.texts('stages')}")
    st.caption(lesson.texts("stages.sizes", **sizes, size=f"{weights.size:,}"))
    context = [int(row) for row in seen.one_hot.argmax(axis=1)]
    _inputs(lesson, setup, seen, context)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        _embeddings(lesson, setup, weights, context)
    with middle:
        _rows(lesson, setup, seen, context)
    with right:
        _hidden(lesson, seen)
    _output(lesson, setup, weights, seen)
    if setup.gradients:
        _gradients(lesson, setup, context)


def _inputs(lesson: OpenLesson, setup: Setup, seen: CbowPass, context: list[int]) -> None:
    words = setup.words
    show_matrix(
        seen.one_hot, lesson.texts("stage.one_hot"), rows=[words[row] for row in context],
        columns=words, shape=_shape("c × V", seen.one_hot), marked_columns=context,
        rest=lesson.texts("rest", n=len(words)),
    )  # fmt: skip


def _embeddings(lesson: OpenLesson, setup: Setup, weights: Parameters, context: list[int]) -> None:
    show_matrix(
        weights.W, lesson.texts("stage.W"), rows=setup.words, columns=_numbers(weights.d),
        shape=_shape("V × d", weights.W), marked_rows=context,
        rest=lesson.texts("rest", n=weights.V),
    )  # fmt: skip


def _rows(lesson: OpenLesson, setup: Setup, seen: CbowPass, context: list[int]) -> None:
    show_matrix(
        seen.rows, lesson.texts("stage.rows"), rows=[setup.words[row] for row in context],
        columns=_numbers(len(seen.h)), shape=_shape("c × d", seen.rows),
        marked_rows=range(len(context)),
    )  # fmt: skip
    st.caption(lesson.texts("stage.rows.note"))


def _hidden(lesson: OpenLesson, seen: CbowPass) -> None:
    d = len(seen.h)
    show_matrix(
        seen.h, lesson.texts("stage.h"), rows=["h"], columns=_numbers(d), shape=f"d = {d}",
        scale=float(np.abs(seen.rows).max()),
    )  # fmt: skip
    st.caption(lesson.texts("stage.h.note", c=len(seen.rows)))


def _output(lesson: OpenLesson, setup: Setup, weights: Parameters, seen: CbowPass) -> None:
    words, texts = setup.words, lesson.texts
    target = [seen.target]
    wanted = np.eye(weights.V)[seen.target]
    rest = texts("rest", n=weights.V)
    V = f"V = {weights.V}"
    show_matrix(
        weights.W_out, texts("stage.W_out"), rows=_numbers(weights.d), columns=words,
        shape=_shape("d × V", weights.W_out), marked_columns=target, rest=rest,
    )  # fmt: skip
    for name, row, values in (
        ("logits", "z", seen.logits),
        ("softmax", "p", seen.probabilities),
        ("target", "t", wanted),
    ):
        show_matrix(
            values, texts(f"stage.{name}"), rows=[row], columns=words, shape=V,
            marked_columns=target, rest=rest,
        )  # fmt: skip
    p = float(seen.probabilities[seen.target])
    st.markdown(texts("stage.loss", p=f"{p:.4f}", loss=f"{seen.loss:.4f}"))


def _gradients(lesson: OpenLesson, setup: Setup, context: list[int]) -> None:
    """How each weight should change for this one window."""
    found = setup.training.gradients_of(setup.center, setup.step)
    words, texts = setup.words, lesson.texts
    st.markdown(f"#### {texts('gradients.title')}")
    st.caption(texts("gradients.note"))
    rest = texts("rest", n=found.V)
    show_matrix(
        found.W_out, "∂L/∂W′", rows=_numbers(found.d), columns=words,
        shape=_shape("d × V", found.W_out), rest=rest,
    )  # fmt: skip
    show_matrix(
        found.W, "∂L/∂W", rows=words, columns=_numbers(found.d),
        shape=_shape("V × d", found.W), marked_rows=context, decimals=3, rest=rest,
    )  # fmt: skip


def _shape(letters: str, matrix: np.ndarray) -> str:
    return f"{letters} = {matrix.shape[0]} × {matrix.shape[1]}"


def _numbers(n: int) -> list[str]:
    return [str(number) for number in range(1, n + 1)]
