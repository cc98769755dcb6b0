"""Two networks trained on the same digits in the same order: one has shortcuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.residual.digits import Digits, digits
from embedviz.residual.gradients import gradients
from embedviz.residual.stack import Stack, initial_stack

_BATCH, _MOMENTUM = 64, 0.9
_EVERY = 10  # steps between two looks at the held-out digits
_MOST_STEPS = 5_000
_DIVERGED = 1e6


@dataclass(frozen=True, eq=False)
class Trained:
    """A stack after training.

    Attributes
    ----------
    stack : Stack
        As it was before the step that made it overflow, where there was one.
    losses : tuple of float
        Of each step's batch, before the step; nats.
    looked_at : tuple of int
        The steps after which it was tried on the held-out digits; 0 is before training.
    accuracies : tuple of float
        Then, on the 397 held-out digits.
    diverged_at : int or None
        The step at which the loss was above a million or no number any more.
    """

    stack: Stack
    losses: tuple[float, ...]
    looked_at: tuple[int, ...]
    accuracies: tuple[float, ...]
    diverged_at: int | None


@dataclass(frozen=True, eq=False)
class TrainedPair:
    """Both networks, and how they were trained."""

    plain: Trained
    residual: Trained
    batch: int = _BATCH
    momentum: float = _MOMENTUM


def train_pair(
    depth: int,
    steps: int,
    *,
    initialization: str = "pytorch",
    learning_rate: float = 0.05,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> TrainedPair:
    """Train both networks of ``depth`` layers side by side, from the same weights.

    Stochastic gradient descent with momentum 0.9, batches of 64 digits; the same seed gives the
    same curves. Progress carries the losses so far, as a pair of tuples.

    Raises
    ------
    InvalidParameterError
        For steps that are not from 1 to 5,000, a learning rate that is not above 0 and at most 10,
        or as :func:`~embedviz.residual.stack.initial_stack`.
    CancelledError
    """
    if not 1 <= steps <= _MOST_STEPS or not 0 < learning_rate <= 10:
        raise InvalidParameterError(
            f"steps={steps}, learning_rate={learning_rate}: from 1 to {_MOST_STEPS:,} steps, and a "
            "learning rate above 0, at most 10."
        )
    plain = initial_stack(depth, shortcut=False, initialization=initialization, seed=seed)
    runs = [_Run(plain, learning_rate), _Run(plain.with_shortcut(True), learning_rate)]
    random = np.random.default_rng(seed)
    data = digits()
    for step in range(steps):
        stop_if(cancel, "Training")
        rows = random.integers(0, len(data.labels), _BATCH)
        for run in runs:
            run.step(data, rows)
        if (step + 1) % _EVERY == 0 or step + 1 == steps:
            for run in runs:
                run.look(data, step + 1)
            so_far = tuple(tuple(run.losses) for run in runs)
            report(on_progress, (step + 1) / steps, f"step {step + 1:,} of {steps:,}", so_far)
    return TrainedPair(runs[0].result(), runs[1].result())


class _Run:
    """One network on its way."""

    def __init__(self, stack: Stack, learning_rate: float) -> None:
        self.shortcut, self.rate = stack.shortcut, learning_rate
        self.values = [*stack.weights, *stack.biases]
        self.speeds = [np.zeros_like(array) for array in self.values]
        self.losses: list[float] = []
        self.looks: list[tuple[int, float]] = []
        self.diverged_at: int | None = None
        self.look(digits(), 0)

    def step(self, data: Digits, rows: NDArray[np.int64]) -> None:
        """One step, unless it has diverged."""
        if self.diverged_at is not None:
            return
        found = gradients(self.stack(), data.pixels[rows], data.labels[rows])
        slopes = (*found.weights, *found.biases)
        if not (found.loss < _DIVERGED and all(np.isfinite(slope).all() for slope in slopes)):
            self.diverged_at = len(self.losses) + 1
            return
        self.losses.append(found.loss)
        for at, slope in enumerate(slopes):
            self.speeds[at] = _MOMENTUM * self.speeds[at] + slope
            self.values[at] = self.values[at] - self.rate * self.speeds[at]

    def look(self, data: Digits, step: int) -> None:
        """Try it on the held-out digits."""
        if self.diverged_at is None:
            found = gradients(self.stack(), data.held_out_pixels, data.held_out_labels)
            self.looks.append((step, found.accuracy))

    def stack(self) -> Stack:
        """As it is now."""
        half = len(self.values) // 2
        return Stack(tuple(self.values[:half]), tuple(self.values[half:]), self.shortcut)

    def result(self) -> Trained:
        """What came of it."""
        steps, accuracies = zip(*self.looks, strict=True)
        return Trained(self.stack(), tuple(self.losses), steps, accuracies, self.diverged_at)
