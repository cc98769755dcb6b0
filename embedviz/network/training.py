"""Gradient descent, one step at a time, with every step kept: to look at and to go back to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.parameters import Parameters
from embedviz.progress import Cancel, OnProgress, report, stop_if

Objective = Callable[[Parameters], tuple[float, Parameters]]
"""Weights in; the mean loss over all examples and its gradients out."""


@dataclass(frozen=True, eq=False)
class TrainingPath:
    """A training from its first weights on.

    Attributes
    ----------
    parameters : tuple of Parameters
        Before the first step, and after each one.
    losses : ndarray of shape (steps + 1,), float64
        The mean loss with each of them, in nats.
    """

    parameters: tuple[Parameters, ...]
    losses: NDArray[np.float64]

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.parameters) - 1

    def settled(self, tolerance: float = 1e-3) -> int:
        """The first step from which on no single step lowers the loss by more than ``tolerance``
        times the first loss; the last step if it never settles."""
        moving = np.flatnonzero(np.abs(np.diff(self.losses)) > tolerance * abs(self.losses[0]))
        return int(moving[-1]) + 1 if len(moving) else 0


def step(parameters: Parameters, gradients: Parameters, learning_rate: float) -> Parameters:
    """One step of gradient descent: each weight moves against its gradient."""
    return Parameters(
        parameters.W - learning_rate * gradients.W,
        parameters.W_out - learning_rate * gradients.W_out,
    )


def train(
    start: Parameters,
    objective: Objective,
    *,
    steps: int,
    learning_rate: float,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> TrainingPath:
    """Descend for ``steps`` steps, each over all examples; the same input gives the same path.

    word2vec steps after each single example instead; over all of them the loss falls smoothly.

    Raises InvalidParameterError for negative steps or a learning rate that is not positive, and
    CancelledError.
    """
    if steps < 0 or not learning_rate > 0:
        raise InvalidParameterError(
            f"steps={steps}, learning_rate={learning_rate}: 0 steps or more, and a positive rate."
        )
    now, path, losses = start, [start], []
    for number in range(steps):
        loss, gradients = objective(now)
        now = step(now, gradients, learning_rate)
        path.append(now)
        losses.append(loss)
        if number % 50 == 0:
            stop_if(cancel, "The training")
            report(on_progress, number / max(steps, 1), f"step {number:,} of {steps:,}")
    losses.append(objective(now)[0])
    return TrainingPath(tuple(path), np.array(losses))
