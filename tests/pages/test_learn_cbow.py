"""The CBOW lesson: its parts in both languages, its controls, hostile sentences, its links."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedviz.network.blanks import blank_in
from embedviz.network.output_cost import SIZES, StepCost, multiplications
from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_guesses import toy_guesses
from embedviz.network.toy_training import MOST_STEPS, toy_training
from embedviz.ui.learn.cbow import cost, trained
from embedviz.ui.learn.texts import texts
from tests.pages.conftest import meaning_of, play_to, text_of

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
    wanted = {"en": "at least two words", "ko": "두 단어 이상을"}[lang]
    assert wanted in at.error[0].value
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
    assert "빈칸이 0개" in at.error[0].value
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


# What the sentences claim, each at the default state and at others, against an oracle of its own.

CAT_AMONG_CARS = "a cat needs fuel"


def _bags(sentences: tuple[tuple[str, ...], ...], window: int) -> list[tuple[list[str], str]]:
    """Each word's context as a sorted list, and the word: without the core's windows."""
    found = []
    for words in sentences:
        for i, word in enumerate(words):
            around = [*words[max(0, i - window) : i], *words[i + 1 : i + window + 1]]
            if around:
                found.append((sorted(around), word))
    return found


@pytest.mark.parametrize(
    ("lang", "sentence", "window", "center", "step"),
    [
        ("en", "The cat sat on the mat.", 2, 2, 0),
        ("ko", "The cat sat on the mat.", 2, 2, 300),
        ("en", "The cat sat on the mat.", 2, 2, 3),
        ("ko", "The cat sat on the mat.", 2, 3, 300),
        ("en", "a zebra and a lion", 1, 2, 300),
        ("ko", CAT_AMONG_CARS, 3, 2, 150),
    ],
)
def test_the_sentences_say_where_the_right_word_stands_and_why(
    open_page, lang: str, sentence: str, window: int, center: int, step: int
) -> None:
    at = open_page(
        "learn_cbow", lang=lang, sentence=sentence, window=str(window), center=str(center),
        steps=str(step),
    )  # fmt: skip
    told = meaning_of(at, texts("cbow", lang), "inside")
    assert len(told) == 3
    text = toy_text(sentence)
    training = toy_training(text, window, 4, 3.0)
    words, target = training.vocabulary.words, text.sentence[center - 1]
    bags = _bags(text.sentences, window)
    # The rank and the probability, computed from W and W' by hand.
    place = {}
    for at_step in (0, step):
        weights = training.at(at_step)
        context = bags[center - 1][0]
        h = np.mean([weights.W[words.index(word)] for word in context], axis=0)
        powers = np.exp(h @ weights.W_out)
        p = dict(zip(words, powers / powers.sum(), strict=True))
        place[at_step] = sorted(p, key=lambda word: -p[word]).index(target) + 1, p
    rank, p = place[step]
    assert f"**{target}**" in told[1]
    assert f"{p[target]:.1%}" in told[1]
    if step == 0:
        assert f"place {rank} of {len(words)}." in told[1]
        return
    before, p_before = place[0]
    assert f"{p_before[target]:.1%}" in told[1]
    assert (f"place {before} " in told[1] and f"place {rank} " in told[1]) or lang == "ko"
    assert lang == "en" or (f"{before}위" in told[1] and f"{rank}위" in told[1])
    fitting = {word for bag, word in bags if bag == bags[center - 1][0]}
    if len(fitting) > 1:
        assert all(word in told[1] for word in fitting)
        assert f"{sum(p[word] for word in fitting):.0%}" in told[1]
    else:
        assert {"en": "no other word", "ko": "다른 단어는 없습니다"}[lang] in told[1]


def test_at_first_cat_is_first_by_luck_and_in_the_end_third_behind_its_like(open_page) -> None:
    """The lesson's point: what fills the same blank cannot be told apart."""
    training = toy_training(toy_text("The cat sat on the mat."), 2, 4, 3.0)
    guesses = toy_guesses(training, 1)
    names = [training.vocabulary.words[row] for row in guesses.best(300, 3)]
    assert guesses.rank(0) == 1
    assert names == ["dog", "kitten", "cat"]
    assert guesses.rank(300) == 3
    told = meaning_of(open_page("learn_cbow", steps="300"), texts("cbow", "en"), "inside")
    assert "from place 1 " in told[1]
    assert "to place 3 " in told[1]
    assert "cannot tell them apart is the point" in told[1]


@pytest.mark.parametrize(
    ("lang", "seed", "step"),
    [("en", 0, 300), ("ko", 3, 300), ("en", 0, 10), ("ko", 5, 60), ("en", 0, 0)],
)
def test_cat_and_dog_were_pushed_the_same_way_only_where_they_were(
    open_page, lang: str, seed: int, step: int
) -> None:
    at = open_page("learn_cbow", lang=lang, seed=str(seed), steps=str(step))
    told = meaning_of(at, texts("cbow", lang), "inside")
    training = toy_training(toy_text("The cat sat on the mat."), 2, 4, 3.0, seed)
    cosine = []
    for at_step in (0, step):
        a, b = (training.at(at_step).W[training.vocabulary.index(w)] for w in ("cat", "dog"))
        cosine.append(float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))
    shown = f"{cosine[1]:.2f}".replace("-", "−")
    assert shown in told[2]
    claims = {"en": "pushed the same way", "ko": "같은 방향으로 밀려"}[lang]
    assert (claims in told[2]) == (step > 0 and cosine[1] > max(cosine[0], 0.9))


def test_the_gradients_are_rows_of_their_shapes() -> None:
    """∂L/∂W′ = hᵀ(p − t) is d × V; ∂L/∂W of a context word = (p − t) W′ᵀ / c is 1 × d."""
    training = toy_training(toy_text("The cat sat on the mat."), 2, 4, 3.0)
    seen, found, weights = training.pass_of(1, 7), training.gradients_of(1, 7), training.at(7)
    h, p = seen.h[None, :], seen.probabilities[None, :]
    t = np.eye(weights.V)[[seen.target]]
    np.testing.assert_allclose(found.W_out, h.T @ (p - t))
    context = seen.one_hot.argmax(axis=1)
    assert len(set(context)) == len(context)
    for row in context:
        np.testing.assert_allclose(
            found.W[row], ((p - t) @ weights.W_out.T / len(context))[0], atol=1e-12
        )
    for lang in ("en", "ko"):
        formula = texts("cbow", lang).section("formula")
        assert r"(p - t)}_{1 \times V}\,\underbrace{W'^{\top}}_{V \times d}" in formula


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_example_of_the_terms_has_the_words_that_it_claims(lang: str) -> None:
    said = texts("cbow", lang).section("reference")
    bags = {word: bag for bag, word in _bags((("the", "cat", "sat", "on", "the", "mat"),), 2)}
    assert bags["sat"] == sorted(["the", "cat", "on", "the"])
    assert bags["cat"] == sorted(["the", "sat", "on"])
    assert '"The, cat, on, the"' in said
    assert "The, sat, on, the → cat" in said  # told openly what is wrong with it
    assert {"en": "cannot come from two words on each side", "ko": "나올 수 없습니다"}[lang] in said


def _costs(exponents: dict[str, float], disturbed: dict[int, set[str]] | None = None):
    noise = {1_000: 1.02, 3_000: 0.97, 10_000: 1.01, 30_000: 1.03, 100_000: 0.98}
    return tuple(
        StepCost(
            V,
            {name: 1e-6 * noise[V] * V**exponent for name, exponent in exponents.items()},
            frozenset((disturbed or {}).get(V, set())),
            multiplications(V, 300, 5),
            9.0,
        )
        for V in SIZES
    )


@pytest.mark.parametrize(
    ("lang", "exponent", "V"),
    [("en", 1.0, 10_000), ("ko", 1.81, 10_000), ("en", 0.6, 1_000), ("ko", 1.0, 100_000)],
)
def test_the_cost_says_of_the_time_what_was_measured(
    open_page, settle, monkeypatch, lang: str, exponent: float, V: int
) -> None:
    """In proportion only where the interval holds 1: not of V^1.81."""
    costs = _costs({"full": exponent, "negative": 0.0, "hierarchical": 0.1})
    monkeypatch.setattr(cost, "measure_output_cost", lambda *_, **__: costs)
    at = open_page("learn_cbow", lang=lang, part="cost", V=str(V))
    settle(at, lambda page: " ms |" in text_of(page))
    told = meaning_of(at, texts("cbow", lang), "cost")
    assert len(told) == 3
    # The slope by the closed form of least squares, and not from the core.
    x, y = np.log(SIZES), np.log([one.seconds["full"] for one in costs])
    fitted = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    assert f"V^{fitted:.2f} ± " in told[0]
    agrees = {"en": "agrees with proportion", "ko": "오차 안에서 V에 비례"}[lang]
    assert (agrees in told[0]) == (exponent == 1.0)
    turns = len(f"{V - 1:b}")
    for figure in (3 * V * 300, 3 * 6 * 300, 3 * turns * 300):
        assert f"{figure:,}" in "".join(told)
    here = costs[SIZES.index(V)].seconds
    for figure in (V / 6, V / turns, here["full"] / here["negative"]):
        assert f"{figure:,.0f}" in told[2]


def test_a_disturbed_time_is_flagged_and_left_out(open_page, settle, monkeypatch) -> None:
    exponents = {"full": 1.0, "negative": 0.0, "hierarchical": 0.1}
    costs = _costs(exponents, {100_000: {"full"}, 10_000: {"full"}})
    costs[-1].seconds["full"] *= 40
    monkeypatch.setattr(cost, "measure_output_cost", lambda *_, **__: costs)
    at = open_page("learn_cbow", part="cost")
    settle(at, lambda page: " ms (disturbed) |" in text_of(page))
    assert "2 of 15 times were disturbed" in at.warning[0].value
    told = meaning_of(at, texts("cbow", "en"), "cost")
    assert "agrees with proportion" in told[0]  # of the three that are left
    at.button(key="cbow-measure-again").click().run()
    assert not at.exception


def test_where_too_much_was_disturbed_no_growth_is_claimed(open_page, settle, monkeypatch) -> None:
    exponents = {"full": 1.0, "negative": 0.0, "hierarchical": 0.1}
    costs = _costs(exponents, {V: {"full", "negative"} for V in SIZES[1:]})
    monkeypatch.setattr(cost, "measure_output_cost", lambda *_, **__: costs)
    at = open_page("learn_cbow", part="cost")
    settle(at, lambda page: " ms (disturbed) |" in text_of(page))
    told = meaning_of(at, texts("cbow", "en"), "cost")
    assert len(told) == 3
    assert "V^" not in "".join(told)


@pytest.mark.parametrize(
    ("lang", "blank"),
    [
        ("en", "the prime ___ john howard"),
        ("ko", "in the west ___ and gaza"),
        ("en", "two people were ___ in the fire"),
        ("ko", "two people were ___ in the fire"),
    ],
)
def test_the_trained_networks_answer_what_the_sentence_says(
    open_page, settle, lang: str, blank: str
) -> None:
    at = open_page("learn_cbow", lang=lang, part="trained", blank=blank)
    settle(at, lambda page: "p = 0." in text_of(page))
    told = meaning_of(at, texts("cbow", lang), "trained")
    assert len(told) == 3
    answers = []
    for output in ("negative", "hierarchical"):
        model, score = trained._shared()[output]
        around = blank_in(blank, model.vocabulary, model.window).context
        p = model.probabilities(around)
        answers.append(model.vocabulary.words[int(p.argmax())])
        assert f"{p.max():.0%}" in told[0]
        assert f"**{answers[-1]}**" in told[0]
        assert f"{score.cross_entropy:.2f}" in told[1]
        # The order of the context does not matter: no bar moves.
        np.testing.assert_allclose(model.probabilities(around[::-1]), p, rtol=1e-4)
    both = {"en": "both networks answer", "ko": "두 신경망 모두"}[lang]
    assert (both in told[0]) == (answers[0] == answers[1])
    assert f"{math.log(len(model.vocabulary)):.2f}" in told[1]


def test_bars_side_by_side_share_one_axis(open_page, settle) -> None:
    at = open_page("learn_cbow", part="trained")
    settle(at, lambda page: "p = 0." in text_of(page))
    ranges = re.findall(r'\\"range\\":\[0,([\d.]+)\]', _charts(at)) or re.findall(
        r"range\W+\[0,([\d.]+)\]", _charts(at)
    )
    assert len(ranges) >= 2
    assert len(set(ranges)) == 1


def test_before_anything_is_measured_three_sentences_stand(open_page, monkeypatch) -> None:
    monkeypatch.setattr(cost, "work", lambda *_, **__: None)
    monkeypatch.setattr(trained, "work", lambda *_, **__: None)
    trained._shared.clear()
    for lang in ("en", "ko"):
        for part in ("cost", "trained"):
            at = open_page("learn_cbow", lang=lang, part=part)
            assert len(meaning_of(at, texts("cbow", lang), part)) == 3
