"""The lesson "How near is near?": its numbers are the core's, its link is its state."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import embedviz as ev
from embedviz.images.samples import SAMPLES
from embedviz.metric_agreement import (
    TEXTBOOK,
    Pair,
    arrow,
    most_answered,
    norms_by_rank,
    side_by_side,
)
from embedviz.ui.learn.nearness import arrows
from embedviz.ui.learn.nearness.arrows import Polar, arrows_of
from embedviz.ui.learn.nearness.card import card
from embedviz.ui.learn.nearness.numbers import number

PAGE = "learn_nearness"
BEGIN = (arrow(2.8, 10.0), arrow(2.0, 60.0))


def text_of(at: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "info", "success", "warning", "error")
    said = [str(element.value) for kind in kinds for element in at.get(kind)]
    return "\n".join(said + [element.proto.body for element in at.get("html")])


def numbers_of(at: AppTest) -> list[str]:
    """The three measures, as the page shows them."""
    block = next(text.proto.body for text in at.get("html") if "ev-three" in text.proto.body)
    return re.findall(r"<b>([^<]+)</b>", block)


def shown(pair: Pair) -> list[str]:
    return [number(score, 3) for score in pair.scores.values()]


def by_key(elements, key: str):
    return next(element for element in elements if element.key == f"{PAGE}-{key}")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_sliders_turn_and_stretch_the_arrows(open_page, lang):
    at = open_page(PAGE, lang=lang)
    assert numbers_of(at) == shown(Pair.of(*BEGIN))
    by_key(at.slider, "b_length").set_value(0.5).run()
    by_key(at.slider, "a_angle").set_value(-120.0).run()
    assert not at.exception
    assert numbers_of(at) == shown(Pair.of(arrow(2.8, -120), arrow(0.5, 60)))
    assert at.query_params["b_length"] == "0.5"
    assert at.query_params["a_angle"] == "-120.0"
    assert ("사과" in text_of(at)) == (lang == "ko")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_textbook_vectors(open_page, lang):
    at = open_page(PAGE, lang=lang, pair="apple_car")
    assert numbers_of(at) == shown(Pair.of(TEXTBOOK["apple"], TEXTBOOK["car"]))
    text = text_of(at)
    for name in ("apple", "banana", "car") if lang == "en" else ("사과", "바나나", "자동차"):
        assert name in text
    for score in ("0.141", "0.997", "0.630", "1.480", "−0.272", "−0.220", "1.526", "−0.201"):
        assert score in text


def test_an_arrow_of_length_zero_is_said_to_have_no_direction(open_page):
    at = open_page(PAGE, a_length="0.0")
    assert numbers_of(at) == ["2.000", "0.000", "0.000"]
    assert "no direction" in text_of(at)


def test_a_drag_becomes_the_persons_own_arrows(open_page, monkeypatch):
    sent = {"moved": {"a": [1.234, 33.3], "b": [9.0, -500.0], "number": 3}}
    answered = []

    def component(key, data, height, on_moved_change):
        def drag() -> None:
            st.session_state[key] = sent
            on_moved_change()

        answered.append(data["number"])
        st.button("drag", on_click=drag)

    monkeypatch.setattr(arrows, "_component", component)
    at = open_page(PAGE, pair="apple_car")
    next(button for button in at.button if button.label == "drag").click().run()
    assert not at.exception
    assert numbers_of(at) == shown(Pair.of(arrow(1.23, 33.5), arrow(3.0, -180.0)))
    assert by_key(at.segmented_control, "pair").value == "own"
    assert by_key(at.slider, "b_angle").value == -180.0
    assert at.query_params["a_length"] == "1.23"
    assert answered == [0, 3]  # the browser knows by the number that its message was taken


def test_arrows_from_the_browser_come_within_their_limits():
    moved = arrows_of({"a": [1.234, 33.3], "b": [9, -500], "number": 3})
    assert moved == (Polar(1.23, 33.5), Polar(3.0, -180.0))


@pytest.mark.parametrize(
    "message",
    [None, 3, "x", {}, {"a": [1, 2], "b": [1, 2]}, {"a": [1], "b": [1, 2], "number": 1},
     {"a": "12", "b": [1, 2], "number": 1}, {"a": [1, None], "b": [1, 2], "number": 1},
     {"a": [float("nan"), 0], "b": [1, 2], "number": 1}, {"a": [1, 2], "b": None, "number": 1},
     {"a": [1, 2], "b": [1, float("inf")], "number": 1}, {"a": [1, 2], "b": [1, 2], "number": "1"}],
)  # fmt: skip
def test_what_is_no_pair_of_arrows_is_not_taken(message):
    assert arrows_of(message) is None


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_words_under_three_metrics(open_page, lang):
    at = open_page(PAGE, lang=lang, part="words", vocabulary="10000", k="6")
    space = ev.load("glove-6b-50d", limit=10_000)
    expected = side_by_side(space, "king", k=6)
    text = text_of(at)
    for item in expected.agreements:
        assert f"<td>{number(item.kendall, 3)}</td><td>{number(item.spearman, 3)}</td>" in text
        assert f"<td>{item.shared} ({item.overlap:.0%})</td>" in text
    by_key(at.toggle, "unit").set_value(True).run()
    assert text_of(at).count("<td>6 (100%)</td><td>1.000</td><td>1.000</td>") == 3
    assert at.success
    by_key(at.text_input, "word").set_value(" Violin ").run()
    assert not at.exception
    assert "violin" in text_of(at)


def test_words_that_are_not_there_are_answered_in_words(open_page):
    at = open_page(PAGE, part="words", vocabulary="10000")
    for word in ("kign", "<img src=x onerror=alert(1)>", "'; --", "🙂", "   ", "a b"):
        by_key(at.text_input, "word").set_value(word).run()
        assert not at.exception
        assert at.warning or at.info, word
        assert not any("<img src=x" in element.proto.body for element in at.get("html"))


def test_a_spelling_that_is_offered_can_be_taken(open_page):
    at = open_page(PAGE, part="words", vocabulary="10000", word="kingg")
    button = next(button for button in at.button if button.label == "king")
    button.click().run()
    assert not at.exception
    assert at.query_params.get("word") in (None, [])  # the default needs no place in the link
    assert "king" in text_of(at)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_frequency_in_the_norm(open_page, lang):
    at = open_page(PAGE, lang=lang, part="norm", words="3000")
    space = ev.load("glove-6b-50d", limit=3_000)
    measured = norms_by_rank(space)
    for value in (measured.rho, measured.rho_shared, measured.common):
        assert f"<td>{number(value, 3)}</td>" in text_of(at)
    answers = most_answered(space, "dot")
    assert f"<td>{number(answers.mean_length)}</td><td>{answers.median_rank:,.0f}</td>" in text_of(
        at
    )
    by_key(at.segmented_control, "vectors").set_value("centered").run()
    assert not at.exception
    assert "<td>—</td>" in text_of(at)  # what all vectors share is gone
    assert number(measured.common, 3) not in text_of(at)
    assert at.query_params["vectors"] == "centered"


def test_images_under_three_metrics(open_page, settle, monkeypatch):
    few = [file for file in SAMPLES["photo-patches"].open() if file.label in {"chelsea", "coffee"}]
    images = import_module("embedviz.ui.learn.nearness.images")
    monkeypatch.setattr(images, "_SAMPLE", replace(SAMPLES["photo-patches"], open=lambda: few))
    at = open_page(PAGE, lang="ko", part="images", photo="chelsea", patch="3", k="4")
    settle(at, lambda at: "ev-near" in text_of(at))
    assert not at.exception
    rows = text_of(at)
    assert rows.count("data:image/jpeg;base64") == 1 + 3 * 4
    assert rows.count('alt="chelsea/patch 03.png"') == 1
    by_key(at.toggle, "unit").set_value(True).run()
    assert text_of(at).count("<td>4 (100%)</td><td>1.000</td><td>1.000</td>") == 3
    shares = re.findall(r"<td>(\d+\.\d)%</td><td>1.00</td>", text_of(at))
    assert len(shares) == 3
    assert len(set(shares)) == 1  # at unit length no metric finds more than another


def test_a_link_with_bad_values_says_so_and_shows_the_beginning(open_page):
    at = open_page(
        PAGE, part="everything", a_length="nan", b_length="99", a_angle="x", pair="apple_pear"
    )
    assert numbers_of(at) == shown(Pair.of(*BEGIN))
    assert len(at.info) == 5


def test_the_card_and_the_component_need_nothing_from_outside():
    assert len(card().data) == 4
    folder = Path(ev.__file__).parent / "ui/learn/nearness"
    for name in ("arrows.js", "arrows.css"):
        addresses = re.findall(r"https?://\S+", (folder / name).read_text(encoding="utf-8"))
        assert set(addresses) <= {'http://www.w3.org/2000/svg";'}
