"""Every metric as a straight-line distance, which graphs and cells are made for.

The dot product is no distance: a vector need not be its own nearest. One more coordinate,
√(M² − ‖v‖²) with M the greatest length, gives all vectors one length, and then the nearest by
Euclidean distance are the largest products (Bachrach et al. 2014, "Speeding Up the Xbox Recommender
System", RecSys, section 4). The cosine is the product of vectors scaled to length 1; the added
coordinate is 0 but for vectors of length 0, whose cosine is 0. A correlation is the cosine of
vectors without their own means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import METRICS

Float32 = NDArray[np.float32]

_AT_ONCE = 65_536
_FARTHEST = 1e9  # in lengths of the longest vector: beyond, float32 tells no two distances apart


@dataclass(frozen=True)
class Placing:
    """Where vectors and queries of a metric that has a form stand, so that nearer is better.

    Attributes
    ----------
    metric : str
    longest : float
        The greatest length among the vectors; above 0.
    """

    metric: str
    longest: float

    def vectors(self, vectors: Float32, norms: Float32) -> Float32:
        """The places of ``vectors`` (n, d), of shape (n, d) or (n, d + 1), float32."""
        n, d = vectors.shape
        measure = METRICS[self.metric]
        angle = measure.form == "angle"
        wide = measure.form == "product" or (angle and (measure.centers or not norms.all()))
        placed = np.empty((n, d + wide), np.float32)
        for start in range(0, n, _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            lengths = norms[rows].astype(np.float64)
            compared = measure.centered(vectors[rows])
            if measure.centers:
                lengths = np.linalg.norm(compared.astype(np.float64), axis=1)
                lengths[np.ptp(vectors[rows], axis=1) == 0] = 0
                compared[lengths == 0] = 0
            by = np.where(lengths > 0, lengths, 1) if angle else self.longest
            scaled = compared / np.broadcast_to(by, lengths.shape)[:, None]
            placed[rows, :d] = scaled
            if wide:
                squares = np.einsum("ij,ij->i", scaled, scaled)
                rest = np.sqrt(np.maximum(1 - squares, 0))
                placed[rows, d] = (lengths == 0) if angle else rest
        return placed

    def queries(
        self, queries: NDArray[np.float64], width: int
    ) -> tuple[Float32, NDArray[np.bool_]]:
        """The places of ``queries`` (q, d), of shape (q, width), and which have one.

        None has a query without a direction (for all but straight lines), or so far off that float32
        could not tell two distances apart.
        """
        measure = METRICS[self.metric]
        with np.errstate(all="ignore"):
            compared = measure.centered(queries)
            lengths = np.linalg.norm(compared, axis=1)
            if measure.form == "straight line":
                scaled, usual = compared / self.longest, lengths < _FARTHEST * self.longest
            else:
                scaled, usual = compared / lengths[:, None], (lengths > 0) & np.isfinite(lengths)
                usual &= ~measure.without_direction(queries)
        placed = np.zeros((len(queries), width), np.float32)
        placed[usual, : queries.shape[1]] = scaled[usual]
        return placed, np.asarray(usual)
