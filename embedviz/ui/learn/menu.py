"""The lessons in the sidebar, and the links from one to the next."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.learn.language import PARAMETER, chosen_language, common_texts, language
from embedviz.ui.learn.teacher import PARAMETER as TEACHER
from embedviz.ui.learn.teacher import teaching
from embedviz.ui.learn.texts import texts
from embedviz.ui.lessons import LESSONS, Lesson
from embedviz.ui.navigation import PAGES


def title_of(lesson: Lesson) -> str:
    """The lesson's title in the language in use."""
    return texts(lesson.folder, language()).section("title")


def lesson_link(lesson: Lesson, label: str = "") -> None:
    """A link to a lesson that keeps the language and the teacher's mode."""
    label = label or f"{lesson.number}. {title_of(lesson)}"
    st.page_link(PAGES[lesson.name].page, label=label, query_params=kept_address())


def glossary_link() -> None:
    """A link to all terms and figures."""
    label = common_texts()("glossary")
    st.page_link(PAGES["glossary"].page, label=label, query_params=kept_address())


def index_link() -> None:
    """A link to the page of all lessons."""
    label = common_texts()("all")
    st.page_link(PAGES["learn"].page, label=label, query_params=kept_address())


def kept_address() -> dict[str, str]:
    """What goes along from lesson to lesson."""
    kept = {}
    if chosen := chosen_language():
        kept[PARAMETER] = chosen
    if teaching():
        kept[TEACHER] = "on"
    return kept


def lesson_menu(current: Lesson | None = None) -> None:
    """All lessons in the sidebar."""
    with st.sidebar:
        st.caption(common_texts()("lessons"))
        for lesson in LESSONS.values():
            lesson_link(
                lesson, f"**{current.number}. {title_of(current)}**" if lesson is current else ""
            )
        glossary_link()
