"""The CBOW lesson: its parts in both languages, its controls, hostile sentences, its links."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_training import MOST_STEPS, toy_training
from tests.pages.conftest import play_to, text_of

LANGUAGES = pytest.mark.parametrize("lang", ["en", "ko"])


def _said(at: AppTest) -> str:
    matrices = "\n".join(element.proto.body for element in at.get("html"))
    return f"{text_of(at)}\n{matrices}"


def _step(at: AppTest) -> int:
    return int(at.query_params.get("steps", "0"))


def _charts(at: AppTest) -> str:
    """What the charts on the page hold, as the browser gets it."""
    return "\n".join(str(element.proto) for element in at.get("bidi_component"))


def _loss(sentence: str = "The cat sat on the mat.", step: int = 0, center: int = 2) -> str:
    training = toy_training(toy_text(sentence), 2, 4, 3.0)
    return f"{training.pass_of(center - 1, step).loss:.4f}"


@LANGUAGES
def test_moving_the_steps_trains_the_network(open_page, lang: str) -> None:
    at = open_page("learn_cbow", lang=lang)
    assert _loss() in _said(at)
    play_to(at, "learn_cbow", 40)
    assert _loss(step=40) in _said(at)
    near = toy_training(toy_text("The cat sat on the mat."), 2, 4, 3.0).cosines("cat", "dog")
    assert f"{near[40]:.2f}" in _charts(at)
    assert at.query_params["steps"] == "40"


def test_the_buttons_step_settle_and_start_over(open_page) -> None:
    at = open_page("learn_cbow")
    at.button(key="cbow-one").click().run()
    at.button(key="cbow-ten").click().run()
    assert _step(at) == 11
    at.button(key="cbow-settle").click().run()
    settled = toy_training(toy_text("The cat sat on the mat."), 2, 4, 3.0).path.settled()
    assert _step(at) == settled
    assert at.button(key="cbow-settle").disabled
    at.button(key="cbow-restart").click().run()
    assert _step(at) == 0
    assert _loss() in _said(at)


@LANGUAGES
def test_a_link_opens_the_same_state(open_page, lang: str) -> None:
    at = open_page(
        "learn_cbow", lang=lang, steps="25", sentence="a zebra sat on the cat", center="6",
        window="1", d="3", seed="4", rate="2.0", gradients="on", cars="off",
    )  # fmt: skip
    text = toy_text("a zebra sat on the cat", cars=False)
    training = toy_training(text, 1, 3, 2.0, 4)
    assert f"{training.pass_of(5, 25).loss:.4f}" in _said(at)
    assert "∂L/∂W′" in _said(at)
    assert "zebra" in _said(at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": "9999"}, {"steps": "many"}, {"center": "9"}, {"center": "0"}, {"d": "1000"},
        {"window": "-1"}, {"rate": "nan"}, {"part": "none"}, {"sentence": "x" * 10_000},
    ],
)  # fmt: skip
def test_a_link_with_a_bad_value_says_so_and_begins_anew(open_page, wrong: dict[str, str]) -> None:
    at = open_page("learn_cbow", **wrong)
    assert at.info
    assert not at.error
    assert _loss() in _said(at)


@pytest.mark.parametrize("typed", ["", "cat", "🐈🐈🐈", "…"])
@LANGUAGES
def test_a_sentence_with_nothing_to_guess_is_an_error_in_words(open_page, lang, typed) -> None:
    at = open_page("learn_cbow", lang=lang)
    at.text_input(key="learn_cbow-sentence").set_value(typed).run()
    assert not at.exception
    assert "at least two words" in at.error[0].value
    at.text_input(key="learn_cbow-sentence").set_value("the cat sat").run()
    assert not at.error


@pytest.mark.parametrize(
    "typed",
    [
        "cat cat cat cat",
        "<img src=x onerror=alert(1)> $x$ **b**",
        "a b c d e f g h i j k l m n o p",
    ],
)
def test_a_hostile_sentence_is_only_words(open_page, typed: str) -> None:
    at = open_page("learn_cbow", center="2")
    at.text_input(key="learn_cbow-sentence").set_value(typed).run()
    assert not at.exception
    assert not at.error
    assert "<img" not in _said(at)


def test_a_center_beyond_a_shorter_sentence_goes_back_to_the_first_choice(open_page) -> None:
    at = open_page("learn_cbow", center="6")
    assert _loss(center=6) in _said(at)
    at.text_input(key="learn_cbow-sentence").set_value("the dog sat").run()
    assert not at.exception
    assert _loss("the dog sat") in _said(at)


def test_trained_networks_fill_a_blank(open_page, settle) -> None:
    at = open_page("learn_cbow", lang="ko", part="trained", blank="the prime ___ john howard")
    settle(at, lambda page: "p = 0." in text_of(page))
    assert "2,863" in _said(at)
    assert "minister" in _said(at)
    assert at.button(key="cbow-full")
    at.text_input(key="learn_cbow-blank").set_value("no blank at all").run()
    assert not at.exception
    assert len(at.error) == 1
    assert "0 blanks" in at.error[0].value
    at.text_input(key="learn_cbow-blank").set_value("the united qqqzzz ___ of america").run()
    assert not at.error
    assert "qqqzzz" in at.info[0].value
    at.button(key="cbow-blank-1").click().run()
    assert at.text_input(key="learn_cbow-blank").value == "in the west ___ and gaza"


@LANGUAGES
def test_full_softmax_is_trained_only_when_asked_for(open_page, lang: str) -> None:
    at = open_page("learn_cbow", lang=lang, part="trained")
    at.button(key="cbow-full").click().run()
    assert not at.exception
    assert at.query_params["full"] == "on"
    assert not [button for button in at.button if button.key == "cbow-full"]


@LANGUAGES
def test_cost_shows_what_is_counted_and_what_is_timed(open_page, settle, lang: str) -> None:
    at = open_page("learn_cbow", lang=lang, part="cost", size="50")
    settle(at, lambda page: " ms |" in text_of(page))
    assert f"{3 * 10_000 * 50:,}" in text_of(at)
    at.select_slider(key="learn_cbow-V").set_value(100_000).run()
    assert not at.exception
    said = text_of(at)
    assert "10,000,000" in said  # V·d + d·V
    assert f"{3 * 6 * 50:,}" in said


def test_ten_thousand_words_of_three_hundred_numbers_are_six_million(open_page) -> None:
    at = open_page("learn_cbow", part="cost")
    assert "6,000,000" in text_of(at)


def test_the_steps_end_where_the_training_does(open_page) -> None:
    at = open_page("learn_cbow", steps=str(MOST_STEPS))
    assert at.button(key="cbow-one").disabled
    assert _loss(step=MOST_STEPS) in _said(at)
