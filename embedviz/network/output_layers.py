"""Three output layers for one example: full softmax, negative sampling, hierarchical softmax.

All take the hidden vector ``h`` and a matrix with a *row* for each output (word2vec stores W′ so,
transposed: the few rows that a step needs then lie together in memory), and say what one training
step needs: the loss and the gradients, for the rows that have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Rows = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class OutputStep:
    """What one example asks of the output layer.

    Attributes
    ----------
    loss : float
        In nats.
    touched : ndarray of shape (r,), int64
        The output rows that have a gradient; a row may come twice.
    grad_rows : ndarray of shape (r, d)
        Their gradients.
    grad_h : ndarray of shape (d,)
        The gradient of ``h``; each of CBOW's c context rows gets 1 / c of it.
    """

    loss: float
    touched: NDArray[np.int64]
    grad_rows: Rows
    grad_h: Rows


def full_softmax(h: Rows, output: Rows, target: int) -> OutputStep:
    """−log softmax(output · h)[target]: every one of the V rows, of shape (V, d), takes part."""
    scores = output @ h
    shifted = scores - scores.max()
    powers = np.exp(shifted)
    total = powers.sum()
    errors = powers / total
    errors[target] -= 1
    loss = float(np.log(total) - shifted[target])
    return OutputStep(loss, np.arange(len(output)), np.outer(errors, h), errors @ output)


def negative_sampling(h: Rows, output: Rows, target: int, noise: Sequence[int]) -> OutputStep:
    """−log σ(h·w_target) − Σ log σ(−h·w_noise): the right row and k others (Mikolov et al. 2013).

    Raises InvalidParameterError if ``noise`` is empty: the layer would learn to say yes to all.
    """
    if len(noise) == 0:
        raise InvalidParameterError("Negative sampling needs at least one random word.")
    touched = np.array([target, *noise], dtype=np.int64)
    signs = np.full(len(touched), -1.0, dtype=h.dtype)
    signs[0] = 1
    return _logistic(h, output, touched, signs)


def hierarchical_softmax(
    h: Rows, nodes: Rows, path: Sequence[int] | NDArray[Any], turns: Sequence[int] | NDArray[Any]
) -> OutputStep:
    """−Σ log σ(±h·v) over the inner nodes on the way to a word's leaf (Morin & Bengio 2005).

    Parameters
    ----------
    nodes : ndarray of shape (V − 1, d)
        A row for each inner node of a binary tree.
    path : sequence of int
        The inner nodes from the root on.
    turns : sequence of int
        At each of them 0, which has the probability σ(h·v), or 1, which has σ(−h·v).
    """
    signs = (1 - 2 * np.asarray(turns, dtype=np.int8)).astype(h.dtype)
    return _logistic(h, nodes, np.asarray(path, dtype=np.int64), signs)


def _logistic(h: Rows, rows: Rows, touched: NDArray[np.int64], signs: Rows) -> OutputStep:
    """−Σ log σ(sign · h·row) and its gradients."""
    used = rows[touched]
    margins = signs * (used @ h)
    loss = float(np.logaddexp(0, -margins).sum())
    errors = -signs * np.exp(-np.logaddexp(0, margins))  # −sign · σ(−margin)
    return OutputStep(loss, touched, np.outer(errors, h), errors @ used)


def apply(output: Rows, step: OutputStep, learning_rate: float) -> None:
    """Move the touched rows of ``output``, in place, as a training does after each example."""
    if len(step.touched) == len(output):
        output -= step.grad_rows * output.dtype.type(learning_rate)
    else:
        # A row that comes twice among the random words moves twice.
        np.subtract.at(output, step.touched, step.grad_rows * output.dtype.type(learning_rate))
