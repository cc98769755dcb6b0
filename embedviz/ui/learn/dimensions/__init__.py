"""Too many dimensions, too few: the parts of the lesson, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedviz.ui.learn.dimensions import concentrating, keeping, shaping, tearing
from embedviz.ui.learn.lesson import OpenLesson

__all__ = ["choose", "show"]

_PARTS: dict[str, tuple[Callable[[OpenLesson], Any], Callable[[OpenLesson, Any], None]]] = {
    "concentration": (concentrating.choose, concentrating.show),
    "keeps": (keeping.choose, keeping.show),
    "tears": (tearing.choose, tearing.show),
    "shapes": (shaping.choose, shaping.show),
}


def choose(lesson: OpenLesson) -> Any:
    """The part, and what its controls say."""
    return _PARTS[lesson.choose_part(list(_PARTS))][0](lesson)


def show(lesson: OpenLesson, asked: Any) -> None:
    """What the part in sight answers."""
    _PARTS[lesson.part][1](lesson, asked)
