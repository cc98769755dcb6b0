"""An entity embedding trained before the viewer, on the small table of who chose what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from embedviz.encodings import (
    Choices,
    ChoiceTable,
    Training,
    flat_paths,
    pairwise_distances,
    train_entities,
)
from embedviz.encodings.pictures import loss_so_far, moving_map
from embedviz.errors import EmbedvizError
from embedviz.ui.learn.categories.names import FEATURES, STEPS, kinds
from embedviz.ui.learn.categories.table import current_table, edit_table
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.messages import plain


def learn(lesson: OpenLesson) -> Callable[[], None]:
    """Draw the part's controls; what is given draws the rest."""
    left, middle, right = st.columns([4, 3, 2])
    with left:
        step = lesson.controls.slider("steps", 60, 0, STEPS, 1)
    with middle:
        feature = lesson.controls.choice("learned", "films", FEATURES)
    table = current_table(lesson)
    categories = table.categories(FEATURES.index(feature))
    with right:
        of = lesson.controls.select("of", categories[0], categories) if categories else ""
    seed = _buttons(lesson, step)
    return partial(_show, lesson, table, feature, step, seed, of)


def _show(
    lesson: OpenLesson, table: ChoiceTable, feature: str, step: int, seed: int, of: str
) -> None:
    try:
        choices = table.choices(FEATURES.index(feature))
        _trained(lesson, feature, choices, step, seed, of)
    except EmbedvizError as error:
        show_error(error)
    edit_table(lesson, feature)
    lesson.open_in("words", word="movie")


def _buttons(lesson: OpenLesson, step: int) -> int:
    """The buttons that train; beside them the seed, which is given."""
    with st.container(horizontal=True):
        for name, to in (("back", 0), ("one", step + 1), ("ten", step + 10), ("settle", STEPS)):
            st.button(
                lesson.texts(f"step.{name}"), key=f"learn-categories-step-{name}",
                on_click=lesson.controls.set, args=("steps", min(to, STEPS)),
                disabled=min(to, STEPS) == step,
            )  # fmt: skip
        with st.popover(lesson.texts("more")):
            return lesson.controls.slider("seed", 0, 0, 9, 1)


def _trained(
    lesson: OpenLesson, feature: str, choices: Choices, step: int, seed: int, of: str
) -> None:
    said = lesson.texts
    training = train_entities(choices.chosen, steps=STEPS, seed=seed)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_chart(
            moving_map(
                flat_paths(training), step, choices.categories,
                kinds(said, feature, choices.categories),
            ),
            "learn-map", said("learn.alt"),
        )  # fmt: skip
    with right:
        show_chart(
            loss_so_far(training.losses, step, said("learn.step"), said("learn.loss")),
            "learn-loss", said("learn.loss.alt"),
        )  # fmt: skip
        st.markdown(said("learn.now", step=step, loss=f"{training.losses[step]:.3f}"))
        _nearest(lesson, choices, training, step, of)
    _tables(lesson, choices, training, step)


def _nearest(lesson: OpenLesson, choices: Choices, training: Training, step: int, of: str) -> None:
    things = choices.categories
    if len(things) < 2:
        return
    distances = pairwise_distances(training.models[step].things)[things.index(of)]
    order = [i for i in distances.argsort() if things[i] != of]
    near = ", ".join(f"{plain(things[i])} ({distances[i]:.2f})" for i in order[:3])
    far = f"{plain(things[order[-1]])} ({distances[order[-1]]:.2f})"
    st.markdown(lesson.texts("learn.near", of=plain(of), near=near, far=far))


def _tables(lesson: OpenLesson, choices: Choices, training: Training, step: int) -> None:
    said = lesson.texts
    model = training.models[step]
    things, people = choices.categories, choices.people
    shape = f"{len(things)} × {len(people)}"
    left, right = st.columns(2, gap="medium")
    with left:
        show_matrix(
            choices.chosen.T, said("learn.chosen"), rows=things, columns=people, shape=shape,
            rest=said("matrix.rest"),
        )  # fmt: skip
        show_matrix(
            model.things, said("learn.things"), rows=things, shape=f"{len(things)}\u00a0×\u00a02"
        )
    with right:
        show_matrix(
            model.probabilities().T, said("learn.probable"), rows=things, columns=people,
            shape=shape, scale=1.0, rest=said("matrix.rest"),
        )  # fmt: skip
        show_matrix(
            model.people, said("learn.people"), rows=people, shape=f"{len(people)}\u00a0×\u00a02"
        )
