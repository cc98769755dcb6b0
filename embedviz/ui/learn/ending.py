"""How a lesson ends: what it means, the formula, things to try, the real tool, the next lesson."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from embedviz.ui.learn.language import PARAMETER, common_texts, language
from embedviz.ui.learn.menu import index_link, lesson_link, title_of
from embedviz.ui.learn.texts import Texts
from embedviz.ui.lessons import Lesson, after, before
from embedviz.ui.navigation import PAGES

Tool = tuple[str, Mapping[str, str]]


def lesson_ending(lesson: Lesson, said: Texts, part: str, tool: Tool | None) -> None:
    """Draw what stands below every lesson."""
    left, right = st.container(key="learn-ending").columns([3, 2], gap="large")
    with left:
        _meaning(lesson, said, part)
    with right, st.container(border=True):
        st.markdown(f"**{common_texts()('try')}**")
        st.markdown(_of_part(said, "try", part))
        if tool is not None:
            page, state = tool
            label = f"open_in.{part}" if said.has(f"open_in.{part}") else "open_in"
            st.page_link(PAGES[page].page, label=f"**{said(label)} →**", query_params=dict(state))
    _onward(lesson)


def _meaning(lesson: Lesson, said: Texts, part: str) -> None:
    common = common_texts()
    st.markdown(f"**{common('meaning')}**")
    st.markdown(_of_part(said, "explanation", part).replace("\n", " "))
    for name in ("formula", "reference"):
        text = _of_part(said, name, part)
        if text and st.toggle(common(name), key=f"{lesson.name}-shows-{name}"):
            st.markdown(text)


def _of_part(said: Texts, name: str, part: str) -> str:
    """The section for the part in sight, or the one for the whole lesson."""
    return said.section(f"{name}.{part}") or said.section(name)


def _onward(lesson: Lesson) -> None:
    common = common_texts()
    st.divider()
    back, every, link, on = st.columns([3, 2, 2, 3], vertical_alignment="center")
    with back:
        if earlier := before(lesson):
            lesson_link(earlier, f"← {common('previous')}: {title_of(earlier)}")
    with every:
        index_link()
    with link, st.popover(common("link"), help=common("link.help"), width="stretch"):
        st.code(_address(), language=None, wrap_lines=True)
    with on:
        if later := after(lesson):
            lesson_link(later, f"{common('next')}: {title_of(later)} →")


def _address() -> str:
    """The page's own, with the language in use: what opens the lesson as it is now."""
    state = st.query_params.to_dict() | {PARAMETER: language()}
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(state)}"
