"""The page of all lessons."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.learn.language import common_texts
from embedviz.ui.learn.lessons import LESSONS
from embedviz.ui.learn.menu import lesson_link


def lesson_cards() -> None:
    """One card for each lesson."""
    st.title(common_texts().section("title"))
    for lesson in LESSONS.values():
        lesson_link(lesson)
