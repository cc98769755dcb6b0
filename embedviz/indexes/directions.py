"""The few directions along which vectors reach farthest, found from some of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.progress import Cancel, stop_if

Float32 = NDArray[np.float32]

_SAMPLE = 8192  # vectors looked at: 32 for each of 256 directions
_AT_ONCE = 2048
_ROUNDS = 4  # of multiplying by the second moments; more changed no recall
_SPARE = 16  # directions found and let go, so that the last kept ones are good too


def leading_directions(
    vectors: Float32, norms: Float32, count: int, seed: int, cancel: Cancel | None = None
) -> Float32:
    """Orthonormal directions that hold the most of the vectors' squared length, best first.

    They are the leading eigenvectors of the second moments of vectors scaled to length 1 (so that
    one giant decides nothing), by subspace iteration: Halko, Martinsson and Tropp (2011), "Finding
    Structure with Randomness", SIAM Review 53, algorithm 4.4. Not centered: the mean of features
    that are never negative is itself the first direction.

    Parameters
    ----------
    vectors : ndarray of shape (n, d), float32
    norms : ndarray of shape (n,), float32
    count : int
        At most d.
    seed : int
        Chooses the sample; the same seed gives the same directions.

    Returns
    -------
    ndarray of shape (d, count), float32

    Raises
    ------
    CancelledError
    """
    random = np.random.default_rng(seed)
    moments = _second_moments(vectors, norms, random, cancel)
    d = len(moments)
    width = min(d, count + _SPARE)
    basis = random.standard_normal((d, width), dtype=np.float32)
    for _ in range(_ROUNDS):
        stop_if(cancel, "Building the index")
        basis = np.linalg.qr(moments @ basis)[0]
    _, turn = np.linalg.eigh((basis.T @ (moments @ basis)).astype(np.float64))
    leading = basis @ turn[:, ::-1][:, :count].astype(np.float32)
    return np.ascontiguousarray(leading)


def _second_moments(
    vectors: Float32, norms: Float32, random: np.random.Generator, cancel: Cancel | None
) -> Float32:
    n, d = vectors.shape
    rows = np.sort(random.choice(n, min(n, _SAMPLE), replace=False))
    moments = np.zeros((d, d), np.float32)
    for start in range(0, len(rows), _AT_ONCE):
        stop_if(cancel, "Building the index")
        part = rows[start : start + _AT_ONCE]
        lengths = np.where(norms[part] > 0, norms[part], 1)[:, None]
        units = vectors[part] / lengths
        moments += units.T @ units
    return moments
