"""The lesson's parts: the controls of the one in sight, what it shows, and the tool it leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.skip_gram.duel import choose_duel, show_duel
from embedviz.ui.learn.skip_gram.inside import choose_inside, show_inside
from embedviz.ui.learn.skip_gram.text import choose_text, show_text
from embedviz.words.sample_corpora import CORPORA

_OF_PART: dict[str, tuple[Callable[[OpenLesson], Any], Callable[[OpenLesson, Any], None]]] = {
    "inside": (choose_inside, show_inside),
    "text": (choose_text, show_text),
    "duel": (choose_duel, show_duel),
}
PARTS = tuple(_OF_PART)


def choose(lesson: OpenLesson) -> Any:
    """What the controls of the part in sight say."""
    return _OF_PART[lesson.part][0](lesson)


def show(lesson: OpenLesson, chosen: Any) -> None:
    """Draw the part in sight."""
    _OF_PART[lesson.part][1](lesson, chosen)


def offer_tool(lesson: OpenLesson) -> None:
    """Link to the Train page, at the text that the lesson measures, with skip-gram chosen."""
    lesson.open_in("train", corpus=CORPORA["lee"].label, algorithm="Skip-gram")
