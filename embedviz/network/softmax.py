"""From scores to probabilities, and what a wrong probability costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def softmax(logits: ArrayLike) -> NDArray[np.float64]:
    """exp(z) / Σ exp(z) along the last axis, shifted by the largest: no overflow."""
    scores = np.asarray(logits, dtype=np.float64)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def log_softmax(logits: ArrayLike) -> NDArray[np.float64]:
    """The logarithms of :func:`softmax`, finite where a probability itself would round to 0."""
    scores = np.asarray(logits, dtype=np.float64)
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def cross_entropy(probabilities: NDArray[Any], target: int) -> float:
    """−log p(target) in nats: the cross-entropy between a one-hot target and the prediction.

    A probability that rounded to 0 counts as the smallest float, so that the loss stays finite.
    """
    return float(-np.log(max(float(probabilities[target]), np.finfo(np.float64).tiny)))
