"""Pairs and subsampling: held to their definition and to what gensim trains on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.network.pairs import n_pairs, shrunken_windows, window_pairs
from embedviz.network.subsampling import keep_probabilities, read_once
from embedviz.network.text_in_ids import text_in_ids
from embedviz.words.sample_corpora import CORPORA

SENTENCE = ["the", "cat", "sat", "on", "the", "mat"]


@pytest.fixture(scope="module")
def lee() -> list[list[str]]:
    return list(CORPORA["lee"].open())


def by_definition(n: int, sizes) -> list[tuple[int, int]]:
    return [
        (center, context)
        for center in range(n)
        for context in range(n)
        if 0 < abs(center - context) <= sizes[center]
    ]


def gensim_pairs(sentences, **settings):
    """Walk through gensim's pairs at learning rate 0, where each bit of the center's Huffman code
    costs the same. Returns the bits of all pairs, and what gives the length of a word's code.
    """
    loss, model = gensim_loss(sentences, **settings)
    # Two words have codes of one bit, and make two pairs. (gensim's table of logarithms is read
    # two places off, so that a bit costs it 0.705 instead of log 2.)
    of_two_pairs, _ = gensim_loss([["a", "b"]], window=1, sample=0)
    return 2 * loss / of_two_pairs, lambda words: code_lengths(model, words)


def gensim_loss(sentences, **settings):
    from gensim.models import Word2Vec

    model = Word2Vec(
        vector_size=4, sg=1, hs=1, negative=0, min_count=1, alpha=0.0, min_alpha=0.0, workers=1,
        seed=1, **settings,
    )  # fmt: skip
    model.build_vocab(sentences)
    loss = 0.0
    for first in range(0, len(sentences), 20):  # a few at once: the sum is in single precision
        few = sentences[first : first + 20]
        model.train(few, total_examples=len(few), epochs=1, compute_loss=True)
        loss += model.get_latest_training_loss()
    return loss, model


def code_lengths(model, words) -> np.ndarray:
    return np.array([len(model.wv.get_vecattr(word, "code")) for word in words])


def test_the_pairs_of_the_sentence_of_the_lesson():
    cat = [SENTENCE[j] for i, j in window_pairs(6, 2) if i == 1]
    assert cat == ["the", "sat", "on"]
    assert len(window_pairs(6, 2)) == n_pairs(6, 2) == 18


@given(st.integers(0, 30), st.integers(1, 12), st.integers(0, 5))
def test_pairs_are_those_of_the_definition(n, window, seed):
    sizes = shrunken_windows(n, window, seed)
    assert [*map(tuple, window_pairs(n, window, sizes))] == by_definition(n, sizes)
    assert [*map(tuple, window_pairs(n, window))] == by_definition(n, [window] * n)
    assert len(window_pairs(n, window)) == n_pairs(n, window)


@pytest.mark.parametrize("window", [1, 2, 5])
def test_gensim_walks_through_the_same_pairs(lee, window):
    sentences = lee[:40]
    theirs, lengths = gensim_pairs(sentences, window=window, sample=0, shrink_windows=False)
    ours = sum(
        lengths([sentence[i] for i, _ in window_pairs(len(sentence), window)]).sum()
        for sentence in sentences
    )
    assert theirs == pytest.approx(ours, rel=5e-4)


def test_shrunken_windows_give_gensims_number_of_pairs(lee):
    sentences = lee[:600]
    theirs, lengths = gensim_pairs(sentences, window=5, sample=0, shrink_windows=True)
    text = text_in_ids(sentences)
    ours = read_once(text, 0.0, 5, shrink=True).by_word @ lengths(text.words)
    assert theirs == pytest.approx(ours, rel=0.02)


def test_subsampling_leaves_gensims_number_of_pairs(lee):
    sentences = lee[:600]
    theirs, lengths = gensim_pairs(sentences, window=5, sample=1e-3, shrink_windows=False)
    text = text_in_ids(sentences)
    ours = read_once(text, 1e-3, 5).by_word @ lengths(text.words)
    assert theirs == pytest.approx(ours, rel=0.03)


@pytest.mark.parametrize("threshold", [1e-2, 1e-3, 1e-5, 0.0])
@pytest.mark.parametrize("min_count", [1, 5])
def test_keep_probabilities_are_gensims_to_the_last_bit(lee, threshold, min_count):
    from gensim.models import Word2Vec

    model = Word2Vec(vector_size=2, min_count=min_count, sample=threshold)
    model.build_vocab(lee[:800])
    text = text_in_ids(lee[:800], min_count)
    theirs = [model.wv.get_vecattr(word, "sample_int") for word in text.words]
    ours = keep_probabilities(text.counts, threshold)
    assert [np.uint32(p * (2**32 - 1)) for p in ours] == theirs


@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=40),
    st.floats(1e-6, 0.99),
    st.floats(1e-6, 0.99),
)
def test_a_lower_threshold_and_a_higher_count_keep_less(counts, one, other):
    sorted_counts = np.sort(np.array(counts))
    low, high = sorted([one, other])
    assert (keep_probabilities(sorted_counts, low) <= keep_probabilities(sorted_counts, high)).all()
    assert (np.diff(keep_probabilities(sorted_counts, low)) <= 0).all()


def test_one_reading_is_what_its_pairs_say(lee):
    text = text_in_ids(lee[:30], min_count=2)
    reading = read_once(text, 1e-3, 3, seed=4)
    apart: list[int] = []
    for number in np.unique(text.sentences):
        places = text.places[[i for i in text.sentence(number) if reading.kept[i]]]
        apart += [abs(places[i] - places[j]) for i, j in window_pairs(len(places), 3)]
    assert np.array_equal(np.bincount(apart), np.trim_zeros(reading.distances, "b"))
    assert reading.by_word.sum() == reading.n_pairs == len(apart)
    assert reading.mean_distance == pytest.approx(np.mean(apart))
    assert reading.beyond(3) == pytest.approx(np.mean(np.array(apart) > 3))


def test_every_word_is_read_where_nothing_is_thinned(lee):
    text = text_in_ids(lee)
    reading = read_once(text, 0.0, 4)
    assert reading.kept.all()
    assert reading.expected == text.n_read == len(text.ids)
    assert reading.n_pairs == sum(n_pairs(len(sentence), 4) for sentence in lee)
    assert reading.beyond(4) == 0


def test_a_text_of_one_word_has_no_pair():
    reading = read_once(text_in_ids([["one"]]), 0.5, 5)
    assert reading.n_pairs == 0
    assert math.isnan(reading.mean_distance)
    assert reading.beyond(5) == 0


@pytest.mark.parametrize("threshold", [-0.1, 1.0, float("nan"), float("inf")])
def test_a_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(InvalidParameterError, match="allowed is 0"):
        keep_probabilities(np.array([1, 2]), threshold)


@pytest.mark.parametrize("window", [0, -1, 101, 2.5, True])
def test_a_window_out_of_range_is_refused(window):
    with pytest.raises(InvalidParameterError, match="1 to 100"):
        window_pairs(5, window)


def test_other_bad_input_is_a_sentence():
    with pytest.raises(InvalidParameterError, match="a count is 1 or more"):
        keep_probabilities(np.array([0, 2]), 0.1)
    with pytest.raises(InvalidParameterError, match="min_count=3"):
        text_in_ids([["a", "b"]], 3)
    with pytest.raises(InvalidParameterError, match="No word"):
        text_in_ids([])
    with pytest.raises(InvalidParameterError, match="2,000,000 pairs"):
        window_pairs(1_000_000, 5)
    with pytest.raises(InvalidParameterError, match="sizes of shape"):
        window_pairs(3, 2, np.array([1, 2, 3]))
