"""Courses: what a browser needs to play a figure from step to step."""

from __future__ import annotations

import json

import numpy as np
import pytest

from embedviz.network.pictures import (
    curve_course,
    loss_by_step,
    moving_words,
    moving_words_course,
)
from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_guesses import guess_bars, guess_bars_course, toy_guesses
from embedviz.network.toy_training import toy_training
from embedviz.plots.courses import (
    MOST_FRAMES,
    Course,
    Growing,
    Track,
    course_json,
    course_steps,
)

STEPS = (0, 7, 40, 300)


@pytest.mark.parametrize(
    ("last", "settled"), [(300, 90), (300, 0), (300, 300), (59, 3), (1, 1), (0, 0), (5000, 4)]
)
def test_the_steps_of_a_course_are_few_and_reach_from_end_to_end(last: int, settled: int) -> None:
    steps = course_steps(last, settled)
    assert (steps[0], steps[-1]) == (0, last)
    assert list(steps) == sorted(set(steps))
    assert len(steps) <= MOST_FRAMES


def test_until_it_has_settled_the_steps_are_dense() -> None:
    steps = np.array(course_steps(300, 90))
    assert np.diff(steps[steps <= 90]).max() <= 3
    assert np.diff(steps[steps >= 90]).min() > 3


def test_what_the_browser_reads_is_small_and_holds_no_rest() -> None:
    course = (
        Track(0, "x", np.array([[0.123456, np.nan], [0.5, 1.0]])),
        Track(0, "y", [[1, 2], [1, 2]]),
        Track(None, "title.text", ["a", "a", "b"]),
        Growing(1, "x", range(4), [1, 4]),
    )
    assert course_json(course) == [
        {"trace": 0, "path": "x", "values": [[0.1235, None], [0.5, 1.0]]},
        {"trace": None, "path": "title.text", "values": ["a", "b"], "of": [0, 0, 1]},
        {"trace": 1, "path": "x", "whole": [0, 1, 2, 3], "lengths": [1, 4]},
    ]


def _at(course: Course, frame: int) -> dict[tuple[int | None, str], list[object]]:
    """Each property's value in a frame, as the browser puts it in place."""
    return {
        (track.trace, track.path): list(
            track.whole[: track.lengths[frame]]
            if isinstance(track, Growing)
            else track.values[frame]
        )
        for track in course
    }


@pytest.mark.parametrize("typed", ["The cat sat on the mat.", "a zebra and a lion"])
def test_each_frame_is_the_figure_of_its_step(typed: str) -> None:
    """Played in the browser or drawn by the server: the same picture."""
    training = toy_training(toy_text(typed), 2, 4, 3.0)
    words = training.vocabulary.words
    followed = training.vocabulary.ids(("cat", "dog", "kitten"))
    losses = training.path.losses.tolist()
    guesses = toy_guesses(training, 1)
    courses = (
        moving_words_course(training.maps, followed, STEPS),
        curve_course(losses, STEPS),
        guess_bars_course(guesses, STEPS),
    )
    for frame, step in enumerate(STEPS):
        figures = (
            moving_words(training.maps, step, words, followed),
            loss_by_step(losses, step, "x", "y"),
            guess_bars(guesses, words, step, "p"),
        )
        for figure, course in zip(figures, courses, strict=True):
            for (trace, path), value in _at(course, frame).items():
                assert trace is not None
                drawn = list(figure.data[trace][path])
                if path in ("text", "textposition"):
                    assert drawn == value
                else:
                    assert drawn == pytest.approx(value)


def test_the_course_of_the_lesson_is_some_tens_of_kilobytes() -> None:
    training = toy_training(toy_text("The cat sat on the mat."), 2, 4, 3.0)
    steps = course_steps(training.path.steps, training.path.settled())
    course = moving_words_course(training.maps, (1, 5, 6), steps)
    assert len(json.dumps(course_json(course))) < 64_000
