"""How hard a structure must be asked so that the true neighbors are found: measured, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.exact import ExactIndex
from embedviz.metrics import METRICS

NEIGHBORS = 10  # what is looked for; more need more effort in proportion
_ASKED = 200
_ENOUGH = 0.995  # of the sample's neighbors found; then twice the effort is taken for granted


def effort_needed(
    vectors: NDArray[np.float32],
    every: ExactIndex,
    metric: str,
    efforts: Sequence[int],
    found_by: Callable[[NDArray[np.float64], int], list[NDArray[np.intp]]],
    seed: int,
) -> tuple[int, float]:
    """The least effort that finds the neighbors of a sample of rows, doubled, and its recall.

    Parameters
    ----------
    vectors : ndarray of shape (n, d)
        The rows of the sample are asked; their own row does not count.
    efforts : sequence of int
        What may be taken, ascending.
    found_by : callable
        Given queries (s, d) and an effort: the candidates of each.

    Returns
    -------
    effort : int
        0 where none of ``efforts`` is enough.
    recall : float
        The share of the sample's nearest 10 that it finds (equal scores count as found).
    """
    random = np.random.default_rng(seed)
    sample = np.sort(random.choice(len(vectors), min(_ASKED, len(vectors)), replace=False))
    asked = vectors[sample].astype(np.float64)
    bars = _bars(every, asked, sample, metric)
    sufficient = None
    for place, effort in enumerate(efforts):
        if _recall(vectors, asked, sample, bars, found_by(asked, effort), metric) >= _ENOUGH:
            sufficient = place
            break
    if sufficient is None:
        return 0, 0.0
    taken = efforts[min(sufficient + 1, len(efforts) - 1)]
    return taken, _recall(vectors, asked, sample, bars, found_by(asked, taken), metric)


def _bars(
    every: ExactIndex, asked: NDArray[np.float64], sample: NDArray[np.intp], metric: str
) -> NDArray[np.float64]:
    """The score of each row's 10th nearest other row."""
    rows, scores = every.search(asked, NEIGHBORS + 1, metric)
    own = rows == sample[:, None]
    own[~own.any(axis=1), -1] = True
    return np.asarray(scores[~own].reshape(len(sample), NEIGHBORS)[:, -1])


def _recall(
    vectors: NDArray[np.float32],
    asked: NDArray[np.float64],
    sample: NDArray[np.intp],
    bars: NDArray[np.float64],
    found: list[NDArray[np.intp]],
    metric: str,
) -> float:
    measure = METRICS[metric]
    right = 0
    for query, own, bar, rows in zip(asked, sample, bars, found, strict=True):
        scores = measure.between(query, vectors[rows[rows != own]])
        slack = 1e-9 * max(1.0, abs(float(bar)))
        near = scores <= bar + slack if measure.is_distance else scores >= bar - slack
        right += min(int(near.sum()), NEIGHBORS)
    return right / (NEIGHBORS * len(sample))
