"""Orthogonal Procrustes with scaling: one picture laid over another."""

from __future__ import annotations

import numpy as np

from embedviz.trust.nearness import Matrix


def laid_over(first: Matrix, second: Matrix) -> tuple[Matrix, float]:
    """``second`` (n, c) moved, turned, mirrored and scaled onto ``first``, and what stays apart.

    The number is SciPy's ``procrustes`` disparity: the squared distance that remains when both
    have the size 1; 0 for the same shape, 1 where one of the two is a single place.
    (Schönemann 1966; Gower 1975.)
    """
    center = first.mean(axis=0)
    a, b = first - center, second - second.mean(axis=0)
    size_a, size_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if not size_a or not size_b:
        return b + center, 0.0 if size_a == size_b else 1.0
    left, singular, right = np.linalg.svd(b.T @ a / (size_a * size_b))
    agreement = float(singular.sum())
    moved = b @ (left @ right) * (agreement * size_a / size_b) + center
    return moved, max(0.0, 1 - agreement**2)
