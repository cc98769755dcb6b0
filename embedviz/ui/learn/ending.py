"""What a lesson says of its picture: what it means, the formula, things to try, where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from embedviz.ui.learn.language import PARAMETER, common_texts, language
from embedviz.ui.learn.menu import index_link, lesson_link, title_of
from embedviz.ui.learn.texts import Fact, Texts
from embedviz.ui.lessons import Lesson, after, before
from embedviz.ui.navigation import PAGES

Tool = tuple[str, Mapping[str, str]]


def three_sentences(
    said: Texts, part: str, facts: Mapping[str, Fact], beside: bool = False
) -> None:
    """What the picture means, at these facts: side by side below it, or stacked beside it."""
    sentences = said.told(_name_of(said, "explanation", part), facts)
    if beside or len(sentences) < 2:
        for sentence in sentences:
            st.markdown(sentence)
        return
    for column, sentence in zip(st.columns(len(sentences), gap="medium"), sentences, strict=True):
        column.markdown(sentence)


def lesson_ending(
    lesson: Lesson,
    said: Texts,
    part: str,
    facts: Mapping[str, Fact],
    tool: Tool | None,
    with_meaning: bool = False,
) -> None:
    """Draw what stands below every lesson."""
    left, right = st.container(key="learn-ending").columns([3, 2], gap="large")
    with left:
        if with_meaning:
            st.markdown(f"**{common_texts()('meaning')}**")
            three_sentences(said, part, facts, beside=True)
        _more(lesson, said, part)
    with right, st.container(border=True):
        st.markdown(f"**{common_texts()('try')}**")
        st.markdown("\n".join(said.told(_name_of(said, "try", part), facts)))
        if tool is not None:
            page, state = tool
            label = f"open_in.{part}" if said.has(f"open_in.{part}") else "open_in"
            st.page_link(PAGES[page].page, label=f"**{said(label)} →**", query_params=dict(state))
    _onward(lesson)


def _more(lesson: Lesson, said: Texts, part: str) -> None:
    common = common_texts()
    for name in ("formula", "reference"):
        text = said.section(_name_of(said, name, part))
        if text and st.toggle(common(name), key=f"{lesson.name}-shows-{name}"):
            st.markdown(text)


def _name_of(said: Texts, name: str, part: str) -> str:
    """The name of the section for the part in sight, or of the one for the whole lesson."""
    return f"{name}.{part}" if said.section(f"{name}.{part}") else name


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
