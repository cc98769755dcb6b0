"""How a trained network comes to its answer: the rows that it looks up, the path it takes."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from embedviz.network.blanks import Blank, most_probable
from embedviz.network.trained_cbow import TrainedCbow
from embedviz.ui.learn.cbow.sentence import short
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.messages import plain

_SHOWN = 12


def show_context(lesson: OpenLesson, model: TrainedCbow, blank: Blank) -> None:
    """The looked-up rows and their mean."""
    texts = lesson.texts
    V, d = model.W.shape
    words = [short(model.vocabulary.words[row]) for row in blank.context]
    st.markdown(f"#### {texts('context')}")
    st.caption(
        texts(
            "context.sizes", V=f"{V:,}", d=d, c=len(words), window=model.window, epochs=model.epochs,
            tokens=f"{model.n_tokens:,}", blind=f"{math.log(V):.2f}",
        )
    )  # fmt: skip
    if blank.unknown:
        unknown = ", ".join(plain(short(word)) for word in blank.unknown)
        st.info(texts("context.unknown", words=unknown))
    rows = model.W[list(blank.context)]
    show_matrix(
        np.vstack([rows, model.hidden(blank.context)])[:, :_SHOWN],
        texts("context.rows"), rows=[*words, texts("context.h")],
        columns=[str(number) for number in range(1, _SHOWN + 1)],
        shape=f"c × d = {len(words)} × {d}", marked_rows=[len(words)],
    )  # fmt: skip
    st.caption(texts("context.rest", shown=_SHOWN, d=d))


def show_path(lesson: OpenLesson, model: TrainedCbow, blank: Blank) -> None:
    """Hierarchical softmax: each turn on the way to the best word, and their product."""
    texts = lesson.texts
    ((word, probability),) = most_probable(model.probabilities(blank.context), model.vocabulary, 1)
    turns = model.turns_to(model.vocabulary.index(word), blank.context)
    st.markdown(f"#### {texts('path', word=plain(short(word)))}")
    show_matrix(
        np.array([[turn for _, turn, _ in turns], [chance for *_, chance in turns]]),
        texts("path.title"), rows=[texts("path.turn"), texts("path.chance")],
        columns=[f"{node:,}" for node, *_ in turns], shape=texts("path.shape", n=len(turns)),
    )  # fmt: skip
    st.caption(
        texts(
            "path.product", n=len(turns), p=f"{probability:.4f}", mean=f"{model.mean_path:.1f}",
            balanced=f"{math.log2(len(model.vocabulary)):.1f}", V=f"{len(model.vocabulary):,}",
        )
    )  # fmt: skip
