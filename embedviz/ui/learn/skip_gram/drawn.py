"""What part one draws: the pairs, what is predicted, and the matrices with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.network.pictures import curve_course, moving_words, moving_words_course
from embedviz.network.skip_gram import SkipGramPass, forward
from embedviz.network.skip_gram_pictures import (
    guesses,
    guesses_course,
    loss_to_floor,
    pair_arcs,
)
from embedviz.network.toy_skip_gram import ToySkipGram
from embedviz.plots.courses import Track
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.learn.player import Player
from embedviz.ui.messages import plain

_HEIGHT, _TOP = 262, 28
_CHIPS = """<style>
.sg-pairs { display: flex; flex-wrap: wrap; gap: .25rem; max-height: 6.4rem; overflow-y: auto; }
.sg-pairs span { border: 1px solid rgba(128, 136, 150, .4); border-radius: .5rem; opacity: .75;
  padding: 0 .4rem; font-size: .8rem; white-space: nowrap; }
.sg-pairs .own { border-color: #d55e00; border-width: 2px; font-weight: 600; opacity: 1; }
</style>"""


def show_arcs(
    lesson: OpenLesson, words: Sequence[str], pairs: NDArray[np.int64], center: int
) -> None:
    """The sentence with an arc for each pair."""
    said = lesson.texts
    listed = ", ".join(words[context] for at, context in pairs.tolist() if at == center)
    figure = pair_arcs(words, pairs, center, _HEIGHT)
    own = int((pairs[:, 0] == center).sum())
    figure.update_layout(title=_title(said("arcs", own=own, n=len(pairs))), margin_t=_TOP)
    show_chart(figure, "skip-gram-arcs", said("alt.pairs", center=words[center], context=listed))


def show_prediction(
    lesson: OpenLesson, trained: ToySkipGram, step: int, center: int, context: Sequence[int],
    player: Player, steps: Sequence[int],
) -> None:  # fmt: skip
    """One distribution for all context words, beside the shares that the whole text asks for."""
    said, words = lesson.texts, trained.vocabulary.words
    every, shares = trained.guesses(center), trained.shares(center)
    losses = -np.log(every[:, list(context)]).mean(axis=1)

    def title(step: int) -> str:
        return _title(said("loss", word=escape(words[center]), mean=losses[step]))

    n = int(trained.counts[center].sum())
    names = (said("guess"), said("share", word=escape(words[center]), n=n))
    most = float(max(every.max(), shares.max()))
    figure = guesses(words, every[step], shares, context, names, _HEIGHT, most)
    # The bars' room is what is left: legend below the title.
    figure.update_layout(
        title=title(step), margin_t=_TOP + 36, legend={"font": {"size": 12}, "y": 1.0}
    )
    player.show_chart(
        figure,
        (*guesses_course(every, steps), Track(None, "title.text", [title(at) for at in steps])),
        "skip-gram-guesses", said("alt.guesses", word=words[center], n=n),
    )  # fmt: skip


def show_plane(
    lesson: OpenLesson, trained: ToySkipGram, step: int, center: int, player: Player,
    steps: Sequence[int],
) -> None:  # fmt: skip
    """The words on their plane: those of the same company come together."""
    said = lesson.texts
    followed = [center, trained.twin(center)[0]]
    figure = moving_words(trained.maps, step, trained.vocabulary.words, followed)
    figure.update_layout(height=_HEIGHT, title=_title(said("plane")), margin_t=_TOP)
    player.show_chart(
        figure, moving_words_course(trained.maps, followed, steps), "skip-gram-plane",
        said("alt.plane", step=step),
    )  # fmt: skip


def show_pairs(
    lesson: OpenLesson, words: Sequence[str], pairs: NDArray[np.int64], center: int
) -> None:
    """All pairs as a list."""
    own = int((pairs[:, 0] == center).sum())
    st.markdown(lesson.texts("pairs", n=len(pairs), own=own, center=plain(words[center])))
    chips = "".join(
        f"<span{' class=own' if a == center else ''}>({escape(words[a])}, {escape(words[b])})</span>"
        for a, b in pairs.tolist()
    )
    st.html(f'{_CHIPS}<div class="sg-pairs">{chips}</div>')


def show_loss(
    lesson: OpenLesson, trained: ToySkipGram, step: int, player: Player, steps: Sequence[int]
) -> None:
    """The loss of all pairs, and what it cannot fall below."""
    said = lesson.texts
    losses, floor = trained.path.losses.tolist(), trained.least_loss

    def title(step: int) -> str:
        return _title(said("falling", step=step, loss=losses[step], floor=floor))

    titles = {"x": said("axis.step"), "y": said("axis.loss"), "floor": said("floor")}
    figure = loss_to_floor(losses, step, floor, titles, 240)
    figure.update_layout(title=title(step), margin_t=_TOP)
    player.show_chart(
        figure, (*curve_course(losses, steps), Track(None, "title.text", [*map(title, steps)])),
        "skip-gram-loss", said("alt.loss", loss=f"{losses[step]:.2f}", step=step),
    )  # fmt: skip


def show_network(
    lesson: OpenLesson, trained: ToySkipGram, step: int, center: int, context: Sequence[int]
) -> None:
    """From the one-hot vector to the loss, with every number."""
    said, words = lesson.texts, trained.vocabulary.words
    passed = forward(trained.at(step), center, context)
    st.subheader(said("network"), anchor=False)
    st.markdown(
        said(
            "window_loss", word=plain(words[center]), mean=passed.mean, summed=passed.summed,
            c=len(context), step=step,
        )
    )  # fmt: skip
    _matrices(lesson, trained, step, passed, center)


def _title(text: str) -> str:
    return f"<b>{text}</b>"


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
