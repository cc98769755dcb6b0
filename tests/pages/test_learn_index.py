"""The page of all lessons, in both languages."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from embedviz.ui.learn.index.pictures import HEIGHT, picture
from embedviz.ui.learn.texts import LANGUAGES, texts
from embedviz.ui.lessons import LESSONS
from tests.pages.conftest import text_of


def _cards(at) -> list[tuple[str, str]]:
    """The links of the page itself: label and address."""
    return [
        (link.proto.label, f"{link.proto.page}?{link.proto.query_string}")
        for link in at.main.get("page_link")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_has_its_card(open_page, language):
    at = open_page("learn", lang=language)
    said = text_of(at)
    for (label, address), lesson in zip(_cards(at), LESSONS.values(), strict=True):
        own = texts(lesson.folder, language)
        assert label == f"{lesson.number}. {own.section('title')}"
        assert lesson.name in address
        assert f"lang={language}" in address
        assert " ".join(own.told("question", {})) in said
        assert texts("common", language)("minutes", minutes=lesson.minutes) in said


def test_the_page_says_how_many_and_how_long(open_page):
    minutes = sum(lesson.minutes for lesson in LESSONS.values())
    assert f"7 lessons · about {minutes} minutes in all" in text_of(open_page("learn"))


def test_links_carry_the_teachers_mode_and_no_state(open_page):
    at = open_page("learn", teacher="on", part="b", size="3")
    assert all(address.endswith("?teacher=on") for _, address in _cards(at))
    # There is nothing to hide here, and so nothing to ask for.
    assert [toggle.key for toggle in at.main.toggle] == ["learn_teacher_switch"]


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.folder)
def test_every_card_has_a_live_picture(lesson):
    figure = picture(lesson.folder)
    assert isinstance(figure, go.Figure)
    assert len(figure.data) > 0
    assert figure.layout.height == HEIGHT
    assert not figure.layout.title.text
    drawn = [
        trace.z
        if trace.type in ("heatmap", "image")
        else trace.y
        if trace.y is not None
        else trace.x
        for trace in figure.data
    ]
    assert all(drawn_one is not None and np.size(drawn_one) for drawn_one in drawn)
    assert picture(lesson.folder) is figure  # computed once for everyone
