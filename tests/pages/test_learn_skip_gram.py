"""The skip-gram lesson: its parts in both languages, its controls, hostile input, its links."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedviz.network import earlier_duel
from embedviz.network.frequency_bands import BandScore
from embedviz.network.side_by_side import DuelSettings, side_by_side
from embedviz.network.skip_gram import forward, gradients
from embedviz.network.subsampling import keep_probabilities, read_once, thinned_from
from embedviz.network.text_in_ids import text_in_ids
from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_skip_gram import MOST_STEPS, toy_skip_gram
from embedviz.ui.learn.skip_gram import duel
from embedviz.ui.learn.texts import texts
from embedviz.ui.server import packaged_model
from embedviz.word_model import as_space
from embedviz.words.sample_corpora import CORPORA
from tests.pages.conftest import meaning_of, play_to, text_of

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
    found = at.session_state["embedviz_session"].results["skip-gram duel", "lee-3-2-1"]
    assert [metric.value for metric in at.metric] == [
        f"{found.seconds(name):.1f} s" for name in ("cbow", "skip-gram")
    ]
    for lang in ("en", "ko"):
        at.session_state["learn_language_chosen"] = lang
        at.run()
        assert ("흔히 하는 말" in text_of(at)) == (lang == "ko")
        for band in found.bands:
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


# What the sentences claim, each at the default state and at others, against an oracle of its own.


def _neighbors(typed: str, window: int) -> dict[str, Counter[str]]:
    """Each word's context words in all sentences, counted without the core's windows."""
    found: dict[str, Counter[str]] = {}
    for words in toy_text(typed).sentences:
        for i, word in enumerate(words):
            around = [*words[max(0, i - window) : i], *words[i + 1 : i + window + 1]]
            found.setdefault(word, Counter()).update(around)
    return found


def _alike(a: Counter[str], b: Counter[str]) -> float:
    return sum(min(a[word] / a.total(), b[word] / b.total()) for word in a)


@pytest.mark.parametrize(
    ("lang", "typed", "window", "center", "step"),
    [
        ("en", CAT, 2, "2 cat", 0),
        ("ko", CAT, 2, "2 cat", 300),
        ("en", CAT, 2, "2 cat", 300),
        ("en", CAT, 1, "1 the", 300),
        ("ko", "a zebra and a lion", 3, "2 zebra", 20),
        ("en", "a zebra and a lion", 1, "5 lion", 2),
    ],
)
def test_the_sentences_tell_of_the_whole_text_and_of_this_step(
    open_page, lang: str, typed: str, window: int, center: str, step: int
) -> None:
    at = open_page(
        "learn_skip_gram", lang=lang, sentence=typed, window=str(window), center=center,
        steps=str(step),
    )  # fmt: skip
    told = meaning_of(at, texts("skip_gram", lang), "inside")
    assert len(told) == 3
    word = center.split()[1]
    place = int(center.split(maxsplit=1)[0]) - 1
    sentence = toy_text(typed).sentence
    c = len(sentence[max(0, place - window) : place]) + len(
        sentence[place + 1 : place + window + 1]
    )
    assert f"**{word}**" in told[0]
    only = {"en": "the only other word", "ko": "하나뿐인"}[lang]
    assert (only in told[0]) == (c == 1)
    assert c == 1 or str(c) in told[0]

    neighbors = _neighbors(typed, window)
    mine = neighbors[word]
    trained = toy_skip_gram(toy_text(typed), window, 4, 2.0)
    words, weights = trained.vocabulary.words, trained.at(step)
    powers = np.exp(weights.W[words.index(word)] @ weights.W_out)
    p = dict(zip(words, powers / powers.sum(), strict=True))
    elsewhere = sum(max(p[other] - mine[other] / mine.total(), 0.0) for other in words)
    pairs = sum(counts.total() for counts in neighbors.values())
    floor = (
        -sum(
            n * np.log(n / counts.total()) for counts in neighbors.values() for n in counts.values()
        )
        / pairs
    )
    assert str(mine.total()) in told[1]
    assert f"{elsewhere:.0%}" in told[1]
    assert f"{floor:.2f}" in told[1]
    assert trained.path.losses[step] >= floor
    assert f"{trained.path.losses[step]:.2f}" in told[1]

    twin = max(
        (other for other in words if other != word), key=lambda w: _alike(mine, neighbors[w])
    )
    assert f"**{twin}**" in told[2]
    assert f"{_alike(mine, neighbors[twin]):.0%}" in told[2]
    cosine = []
    for number in (0, step):
        a, b = (trained.at(number).W[words.index(name)] for name in (word, twin))
        cosine.append(float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))
    assert f"{cosine[1]:.2f}".replace("-", "−") in told[2]
    rose = {"en": "rose from", "ko": "올랐습니다"}[lang]
    assert (rose in told[2]) == (step > 0 and cosine[1] > cosine[0])


def test_bars_and_legend_speak_of_the_whole_text(open_page) -> None:
    """Not of the window: cat has 6 context words in the text and 3 in this window."""
    assert _neighbors(CAT, 2)["cat"].total() == 6
    at = open_page("learn_skip_gram")
    assert "6 in the whole text" in _charts(at)
    trained = toy_skip_gram(toy_text(CAT), 2, 4, 2.0)
    shares = dict(zip(trained.vocabulary.words, trained.shares(1), strict=True))
    assert shares["the"] == pytest.approx(2 / 6)
    assert shares["milk"] == pytest.approx(1 / 6)  # not in this window


def test_the_gradients_are_rows_of_their_shapes() -> None:
    """∂L/∂W′ = hᵀ e is d × V; ∂L/∂W of the center = e W′ᵀ is 1 × d."""
    weights = toy_skip_gram(toy_text(CAT), 2, 4, 2.0).at(9)
    context = (0, 2, 2)
    passed, found = forward(weights, 1, context), gradients(weights, 1, context)
    h, e = passed.h[None, :], len(context) * passed.probabilities[None, :]
    np.subtract.at(e[0], list(context), 1.0)
    np.testing.assert_allclose(found.W_out, h.T @ e, atol=1e-12)
    np.testing.assert_allclose(found.W[1], (e @ weights.W_out.T)[0], atol=1e-12)
    for lang in ("en", "ko"):
        formula = texts("skip_gram", lang).section("formula.inside")
        assert r"h^\top e" in formula
        assert r"e\,W'^\top" in formula


@pytest.mark.parametrize(
    ("lang", "t", "window", "shrink"),
    [
        ("en", 1e-3, 5, "off"), ("ko", 1e-4, 3, "off"), ("en", 0.0, 5, "off"),
        ("en", 3e-2 / 3, 5, "off"), ("ko", 1e-3, 10, "on"),
    ],
)  # fmt: skip
def test_the_sentences_on_real_text_count_what_is_thinned(
    open_page, settle, lee, lang: str, t: float, window: int, shrink: str
) -> None:
    at = open_page(
        "learn_skip_gram", part="text", lang=lang, t=repr(t), reach=str(window), shrink_text=shrink
    )
    settle(at, lambda at: at.metric)
    told = meaning_of(at, texts("skip_gram", lang), "text")
    assert len(told) == 3
    before, after = (read_once(lee, at_t, window, shrink=shrink == "on") for at_t in (0.0, t))
    for reading in (before,) if t == 0 else (before, after):
        assert f"{reading.by_word[:10].sum() / reading.n_pairs:.0%}" in told[0]
    f = lee.counts / lee.counts.sum()
    x = t / f
    thinned = int((np.sqrt(x) + x < 1).sum()) if t else 0
    assert thinned == int((f > 2.6180339887 * t).sum()) * (t > 0)
    if thinned > 1:
        assert str(thinned) in told[1]
        assert f"{2.6180339887 * t:.3%}" in told[1]
        assert f"{np.sqrt(x[0]) + x[0]:.0%}" in told[1]
    assert f"{after.mean_distance:.2f}" in told[2]
    assert f"{after.beyond(window):.0%}" in told[2]
    grew = {"en": "grew from", "ko": "늘었고"}[lang]
    assert (grew in told[2]) == (thinned > 0 and after.mean_distance > before.mean_distance)


@pytest.mark.parametrize("t", [1e-5, 1e-3, 0.01, 0.3])
def test_thinning_begins_at_two_and_six_tenths_of_t(t: float) -> None:
    """Not at t: √(t/f) + t/f is 1 at f = (3 + √5)/2 · t."""
    total = 10**9
    edge = thinned_from(t)
    assert edge / t == pytest.approx(2.618034)
    for share, kept in ((t, True), (edge * 0.999, True), (min(edge * 1.001, 0.999), edge > 1)):
        count = int(share * total)
        keep = keep_probabilities(np.array([count, total - count]), t)[0]
        assert (keep == 1.0) == kept or edge * 1.001 > 1


@pytest.mark.parametrize(
    ("lang", "seconds", "bands", "rounds"),
    [
        ("en", (1.0, 2.5), ((0.02, 0.01), (0.0, 0.01)), 1),
        ("ko", (3.0, 1.5), ((-0.02, 0.01), (0.03, 0.01)), 3),
        ("en", (2.0, 1.9), ((0.001, 0.01), (-0.03, 0.01)), 1),
        ("ko", (1.0, 4.2), ((0.02, 0.01), (-0.03, 0.01)), 1),
        ("en", (1.0, 1.1), ((-0.02, 0.01), (0.03, 0.01)), 3),
    ],
)
def test_the_duel_claims_what_was_measured_and_no_more(
    open_page, monkeypatch, lang: str, seconds, bands, rounds: int
) -> None:
    """Ahead only where the margin leaves it so; slower only where it took longer."""
    made = tuple(
        BandScore(low, high, 500, {"cbow": 0.1, "skip-gram": 0.1 + d}, {"cbow": 0.5, "skip-gram": 0.5},
                  d, m, 0.01)
        for (low, high), (d, m) in zip(((3, 9), (100, 4133)), bands, strict=True)
    )  # fmt: skip
    took = dict(zip(("cbow", "skip-gram"), seconds, strict=True))
    result = duel.Result(DuelSettings(cbow_rounds=rounds), made, took, 2, own=True)
    monkeypatch.setattr(duel, "_EARLIER", result)
    at = open_page("learn_skip_gram", part="duel", lang=lang)
    told = meaning_of(at, texts("skip_gram", lang), "duel")
    assert len(told) == 3
    ratio = seconds[1] / seconds[0]
    assert f"{ratio:.1f}" in told[0]
    assert ({"en": "yet took only", "ko": "뿐이었습니다"}[lang] in told[0]) == (
        rounds == 1 and ratio <= 1
    )
    assert (str(rounds) in told[0]) or rounds == 1
    ahead = {
        "en": ("skip-gram's neighbors agree more", "CBOW's neighbors agree more"),
        "ko": ("Skip-gram의 이웃이 GloVe와 더 많이", "CBOW의 이웃이 GloVe와 더 많이"),
    }[lang]
    for line, (difference, margin) in zip(told[1:], bands, strict=True):
        assert (ahead[0] in line) == (difference > margin)
        assert (ahead[1] in line) == (-difference > margin)
        assert f"{100 * abs(difference):.1f} ± {100 * margin:.1f}" in line


def test_while_both_are_trained_three_sentences_stand(open_page, monkeypatch) -> None:
    monkeypatch.setattr(duel, "work", lambda *_, **__: None)
    for lang in ("en", "ko"):
        at = open_page("learn_skip_gram", part="duel", lang=lang, asked="lee-3-2-1")
        told = meaning_of(at, texts("skip_gram", lang), "duel")
        assert len(told) == 3
        assert "4" in told[0]


def test_the_earlier_run_is_what_the_core_measures() -> None:
    """But for its times, which are another machine's."""
    reference = as_space(packaged_model("glove-6b-50d"))
    found = side_by_side(CORPORA[earlier_duel.TEXT].open(), reference, earlier_duel.SETTINGS)
    for now, then in zip(found.bands, earlier_duel.BANDS, strict=True):
        assert (now.low, now.high, now.n) == (then.low, then.high, then.n)
        assert now.winner == then.winner
        assert now.difference == pytest.approx(then.difference, abs=then.margin)
        assert now.margin == pytest.approx(then.margin, rel=0.2)
