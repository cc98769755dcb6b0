"""Subsampling of frequent words: with which probability word2vec keeps a word it reads."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.pairs import check_window, shrunken_windows
from embedviz.network.text_in_ids import TextInIds

_MOST_THRESHOLD = 1.0


def keep_probabilities(counts: NDArray[np.int64], threshold: float) -> NDArray[np.float64]:
    """The probability that one occurrence of a word is kept: √(t/f) + t/f, at most 1.

    f is the word's share of all ``counts``, t the threshold. This is what word2vec.c and gensim
    compute; the paper's text gives √(t/f) alone.

    Parameters
    ----------
    counts : ndarray of shape (V,), int64
        How often each word of the vocabulary occurs, 1 or more.
    threshold : float
        t, gensim's ``sample``: from 0 (keeps every word) to below 1.

    Raises
    ------
    InvalidParameterError
        For a threshold out of range, or counts below 1.

    References
    ----------
    Mikolov, Sutskever, Chen, Corrado & Dean 2013, "Distributed Representations of Words and
    Phrases and their Compositionality", section 2.3.
    """
    if not 0 <= threshold < _MOST_THRESHOLD:  # not a number is none of these either
        raise InvalidParameterError(
            f"threshold={threshold!r}: allowed is 0 (keep every word) to below 1; usual is 0.001."
        )
    if counts.size and counts.min() < 1:
        raise InvalidParameterError(f"A word occurs {counts.min()} times: a count is 1 or more.")
    if threshold == 0 or not counts.size:
        return np.ones(len(counts))
    # In gensim's order of operations, so that the floats agree to the last bit.
    limit = threshold * int(counts.sum())
    return np.minimum((np.sqrt(counts / limit) + 1) * (limit / counts), 1.0)


def thinned_from(threshold: float) -> float:
    """The share of the text above which words are thinned: (3 + √5)/2 · t, about 2.618 t.

    √(t/f) + t/f of :func:`keep_probabilities` falls below 1 only there, not at t itself.
    """
    return threshold * (3 + math.sqrt(5)) / 2


@dataclass(frozen=True, eq=False)
class Reading:
    """What is left of a text in one epoch.

    Attributes
    ----------
    kept : ndarray of shape (n,), bool
        Which words of the text are read; the others are drawn out.
    expected : float
        How many words are kept on average over many readings.
    distances : ndarray of shape (m,), int64
        ``distances[k]``: pairs whose words stand k places apart in the whole text. Where words
        between them were left out, k is above the window: the window reaches further.
    by_word : ndarray of shape (V,), int64
        In how many pairs each word is the center.
    """

    kept: NDArray[np.bool_]
    expected: float
    distances: NDArray[np.int64]
    by_word: NDArray[np.int64]

    @property
    def n_kept(self) -> int:
        """Words that are left."""
        return int(self.kept.sum())

    @property
    def n_pairs(self) -> int:
        """Pairs that they make."""
        return int(self.distances.sum())

    @property
    def mean_distance(self) -> float:
        """How far apart the words of a pair stood in the whole text; nan without a pair."""
        if not self.n_pairs:
            return float("nan")
        return float(self.distances @ np.arange(len(self.distances)) / self.n_pairs)

    def beyond(self, window: int) -> float:
        """The share of the pairs whose words stood further apart than ``window``; 0 of none."""
        return float(self.distances[window + 1 :].sum() / max(self.n_pairs, 1))


def read_once(
    text: TextInIds, threshold: float, window: int, *, shrink: bool = False, seed: int = 0
) -> Reading:
    """Read a text once as skip-gram does: draw frequent words out, then pair what is left.

    Parameters
    ----------
    threshold : float
        t of :func:`keep_probabilities`.
    window : int
        From 1 to 100, counted in the words that are left.
    shrink : bool
        Draw each center's window from 1 to ``window``, as training does.

    Raises InvalidParameterError for a threshold or window out of range.
    """
    check_window(window)
    keep = keep_probabilities(text.counts, threshold)
    kept = np.random.default_rng(seed).random(len(text.ids)) < keep[text.ids]
    ids, places, sentences = text.ids[kept], text.places[kept], text.sentences[kept]
    sizes = shrunken_windows(len(ids), window, seed) if shrink else np.full(len(ids), window)
    distances = np.zeros(window + 1, dtype=np.int64)
    centers = np.zeros(len(ids), dtype=np.int64)
    for step in range(1, min(window, max(len(ids) - 1, 0)) + 1):
        together = sentences[step:] == sentences[:-step]
        apart = (places[step:] - places[:-step])[together]
        forward, back = (sizes[:-step] >= step) & together, (sizes[step:] >= step) & together
        centers[:-step] += forward
        centers[step:] += back
        both = (forward.astype(np.int64) + back)[together]
        distances = _added(distances, apart, both)
    by_word = np.bincount(ids, weights=centers, minlength=len(text.words)).astype(np.int64)
    return Reading(kept, float(keep @ text.counts), distances, by_word)


def _added(
    counts: NDArray[np.int64], values: NDArray[np.int64], times: NDArray[np.int64]
) -> NDArray[np.int64]:
    """``counts`` of 0, 1, 2 … with each of ``values`` counted ``times`` more."""
    more = np.bincount(values, weights=times, minlength=len(counts)).astype(np.int64)
    more[: len(counts)] += counts
    return more
