"""What part one draws: the pairs, what is predicted, and the matrices with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.network.pictures import moving_words
from embedviz.network.skip_gram import SkipGramPass, forward
from embedviz.network.skip_gram_pictures import guesses, loss_to_floor, pair_arcs
from embedviz.network.toy_skip_gram import ToySkipGram
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.messages import plain

_CHIPS = """<style>
.sg-pairs { display: flex; flex-wrap: wrap; gap: .25rem; max-height: 6.4rem; overflow-y: auto; }
.sg-pairs span { border: 1px solid rgba(128, 136, 150, .4); border-radius: .5rem; opacity: .75;
  padding: 0 .4rem; font-size: .8rem; white-space: nowrap; }
.sg-pairs .own { border-color: #d55e00; border-width: 2px; font-weight: 600; opacity: 1; }
</style>"""


def show_pairs(
    lesson: OpenLesson, words: Sequence[str], pairs: NDArray[np.int64], center: int
) -> None:
    """The sentence with its arcs, and all pairs as a list."""
    said = lesson.texts
    own = int((pairs[:, 0] == center).sum())
    st.markdown(said("pairs", n=len(pairs), own=own, center=plain(words[center])))
    listed = ", ".join(words[context] for at, context in pairs.tolist() if at == center)
    show_chart(
        pair_arcs(words, pairs, center),
        "skip-gram-arcs",
        said("alt.pairs", center=words[center], context=listed),
    )
    chips = "".join(
        f"<span{' class=own' if a == center else ''}>({escape(words[a])}, {escape(words[b])})</span>"
        for a, b in pairs.tolist()
    )
    st.html(f'{_CHIPS}<div class="sg-pairs">{chips}</div>')


def show_prediction(
    lesson: OpenLesson, trained: ToySkipGram, step: int, center: int, context: Sequence[int]
) -> None:
    """One distribution for all context words, beside the shares that the text asks for."""
    said, words = lesson.texts, trained.vocabulary.words
    passed = forward(trained.at(step), center, context)
    st.markdown(
        said(
            "loss", word=plain(words[center]), mean=passed.mean, summed=passed.summed,
            c=len(context), step=step,
        )
    )  # fmt: skip
    shares = trained.counts[center] / trained.counts[center].sum()
    names = (said("guess"), said("share"))
    show_chart(
        guesses(words, passed.probabilities, shares, context, names),
        "skip-gram-guesses",
        said("alt.guesses", word=words[center]),
    )


def show_network(
    lesson: OpenLesson, trained: ToySkipGram, step: int, center: int, context: Sequence[int]
) -> None:
    """From the one-hot vector to the loss, with every number; then the loss, and the words' map."""
    said = lesson.texts
    st.subheader(said("network"), anchor=False)
    _matrices(lesson, trained, step, forward(trained.at(step), center, context), center)
    losses, floor = trained.path.losses, trained.least_loss
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(said("falling", step=step, loss=losses[step], floor=floor))
        titles = {"x": said("axis.step"), "y": said("axis.loss"), "floor": said("floor")}
        show_chart(
            loss_to_floor(losses.tolist(), step, floor, titles), "skip-gram-loss",
            said("alt.loss", loss=f"{losses[step]:.2f}", step=step),
        )  # fmt: skip
    with right:
        st.markdown(said("plane"))
        show_chart(
            moving_words(trained.maps, step, trained.vocabulary.words, [center]),
            "skip-gram-plane",
            said("alt.plane"),
        )


def _matrices(
    lesson: OpenLesson,
    trained: ToySkipGram,
    step: int,
    passed: SkipGramPass,
    center: int,
) -> None:
    said, words, parameters = lesson.texts, trained.vocabulary.words, trained.at(step)
    V, d, c = parameters.V, parameters.d, len(passed.targets)
    rest = said("rest")
    numbers = [str(i) for i in range(1, d + 1)]
    targets = sorted(set(passed.targets))
    show_matrix(
        passed.one_hot, said("one_hot"), columns=words, shape=f"V = {V}",
        marked_columns=[center], rest=rest,
    )  # fmt: skip
    left, middle, right = st.columns([5, 4, 4], gap="medium")
    with left:
        show_matrix(
            parameters.W, "W", rows=words, columns=numbers, shape=f"V × d = {V} × {d}",
            marked_rows=[center], rest=rest,
        )  # fmt: skip
    with middle:
        show_matrix(passed.h, said("hidden"), columns=numbers, shape=f"d = {d}")
    with right:
        show_matrix(
            np.stack([passed.probabilities[list(passed.targets)], passed.losses]), said("targets"),
            rows=["p", "−log p"], columns=[words[i] for i in passed.targets], shape=f"c = {c}",
            rest=rest,
        )  # fmt: skip
    show_matrix(
        parameters.W_out, "W′", rows=numbers, columns=words, shape=f"d × V = {d} × {V}",
        marked_columns=targets, rest=rest,
    )  # fmt: skip
    show_matrix(
        np.stack([passed.logits, passed.probabilities]), said("scores"),
        rows=[said("logits"), said("softmax")], columns=words, shape=f"V = {V}",
        marked_columns=targets, rest=rest,
    )  # fmt: skip
