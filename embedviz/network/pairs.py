"""The (center, context) pairs that a window makes: what skip-gram learns from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

MOST_PAIRS = 2_000_000
_MOST_WINDOW = 100


def window_pairs(
    n_words: int, window: int, sizes: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """All pairs of a sentence, center by center from left to right.

    Parameters
    ----------
    n_words : int
        The words of the sentence.
    window : int
        How far a context word may stand from the center, on each side.
    sizes : ndarray of shape (n_words,), int64, optional
        The window of each center, from 1 to ``window``, as :func:`shrunken_windows` draws them.
        Without it every center has the whole window.

    Returns
    -------
    pairs : ndarray of shape (m, 2), int64
        Positions of the center and of the context word.

    Raises
    ------
    InvalidParameterError
        For a window that is not from 1 to 100, sizes beyond it, or more than 2,000,000 pairs.

    References
    ----------
    Mikolov, Chen, Corrado & Dean 2013, "Efficient Estimation of Word Representations in Vector
    Space".
    """
    check_window(window)
    if n_words * 2 * window > MOST_PAIRS:
        raise InvalidParameterError(
            f"{n_words:,} words with window={window} make more than {MOST_PAIRS:,} pairs. "
            "Shorten the text or the window."
        )
    reach = np.full(n_words, window) if sizes is None else _checked_sizes(sizes, n_words, window)
    offsets = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])
    centers = np.repeat(np.arange(n_words), len(offsets))
    steps = np.tile(offsets, n_words)
    contexts = centers + steps
    inside = (contexts >= 0) & (contexts < n_words) & (np.abs(steps) <= reach[centers])
    return np.column_stack([centers[inside], contexts[inside]]).astype(np.int64)


def shrunken_windows(n_words: int, window: int, seed: int = 0) -> NDArray[np.int64]:
    """A window for each center, drawn evenly from 1 to ``window``.

    word2vec and gensim do so in every epoch (``shrink_windows=True``): a word k places away is
    taken with probability (window − k + 1) / window, so that near words count for more. The draws
    are numpy's, not those of gensim's own generator.
    """
    check_window(window)
    return np.random.default_rng(seed).integers(1, window, endpoint=True, size=n_words)


def n_pairs(n_words: int, window: int) -> int:
    """How many pairs a sentence makes with the whole window, without listing them."""
    check_window(window)
    reach = min(window, max(n_words - 1, 0))
    return 2 * (reach * n_words - reach * (reach + 1) // 2)


def check_window(window: int) -> None:
    """Raise InvalidParameterError for a window that is not a whole number from 1 to 100."""
    if isinstance(window, bool) or not isinstance(window, int | np.integer):
        raise InvalidParameterError(f"window={window!r}: a whole number from 1 to {_MOST_WINDOW}.")
    if not 1 <= window <= _MOST_WINDOW:
        raise InvalidParameterError(f"window={window}: allowed is 1 to {_MOST_WINDOW}.")


def _checked_sizes(sizes: NDArray[np.int64], n_words: int, window: int) -> NDArray[np.int64]:
    given = np.asarray(sizes)
    if given.shape != (n_words,) or (
        given.size and not (1 <= given.min() <= given.max() <= window)
    ):
        raise InvalidParameterError(
            f"sizes of shape {given.shape}: one number from 1 to window={window} "
            f"for each of the {n_words:,} words."
        )
    return given
