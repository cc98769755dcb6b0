"""What a word network learns: two matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Parameters:
    """The weights of a network with V words of d numbers each; also the shape of their gradients.

    Attributes
    ----------
    W : ndarray of shape (V, d), float64
        A row for each word as input: after training, the words' embeddings.
    W_out : ndarray of shape (d, V), float64
        A column for each word as output, often written W′.

    Both are read-only: a step makes new ones.
    """

    W: Matrix
    W_out: Matrix

    def __post_init__(self) -> None:
        for name in ("W", "W_out"):
            matrix = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            if matrix is getattr(self, name):
                matrix = matrix.view()
            matrix.flags.writeable = False
            object.__setattr__(self, name, matrix)
        if self.W.ndim != 2 or self.W_out.shape != self.W.shape[::-1]:
            raise InvalidParameterError(
                f"W is {self.W.shape} and W_out is {self.W_out.shape}. "
                "With V words of d numbers they are (V, d) and (d, V)."
            )

    @property
    def V(self) -> int:  # noqa: N802 - the field's letter
        """How many words."""
        return int(self.W.shape[0])

    @property
    def d(self) -> int:
        """How many numbers each word has."""
        return int(self.W.shape[1])

    @property
    def size(self) -> int:
        """How many numbers there are to learn: V·d + d·V."""
        return int(self.W.size + self.W_out.size)


def initial_parameters(V: int, d: int, seed: int = 0, scale: float | None = None) -> Parameters:
    """Small random weights, uniform in ±``scale``; the same for the same seed.

    ``scale`` is 0.5 / d unless given, as word2vec draws W. word2vec begins W_out at zero; here it
    is drawn as W is, so that the first forward pass already shows something.

    Raises InvalidParameterError if there is no word or no dimension.
    """
    if V < 1 or d < 1:
        raise InvalidParameterError(f"V={V} words of d={d} numbers: both have to be at least 1.")
    half = 0.5 / d if scale is None else scale
    rng = np.random.default_rng(seed)
    return Parameters(rng.uniform(-half, half, (V, d)), rng.uniform(-half, half, (d, V)))
