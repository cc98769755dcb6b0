"""Rare and frequent words apart: whose nearest words agree with those of a larger model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.comparison.overlap import shared_rows
from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, stop_if
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace

EDGES = (10, 30, 100)
"""Where the bands part: below 10 occurrences, 10 to 29, 30 to 99, 100 and more."""
NEIGHBORS = 10
_AT_ONCE = 1024
_FEWEST = 5  # words of a band of which a mean is taken


@dataclass(frozen=True)
class BandScore:
    """The words of one band of frequency.

    Attributes
    ----------
    low, high : int
        How often its words occur in the text, from and to (the most frequent word's count in the
        last band).
    n : int
        How many words it has.
    agreement : mapping of str to float
        By algorithm: of a word's 10 nearest words, the share that are also among its 10 nearest in
        the reference; the mean over words and seeds. Both look among the same words: those that
        the text's vocabulary and the reference share.
    stability : mapping of str to float
        By algorithm: of a word's 10 nearest with one seed, the share that stay with another; nan
        with one seed.
    difference : float
        Mean agreement of the second algorithm minus that of the first, word by word.
    margin : float
        Half of its 95 % interval: 1.96 standard errors over the n words. It says how far other
        words of the kind could move the mean, not another text.
    chance : float
        The agreement of neighbors drawn at random: 10 / (number of shared words − 1).
    """

    low: int
    high: int
    n: int
    agreement: Mapping[str, float]
    stability: Mapping[str, float]
    difference: float
    margin: float
    chance: float

    @property
    def winner(self) -> str:
        """The algorithm that agrees more, or "" where the interval holds 0."""
        first, second = self.agreement
        if abs(self.difference) <= self.margin:
            return ""
        return second if self.difference > 0 else first


def band_scores(
    spaces: Mapping[str, Sequence[EmbeddingSpace]],
    reference: EmbeddingSpace,
    cancel: Cancel | None = None,
) -> tuple[BandScore, ...]:
    """Score two algorithms by frequency band.

    Parameters
    ----------
    spaces : mapping
        Two names, each with its models (one per seed) of the same text, whose tables hold the
        column ``count`` as :func:`embedviz.train_words` gives it.

    Raises
    ------
    InvalidParameterError
        If there are not two algorithms, or fewer than 50 words of the text are in ``reference``.
    CancelledError
    """
    if len(spaces) != 2:
        raise InvalidParameterError(f"Two algorithms are compared, got {len(spaces)}.")
    first = next(iter(spaces.values()))[0]
    shared = shared_words(first, reference)
    if len(shared) < 5 * NEIGHBORS:
        raise InvalidParameterError(
            f"Only {len(shared)} words of this text are in {reference.name}; "
            f"neighbors can be compared among {5 * NEIGHBORS} or more."
        )
    counts = first.table["count"].to_numpy()[_rows(first, shared)]
    theirs = _nearest(reference, shared, cancel)
    nearest = {
        name: [_nearest(space, shared, cancel) for space in models]
        for name, models in spaces.items()
    }
    agreement = {
        name: np.mean([shared_rows(own, theirs) for own in found], axis=0) / NEIGHBORS
        for name, found in nearest.items()
    }
    stability = {
        name: shared_rows(found[0], found[1]) / NEIGHBORS
        for name, found in nearest.items()
        if len(found) > 1
    }
    return tuple(
        _score(inside, counts, agreement, stability)
        for inside in _bands(counts)
        if inside.sum() >= _FEWEST
    )


def shared_words(space: EmbeddingSpace, reference: EmbeddingSpace) -> list[str]:
    """The words that both hold, in the order of ``space``."""
    return [key for key in space.keys if key in reference]


def nearest_of(
    word: str,
    spaces: Mapping[str, EmbeddingSpace],
    reference: EmbeddingSpace,
    k: int = NEIGHBORS,
) -> dict[str, tuple[str, ...]]:
    """The ``k`` nearest words of one word in each space and in the reference (by its own name),
    all among the words that they share: what :func:`band_scores` counts.

    Raises UnknownKeyError for a word that is not among them; it names the nearest spellings.
    """
    shared = shared_words(next(iter(spaces.values())), reference)
    every = {**spaces, reference.name: reference}
    return {
        name: neighbors(space.take(_rows(space, shared)), word, k).keys
        for name, space in every.items()
    }


def _nearest(space: EmbeddingSpace, keys: Sequence[str], cancel: Cancel | None) -> NDArray[np.intp]:
    """The nearest of each key among the ``keys`` by cosine, as numbers of them, in no order.

    Thirty times as fast as :func:`embedviz.neighbors`, which ranks each query's answers anew.
    """
    vectors = space.vectors[_rows(space, keys)].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1.0)
    found = []
    for start in range(0, len(unit), _AT_ONCE):
        stop_if(cancel, "Comparing neighbors")
        cosines = unit[start : start + _AT_ONCE] @ unit.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -np.inf
        found.append(np.argpartition(-cosines, NEIGHBORS, axis=1)[:, :NEIGHBORS])
    return np.concatenate(found)


def _bands(counts: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    number = np.searchsorted(EDGES, counts, side="right")
    return [number == band for band in range(len(EDGES) + 1)]


def _score(
    inside: NDArray[np.bool_],
    counts: NDArray[np.int64],
    agreement: Mapping[str, NDArray[np.float64]],
    stability: Mapping[str, NDArray[np.float64]],
) -> BandScore:
    first, second = (values[inside] for values in agreement.values())
    differences = second - first
    n = int(inside.sum())
    return BandScore(
        low=int(counts[inside].min()),
        high=int(counts[inside].max()),
        n=n,
        agreement={name: float(values[inside].mean()) for name, values in agreement.items()},
        stability={
            name: float(stability[name][inside].mean()) if name in stability else float("nan")
            for name in agreement
        },
        difference=float(differences.mean()),
        margin=float(1.96 * differences.std(ddof=1) / np.sqrt(n)),
        chance=NEIGHBORS / (len(counts) - 1),
    )


def _rows(space: EmbeddingSpace, keys: Sequence[str]) -> NDArray[np.intp]:
    return np.array([space.index(key) for key in keys], dtype=np.intp)
