"""A training says what speaks against it, and its loss compares epochs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gensim.models.word2vec import LineSentence
from gensim.test.utils import datapath

import embedviz as ev
from embedviz.words.sample_loss import Guesses, SentenceSample
from embedviz.words.training_doubts import more_kept

ALGORITHMS = ("cbow", "skip-gram", "fasttext")


def trained(sentences, algorithm="skip-gram", **settings):
    if algorithm == "fasttext":
        settings["bucket"] = 100
    return ev.train_words(
        sentences, algorithm=algorithm, **{"vector_size": 6, "epochs": 4} | settings
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_three_of_seven_words_say_which_min_count_keeps_more(algorithm):
    said = trained([list("aabbccdefg")], algorithm).doubts
    assert any("Only 3 of 7 different words (60% of the text)" in one for one in said)
    assert any("min_count=1 keeps 7." in one for one in said)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    ("sentences", "settings"),
    [
        ([["a"], ["b"], ["a"], ["b"]], {}),  # sentences of one word
        ([["a", "x"], ["b", "y"], ["a", "z"], ["b", "w"]], {}),  # one word of each is kept
        ([["a", "b"] * 300], {"sample": 1e-12}),  # subsampling leaves none
    ],
)
def test_what_trained_nothing_is_no_success(algorithm, sentences, settings):
    found = trained(sentences, algorithm, **settings)
    assert "Nothing was learned" in found.doubts[0]
    assert 0.0 not in found.losses
    assert all(map(math.isnan, found.sample_losses))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_text_to_learn_from_raises_no_doubt(algorithm):
    words = [f"w{i}" for i in range(40)]
    rng = np.random.default_rng(0)
    sentences = [list(rng.choice(words, 12)) for _ in range(60)]
    assert trained(sentences, algorithm, sample=0.0).doubts == ()


def test_epochs_that_trained_nothing_are_counted():
    # Subsampling keeps a word of this text once in a hundred times: some epochs have no pair.
    found = trained([["a", "b", "c"] * 6], epochs=40, min_count=1, sample=1e-5)
    idle = sum(map(math.isnan, found.losses))
    assert 0 < idle < 40
    assert any(f"{idle} of 40 epochs had no two words" in one for one in found.doubts)


def test_a_window_wider_than_every_sentence_is_said():
    said = trained([["a", "b", "c"]] * 30, window=8, sample=0.0).doubts
    assert any("No sentence has more than 3 words, so window=8" in one for one in said)


def test_more_kept_is_the_largest_count_that_keeps_more():
    counts = {"a": 9, "b": 5, "c": 5, "d": 2, "e": 1}
    assert more_kept(counts, 6) == (5, 3)
    assert more_kept(counts, 5) == (2, 4)
    assert more_kept(counts, 1) is None


@pytest.mark.parametrize("algorithm", ["cbow", "skip-gram"])
def test_the_loss_of_the_same_guesses_falls_where_the_running_one_need_not(algorithm):
    lee = list(LineSentence(datapath("lee_background.cor")))[:120]
    found = trained(lee, algorithm, vector_size=16, epochs=8, min_count=2)
    losses = found.sample_losses
    assert len(losses) == 8
    assert sorted(losses, reverse=True) == list(losses)
    assert losses == trained(lee, algorithm, vector_size=16, epochs=8, min_count=2).sample_losses


def test_the_loss_is_that_of_mikolov_by_hand():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 5, 3)).astype(np.float32)
    guesses = Guesses(np.array([[0, 1], [2, -1]]), np.array([3, 4]), np.array([[0, 3], [1, 1]]))

    def softly(z):
        return math.log1p(math.exp(-z))

    first = (x[0] + x[1]) / 2
    # The second random word of the first guess is the true one: it does not count.
    by_hand = softly(first @ y[3]) + softly(-(first @ y[0]))
    by_hand += softly(x[2] @ y[4]) + 2 * softly(-(x[2] @ y[1]))
    assert guesses.loss(x, y) == pytest.approx(by_hand / 2, rel=1e-6)


def test_every_sentence_may_be_in_the_sample():
    text = [[str(number)] for number in range(9000)]
    sample = SentenceSample(0)
    assert list(sample.passing(text)) == text
    kept = np.array([int(sentence[0]) for sentence in sample._kept])
    assert len(set(kept)) == len(kept) == 2000
    assert kept.mean() == pytest.approx(4500, abs=300)  # 5 standard errors
    assert sample.longest == 1
