"""How alike two clouds of the same items are: linear CKA and the Procrustes residual."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, stop_if

Floats = NDArray[np.float64]
_BLOCK_NUMBERS = 4_000_000


def linear_cka(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Linear centered kernel alignment (Kornblith et al. 2019).

    From 0 (nothing in common) to 1 (the same but for rotation, one scale for all, and shift). It
    compares whole clouds, so two spaces may agree on the large shape and differ on neighbors.

    Parameters
    ----------
    a, b : ndarray of shape (n, p) and (n, q)
        The same n items, row by row. Memory grows with p × q (or n², where that is less), not
        with n × p.

    Returns
    -------
    float
        nan if the items of a space all lie at one point: it has no shape to compare.
    """
    return Likeness.of(a, b).cka


def procrustes_residual(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The share of the shape of ``a`` that no rotation and scaling of ``b`` explains.

    SciPy's ``procrustes`` disparity: both centered and scaled to length 1, then the sum of squared
    differences at the best fit; 0 is the same shape, 1 nothing in common. Where p and q differ the
    shorter vectors are filled up with zeros, which changes none of their distances.
    nan as in :func:`linear_cka`.
    """
    return Likeness.of(a, b).procrustes_residual


class Likeness:
    """Both numbers from the same products, which are made once.

    Attributes
    ----------
    cka, procrustes_residual : float
    """

    def __init__(self, cka: float, procrustes_residual: float) -> None:
        self.cka = cka
        self.procrustes_residual = procrustes_residual

    @classmethod
    def of(
        cls, a: NDArray[np.float32], b: NDArray[np.float32], cancel: Cancel | None = None
    ) -> Likeness:
        """Measure two arrays of the same n rows; raises InvalidParameterError for other rows."""
        if len(a) != len(b):
            raise InvalidParameterError(
                f"{len(a):,} rows against {len(b):,}: give the same items in the same order."
            )
        short_a, short_b = compact(a), compact(b)
        size_a, size_b = (math.sqrt(squares(rows)) for rows in (short_a, short_b))
        if not size_a or not size_b:
            return cls(math.nan, math.nan)
        cross = products(short_a, short_b, cancel) / (size_a * size_b)
        own_a = np.linalg.norm(products(short_a, short_a, cancel)) / size_a**2
        own_b = np.linalg.norm(products(short_b, short_b, cancel)) / size_b**2
        cka = float((cross**2).sum() / (own_a * own_b))
        shared = float(np.linalg.svd(cross, compute_uv=False).sum())
        return cls(min(1.0, cka), max(0.0, 1 - shared**2))


def compact(rows: NDArray[np.float32]) -> NDArray[np.float32] | Floats:
    """The same points with at most n dimensions: a rotation, which no measure here notices."""
    n, d = rows.shape
    if d <= n:
        return rows
    centered = rows - rows.mean(axis=0, dtype=np.float64)
    factor: Floats = np.linalg.qr(centered.T, mode="r")  # type: ignore[assignment]
    return factor.T


def products(
    a: NDArray[np.floating], b: NDArray[np.floating], cancel: Cancel | None = None
) -> Floats:
    """``aᵀ·b`` of the centered rows, of shape (p, q), in float64 and in bounded memory."""
    mean_a, mean_b = (rows.mean(axis=0, dtype=np.float64) for rows in (a, b))
    total = np.zeros((a.shape[1], b.shape[1]))
    step = max(1, _BLOCK_NUMBERS // max(a.shape[1], b.shape[1]))
    for start in range(0, len(a), step):
        stop_if(cancel, "Comparing the spaces")
        total += (a[start : start + step] - mean_a).T @ (b[start : start + step] - mean_b)
    return total


def squares(rows: NDArray[np.floating]) -> float:
    """The summed squares of the centered rows: their spread."""
    mean = rows.mean(axis=0, dtype=np.float64)
    step = max(1, _BLOCK_NUMBERS // rows.shape[1])
    blocks = (rows[start : start + step] - mean for start in range(0, len(rows), step))
    total = sum(float(np.einsum("ij,ij->", block, block)) for block in blocks)
    # Identical rows leave rounding behind, which is no shape.
    floor = len(rows) * float((mean**2).sum()) * np.finfo(np.float64).eps ** 2 * 16
    return total if total > floor else 0.0
