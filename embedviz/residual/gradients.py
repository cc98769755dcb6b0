"""Loss and gradients of a stack by backpropagation, written out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.softmax import log_softmax
from embedviz.residual.stack import Array, Stack

Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Gradients:
    """What one batch says about a stack.

    Attributes
    ----------
    loss : float
        Mean cross-entropy in nats; not finite where the activations have overflowed.
    accuracy : float
        Share of rows whose largest logit is the right one.
    weights, biases : tuple of ndarray
        ∂loss/∂W and ∂loss/∂b, shaped as the stack's.
    inputs : tuple of ndarray (n, width)
        ∂loss/∂x at the input of each block, and at that of the last layer.
    """

    loss: float
    accuracy: float
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    inputs: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class _Trace:
    """The values that the way back needs: what each layer was given, and the logits."""

    given: list[Array]
    logits: Array


def gradients(stack: Stack, pixels: Array, labels: Labels) -> Gradients:
    """Loss and gradients on rows ``pixels`` (n, inputs) with classes ``labels`` (n,).

    The way back through a block is dx = dy + F′ᵀ dy with a shortcut and F′ᵀ dy without:
    d(x + F(x))/dx = I + F′.

    Raises
    ------
    InvalidParameterError
        If the shapes do not fit the stack, or a label is none of its classes.
    """
    _check(stack, pixels, labels)
    with np.errstate(over="ignore", invalid="ignore"):  # an overflow is told by the loss
        trace = _forward(stack, pixels)
        logs = log_softmax(trace.logits)
        rows = np.arange(len(labels))
        error = np.exp(logs)
        error[rows, labels] -= 1
        weights, biases, inputs = _backward(stack, trace, error / len(labels))
    right = trace.logits.argmax(axis=1) == labels
    return Gradients(
        float(-logs[rows, labels].mean()), float(right.mean()), weights, biases, inputs
    )


def gradient_norms(found: Gradients) -> Array:
    """‖∂loss/∂W‖ (Frobenius) of each layer, of shape (L,): how far a step would move it."""
    return np.array([np.linalg.norm(gradient) for gradient in found.weights])


def _forward(stack: Stack, pixels: Array) -> _Trace:
    given = [pixels]
    x = pixels @ stack.weights[0].T + stack.biases[0]
    for first in range(1, stack.depth - 1, 2):
        inner = np.maximum(x, 0)
        hidden = np.maximum(inner @ stack.weights[first].T + stack.biases[first], 0)
        given += [inner, hidden]
        change = hidden @ stack.weights[first + 1].T + stack.biases[first + 1]
        x = x + change if stack.shortcut else change
    last = np.maximum(x, 0)
    return _Trace([*given, last], last @ stack.weights[-1].T + stack.biases[-1])


def _backward(
    stack: Stack, trace: _Trace, error: Array
) -> tuple[tuple[Array, ...], tuple[Array, ...], tuple[Array, ...]]:
    """∂loss/∂W, ∂loss/∂b and ∂loss/∂x, from ``error`` = ∂loss/∂logits (n, classes)."""
    errors = [error]  # ∂loss/∂(what each layer gives), the last layer first
    flow = _through(stack, trace, stack.depth - 1, error)
    flows = [flow]
    for first in range(stack.depth - 3, 0, -2):
        inner = _through(stack, trace, first + 1, flow)
        errors += [flow, inner]
        back = _through(stack, trace, first, inner)
        flow = flow + back if stack.shortcut else back
        flows.append(flow)
    errors.append(flow)
    ordered = errors[::-1]
    weights = tuple(one.T @ given for one, given in zip(ordered, trace.given, strict=True))
    return weights, tuple(one.sum(axis=0) for one in ordered), tuple(flows[::-1])


def _through(stack: Stack, trace: _Trace, layer: int, error: Array) -> Array:
    """The error before the ReLU in front of ``layer``: where that gave 0, nothing passes."""
    back: Array = (error @ stack.weights[layer]) * (trace.given[layer] > 0)
    return back


def _check(stack: Stack, pixels: Array, labels: Labels) -> None:
    inputs, classes = stack.weights[0].shape[1], stack.weights[-1].shape[0]
    if pixels.ndim != 2 or pixels.shape[1] != inputs or labels.shape != (len(pixels),):
        raise InvalidParameterError(
            f"This network takes rows of {inputs} numbers with one label each; got "
            f"{pixels.shape} and labels {labels.shape}."
        )
    if not labels.size or labels.min() < 0 or labels.max() >= classes:
        raise InvalidParameterError(f"Give at least one row, and labels from 0 to {classes - 1}.")
