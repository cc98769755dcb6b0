"""CBOW from inside: the parts of the lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedviz.ui.learn.cbow.cost import choose_cost, show_cost
from embedviz.ui.learn.cbow.inside import show_inside
from embedviz.ui.learn.cbow.sentence import choose_setup
from embedviz.ui.learn.cbow.trained import choose_blank, link_to_training, show_trained
from embedviz.ui.learn.lesson import OpenLesson

__all__ = ["choose", "link_to_training", "show"]

_PARTS: dict[str, tuple[Callable[[OpenLesson], Any], Callable[[OpenLesson, Any], None]]] = {
    "inside": (choose_setup, show_inside),
    "trained": (choose_blank, show_trained),
    "cost": (choose_cost, show_cost),
}


def choose(lesson: OpenLesson) -> Any:
    """The part, and what its controls say; None where they say nothing that can be shown."""
    return _PARTS[lesson.choose_part(list(_PARTS))][0](lesson)


def show(lesson: OpenLesson, chosen: Any) -> None:
    """What the part in sight answers."""
    if chosen is not None:
        _PARTS[lesson.part][1](lesson, chosen)
