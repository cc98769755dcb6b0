"""CBOW trained on the toy corpus, kept by its settings: going to a step and back costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from embedviz.network.cbow import CbowExample, CbowPass, forward, gradients, objective, windows
from embedviz.network.parameters import Parameters, initial_parameters
from embedviz.network.toy_corpus import ToyText
from embedviz.network.training import TrainingPath, train
from embedviz.network.vocabulary import Vocabulary
from embedviz.network.word_maps import cosines, word_maps

MOST_STEPS = 300
"""Enough for the toy corpus to settle; computed at once, in about a tenth of a second."""

# Larger than word2vec's ±0.5/d: with so few words the first steps would hardly be seen.
_SCALE = 0.5


@dataclass(frozen=True, eq=False)
class ToyTraining:
    """A training of :data:`MOST_STEPS` steps over all windows of a :class:`ToyText`.

    Attributes
    ----------
    vocabulary : Vocabulary
    examples : tuple of CbowExample
        The windows of all sentences; those of the typed one first.
    path : TrainingPath
    """

    vocabulary: Vocabulary
    examples: tuple[CbowExample, ...]
    path: TrainingPath

    def at(self, step: int) -> Parameters:
        """The weights after ``step`` steps."""
        return self.path.parameters[step]

    def pass_of(self, center: int, step: int) -> CbowPass:
        """The forward pass for the typed sentence's word ``center`` (from 0) at a step."""
        example = self.examples[center]
        return forward(self.at(step), example.context, example.target)

    def gradients_of(self, center: int, step: int) -> Parameters:
        """The gradients of that pass."""
        example = self.examples[center]
        return gradients(self.at(step), example.context, example.target)

    @cached_property
    def maps(self) -> NDArray[np.float64]:
        """:func:`embedviz.network.word_maps.word_maps` of the path."""
        return word_maps(self.path)

    def cosines(self, first: str, second: str) -> NDArray[np.float64]:
        """The cosine of two words at every step."""
        return cosines(self.path, self.vocabulary.ids([first, second]))


def toy_training(
    text: ToyText, window: int, d: int, learning_rate: float, seed: int = 0
) -> ToyTraining:
    """Train on a text, or return what was trained with the same settings before.

    Raises InvalidParameterError for a window or d below 1, or a rate that is not positive.
    """
    return _trained(text.sentences, window, d, learning_rate, seed)


@lru_cache(maxsize=64)
def _trained(
    sentences: tuple[tuple[str, ...], ...], window: int, d: int, learning_rate: float, seed: int
) -> ToyTraining:
    vocabulary = Vocabulary.of(sentences)
    examples = tuple(
        example for words in sentences for example in windows(vocabulary.ids(words), window)
    )
    start = initial_parameters(len(vocabulary), d, seed, scale=_SCALE)
    path = train(
        start, objective(examples, len(vocabulary)), steps=MOST_STEPS, learning_rate=learning_rate
    )
    return ToyTraining(vocabulary, examples, path)
