"""A few sentences out of a long text, and one word's window among what subsampling left of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.network.pairs import check_window
from embedviz.network.text_in_ids import TextInIds

_LONG = 12


@dataclass(frozen=True, eq=False)
class Passage:
    """Whole sentences that follow each other.

    Attributes
    ----------
    positions : ndarray of shape (m,), int64
        Which words of the text: positions in ``TextInIds.ids``.
    focus : int
        One of them: the rarest word in the middle half of the first sentence of 12 words or more
        (of the longest one, if there is none).
    """

    positions: NDArray[np.int64]
    focus: int


def passage(text: TextInIds, first: int, at_least: int = 50, at_most: int = 150) -> Passage:
    """Sentences from the one numbered ``first`` on (the last one, if there are not so many),
    until there are ``at_least`` words; a longer one is cut after ``at_most`` words."""
    number = text.sentences[np.searchsorted(text.sentences, first).clip(0, len(text.ids) - 1)]
    start = int(np.searchsorted(text.sentences, number))
    ends = np.flatnonzero(np.diff(text.sentences[start:])) + start + 1
    enough = ends[ends >= start + at_least]
    stop = int(enough[0]) if len(enough) else len(text.ids)
    positions = np.arange(start, min(stop, start + at_most))
    return Passage(positions, _focus(text, positions))


def window_of(
    text: TextInIds, kept: NDArray[np.bool_], center: int, window: int
) -> NDArray[np.int64]:
    """Positions of the context words of ``center``: the nearest ``window`` kept words of its
    sentence on each side.

    Raises InvalidParameterError for a window that is not from 1 to 100.
    """
    check_window(window)
    same = text.sentence(int(text.sentences[center]))
    left = same[kept[same] & (same < center)][-window:]
    right = same[kept[same] & (same > center)][:window]
    return np.concatenate([left, right])


def _focus(text: TextInIds, positions: NDArray[np.int64]) -> int:
    _, starts, lengths = np.unique(text.sentences[positions], return_index=True, return_counts=True)
    enough = np.flatnonzero(lengths >= _LONG)
    chosen = int(enough[0]) if len(enough) else int(np.argmax(lengths))
    start, length = int(starts[chosen]), int(lengths[chosen])
    middle = positions[start + length // 4 : start + length - length // 4]
    return int(middle[np.argmin(text.counts[text.ids[middle]])])
