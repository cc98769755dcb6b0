"""CBOW: guess the center word from the mean of its context words' vectors (Mikolov et al. 2013)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.parameters import Matrix, Parameters
from embedviz.network.softmax import cross_entropy, log_softmax, softmax
from embedviz.network.training import Objective


@dataclass(frozen=True)
class CbowExample:
    """One window: the ids of the words around (a word may come twice), and of the center."""

    context: tuple[int, ...]
    target: int


@dataclass(frozen=True, eq=False)
class CbowPass:
    """Every stage of one forward pass, with c context words.

    Attributes
    ----------
    one_hot : ndarray of shape (c, V)
        The input.
    rows : ndarray of shape (c, d)
        ``one_hot @ W``: the looked-up rows of W.
    h : ndarray of shape (d,)
        Their mean, the hidden layer.
    logits : ndarray of shape (V,)
        ``h @ W_out``: a score for each word.
    probabilities : ndarray of shape (V,)
        Their softmax.
    target : int
        The id of the word in the middle.
    loss : float
        The cross-entropy −log p(target), in nats.
    """

    one_hot: Matrix
    rows: Matrix
    h: Matrix
    logits: Matrix
    probabilities: Matrix
    target: int
    loss: float


def windows(ids: Sequence[int], window: int) -> tuple[CbowExample, ...]:
    """An example for each word of a sentence with at least one other within ``window`` of it."""
    if window < 1:
        raise InvalidParameterError(f"window={window}: at least 1 word on each side.")
    found = []
    for center, target in enumerate(ids):
        before, after = ids[max(center - window, 0) : center], ids[center + 1 : center + window + 1]
        if before or after:
            found.append(CbowExample((*before, *after), target))
    return tuple(found)


def forward(parameters: Parameters, context: Sequence[int], target: int) -> CbowPass:
    """Predict ``target`` from the words with the ids ``context``.

    Raises InvalidParameterError if there is no context word or an id is none of the V words.
    """
    _check((*context, target), len(context), parameters.V)
    one_hot = np.eye(parameters.V)[list(context)]
    rows = one_hot @ parameters.W
    h = rows.mean(axis=0)
    logits = h @ parameters.W_out
    probabilities = softmax(logits)
    loss = cross_entropy(probabilities, target)
    return CbowPass(one_hot, rows, h, logits, probabilities, target, loss)


def gradients(parameters: Parameters, context: Sequence[int], target: int) -> Parameters:
    """How the loss of :func:`forward` changes with each weight.

    With e = probabilities − one-hot(target): ∂/∂W_out = h eᵀ, and each context word's row of W
    gets W_out e / c, as often as the word stands in the context.
    """
    _, found = objective([CbowExample(tuple(context), target)], parameters.V)(parameters)
    return found


def objective(examples: Iterable[CbowExample], V: int) -> Objective:
    """The mean loss over all examples and its gradients, for :func:`embedviz.network.training.train`.

    Raises InvalidParameterError if there is no example, or one that :func:`forward` would refuse.
    """
    kept = list(examples)
    if not kept:
        raise InvalidParameterError("There is no window to learn from: give at least two words.")
    targets = np.array([example.target for example in kept])
    bags = _bags(kept, V)

    def mean_loss(parameters: Parameters) -> tuple[float, Parameters]:
        h = bags @ parameters.W
        logs = log_softmax(h @ parameters.W_out)
        at_targets = (np.arange(len(targets)), targets)
        errors = np.exp(logs)
        errors[at_targets] -= 1.0
        errors /= len(targets)
        found = Parameters(bags.T @ (errors @ parameters.W_out.T), h.T @ errors)
        return float(-logs[at_targets].mean()), found

    return mean_loss


def _bags(examples: Sequence[CbowExample], V: int) -> NDArray[np.float64]:
    """Each context as the mean of its one-hot vectors, shape (n, V): its "bag of words"."""
    bags = np.zeros((len(examples), V))
    for row, example in enumerate(examples):
        _check((*example.context, example.target), len(example.context), V)
        np.add.at(bags[row], list(example.context), 1.0 / len(example.context))
    return bags


def _check(ids: Sequence[int], c: int, V: int) -> None:
    if c == 0:
        raise InvalidParameterError("There is no context word to predict from: give at least one.")
    strange = [row for row in ids if not 0 <= row < V]
    if strange:
        raise InvalidParameterError(f"Word ids {strange} are not among 0 to {V - 1}.")
