"""Two vectors: the three measures of how near they are, and the plane that both lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError
from embedviz.metrics import COSINE, DOT, EUCLIDEAN, metric_named

Vector = NDArray[np.float64]
_RIGHT = 1e-12  # a cosine no further from 0 is that of a right angle


@dataclass(frozen=True)
class Pair:
    """What the metrics say of two vectors.

    Attributes
    ----------
    euclidean, cosine, dot : float
        As :data:`embedviz.metrics.METRICS` defines them: with a vector of length 0 the cosine is 0.
    lengths : tuple of two floats
        ‖a‖ and ‖b‖.
    angle : float or None
        Between them in degrees, 0 to 180; None if one has no direction, being of length 0.
    along : float or None
        How far b reaches along the direction of a, negative if against it: dot / ‖a‖. None if a is
        of length 0.
    """

    euclidean: float
    cosine: float
    dot: float
    lengths: tuple[float, float]
    angle: float | None
    along: float | None

    @staticmethod
    def of(a: ArrayLike, b: ArrayLike) -> Pair:
        """The measures of two vectors of the same shape (d,).

        Raises InvalidParameterError if they are of different length or not finite.
        """
        first, second = _checked(a, b)
        euclidean, cosine, dot = (
            float(metric.between(first, second[None])[0]) for metric in (EUCLIDEAN, COSINE, DOT)
        )
        lengths = float(np.linalg.norm(first)), float(np.linalg.norm(second))
        return Pair(
            euclidean,
            cosine,
            dot,
            lengths,
            angle=_angle(first, second) if all(lengths) else None,
            along=dot / lengths[0] if lengths[0] else None,
        )

    @property
    def along_b(self) -> float | None:
        """How far a reaches along the direction of b, ‖a‖ cos θ; None if one has no direction.

        It says what becomes of the metrics while b alone is stretched, and the cosine stays: the
        dot product gains so much with each unit of b's length (nothing at a right angle, less and
        less beyond it), and the distance is smallest where b is so long (it grows from the start
        where that is not above 0).
        """
        if self.angle is None:
            return None
        # Of what rounding leaves of a right angle, no direction is told.
        return 0.0 if abs(self.cosine) < _RIGHT else self.lengths[0] * self.cosine

    @property
    def scores(self) -> dict[str, float]:
        """The three measures by the name of the metric."""
        return {EUCLIDEAN.name: self.euclidean, COSINE.name: self.cosine, DOT.name: self.dot}


def arrow(length: float, degrees: float) -> Vector:
    """The vector in the plane of this length, turned so far from the x axis, of shape (2,)."""
    turn = np.deg2rad(degrees)
    return np.array([length * np.cos(turn), length * np.sin(turn)])


def in_their_plane(a: ArrayLike, b: ArrayLike) -> tuple[Vector, Vector]:
    """Two vectors of any dimension d as arrows of shape (2,), a along the x axis.

    Any two vectors lie in one plane, so lengths, angle and distance are the true ones. Raises
    InvalidParameterError as :meth:`Pair.of`.
    """
    first, second = _checked(a, b)
    length = float(np.linalg.norm(first))
    if not length:
        return np.zeros(2), np.array([float(np.linalg.norm(second)), 0.0])
    along = float(second @ first) / length
    aside = float(np.linalg.norm(second - along * first / length))
    return np.array([length, 0.0]), np.array([along, aside])


def pairwise(vectors: ArrayLike, metric: str) -> NDArray[np.float64]:
    """Every vector of ``vectors`` (n, d) against every one, of shape (n, n).

    Raises InvalidParameterError for an unknown metric.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    between = metric_named(metric).between
    return np.stack([between(row, rows) for row in rows])


def _angle(first: Vector, second: Vector) -> float:
    """Between two directions in degrees (Kahan): the arc cosine loses half its digits near 0."""
    u, v = first / np.linalg.norm(first), second / np.linalg.norm(second)
    return float(np.rad2deg(2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))))


def _checked(a: ArrayLike, b: ArrayLike) -> tuple[Vector, Vector]:
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape or not first.size:
        raise InvalidParameterError(
            f"Two vectors of shapes {first.shape} and {second.shape}: both must be of the same "
            "shape (d,), d at least 1."
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InvalidParameterError("A vector holds a number that is missing or infinite.")
    return first, second
