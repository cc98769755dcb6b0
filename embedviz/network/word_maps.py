"""The rows of W on a plane, all steps of a training on the same one: words move, axes do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embedviz.network.parameters import Matrix
from embedviz.network.training import TrainingPath


def word_maps(path: TrainingPath) -> NDArray[np.float64]:
    """Every word at every step, on the plane that shows the last step best.

    With d = 2 that is W itself, with d = 1 a line. Otherwise it is the plane of the last W's two
    principal components, turned so that the largest weight of each is positive. A plane of its own
    for each step would turn and flip from one to the next.

    Returns
    -------
    ndarray of shape (steps + 1, V, 2), float64
    """
    every = np.stack([weights.W for weights in path.parameters])
    d = every.shape[2]
    if d <= 2:
        return np.pad(every, ((0, 0), (0, 0), (0, 2 - d)))
    last = every[-1]
    center = last.mean(axis=0)
    _, _, components = np.linalg.svd(last - center, full_matrices=False)
    axes = np.zeros((2, d))
    axes[: len(components[:2])] = components[:2]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes *= np.where(largest < 0, -1.0, 1.0)
    return np.asarray((every - center) @ axes.T)


def cosine(first: Matrix, second: Matrix) -> float:
    """The cosine of the angle between two vectors; nan if one of them has no direction."""
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / lengths if lengths else float("nan")


def cosines(path: TrainingPath, pair: Sequence[int]) -> NDArray[np.float64]:
    """The cosine between two words' rows of W at every step, of shape (steps + 1,)."""
    a, b = pair
    return np.array([cosine(weights.W[a], weights.W[b]) for weights in path.parameters])
