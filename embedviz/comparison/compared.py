"""Two spaces over the same keys, measured in the full spaces and not in their pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked_but
from embedviz.comparison.alignment import align
from embedviz.comparison.likeness import Likeness, squares
from embedviz.comparison.matching import matched
from embedviz.comparison.overlap import neighbor_overlap
from embedviz.errors import InvalidParameterError
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two spaces say about the n keys that both have.

    Attributes
    ----------
    keys : tuple of str, length n
        In the first space's order.
    only_a, only_b : tuple of str
        Keys of one space alone; they take no part.
    overlap : ndarray of shape (n,), float64
        Per key the share of its k nearest that are the same in both, among the common keys.
    mean_overlap : float
        Its mean; what chance alone gives is ``chance``.
    cka : float
        Linear CKA: 1 is the same cloud but for rotation, scale and shift. nan where all items of a
        space lie at one point.
    procrustes_residual : float
        0 if one space is the other turned, scaled and shifted; 1 if nothing fits. nan as above.
    movement : ndarray of shape (n,), float64
        How far each key moved; see ``moved_by``.
    moved_by : {"distance", "overlap"}
        "distance": between the two places after the second space was laid onto the first, in units
        of the typical distance from the center. "overlap": 1 − ``overlap``, where the spaces have
        different dimensions and so no common places.
    k : int
    metric : str
        What "near" means, in both.
    dimensions : tuple of 2 int
    """

    keys: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    overlap: Floats
    cka: float
    procrustes_residual: float
    movement: Floats
    moved_by: Literal["distance", "overlap"]
    k: int
    metric: str
    dimensions: tuple[int, int]

    @property
    def mean_overlap(self) -> float:
        """The share of all k nearest that are the same in both."""
        return float(self.overlap.mean())

    @property
    def chance(self) -> float:
        """The overlap that two unrelated spaces of these keys have on average."""
        return self.k / (len(self.keys) - 1)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Rows of ``keys``, the most moved first; ties in the order of the keys."""
        return np.argsort(-self.movement, kind="stable")

    @property
    def moved(self) -> tuple[str, ...]:
        """The keys, the most moved first."""
        return tuple(self.keys[row] for row in self.order)

    @property
    def table(self) -> pd.DataFrame:
        """Per key its overlap and its movement, the most moved first."""
        import pandas as pd

        order = self.order
        return pd.DataFrame(
            {"key": self.moved, "overlap": self.overlap[order], "movement": self.movement[order]}
        )


@checked_but("k")
def compare(
    a: EmbeddingSpace,
    b: EmbeddingSpace,
    k: int = 10,
    metric: str = "cosine",
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Comparison:
    """Compare two spaces on the keys that both have, exactly and in bounded memory.

    Neighbors are looked for among the common keys only, so that both spaces choose from the same
    ones. Time grows with n²; :meth:`EmbeddingSpace.take` draws a sample where n is large.

    Parameters
    ----------
    a, b : EmbeddingSpace
        Their dimensions may differ. Keys are matched letter by letter.
    k : int
        Neighbors per key, from 1 to n − 1.
    metric : {"cosine", "euclidean", "dot", "correlation"}
        What "near" means. CKA, residual and movement always look at the vectors as they are.
    on_progress, cancel
        Called as keys are done; an event that stops the work.

    Raises
    ------
    InvalidParameterError
        For fewer than 3 common keys, k out of its range, an unknown metric, or for cosine a vector
        of length 0.
    CancelledError
    """
    metric_named(metric)
    common = matched(a.keys, b.keys)
    n = len(common.keys)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < n:
        raise InvalidParameterError(
            f"k={k!r} neighbors among {n:,} common keys: it must be a whole number from 1 to "
            f"{n - 1:,}."
        )
    first, second = (
        space if len(space) == n and np.array_equal(rows, np.arange(n)) else space.take(rows)
        for space, rows in ((a, common.rows_a), (b, common.rows_b))
    )
    overlap = neighbor_overlap(first, second, int(k), metric, on_progress, cancel)
    stop_if(cancel, "Comparing the spaces")
    report(on_progress, None, "comparing the whole clouds")
    likeness = Likeness.of(first.vectors, second.vectors, cancel)
    distances = _distances(first, second)
    return Comparison(
        common.keys, common.only_a, common.only_b, overlap, likeness.cka,
        likeness.procrustes_residual, 1 - overlap if distances is None else distances,
        "overlap" if distances is None else "distance",
        int(k), metric, (a.dimensions, b.dimensions),
    )  # fmt: skip


def _distances(a: EmbeddingSpace, b: EmbeddingSpace) -> Floats | None:
    """How far apart the aligned spaces put each key; None where they cannot be laid together."""
    spread = squares(a.vectors)
    if a.dimensions != b.dimensions or not spread or not squares(b.vectors):
        return None
    laid = align(a, b)
    apart = np.empty(len(a))
    step = max(1, 4_000_000 // a.dimensions)
    for start in range(0, len(a), step):
        rows = slice(start, start + step)
        moved = (b.vectors[rows] - laid.center_b) @ (laid.rotation * laid.scale)
        apart[rows] = np.linalg.norm(a.vectors[rows] - laid.center_a - moved, axis=1)
    apart /= np.sqrt(spread / len(a))
    return apart
