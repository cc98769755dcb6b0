"""A sentence with a blank: which words are its context, and what a trained CBOW puts there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.vocabulary import Vocabulary, words_of

_BLANK = re.compile(r"_{2,}")


@dataclass(frozen=True)
class Blank:
    """A blank and the words around it.

    Attributes
    ----------
    before, after : tuple of str
        At most ``window`` words on each side, as they stand.
    unknown : tuple of str
        Those among them that the vocabulary does not have.
    context : tuple of int
        The ids of the others, in their order.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    unknown: tuple[str, ...]
    context: tuple[int, ...]


def blank_in(text: str, vocabulary: Vocabulary, window: int) -> Blank:
    """Read a sentence with one blank, written ``___``.

    Raises InvalidParameterError if there is not exactly one blank, or no known word near it.
    """
    sides = _BLANK.split(text)
    if len(sides) != 2:
        raise InvalidParameterError(
            f"The sentence has {len(sides) - 1} blanks; it has to have one. Write it as ___ ."
        )
    before, after = words_of(sides[0][-2000:])[-window:], words_of(sides[1])[:window]
    near = [*before, *after]
    if not near:
        raise InvalidParameterError("There is no word near the blank. Write some around it.")
    known = [word for word in near if word in vocabulary]
    if not known:
        raise InvalidParameterError(
            f"None of the {len(near)} words near the blank is among the {len(vocabulary):,} words "
            "that the network learned. Use more common English words."
        )
    unknown = tuple(word for word in near if word not in vocabulary)
    return Blank(tuple(before), tuple(after), unknown, vocabulary.ids(known))


def most_probable(
    probabilities: NDArray[np.float64], vocabulary: Vocabulary, k: int = 8
) -> tuple[tuple[str, float], ...]:
    """The k most probable words and their probabilities, the best first."""
    best = np.argsort(-probabilities, kind="stable")[:k]
    return tuple((vocabulary.words[row], float(probabilities[row])) for row in best)


@dataclass(frozen=True)
class GuessingScore:
    """How well a network guesses the words of a text.

    Attributes
    ----------
    windows : int
        How many words were asked for.
    first, first_ten : float
        The share of them that it puts first, and among its first ten.
    cross_entropy : float
        The mean −log p of the right word, in nats; log V would be blind guessing.
    """

    windows: int
    first: float
    first_ten: float
    cross_entropy: float


def guessing_score(
    probabilities_of: Callable[[Sequence[int]], NDArray[np.float64]],
    sentences: Sequence[Sequence[int]],
    window: int,
    most: int = 400,
) -> GuessingScore:
    """Ask for ``most`` words of a text (as ids), evenly spread over it.

    Raises InvalidParameterError if no word of it has another one beside it.
    """
    from embedviz.network.cbow import windows

    every = [example for ids in sentences for example in windows(ids, window)]
    if not every:
        raise InvalidParameterError("The text has no word with another known one beside it.")
    chosen = np.unique(np.linspace(0, len(every) - 1, min(most, len(every))).astype(int))
    ranks, losses = [], []
    for row in chosen:
        example = every[row]
        p = probabilities_of(example.context)
        ranks.append(int((p > p[example.target]).sum()))
        losses.append(-np.log(max(float(p[example.target]), np.finfo(np.float64).tiny)))
    found = np.array(ranks)
    return GuessingScore(
        len(found), float((found == 0).mean()), float((found < 10).mean()), float(np.mean(losses))
    )
