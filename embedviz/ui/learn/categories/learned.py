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
from embedviz.encodings.pictures import loss_course, loss_so_far, moving_map, moving_map_course
from embedviz.errors import EmbedvizError
from embedviz.plots.courses import course_steps
from embedviz.ui.learn.categories.names import FEATURES, STEPS, kinds
from embedviz.ui.learn.categories.table import current_table, edit_table
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.learn.player import BEHIND, playing
from embedviz.ui.learn.texts import Fact
from embedviz.ui.messages import plain

_HEIGHT, _LOSS_HEIGHT = 270, 140


def learn(lesson: OpenLesson) -> Callable[[], None]:
    """Draw the part's controls; what is given draws the rest."""
    step = lesson.controls.value("steps", 0, lambda value: 0 <= value <= STEPS)
    left, middle, right = st.columns([4, 2, 5], vertical_alignment="bottom")
    with left:
        feature = lesson.controls.choice("learned", "films", FEATURES)
    table = current_table(lesson)
    categories = table.categories(FEATURES.index(feature))
    with middle:
        of = lesson.controls.select("of", categories[0], categories) if categories else ""
    with right:
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
    steps = course_steps(STEPS, training.settled())
    groups, paths = kinds(said, feature, choices.categories), flat_paths(training)
    with playing(lesson, "steps", step, steps) as player:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            player.show_chart(
                moving_map(paths, step, choices.categories, groups, _HEIGHT),
                moving_map_course(paths, groups, steps), "learn-map", said("learn.alt"),
            )  # fmt: skip
        with right:
            player.show_chart(
                loss_so_far(
                    training.losses, step, said("learn.step"), said("learn.loss"), _LOSS_HEIGHT
                ),
                loss_course(training.losses, steps), "learn-loss", said("learn.loss.alt"),
            )  # fmt: skip
            with st.container(key=f"{BEHIND}-near"):
                st.markdown(said("learn.now", step=step, loss=f"{training.losses[step]:.3f}"))
                _nearest(lesson, choices, training, step, of)
    lesson.find(**_facts(choices, training, step, of))
    lesson.meaning_here()
    with st.container(key=f"{BEHIND}-tables"):
        _tables(lesson, choices, training, step)


def _facts(choices: Choices, training: Training, step: int, of: str) -> dict[str, Fact]:
    """What the training has come to, and whether what is near was chosen alike."""
    names, model, losses = choices.categories, training.models[step], training.losses
    settled = training.settled()
    facts: dict[str, Fact] = {
        "pair": len(names) > 1, "step": step, "begun": step > 0, "first": losses[0],
        "loss": losses[step], "fell": bool(losses[step] < losses[0]),
        "right": float(((model.probabilities() > 0.5) == (choices.chosen > 0)).mean()),
        "settled": settled, "settles": settled < len(losses) - 1,
    }  # fmt: skip
    if len(names) < 2:
        return facts
    at = names.index(of)
    order = [i for i in pairwise_distances(model.things)[at].argsort() if i != at]
    near, far = int(order[0]), int(order[-1])
    (both, one), (far_both, far_one) = choices.shared(at, near), choices.shared(at, far)
    return facts | {
        "of": plain(of), "near": plain(names[near]), "far": plain(names[far]), "both": both,
        "one": one, "far_both": far_both, "far_one": far_one, "alike": one < far_one,
    }  # fmt: skip


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
    largest = float(
        max(abs(model.things).max(), abs(model.people).max())
    )  # side by side: one scale
    left, right = st.columns(2, gap="medium")
    with left:
        show_matrix(
            choices.chosen.T, said("learn.chosen"), rows=things, columns=people, shape=shape,
            scale=1.0, rest=said("matrix.rest"),
        )  # fmt: skip
        show_matrix(
            model.things, said("learn.things"), rows=things, scale=largest,
            shape=f"{len(things)}\u00a0×\u00a02",
        )  # fmt: skip
    with right:
        show_matrix(
            model.probabilities().T, said("learn.probable"), rows=things, columns=people,
            shape=shape, scale=1.0, rest=said("matrix.rest"),
        )  # fmt: skip
        show_matrix(
            model.people, said("learn.people"), rows=people, scale=largest,
            shape=f"{len(people)}\u00a0×\u00a02",
        )  # fmt: skip
