"""Skip-gram: guess each context word from the center word's vector (Mikolov et al. 2013)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.network.pairs import window_pairs
from embedviz.network.parameters import Matrix, Parameters
from embedviz.network.softmax import log_softmax, softmax
from embedviz.network.training import Objective


@dataclass(frozen=True)
class SkipGramExample:
    """One window: the id of the center, and of the words around it (a word may come twice)."""

    center: int
    context: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class SkipGramPass:
    """Every stage of one forward pass, with c context words to guess.

    Attributes
    ----------
    one_hot : ndarray of shape (V,)
        The input.
    h : ndarray of shape (d,)
        ``one_hot @ W``: the looked-up row of W. No mean: it is the hidden layer itself.
    logits : ndarray of shape (V,)
        ``h @ W_out``: a score for each word.
    probabilities : ndarray of shape (V,)
        Their softmax: one distribution, which all c targets share.
    targets : tuple of int
        The ids of the c context words.
    losses : ndarray of shape (c,)
        The cross-entropy −log p(target) of each, in nats.
    """

    one_hot: Matrix
    h: Matrix
    logits: Matrix
    probabilities: Matrix
    targets: tuple[int, ...]
    losses: Matrix

    @property
    def summed(self) -> float:
        """The loss of the whole window: the sum that the paper maximizes, with a minus."""
        return float(self.losses.sum())

    @property
    def mean(self) -> float:
        """The loss of one pair of it, which compares between windows of different size."""
        return float(self.losses.mean())


def windows(
    ids: Sequence[int], window: int, sizes: Sequence[int] | None = None
) -> tuple[SkipGramExample, ...]:
    """An example for each word of a sentence with at least one other in its window.

    ``sizes`` are the windows of the centers, as :func:`embedviz.network.pairs.shrunken_windows`
    draws them; raises what :func:`embedviz.network.pairs.window_pairs` does.
    """
    around: dict[int, list[int]] = {}
    drawn = None if sizes is None else np.asarray(sizes, dtype=np.int64)
    for center, context in window_pairs(len(ids), window, drawn).tolist():
        around.setdefault(center, []).append(ids[context])
    return tuple(SkipGramExample(ids[center], tuple(words)) for center, words in around.items())


def forward(parameters: Parameters, center: int, context: Sequence[int]) -> SkipGramPass:
    """Predict the words with the ids ``context`` from the word ``center``.

    Raises InvalidParameterError if there is no context word or an id is none of the V words.
    """
    _check((center, *context), len(context), parameters.V)
    one_hot = np.eye(parameters.V)[center]
    h = one_hot @ parameters.W
    logits = h @ parameters.W_out
    losses = -log_softmax(logits)[list(context)]
    return SkipGramPass(one_hot, h, logits, softmax(logits), tuple(context), losses)


def gradients(
    parameters: Parameters, center: int, context: Sequence[int], *, mean: bool = False
) -> Parameters:
    """How the summed loss of :func:`forward` (or the mean one) changes with each weight.

    With e = c · probabilities − Σ one-hot(target): ∂/∂W_out = h eᵀ, and the center's row of W
    gets W_out e. All other rows of W get nothing.
    """
    counts = pair_counts([SkipGramExample(center, tuple(context))], parameters.V)
    _, found = _loss_of(counts, len(context) if mean else 1)(parameters)
    return found


def objective(examples: Iterable[SkipGramExample], V: int) -> Objective:
    """The mean loss over all pairs and its gradients, for :func:`embedviz.network.training.train`.

    Raises InvalidParameterError if there is no example, or one that :func:`forward` would refuse.
    """
    counts = pair_counts(examples, V)
    return _loss_of(counts, float(counts.sum()))


def pair_counts(examples: Iterable[SkipGramExample], V: int) -> Matrix:
    """How often each center (row) has each word (column) in its window, of shape (V, V).

    All that skip-gram with full softmax sees of a text is in here: GloVe begins with such counts.
    Raises as :func:`objective`.
    """
    counts = np.zeros((V, V))
    for example in examples:
        _check((example.center, *example.context), len(example.context), V)
        np.add.at(counts[example.center], list(example.context), 1.0)
    if not counts.any():
        raise InvalidParameterError("There is no pair to learn from: give at least two words.")
    return counts


def least_loss(counts: Matrix) -> float:
    """The mean loss that no network can fall below: the entropy of the context given the center.

    A center with several context words cannot give each of them probability 1. The best is each
    one's share of ``counts``; that costs H(context | center), in nats per pair.
    """
    of_center = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(of_center, 1.0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return float(-(counts * logs).sum() / counts.sum())


def _loss_of(counts: Matrix, divisor: float) -> Objective:
    """The loss of all pairs, divided, and its gradients; one row of logits for each center."""
    centers = np.flatnonzero(counts.any(axis=1))
    wanted = counts[centers] / divisor
    weights = wanted.sum(axis=1, keepdims=True)

    def loss(parameters: Parameters) -> tuple[float, Parameters]:
        h = parameters.W[centers]
        logs = log_softmax(h @ parameters.W_out)
        errors = weights * np.exp(logs) - wanted
        W = np.zeros_like(parameters.W)
        W[centers] = errors @ parameters.W_out.T
        return float(-(wanted * logs).sum()), Parameters(W, h.T @ errors)

    return loss


def _check(ids: Sequence[int], c: int, V: int) -> None:
    if c == 0:
        raise InvalidParameterError("There is no context word to predict: give at least one.")
    strange = [row for row in ids if not 0 <= row < V]
    if strange:
        raise InvalidParameterError(f"Word ids {strange} are not among 0 to {V - 1}.")
