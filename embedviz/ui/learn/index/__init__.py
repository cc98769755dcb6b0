"""The page of all lessons: a card for each, with a small live picture."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.index.pictures import HEIGHT, picture
from embedviz.ui.learn.language import common_texts, language, language_switch
from embedviz.ui.learn.menu import lesson_link, lesson_menu, title_of
from embedviz.ui.learn.teacher import teacher_style, teacher_switch
from embedviz.ui.learn.texts import texts
from embedviz.ui.lessons import LESSONS, Lesson

_IN_A_ROW = 4
# The title is the link, and the whole card is where it can be clicked.
_STYLE = """<style>
[class*="st-key-lesson-card-"] { position: relative; }
[class*="st-key-lesson-card-"]:hover { border-color: var(--st-primary-color); }
[class*="st-key-lesson-card-"] [data-testid="stPageLink"] a { padding: 0; position: static; }
[class*="st-key-lesson-card-"] [data-testid="stPageLink"] a::after {
  content: ""; position: absolute; inset: 0; z-index: 1; }
[class*="st-key-lesson-card-"] [data-testid="stPageLink"] a:focus-visible::after {
  outline: 2px solid var(--st-primary-color); border-radius: .5rem; }
[class*="st-key-lesson-card-"] [data-testid="stPageLink"] p {
  font-size: 1.1rem; font-weight: 600; line-height: 1.3; white-space: normal; }
[class*="st-key-lesson-card-"] p { font-size: .95rem; }
[class*="st-key-lesson-card-"] [data-testid="stCaptionContainer"] p { font-size: .85rem; }
[data-testid="stMainBlockContainer"] { padding-top: 2rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.9rem; padding: 0; }
</style>"""


def lesson_cards() -> None:
    """The title, and one card for each lesson: its number, question, minutes and picture."""
    teacher_style()
    st.html(_STYLE)
    _heading()
    lesson_menu()
    # All texts first: they stand at once, while on a fresh server the pictures are computed.
    places = _cards()
    for lesson in LESSONS.values():
        _picture(lesson, places[lesson.name])


def _heading() -> None:
    common = common_texts()
    minutes = sum(lesson.minutes for lesson in LESSONS.values())
    with st.container(horizontal=True, vertical_alignment="center", key="learn-head"):
        st.caption(common("index", lessons=len(LESSONS), minutes=minutes), width="stretch")
        teacher_switch(with_controls=False)
        language_switch()
    st.title(common.section("title"))
    st.markdown(common.section("question"))


def _cards() -> Mapping[str, DeltaGenerator]:
    """Draw the cards without their pictures; the places of those by the lesson's name."""
    places = {}
    lessons = list(LESSONS.values())
    for start in range(0, len(lessons), _IN_A_ROW):
        row = st.columns(_IN_A_ROW, gap="small")
        for column, lesson in zip(row, lessons[start : start + _IN_A_ROW], strict=False):
            name = f"lesson-card-{lesson.name}"
            with column.container(border=True, height="stretch", gap="xsmall", key=name):
                places[lesson.name] = _card(lesson)
    return places


def _card(lesson: Lesson) -> DeltaGenerator:
    place = st.container(height=HEIGHT, border=False)
    lesson_link(lesson)
    st.markdown(" ".join(texts(lesson.folder, language()).told("question", {})))
    st.caption(common_texts()("minutes", minutes=lesson.minutes))
    return place


def _picture(lesson: Lesson, place: DeltaGenerator) -> None:
    figure = picture(lesson.folder)
    if figure is not None:
        with place:
            show_chart(figure, f"lesson-picture-{lesson.name}", title_of(lesson))
