"""How near is near?: the parts of the lesson, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.images import choose_image, images
from embedviz.ui.learn.nearness.lengths import choose_vectors, lengths
from embedviz.ui.learn.nearness.two import choose_arrows, two
from embedviz.ui.learn.nearness.words import choose_word, words

__all__ = ["PARTS", "control"]

Show = Callable[[], None]

PARTS: dict[str, Callable[[OpenLesson, DeltaGenerator], Show]] = {
    "two": lambda lesson, beside: partial(two, lesson, choose_arrows(lesson, beside)),
    "words": lambda lesson, beside: partial(words, lesson, choose_word(lesson, beside)),
    "images": lambda lesson, beside: partial(images, lesson, choose_image(lesson, beside)),
    "norm": lambda lesson, beside: partial(lengths, lesson, choose_vectors(lesson, beside)),
}


def control(lesson: OpenLesson) -> Show:
    """Draw what can be moved, and return what draws the answer."""
    with lesson.control_panel():
        left, beside = st.columns(2)
        with left:
            part = lesson.choose_part(list(PARTS))
        return PARTS[part](lesson, beside)
