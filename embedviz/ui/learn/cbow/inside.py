"""The first part: a network small enough to show every number, while it learns."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.network.pictures import (
    cosine_by_step,
    curve_course,
    loss_by_step,
    moving_words,
    moving_words_course,
)
from embedviz.network.toy_guesses import ToyGuesses, guess_bars, guess_bars_course, toy_guesses
from embedviz.plots.courses import Track, course_steps
from embedviz.ui.learn.cbow.sentence import FOLLOWED, Setup, short
from embedviz.ui.learn.cbow.stages import show_stages
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.player import BEHIND, Player, playing
from embedviz.ui.messages import plain

_HEIGHT = 250
_SAME_WAY = 0.9  # cosine of rows that stand side by side


def show_inside(lesson: OpenLesson, setup: Setup) -> None:
    """The map, the guess and the loss at this step; below, every stage with its numbers."""
    path = setup.training.path
    guesses = toy_guesses(setup.training, setup.center)
    steps = course_steps(path.steps, path.settled())
    _task(lesson, setup)
    with playing(lesson, "steps", setup.step, steps) as player:
        words, guess, course = st.columns([5, 4, 4], gap="medium")
        with words:
            _map(lesson, setup, player, steps)
        with guess:
            _guess(lesson, setup, guesses, player, steps)
        with course:
            _course(lesson, setup, player, steps)
    lesson.meaning_here()
    _find(lesson, setup, guesses)
    st.caption(f"{lesson.texts('map.help')} {lesson.texts('guess.help')}")
    with st.container(key=f"{BEHIND}-stages"):
        show_stages(lesson, setup)


def _task(lesson: OpenLesson, setup: Setup) -> None:
    """The sentence with its blank, and what the network thinks of the right word."""
    shown = [plain(short(word)) for word in setup.text.sentence]
    target = shown[setup.center]
    shown[setup.center] = ":orange[**___**]"
    seen = setup.training.pass_of(setup.center, setup.step)
    with st.container(key=f"{BEHIND}-task"):
        st.markdown(
            f"{' '.join(shown)} → **{target}**? "
            + lesson.texts(
                "task", p=f"{seen.probabilities[seen.target]:.1%}", loss=f"{seen.loss:.2f}"
            )
        )


def _map(lesson: OpenLesson, setup: Setup, player: Player, steps: tuple[int, ...]) -> None:
    training, texts = setup.training, lesson.texts
    followed = training.vocabulary.ids(FOLLOWED)
    figure = moving_words(training.maps, setup.step, setup.words, followed)
    figure.update_layout(height=_HEIGHT, title=_title(texts("map")), margin_t=26)
    player.show_chart(
        figure, moving_words_course(training.maps, followed, steps), "cbow-map",
        texts("map.alt", n=len(setup.words), step=setup.step),
    )  # fmt: skip


def _guess(
    lesson: OpenLesson, setup: Setup, guesses: ToyGuesses, player: Player, steps: tuple[int, ...]
) -> None:
    texts = lesson.texts
    best = setup.words[int(np.argmax(guesses.probabilities[setup.step]))]
    figure = guess_bars(guesses, setup.words, setup.step, texts("probability"))
    figure.update_layout(height=_HEIGHT, title=_title(texts("guess")), margin_t=26)
    player.show_chart(
        figure, guess_bars_course(guesses, steps), "cbow-guess", texts("guess.alt", word=best)
    )


def _course(lesson: OpenLesson, setup: Setup, player: Player, steps: tuple[int, ...]) -> None:
    texts, step = lesson.texts, setup.step
    losses = setup.training.path.losses.tolist()
    near = setup.training.cosines("cat", "dog").tolist()
    n = len(setup.training.examples)

    def loss(step: int) -> str:
        return _title(texts("loss_now", loss=f"{losses[step]:.3f}", n=n))

    def cosine(step: int) -> str:
        return _title(texts("cosine_now", cosine=_signed(near[step])))

    figure = loss_by_step(losses, step, "", "", _HEIGHT // 2)
    figure.update_layout(title=loss(step), margin_t=26)
    player.show_chart(
        figure, (*curve_course(losses, steps), Track(None, "title.text", [*map(loss, steps)])),
        "cbow-loss", texts("loss.alt", first=f"{losses[0]:.2f}", now=f"{losses[step]:.2f}"),
    )  # fmt: skip
    figure = cosine_by_step(near, step, texts("step_axis"), "", _HEIGHT // 2)
    figure.update_layout(title=cosine(step), margin_t=26)
    player.show_chart(
        figure, (*curve_course(near, steps), Track(None, "title.text", [*map(cosine, steps)])),
        "cbow-cosine", texts("cosine.alt", cosine=_signed(near[step])),
    )  # fmt: skip


def _find(lesson: OpenLesson, setup: Setup, guesses: ToyGuesses) -> None:
    """What the three sentences tell of this step."""
    step, training = setup.step, setup.training
    near = training.cosines("cat", "dog")
    now, before = (float(guesses.probabilities[at, guesses.target]) for at in (step, 0))
    lesson.find(
        c=len(training.examples[setup.center].context),
        n_words=len(setup.words),
        target=plain(setup.words[guesses.target]),
        trained=step > 0,
        p=now,
        p_before=before,
        rank=guesses.rank(step),
        rank_before=guesses.rank(0),
        several=len(guesses.fitting) > 1,
        fitting=", ".join(plain(setup.words[row]) for row in guesses.fitting),
        together=float(guesses.probabilities[step, list(guesses.fitting)].sum()),
        near=float(near[step]),
        near_before=float(near[0]),
        nearer=bool(near[step] > max(near[0], _SAME_WAY)),
    )


def _title(text: str) -> str:
    return f"<b>{text}</b>"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
