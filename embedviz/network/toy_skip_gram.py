"""Skip-gram trained on the toy corpus, kept by its settings: going to a step and back is free."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from embedviz.network.pairs import shrunken_windows
from embedviz.network.parameters import Matrix, Parameters, initial_parameters
from embedviz.network.skip_gram import (
    SkipGramExample,
    least_loss,
    objective,
    pair_counts,
    windows,
)
from embedviz.network.softmax import softmax
from embedviz.network.toy_corpus import ToyText
from embedviz.network.training import TrainingPath, train
from embedviz.network.vocabulary import Vocabulary
from embedviz.network.word_maps import cosines, word_maps

MOST_STEPS = 300
"""Enough for the toy corpus to settle; computed at once, in about a tenth of a second."""

# As in CBOW's lesson: larger than word2vec's ±0.5/d, or the first steps would hardly be seen.
_SCALE = 0.5


@dataclass(frozen=True, eq=False)
class ToySkipGram:
    """A training of :data:`MOST_STEPS` steps over all pairs of a :class:`ToyText`.

    Attributes
    ----------
    vocabulary : Vocabulary
    sizes : tuple of int
        The window of each word of the typed sentence.
    counts : ndarray of shape (V, V)
        How often each center (row) has each word in its window, in all sentences.
    path : TrainingPath
    """

    vocabulary: Vocabulary
    sizes: tuple[int, ...]
    counts: Matrix
    path: TrainingPath

    def at(self, step: int) -> Parameters:
        """The weights after ``step`` steps."""
        return self.path.parameters[step]

    @cached_property
    def least_loss(self) -> float:
        """The mean loss that no network can fall below on these pairs."""
        return least_loss(self.counts)

    def guesses(self, center: int) -> NDArray[np.float64]:
        """What a center word predicts at every step, of shape (steps + 1, V)."""
        every = self.path.parameters
        return np.stack([softmax(weights.W[center] @ weights.W_out) for weights in every])

    def shares(self, center: int) -> Matrix:
        """Each word's share of the center's context words in all sentences, of shape (V,): the
        best that can be predicted."""
        return np.asarray(self.counts[center] / self.counts[center].sum())

    def distance_to_shares(self, center: int, step: int) -> float:
        """How far a prediction is from them: the probability that lies on wrong words, from 0 to 1
        (the total variation)."""
        weights = self.at(step)
        predicted = softmax(weights.W[center] @ weights.W_out)
        return float(np.abs(predicted - self.shares(center)).sum() / 2)

    def twin(self, center: int) -> tuple[int, float]:
        """The other word whose context words are most like the center's, and how much of their
        shares they have in common, from 0 to 1; the first of those that are equal."""
        of_each = self.counts.sum(axis=1, keepdims=True)
        shares = self.counts / np.maximum(of_each, 1.0)
        common = np.minimum(shares, shares[center]).sum(axis=1)
        common[center] = -1.0
        return int(np.argmax(common)), float(common.max())

    def cosines(self, first: int, second: int) -> NDArray[np.float64]:
        """The cosine of two words' rows of W at every step."""
        return cosines(self.path, (first, second))

    @cached_property
    def maps(self) -> NDArray[np.float64]:
        """:func:`embedviz.network.word_maps.word_maps` of the path."""
        return word_maps(self.path)


def toy_skip_gram(
    text: ToyText, window: int, d: int, learning_rate: float, *, seed: int = 0, shrink: bool = False
) -> ToySkipGram:
    """Train on a text, or return what was trained with the same settings before.

    ``shrink`` draws a window for each center, once, as word2vec does anew in every epoch. Raises
    InvalidParameterError for a window or d out of range, or a rate that is not positive.
    """
    return _trained(text.sentences, window, d, learning_rate, seed, shrink)


@lru_cache(maxsize=64)
def _trained(
    sentences: tuple[tuple[str, ...], ...],
    window: int,
    d: int,
    learning_rate: float,
    seed: int,
    shrink: bool,
) -> ToySkipGram:
    vocabulary = Vocabulary.of(sentences)
    V = len(vocabulary)
    drawn = [_sizes(len(words), window, seed + i, shrink) for i, words in enumerate(sentences)]
    examples: tuple[SkipGramExample, ...] = tuple(
        example
        for words, sizes in zip(sentences, drawn, strict=True)
        for example in windows(vocabulary.ids(words), window, sizes)
    )
    start = initial_parameters(V, d, seed, scale=_SCALE)
    path = train(start, objective(examples, V), steps=MOST_STEPS, learning_rate=learning_rate)
    return ToySkipGram(vocabulary, drawn[0], pair_counts(examples, V), path)


def _sizes(n_words: int, window: int, seed: int, shrink: bool) -> tuple[int, ...]:
    if not shrink:
        return (window,) * n_words
    return tuple(shrunken_windows(n_words, window, seed).tolist())
