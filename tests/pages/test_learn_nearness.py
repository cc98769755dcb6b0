"""The lesson "How near is near?": its numbers are the core's, its link is its state."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import embedviz as ev
from embedviz.comparison import all_but_the_top
from embedviz.images.samples import SAMPLES
from embedviz.items.retrieval import precision_at_k
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
from embedviz.ui.learn.texts import LANGUAGES, texts
from tests.pages.conftest import meaning_of

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


# --- what the sentences claim, against an oracle of this file: at the beginning and at other states


def told(at: AppTest, part: str) -> str:
    """The three sentences of the part in sight, as one string."""
    code = at.query_params.get("lang", ["en"])
    sentences = meaning_of(at, texts("nearness", code if isinstance(code, str) else code[0]), part)
    assert len(sentences) == 3, sentences
    return " ".join(sentences)


def stretched_by_hand(a, b):
    """Which way dot product and distance go if b grows by a thousandth: −1, 0 or 1."""
    longer = 1.001 * b
    dot = round(float(a @ longer - a @ b), 9)
    distance = np.linalg.norm(a - longer) - np.linalg.norm(a - b)
    return int(np.sign(dot)), int(np.sign(distance))


@pytest.mark.parametrize(
    ("link", "a", "b"),
    [
        ({}, *BEGIN),
        ({"pair": "apple_car"}, *(np.array(TEXTBOOK[name]) for name in ("apple", "car"))),
        ({"b_length": "1.0"}, arrow(2.8, 10), arrow(1.0, 60)),
        ({"a_angle": "0.0", "b_angle": "90.0"}, arrow(2.8, 0), arrow(2.0, 90)),
        ({"a_angle": "-100.0"}, arrow(2.8, -100), arrow(2.0, 60)),
    ],
    ids=["begin", "apple and car", "short b", "right angle", "obtuse"],
)
def test_what_stretching_does_is_said_by_the_angle(open_page, link, a, b):
    dot, distance = stretched_by_hand(a, b)
    at = open_page(PAGE, **link)
    said = told(at, "two")
    assert ("the dot product grows" in said) == (dot > 0)
    assert ("the dot product falls" in said) == (dot < 0)
    assert ("stay 0" in said) == (dot == 0)
    assert ("the distance shrinks until" in said) == (distance < 0)
    assert ("the distance grows" in said) == (distance > 0)
    text = text_of(at)
    assert ("longer counts as nearer" in text) == (dot > 0)
    assert ("longer counts as farther" in text) == (dot < 0)
    for figure in (np.linalg.norm(a - b), a @ b):
        assert f"({number(float(figure))})" in said
    korean = told(open_page(PAGE, lang="ko", **link), "two")
    assert ("길수록 더 멀다" in korean) == (dot < 0)


def test_an_arrow_without_length_has_its_own_sentences(open_page):
    for lang in LANGUAGES:
        at = open_page(PAGE, lang=lang, a_length="0.0")
        assert "2.00" in told(at, "two")
        assert "NaN" not in text_of(at)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "link", [{}, {"word": "the"}, {"word": "dog", "k": "3", "vocabulary": "10000"}]
)
def test_whose_answers_are_longer_is_measured(open_page, lang, link):
    at = open_page(PAGE, lang=lang, part="words", **link)
    said = told(at, "words")
    space = ev.load("glove-6b-50d", limit=int(link.get("vocabulary", 50_000)))
    k, row = int(link.get("k", 8)), space.index(link.get("word", "king"))
    vectors = space.vectors.astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    dots = vectors @ vectors[row]
    near = {
        "dot": dots, "cosine": dots / lengths, "euclidean": -np.linalg.norm(vectors - vectors[row], axis=1)
    }  # fmt: skip
    first = {}
    for metric, values in near.items():
        values[row] = -np.inf
        first[metric] = np.argsort(-values)[:k]
    mean = {metric: round(float(lengths[rows].mean()), 2) for metric, rows in first.items()}
    for value in mean.values():
        assert f"{value:.2f}" in said
    shared = len(set.intersection(*(set(rows.tolist()) for rows in first.values())))
    if lang == "en":
        assert ("brings longer ones" in said) == (mean["dot"] > mean["cosine"])
        assert ("brings shorter ones" in said) == (mean["euclidean"] < mean["cosine"])
        assert f"{shared} of {k} words stand in all three" in said
    if not link:
        assert mean["dot"] > mean["cosine"] > mean["euclidean"]  # what the lesson opens with


@pytest.mark.parametrize("link", [{"unit": "on"}, {"word": ""}, {"word": "kingg"}])
def test_the_sentences_of_words_are_three_in_every_state(open_page, link):
    for lang in LANGUAGES:
        at = open_page(PAGE, lang=lang, part="words", vocabulary="10000", **link)
        assert ("8" in told(at, "words")) == ("unit" in link)


def test_loud_images_are_shown_where_the_lesson_opens(open_page, settle):
    at = open_page(PAGE, part="images")
    settle(at, lambda at: "ev-near" in text_of(at))
    assert at.query_params["photo"] in ("camera", ["camera"])
    space = ev.embed_images(SAMPLES["photo-patches"].open(), "efficientnet-lite0").space
    states = ({}, {"patch": 3}, {"photo": "coffee", "patch": 6})
    for state in states:
        for name, value in state.items():
            kinds = at.selectbox if name == "photo" else at.slider
            by_key(kinds, name).set_value(value)
        if state:
            at.run()
        said = told(at, "images")
        photo, patch = state.get("photo", "camera"), state.get("patch", 8)
        found = side_by_side(space, f"{photo}/patch {patch:02}.png", 8)
        dot, cosine = (round(float(found.lengths[name].mean()), 2) for name in ("dot", "cosine"))
        assert ("and answers with longer vectors" in said) == (dot > cosine)
        assert ("are no longer than those by cosine" in said) == (dot <= cosine)
        assert f"{dot:.1f}" in said
    assert dot <= cosine  # what it opened with before showed nothing of it
    first = side_by_side(space, "camera/patch 08.png", 8)
    assert first.lengths["dot"].mean() > 1.2 * first.lengths["cosine"].mean()
    assert "cosine finds the most" in said
    shares = {
        m: precision_at_k(space, k=8, metric=m).precision for m in ("dot", "cosine", "euclidean")
    }
    assert max(shares, key=shares.get) == "cosine"
    by_key(at.toggle, "unit").set_value(True).run()
    assert "stand in all three rows" in told(at, "images")


def test_a_link_of_before_opens_what_it_opened(open_page, settle):
    at = open_page(PAGE, part="images", k="5")
    settle(at, lambda at: "ev-near" in text_of(at))
    assert by_key(at.selectbox, "photo").value == "coffee"
    assert by_key(at.slider, "patch").value == 6
    assert at.query_params["photo"] in ("coffee", ["coffee"])
    again = open_page(PAGE, part="images", k="5", photo="camera", patch="8")
    assert by_key(again.selectbox, "photo").value == "camera"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("state", "n"), [("raw", 10_000), ("raw", 3_000), ("centered", 3_000), ("top", 3_000)]
)
def test_length_and_frequency_go_as_the_sentences_say(open_page, lang, state, n):
    from scipy.stats import spearmanr

    link = {} if n == 10_000 else {"words": str(n)}
    at = open_page(PAGE, lang=lang, part="norm", vectors=state, **link)
    said = told(at, "norm")
    space = ev.load("glove-6b-50d", limit=n)
    if state != "raw":
        space = all_but_the_top(space, 0 if state == "centered" else 2)
    vectors = space.vectors.astype(np.float64)
    rho = spearmanr(np.arange(n), np.linalg.norm(vectors, axis=1)).statistic
    dot, cosine = most_answered(space, "dot"), most_answered(space, "cosine")
    assert number(float(rho)) in said
    assert dot.mean_length > cosine.mean_length
    assert dot.skewness > cosine.skewness
    assert f"{dot.mean_length:.2f}" in said
    assert f"{cosine.mean_length:.2f}" in said
    if lang == "en":
        assert ("frequent ones have the longer" in said) == (rho < 0)
        assert ("the rare ones" in said) == (rho > 0)
        assert ("only weakly" in said) == (abs(rho) < 0.3)
        assert "the same ones again and again" in said
        assert ("More of the frequency lies in a direction" in said) == (state == "raw")
    if state == "raw":
        shared = spearmanr(np.arange(n), vectors @ vectors.mean(axis=0)).statistic
        assert abs(shared) > abs(rho)
        assert number(float(shared)) in said


def test_the_labels_of_the_norm_chart_keep_apart():
    from embedviz.metric_agreement import apart

    space = ev.load("glove-6b-50d", limit=3_000)
    measured = norms_by_rank(space)
    words = list(space.keys[::37])
    rows = [space.index(word) for word in words]
    kept = apart(measured, rows, words)
    wide, high = 480 / np.log10(3_000), 240 / np.ptp(measured.norms)  # pixels of the chart
    boxes = []
    for place in kept:
        x, y = np.log10(rows[place] + 1) * wide, measured.norms[rows[place]] * high
        half = 7.0 * len(words[place]) / 2
        boxes.append((x - half, y, x + half, y + 15))
    assert len(boxes) > 5
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
