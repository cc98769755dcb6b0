"""Entity embedding for a prediction: vectors of categories learned with a linear model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.encodings.encoding import Encoding, categories_of
from embedviz.errors import InvalidParameterError

_STEPS = 400
_RATE = 0.05  # Adam's (Kingma and Ba 2015), with its usual 0.9 and 0.999
_MEMORY, _SQUARED_MEMORY = 0.9, 0.999


def target_embedding(
    values: Sequence[str], target: ArrayLike, d: int = 2, seed: int = 0
) -> Encoding:
    """Learn ``d`` numbers for each category such that a linear model of them gives ``target``.

    One layer looks up a row, one predicts from it: E[c] · w + b (Guo and Berkhahn 2016), trained
    by gradient descent (Adam) on the mean squared error, from small random numbers by ``seed``.
    An unknown category gets the mean of all rows. Raises InvalidParameterError if there is no
    value, if the lengths differ, the target is not finite, or d is below 1.
    """
    goal = np.asarray(target, dtype=np.float64)
    if not len(values) or goal.shape != (len(values),) or not np.isfinite(goal).all() or d < 1:
        raise InvalidParameterError(
            f"{len(values)} values, a target of shape {goal.shape}, d = {d}. There must be a value, "
            "a finite target for each, and d of at least 1."
        )
    categories = categories_of(values)
    places = {category: place for place, category in enumerate(categories)}
    rows = np.array([places[value] for value in values])
    counts = np.bincount(rows, minlength=len(categories))
    means = np.bincount(rows, weights=goal) / counts
    spread = float(goal.std()) or 1.0
    E = _trained((means - goal.mean()) / spread, counts / len(rows), d, seed)
    learned = E.size + d + 1  # E itself, and the w and b that it was learned with
    return Encoding(categories, E, E.mean(axis=0), learned)


def loss_and_gradient(
    E: NDArray[np.float64], w: NDArray[np.float64], b: NDArray[np.float64],
    means: NDArray[np.float64], shares: NDArray[np.float64],
) -> tuple[float, list[NDArray[np.float64]]]:  # fmt: skip
    """Mean squared error of E·w + b over all rows, and its derivatives by E, w and b.

    The rows of one category have one prediction, so that their mean and their share suffice; the
    spread around the mean, which no encoding can predict, is left out.
    """
    errors = E @ w + b - means
    by_prediction = 2 * shares * errors
    gradients = [by_prediction[:, None] * w, E.T @ by_prediction, np.array([by_prediction.sum()])]
    return float(shares @ errors**2), gradients


def _trained(
    means: NDArray[np.float64], shares: NDArray[np.float64], d: int, seed: int
) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    parameters = [
        rng.normal(scale=0.1, size=(len(means), d)), rng.normal(scale=0.5, size=d), np.zeros(1),
    ]  # fmt: skip
    moving = [np.zeros_like(each) for each in parameters]
    squared = [np.zeros_like(each) for each in parameters]
    for step in range(1, _STEPS + 1):
        _, gradients = loss_and_gradient(parameters[0], parameters[1], parameters[2], means, shares)
        for i, gradient in enumerate(gradients):
            moving[i] = _MEMORY * moving[i] + (1 - _MEMORY) * gradient
            squared[i] = _SQUARED_MEMORY * squared[i] + (1 - _SQUARED_MEMORY) * gradient**2
            size = np.sqrt(squared[i] / (1 - _SQUARED_MEMORY**step)) + 1e-12
            parameters[i] = parameters[i] - _RATE * moving[i] / (1 - _MEMORY**step) / size
    return parameters[0]
