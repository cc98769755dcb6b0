"""What is moved in the lesson's first part: steps, the sentence, its center word, c and d."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.network.toy_corpus import ToyText, toy_text
from embedviz.network.toy_training import MOST_STEPS, ToyTraining, toy_training
from embedviz.ui.learn.controls import Controls
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.messages import plain

SENTENCE = "The cat sat on the mat."
FOLLOWED = ("cat", "dog", "kitten")
_LONGEST_WORD = 12


@dataclass(frozen=True)
class Setup:
    """The state of the first part.

    Attributes
    ----------
    center : int
        Which word of the sentence is guessed, from 0.
    step : int
        How many steps were trained.
    """

    text: ToyText
    training: ToyTraining
    center: int
    step: int
    gradients: bool

    @property
    def words(self) -> list[str]:
        """The vocabulary as it is shown: very long words cut."""
        return [short(word) for word in self.text.vocabulary.words]


def short(word: str) -> str:
    """A word that fits a table's column."""
    return word if len(word) <= _LONGEST_WORD else word[: _LONGEST_WORD - 1] + "…"


def choose_setup(lesson: OpenLesson) -> Setup | None:
    """Draw the controls; None where the sentence cannot be used, which the page then says."""
    controls = lesson.controls
    step = controls.value("steps", 0, lambda value: 0 <= value <= MOST_STEPS)
    left, middle, right = st.columns([4, 6, 1.4], gap="medium", vertical_alignment="bottom")
    with left:
        typed = controls.text("sentence", SENTENCE)
    with right, st.popover(lesson.texts("more"), width="stretch"):
        buttons = st.container(horizontal=True)
        cars = controls.toggle("cars", default=True)
        window, d, rate, seed, gradients = _more(controls)
    try:
        text = toy_text(typed, cars)
    except InvalidParameterError as error:
        show_error(error)
        return None
    training = toy_training(text, window, d, rate, seed)
    with buttons:
        _buttons(lesson, step, training)
    with middle:
        center = _center(lesson, text)
    if text.left_out:
        st.caption(lesson.texts("left_out", n=len(text.sentence), left=text.left_out))
    return Setup(text, training, center, step, gradients)


def _more(controls: Controls) -> tuple[int, int, float, int, bool]:
    window = controls.slider("window", 2, 1, 4, 1)
    d = controls.slider("d", 4, 2, 8, 1)
    rate = controls.steps("rate", 3.0, [0.5, 1.0, 2.0, 3.0, 5.0])
    seed = controls.slider("seed", 0, 0, 20, 1)
    return window, d, rate, seed, controls.toggle("gradients")


def _buttons(lesson: OpenLesson, step: int, training: ToyTraining) -> None:
    goals = {
        "one": min(step + 1, MOST_STEPS),
        "ten": min(step + 10, MOST_STEPS),
        "settle": training.path.settled(),
        "restart": 0,
    }
    for name, goal in goals.items():
        st.button(
            lesson.texts(name), key=f"cbow-{name}", disabled=goal == step,
            on_click=lesson.controls.set, args=("steps", goal),
        )  # fmt: skip


def _center(lesson: OpenLesson, text: ToyText) -> int:
    """The sentence's words, one of them chosen; the address holds its place, from 1."""
    places = range(1, len(text.sentence) + 1)
    center = lesson.controls.value("center", 2, places.__contains__)
    key = "cbow-center-words"
    st.session_state[key] = center
    st.segmented_control(
        lesson.texts("center"), places, key=key, required=True,
        format_func=lambda place: plain(short(text.sentence[place - 1])),
        on_change=lambda: lesson.controls.set("center", st.session_state[key]),
    )  # fmt: skip
    return center - 1
