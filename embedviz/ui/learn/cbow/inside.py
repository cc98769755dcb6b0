"""The first part: a network small enough to show every number, while it learns."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.network.pictures import cosine_by_step, loss_by_step, moving_words, word_probabilities
from embedviz.ui.learn.cbow.sentence import FOLLOWED, Setup, short
from embedviz.ui.learn.cbow.stages import show_stages
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.messages import plain

_BARS = 8


def show_inside(lesson: OpenLesson, setup: Setup) -> None:
    """The map, the guess and the loss at this step; below, every stage with its numbers."""
    _task(lesson, setup)
    words, guess, course = st.columns([5, 3, 4], gap="medium")
    with words:
        _map(lesson, setup)
    with guess:
        _guess(lesson, setup)
    with course:
        _course(lesson, setup)
    show_stages(lesson, setup)


def _task(lesson: OpenLesson, setup: Setup) -> None:
    """The sentence with its blank, and what the network thinks of the right word."""
    shown = [plain(short(word)) for word in setup.text.sentence]
    target = shown[setup.center]
    shown[setup.center] = ":orange[**___**]"
    seen = setup.training.pass_of(setup.center, setup.step)
    st.markdown(
        f"{' '.join(shown)} → **{target}**? "
        + lesson.texts("task", p=f"{seen.probabilities[seen.target]:.1%}", loss=f"{seen.loss:.2f}")
    )


def _map(lesson: OpenLesson, setup: Setup) -> None:
    training, texts = setup.training, lesson.texts
    followed = training.vocabulary.ids(FOLLOWED)
    st.markdown(f"**{texts('map')}**", help=texts("map.help"))
    show_chart(
        moving_words(training.maps, setup.step, setup.words, followed),
        "cbow-map", texts("map.alt", n=len(setup.words), step=setup.step),
    )  # fmt: skip


def _guess(lesson: OpenLesson, setup: Setup) -> None:
    seen = setup.training.pass_of(setup.center, setup.step)
    best = np.argsort(-seen.probabilities, kind="stable")[:_BARS]
    if seen.target not in best:
        best[-1] = seen.target
    words = setup.words
    st.markdown(f"**{lesson.texts('guess')}**", help=lesson.texts("guess.help"))
    show_chart(
        word_probabilities(
            [words[row] for row in best], seen.probabilities[best].tolist(), lesson.texts("probability"),
            marked=[words[seen.target]], whole=True,
        ),
        "cbow-guess", lesson.texts("guess.alt", word=words[best[0]]),
    )  # fmt: skip


def _course(lesson: OpenLesson, setup: Setup) -> None:
    texts, step = lesson.texts, setup.step
    losses = setup.training.path.losses
    near = setup.training.cosines("cat", "dog")
    st.markdown(
        f"**{texts('loss_now', loss=f'{losses[step]:.3f}', n=len(setup.training.examples))}**"
    )
    show_chart(
        loss_by_step(losses.tolist(), step, "", texts("loss_axis"), 138), "cbow-loss",
        texts("loss.alt", first=f"{losses[0]:.2f}", now=f"{losses[step]:.2f}"),
    )  # fmt: skip
    st.markdown(f"**{texts('cosine_now', cosine=_signed(near[step]))}**")
    show_chart(
        cosine_by_step(near.tolist(), step, texts("step_axis"), texts("cosine_axis"), 138),
        "cbow-cosine", texts("cosine.alt", cosine=_signed(near[step])),
    )  # fmt: skip


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
