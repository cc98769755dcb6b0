"""The skip-gram lesson: its parts in both languages, its controls, hostile input, its links."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedviz.network.skip_gram import forward
from embedviz.network.subsampling import read_once
from embedviz.network.text_in_ids import text_in_ids
from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_skip_gram import MOST_STEPS, toy_skip_gram
from embedviz.ui.learn.texts import texts
from embedviz.words.sample_corpora import CORPORA
from tests.pages.conftest import play_to, text_of

LANGUAGES = pytest.mark.parametrize("lang", ["en", "ko"])
CAT = "The cat sat on the mat."


def _html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def _charts(at: AppTest) -> str:
    """What the charts on the page hold, as the browser gets it."""
    return "\n".join(str(element.proto) for element in at.get("bidi_component"))


def _step(at: AppTest) -> int:
    return int(at.query_params.get("steps", "0"))


def _loss_of_cat(step: int, window: int = 2, d: int = 4) -> str:
    trained = toy_skip_gram(toy_text(CAT), window, d, 2.0)
    words = [0, 2, 3, 0, 4][: 1 + window]
    passed = forward(trained.at(step), 1, words)
    return f"{passed.mean:.2f}"


@LANGUAGES
def test_moving_the_steps_trains_the_network(open_page, lang: str) -> None:
    at = open_page("learn_skip_gram", lang=lang)
    for step in (0, 40):
        play_to(at, "learn_skip_gram", step)
        assert _loss_of_cat(step) in text_of(at)
    mean = toy_skip_gram(toy_text(CAT), 2, 4, 2.0).path.losses[40]
    assert f"{mean:.3f}" in _charts(at)
    assert at.query_params["steps"] == "40"


@LANGUAGES
def test_moving_the_window_makes_pairs(open_page, lang: str) -> None:
    at = open_page("learn_skip_gram", lang=lang)
    assert _html(at).count("class=own") == 3  # the, sat, on
    assert "(cat, sat)" in _html(at)
    at.slider(key="learn_skip_gram-window").set_value(1).run()
    assert _html(at).count("class=own") == 2
    assert "(cat, on)" not in _html(at)
    assert _loss_of_cat(0, window=1) in text_of(at)


def test_the_buttons_step_settle_and_start_over(open_page) -> None:
    at = open_page("learn_skip_gram")
    at.button(key="skip-gram-one").click().run()
    at.button(key="skip-gram-ten").click().run()
    assert _step(at) == 11
    at.button(key="skip-gram-settle").click().run()
    settled = toy_skip_gram(toy_text(CAT), 2, 4, 2.0).path.settled()
    assert _step(at) == settled <= MOST_STEPS
    at.button(key="skip-gram-over").click().run()
    assert _step(at) == 0


def test_a_link_opens_the_same_state_and_a_bad_one_says_so(open_page) -> None:
    at = open_page("learn_skip_gram", steps="30", window="1", d="3", center="2 cat", lang="ko")
    assert _loss_of_cat(30, window=1, d=3) in text_of(at)
    at = open_page("learn_skip_gram", steps="-5", window="many", center="9 unicorn", part="x")
    assert len(at.info) == 4
    assert _loss_of_cat(0) in text_of(at)


@pytest.mark.parametrize("typed", ["", "one", "!!! 🙂", "<img src=x onerror=alert(1)>"])
def test_a_strange_sentence_is_no_traceback(open_page, typed: str) -> None:
    at = open_page("learn_skip_gram")
    at.text_input(key="learn_skip_gram-sentence").set_value(typed).run()
    assert not at.exception
    assert "<img" not in _html(at)
    if not typed.startswith("<"):
        assert "at least two words" in at.error[0].value
    at.text_input(key="learn_skip_gram-sentence").set_value("나는 밥을 먹고 너는 빵을 먹고").run()
    assert not at.error
    assert "(밥을, 먹고)" in _html(at)


@pytest.fixture(scope="module")
def lee():
    return text_in_ids(CORPORA["lee"].open())


@LANGUAGES
def test_thinning_a_real_text_counts_what_the_core_counts(open_page, settle, lee, lang) -> None:
    at = open_page("learn_skip_gram", part="text", lang=lang)
    settle(at, lambda at: at.metric)
    at.select_slider(key="learn_skip_gram-t").set_value(1e-4).run()
    at.slider(key="learn_skip_gram-reach").set_value(3).run()
    reading = read_once(lee, 1e-4, 3)
    assert [metric.value for metric in at.metric] == [
        f"{reading.n_kept:,}",
        f"{reading.mean_distance:.2f}",
        f"{reading.n_pairs:,}",
        f"{reading.beyond(3):.0%}",
    ]
    assert 'class="focus"' in _html(at)
    assert f"{np.bincount(lee.ids[reading.kept])[0]:,}" in text_of(at)  # how many "the" are left
    before = at.metric[0].value
    at.button(key="skip-gram-again").click().run()
    assert at.metric[0].value != before
    assert at.query_params["again"] == "1"


def test_both_are_trained_and_measured(open_page, settle) -> None:
    link = {"part": "duel", "epochs": "3", "duel_window": "2"}
    at = open_page("learn_skip_gram", **link)
    # Nothing is trained before it is asked for: an earlier run is shown, and called so.
    assert not at.session_state["embedviz_session"].results
    assert texts("skip_gram", "en")("earlier") in text_of(at)
    at.button(key="skip-gram-train").click().run()
    assert at.query_params["asked"] == "lee-3-2-1"
    settle(at, lambda at: at.metric)
    duel = at.session_state["embedviz_session"].results["skip-gram duel", "lee-3-2-1"]
    assert [metric.value for metric in at.metric] == [
        f"{duel.seconds(name):.1f} s" for name in ("cbow", "skip-gram")
    ]
    for lang in ("en", "ko"):
        at.session_state["learn_language_chosen"] = lang
        at.run()
        assert ("흔히 하는 말" in text_of(at)) == (lang == "ko")
        for band in duel.bands:
            assert f"{abs(100 * band.difference):.1f} ± {100 * band.margin:.1f}" in text_of(at)
    assert "**australia**" in text_of(at)
    at.text_input(key="learn_skip_gram-word").set_value("<b>nonsense</b>").run()
    assert not at.exception
    assert "nonsense" in at.error[0].value


@pytest.mark.parametrize("asked", ["lee-3-2-9", "moon-3-2-1", "lee-4-2-1", "lee-3-2", "x"])
def test_a_link_that_asks_for_an_unknown_training_says_so(open_page, asked: str) -> None:
    at = open_page("learn_skip_gram", part="duel", asked=asked)
    assert len(at.info) == 1
    assert texts("skip_gram", "en")("earlier") in text_of(at)
