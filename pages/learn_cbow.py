"""Lesson: CBOW from inside."""

from collections.abc import Callable
from typing import Any

from embedviz.ui.learn.cbow import (
    choose_blank,
    choose_cost,
    choose_setup,
    link_to_training,
    show_cost,
    show_inside,
    show_trained,
)
from embedviz.ui.learn.lesson import OpenLesson, open_lesson
from embedviz.ui.navigation import open_page

PARTS: dict[str, tuple[Callable[[OpenLesson], Any], Callable[[OpenLesson, Any], None]]] = {
    "inside": (choose_setup, show_inside),
    "trained": (choose_blank, show_trained),
    "cost": (choose_cost, show_cost),
}

with open_page("learn_cbow"), open_lesson("learn_cbow") as lesson:
    link_to_training(lesson)
    with lesson.control_panel():
        choose, show = PARTS[lesson.choose_part(list(PARTS))]
        chosen = choose(lesson)
    if chosen is not None:
        show(lesson, chosen)
