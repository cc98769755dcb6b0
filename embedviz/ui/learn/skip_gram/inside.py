"""Part one: one sentence, its pairs, and the network that learns to guess them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedviz.network.pairs import window_pairs
from embedviz.network.toy_corpus import LONGEST, ToyText, toy_text
from embedviz.network.toy_skip_gram import MOST_STEPS, ToySkipGram, toy_skip_gram
from embedviz.plots.courses import course_steps
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.player import BEHIND, playing
from embedviz.ui.learn.skip_gram.drawn import (
    show_arcs,
    show_loss,
    show_network,
    show_pairs,
    show_plane,
    show_prediction,
)
from embedviz.ui.messages import plain

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
    step = controls.value("steps", 0, lambda value: 0 <= value <= MOST_STEPS)
    left, middle, right, more = st.columns([3, 2, 3, 1.4], vertical_alignment="bottom")
    with left:
        window = controls.slider("window", 2, 1, _MOST_WINDOW, 1)
    with right:
        text = toy_text(controls.text("sentence", SENTENCE))
    with middle:
        places = [f"{i} {word}" for i, word in enumerate(text.sentence, start=1)]
        center = places.index(controls.select("center", places[1], places))
    with more, st.popover(said("more"), width="stretch"):
        buttons = st.container(horizontal=True)
        trained = _trained(lesson, text, window)
    with buttons:
        _buttons(lesson, step, trained)
    return Inside(text, trained, window, center, step)


def _trained(lesson: OpenLesson, text: ToyText, window: int) -> ToySkipGram:
    """The lesser controls, and the training that they decide."""
    controls = lesson.controls
    size = controls.slider("d", 4, 2, 10, 1)
    learning_rate = controls.steps("rate", 2.0, _RATES)
    start = controls.slider("seed", 0, 0, 9, 1)
    shrunken = controls.toggle("shrink")
    return toy_skip_gram(text, window, size, learning_rate, seed=start, shrink=shrunken)


def _buttons(lesson: OpenLesson, step: int, trained: ToySkipGram) -> None:
    goals = {"one": step + 1, "ten": step + 10, "settle": trained.path.settled(), "over": 0}
    for name, goal in goals.items():
        to = min(goal, MOST_STEPS)
        st.button(
            lesson.texts(name), key=f"skip-gram-{name}", disabled=to == step,
            on_click=lesson.controls.set, args=("steps", to),
        )  # fmt: skip


def show_inside(lesson: OpenLesson, chosen: Inside) -> None:
    """The pairs, the prediction and the map, in step; below, the network with its numbers."""
    text, trained = chosen.text, chosen.trained
    if text.left_out:
        st.info(lesson.texts("left_out", n=text.left_out, most=LONGEST))
    sizes = np.array(trained.sizes)
    pairs = window_pairs(len(text.sentence), chosen.window, sizes)
    center = text.ids[chosen.center]
    context = [text.ids[i] for i in pairs[pairs[:, 0] == chosen.center, 1]]
    steps = course_steps(trained.path.steps, trained.path.settled())
    with playing(lesson, "steps", chosen.step, steps) as player:
        left, middle, right = st.columns([4, 5, 4], gap="medium")
        with left:
            show_arcs(lesson, text.sentence, pairs, chosen.center)
        with middle:
            show_prediction(lesson, trained, chosen.step, center, context, player, steps)
        with right:
            show_plane(lesson, trained, chosen.step, center, player, steps)
        lesson.meaning_here()
        _find(lesson, chosen, center, len(context))
        show_pairs(lesson, text.sentence, pairs, chosen.center)
        show_loss(lesson, trained, chosen.step, player, steps)
    with st.container(key=f"{BEHIND}-numbers"):
        show_network(lesson, trained, chosen.step, center, context)


def _find(lesson: OpenLesson, chosen: Inside, center: int, c: int) -> None:
    """What the three sentences tell of this step."""
    trained, step, words = chosen.trained, chosen.step, chosen.trained.vocabulary.words
    twin, alike = trained.twin(center)
    near = trained.cosines(center, twin)
    lesson.find(
        word=plain(words[center]),
        c=c,
        only=c == 1,
        trained=step > 0,
        loss=float(trained.path.losses[step]),
        loss_before=float(trained.path.losses[0]),
        floor=trained.least_loss,
        n=int(trained.counts[center].sum()),
        miss=trained.distance_to_shares(center, step),
        miss_before=trained.distance_to_shares(center, 0),
        twin=plain(words[twin]),
        alike=alike,
        near=float(near[step]),
        near_before=float(near[0]),
        nearer=bool(near[step] > near[0]),
    )
