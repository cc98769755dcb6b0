"""How the points of a flat t-SNE picture push each other away, by interpolation on a grid.

The method of Linderman et al. (2019), as in openTSNE: every point gives its charge to the nodes
around it, a Fourier transform adds up what all nodes do to each other, and every point reads what
arrives at the nodes around it. Here the grid has the same spacing in every iteration, so that the
kernel is transformed once for many of them, and all of it is in float32.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_SPACING = 1 / 3  # openTSNE's: three nodes for each unit of the picture
_MARGIN = 2
_ROUND_TO = 16  # nodes: a picture that grows a little keeps its grid


def repulsion(points: Points) -> tuple[Points, float]:
    """What pushes each point, not yet divided by the sum, and that sum.

    Parameters
    ----------
    points : ndarray of shape (n, 2), float64

    Returns
    -------
    ndarray of shape (n, 2), float64
        Σⱼ qᵢⱼ² (yᵢ − yⱼ) with qᵢⱼ = 1 / (1 + |yᵢ − yⱼ|²).
    float
        Σᵢ Σⱼ≠ᵢ qᵢⱼ.
    """
    from scipy import fft

    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    size = _nodes(float(np.ptp(points, axis=0).max()))
    wide = fft.next_fast_len(2 * size, real=True)
    centered = points - middle
    nodes, weights = _around(centered / _SPACING + (size - 1) / 2, size)
    charges = np.stack([np.ones(len(points)), *centered.T])
    spread = np.stack([
        np.bincount(nodes.ravel(), (weights * charge[:, None]).ravel(), size * size)
        for charge in charges
    ]).astype(np.float32).reshape(3, size, size)  # fmt: skip
    square, simple = _kernels(wide)
    # Axis by axis: the rows that are empty, or not read, are not transformed.
    seen = fft.fft(fft.rfft(spread, wide, axis=2), wide, axis=1)
    total = _sum_over(np.abs(seen[0]) ** 2 * simple, wide)
    back = fft.ifft(seen * square, axis=1)[:, :size]
    fields = fft.irfft(back, wide, axis=2)[:, :, :size].reshape(3, -1)
    alone, *moved = (np.einsum("ij,ij->i", field[nodes], weights) for field in fields)
    push = centered * alone[:, None] - np.stack(moved, axis=1)
    return np.asarray(push, np.float64), total - len(points)


def _nodes(span: float) -> int:
    least = int(np.ceil(span / _SPACING)) + 1 + 2 * _MARGIN
    return -(-least // _ROUND_TO) * _ROUND_TO


def _around(places: Points, size: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The nine nodes around each of ``places`` (n, 2), in steps of the grid, and their weights."""
    nearest = np.rint(places).astype(np.intp)
    away = places - nearest
    # Lagrange's polynomials through the nodes at −1, 0 and 1.
    each = np.stack([away * (away - 1) / 2, 1 - away**2, away * (away + 1) / 2], axis=2)
    weights = (each[:, 0, :, None] * each[:, 1, None, :]).reshape(len(places), 9)
    steps = np.arange(-1, 2)
    rows, columns = nearest[:, :1] + steps, nearest[:, 1:] + steps
    nodes = (rows[:, :, None] * size + columns[:, None, :]).reshape(len(places), 9)
    return nodes, weights.astype(np.float32)


@lru_cache(maxsize=4)
def _kernels(wide: int) -> tuple[Any, Any]:
    """The transforms of 1 / (1 + d²)² and of 1 / (1 + d²) between nodes."""
    from scipy import fft

    steps = np.arange(wide)
    away = np.minimum(steps, wide - steps) * _SPACING
    simple = 1 / (1 + away[:, None] ** 2 + away**2)
    # Symmetric: the transforms are real.
    return tuple(fft.rfft2(kernel).real.astype(np.float32) for kernel in (simple**2, simple))


def _sum_over(half: NDArray[Any], wide: int) -> float:
    """The sum over a whole spectrum of which the last axis has only its first half."""
    twice = half[:, 1 : (wide + 1) // 2].sum(dtype=np.float64)
    once = half[:, 0].sum(dtype=np.float64)
    if wide % 2 == 0:
        once += half[:, wide // 2].sum(dtype=np.float64)
    return float(2 * twice + once) / wide**2
