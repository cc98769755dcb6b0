"""Entity embedding: vectors of people and things, learned from who chose what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError

LEARNING_RATE = 0.5
DECAY = 0.05
_MOST_STEPS = 5000


@dataclass(frozen=True, eq=False)
class EntityModel:
    """The parameters of a logistic matrix factorization (Johnson 2014).

    Person u chooses thing i with probability σ(people[u] · things[i] + bias[i]).

    Attributes
    ----------
    people : ndarray of shape (p, d), float64
    things : ndarray of shape (k, d), float64
        The embedding.
    bias : ndarray of shape (k,), float64
        How popular each thing is, whoever chooses.
    """

    people: NDArray[np.float64]
    things: NDArray[np.float64]
    bias: NDArray[np.float64]

    def probabilities(self) -> NDArray[np.float64]:
        """That each person chooses each thing: shape (p, k)."""
        return np.asarray(1 / (1 + np.exp(-(self.people @ self.things.T + self.bias))))


@dataclass(frozen=True, eq=False)
class Training:
    """A training, step by step; place 0 is before the first.

    Attributes
    ----------
    losses : ndarray of shape (steps + 1,), float64
        What :func:`loss_and_gradient` minimizes.
    models : tuple of EntityModel
    """

    losses: NDArray[np.float64]
    models: tuple[EntityModel, ...]

    def settled(self, tolerance: float = 1e-3) -> int:
        """The first step from which on no single step changes the loss by more than ``tolerance``
        times the first loss; the last step if it never settles."""
        moving = np.flatnonzero(np.abs(np.diff(self.losses)) > tolerance * abs(self.losses[0]))
        return int(moving[-1]) + 1 if len(moving) else 0


def initial_entities(p: int, k: int, d: int, seed: int = 0) -> EntityModel:
    """Small random vectors (normal, 0.1), and no thing more popular than another."""
    rng = np.random.default_rng(seed)
    return EntityModel(
        rng.normal(scale=0.1, size=(p, d)), rng.normal(scale=0.1, size=(k, d)), np.zeros(k)
    )


def loss_and_gradient(
    model: EntityModel, chosen: NDArray[np.float64], decay: float = DECAY
) -> tuple[float, EntityModel]:
    """The loss of ``model`` on ``chosen`` (p, k) and its derivative by every parameter.

    The loss is the binary cross-entropy in nats, meaned over all p × k cells, plus ``decay`` / 2
    times the mean squared length of the people's and of the things' vectors.
    """
    p, k = chosen.shape
    logits = model.people @ model.things.T + model.bias
    # log(1 + e^x) − y·x is the cross-entropy of σ(x) with y, and never overflows.
    cross_entropy = float(np.mean(np.logaddexp(0.0, logits) - chosen * logits))
    lengths = float((model.people**2).sum() / p + (model.things**2).sum() / k)
    errors = (0.5 * (1 + np.tanh(logits / 2)) - chosen) / chosen.size
    gradient = EntityModel(
        errors @ model.things + decay * model.people / p,
        errors.T @ model.people + decay * model.things / k,
        errors.sum(axis=0),
    )
    return cross_entropy + decay / 2 * lengths, gradient


def train_entities(
    chosen: ArrayLike,
    d: int = 2,
    steps: int = 300,
    learning_rate: float = LEARNING_RATE,
    decay: float = DECAY,
    seed: int = 0,
) -> Training:
    """Learn a vector of ``d`` numbers for each row and each column of ``chosen`` (p, k; 0 or 1).

    Every step follows the gradient over the whole table; each vector's own step is scaled by how
    many vectors share the loss, so that a larger table learns as fast. The same seed gives the
    same training. Raises InvalidParameterError for a table that is empty or holds anything but
    0 and 1, and for d or steps out of range.
    """
    table = _checked(chosen, d, steps)
    p, k = table.shape
    model = initial_entities(p, k, d, seed)
    models, losses = [model], []
    for _ in range(steps):
        loss, by = loss_and_gradient(model, table, decay)
        losses.append(loss)
        model = EntityModel(
            model.people - learning_rate * p * by.people,
            model.things - learning_rate * k * by.things,
            model.bias - learning_rate * k * by.bias,
        )
        models.append(model)
    losses.append(loss_and_gradient(model, table, decay)[0])
    return Training(np.array(losses), tuple(models))


def flat_paths(training: Training) -> NDArray[np.float64]:
    """Where the things stood at every step, on a plane: shape (steps + 1, k, 2).

    The vectors themselves for d = 2, zeros beside them for d = 1; for more, their first two
    principal components as they are at the end (a rotation that all steps share).
    """
    paths = np.stack([model.things for model in training.models])
    d = paths.shape[2]
    if d == 1:
        return np.concatenate([paths, np.zeros_like(paths)], axis=2)
    if d == 2:
        return paths
    last = paths[-1] - paths[-1].mean(axis=0)
    axes = np.linalg.svd(last, full_matrices=True)[2][:2]
    return np.asarray(paths @ axes.T)


def _checked(chosen: ArrayLike, d: int, steps: int) -> NDArray[np.float64]:
    table = np.asarray(chosen, dtype=np.float64)
    if table.ndim != 2 or not table.size or not np.isin(table, (0.0, 1.0)).all():
        raise InvalidParameterError(
            f"The table of choices has the shape {table.shape}. It needs at least one person and "
            "one thing, and only 0 and 1 in it."
        )
    if d < 1 or not 0 <= steps <= _MOST_STEPS:
        raise InvalidParameterError(
            f"d is {d} and steps is {steps}. d is at least 1, steps 0 to {_MOST_STEPS}."
        )
    return table
