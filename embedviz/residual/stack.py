"""The same layers with or without shortcuts: what differs is one addition in each block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Array = NDArray[np.float64]
Initialization = Callable[[int, int, np.random.Generator], tuple[Array, Array]]

LEAST_DEPTH, MOST_DEPTH = 4, 200
_WIDEST = 512


@dataclass(frozen=True, eq=False)
class Stack:
    """A network of L fully connected layers: a first one, (L − 2) / 2 blocks of two, a last one.

    A block is F(x) = W₂ relu(W₁ relu(x) + b₁) + b₂, as in He, Zhang, Ren & Sun (2016b, "Identity
    Mappings in Deep Residual Networks", ECCV), without normalization. With shortcuts a block gives
    x + F(x), without F(x): then the whole is L plain layers with a ReLU between them.

    Attributes
    ----------
    weights : tuple of ndarray (outputs, inputs), float64
        Of the L layers, the first one first.
    biases : tuple of ndarray (outputs,), float64
    shortcut : bool
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    shortcut: bool

    @property
    def depth(self) -> int:
        """L, its layers with weights."""
        return len(self.weights)

    def with_shortcut(self, shortcut: bool) -> Stack:
        """The same weights with or without the additions."""
        return replace(self, shortcut=shortcut)


def initial_stack(
    depth: int,
    *,
    shortcut: bool,
    width: int = 32,
    inputs: int = 64,
    classes: int = 10,
    initialization: str = "pytorch",
    seed: int = 0,
) -> Stack:
    """A network before training; equal arguments give equal weights, with and without shortcuts.

    Parameters
    ----------
    depth : int
        L, even, from 4 to 200.
    initialization : str
        A name in :data:`INITIALIZATIONS`.

    Raises
    ------
    InvalidParameterError
    """
    if isinstance(depth, bool) or depth % 2 or not LEAST_DEPTH <= depth <= MOST_DEPTH:
        raise InvalidParameterError(
            f"depth={depth!r} layers: an even number from {LEAST_DEPTH} to {MOST_DEPTH}, because a "
            "block has two layers and one stands before and one after the blocks."
        )
    if min(width, inputs, classes) < 1 or max(width, inputs, classes) > _WIDEST:
        raise InvalidParameterError(
            f"width={width}, inputs={inputs}, classes={classes}: each from 1 to {_WIDEST}."
        )
    if initialization not in INITIALIZATIONS:
        names = ", ".join(map(repr, INITIALIZATIONS))
        raise InvalidParameterError(
            f"There is no initialization {initialization!r}. Initializations: {names}."
        )
    sizes = [inputs, *[width] * (depth - 1), classes]
    random = np.random.default_rng(seed)
    make = INITIALIZATIONS[initialization]
    layers = [make(after, before, random) for before, after in pairwise(sizes)]
    return Stack(tuple(w for w, _ in layers), tuple(b for _, b in layers), shortcut)


def _pytorch(outputs: int, inputs: int, random: np.random.Generator) -> tuple[Array, Array]:
    bound = 1 / np.sqrt(inputs)
    weights = random.uniform(-bound, bound, (outputs, inputs))
    return weights, random.uniform(-bound, bound, outputs)


def _glorot(outputs: int, inputs: int, random: np.random.Generator) -> tuple[Array, Array]:
    bound = np.sqrt(6 / (inputs + outputs))
    return random.uniform(-bound, bound, (outputs, inputs)), np.zeros(outputs)


def _he(outputs: int, inputs: int, random: np.random.Generator) -> tuple[Array, Array]:
    return random.normal(0, np.sqrt(2 / inputs), (outputs, inputs)), np.zeros(outputs)


INITIALIZATIONS: dict[str, Initialization] = {"pytorch": _pytorch, "glorot": _glorot, "he": _he}
"""How weights begin: ``torch.nn.Linear``'s default (weights and biases uniform within
±1/√inputs), Glorot & Bengio (2010, uniform), He, Zhang, Ren & Sun (2015, normal)."""
