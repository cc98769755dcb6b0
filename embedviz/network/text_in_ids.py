"""A text as numbers, as word2vec reads it: each word by its rank, rare words left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError


@dataclass(frozen=True, eq=False)
class TextInIds:
    """The words of a text that its vocabulary holds, in their order.

    Attributes
    ----------
    words : tuple of str
        The vocabulary: V words that occur ``min_count`` times or more, most frequent first.
    counts : ndarray of shape (V,), int64
        How often each occurs.
    ids : ndarray of shape (n,), int64
        The text: the index of each word that is in the vocabulary.
    places : ndarray of shape (n,), int64
        Where each stood in the whole text, words left out included.
    sentences : ndarray of shape (n,), int64
        The number of the sentence it is in; no window reaches over a sentence's end.
    n_read : int
        The words of the whole text.
    """

    words: tuple[str, ...]
    counts: NDArray[np.int64]
    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    sentences: NDArray[np.int64]
    n_read: int

    def sentence(self, number: int) -> NDArray[np.int64]:
        """Positions in ``ids`` of the words of one sentence."""
        first, last = np.searchsorted(self.sentences, [number, number + 1])
        return np.arange(first, last)


def text_in_ids(sentences: Iterable[Sequence[str]], min_count: int = 1) -> TextInIds:
    """Count the words of ``sentences`` and number them.

    Raises InvalidParameterError if no word occurs ``min_count`` times.
    """
    read = [list(sentence) for sentence in sentences]
    every = [word for sentence in read for word in sentence]
    counted = Counter(every)
    kept = [(word, count) for word, count in counted.most_common() if count >= min_count]
    if not kept:
        raise InvalidParameterError(
            f"No word of this text ({len(every):,} words) occurs min_count={min_count} times. "
            "Lower min_count or take a longer text."
        )
    rank = {word: i for i, (word, _) in enumerate(kept)}
    ids = np.array([rank.get(word, -1) for word in every], dtype=np.int64)
    number = np.repeat(np.arange(len(read)), [len(sentence) for sentence in read])
    known = np.flatnonzero(ids >= 0)
    return TextInIds(
        words=tuple(rank),
        counts=np.array([count for _, count in kept], dtype=np.int64),
        ids=ids[known],
        places=known,
        sentences=number[known],
        n_read=len(every),
    )
