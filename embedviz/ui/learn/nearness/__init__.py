"""How near is near?: the parts of the lesson, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.images import choose_image, images
from embedviz.ui.learn.nearness.lengths import choose_vectors, lengths
from embedviz.ui.learn.nearness.two import choose_arrows, two
from embedviz.ui.learn.nearness.words import choose_word, words

__all__ = ["PARTS", "control"]

Show = Callable[[], None]

PARTS: dict[str, Callable[[OpenLesson], Show]] = {
    "two": lambda lesson: partial(two, lesson, choose_arrows(lesson)),
    "words": lambda lesson: partial(words, lesson, choose_word(lesson)),
    "images": lambda lesson: partial(images, lesson, choose_image(lesson)),
    "norm": lambda lesson: partial(lengths, lesson, choose_vectors(lesson)),
}


def control(lesson: OpenLesson) -> Show:
    """Draw what can be moved, and return what draws the answer."""
    with lesson.control_panel():
        part = lesson.choose_part(list(PARTS))
        return PARTS[part](lesson)
