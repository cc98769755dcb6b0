"""Finding the top k: the parts of the lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search import growing, trading, walking

__all__ = ["choose", "show"]

_PARTS: dict[str, tuple[Callable[[OpenLesson], Any], Callable[[OpenLesson, Any], None]]] = {
    "curve": (trading.choose, trading.show),
    "growth": (growing.choose, growing.show),
    "walk": (walking.choose, walking.show),
}


def choose(lesson: OpenLesson) -> Any:
    """The part, and what its controls say."""
    return _PARTS[lesson.choose_part(list(_PARTS))][0](lesson)


def show(lesson: OpenLesson, asked: Any) -> None:
    """What the part in sight answers."""
    _PARTS[lesson.part][1](lesson, asked)
