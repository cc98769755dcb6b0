"""Part one: one sentence, its pairs, and the network that learns to guess them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedviz.network.pairs import window_pairs
from embedviz.network.toy_corpus import LONGEST, ToyText, toy_text
from embedviz.network.toy_skip_gram import MOST_STEPS, ToySkipGram, toy_skip_gram
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.skip_gram.drawn import show_network, show_pairs, show_prediction

SENTENCE = "The cat sat on the mat."
_RATES = (0.5, 1.0, 2.0, 5.0, 10.0)
_MOST_WINDOW = 5


@dataclass(frozen=True)
class Inside:
    """What the person chose: the word at position ``center``, after ``step`` steps."""

    text: ToyText
    trained: ToySkipGram
    window: int
    center: int
    step: int


def choose_inside(lesson: OpenLesson) -> Inside:
    """The controls of this part."""
    controls, said = lesson.controls, lesson.texts
    left, middle, right = st.columns([2, 2, 3])
    with left:
        window = controls.slider("window", 2, 1, _MOST_WINDOW, 1)
    with right:
        text = toy_text(controls.text("sentence", SENTENCE))
    with middle:
        places = [f"{i} {word}" for i, word in enumerate(text.sentence, start=1)]
        center = places.index(controls.select("center", places[1], places))
    stepping = st.container()
    with st.expander(said("more")):
        trained = _trained(lesson, text, window)
    with stepping:
        step = _step(lesson, trained)
    return Inside(text, trained, window, center, step)


def _trained(lesson: OpenLesson, text: ToyText, window: int) -> ToySkipGram:
    """The lesser controls, and the training that they decide."""
    controls = lesson.controls
    d, rate, seed, shrink = st.columns(4, vertical_alignment="bottom")
    with d:
        size = controls.slider("d", 4, 2, 10, 1)
    with rate:
        learning_rate = controls.steps("rate", 2.0, _RATES)
    with seed:
        start = controls.slider("seed", 0, 0, 9, 1)
    with shrink:
        shrunken = controls.toggle("shrink")
    return toy_skip_gram(text, window, size, learning_rate, seed=start, shrink=shrunken)


def _step(lesson: OpenLesson, trained: ToySkipGram) -> int:
    """How far the training is: by slider, or by one of the buttons."""
    slider, *buttons = st.columns([5, 1.2, 1.2, 2, 1.5], vertical_alignment="bottom")
    with slider:
        step = lesson.controls.slider("steps", 0, 0, MOST_STEPS, 1)
    goals = {"one": step + 1, "ten": step + 10, "settle": trained.path.settled(), "over": 0}
    for column, (name, goal) in zip(buttons, goals.items(), strict=True):
        column.button(
            lesson.texts(name), key=f"skip-gram-{name}", width="stretch",
            on_click=lesson.controls.set, args=("steps", min(goal, MOST_STEPS)),
        )  # fmt: skip
    return step


def show_inside(lesson: OpenLesson, chosen: Inside) -> None:
    """The pairs, the prediction, and the network from the one-hot vector to the loss."""
    text = chosen.text
    if text.left_out:
        st.info(lesson.texts("left_out", n=text.left_out, most=LONGEST))
    sizes = np.array(chosen.trained.sizes)
    pairs = window_pairs(len(text.sentence), chosen.window, sizes)
    left, right = st.columns(2, gap="medium")
    with left:
        show_pairs(lesson, text.sentence, pairs, chosen.center)
    center = text.ids[chosen.center]
    context = [text.ids[i] for i in pairs[pairs[:, 0] == chosen.center, 1]]
    with right:
        show_prediction(lesson, chosen.trained, chosen.step, center, context)
    show_network(lesson, chosen.trained, chosen.step, center, context)
