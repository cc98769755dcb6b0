"""How far to trust a map: what it kept of each point's neighbors, counted exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked_but
from embedviz.progress import Cancel, OnProgress
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store, key_of
from embedviz.trust.blocks import by_blocks
from embedviz.trust.both_sides import SeenFromBoth, Sides
from embedviz.trust.checks import check_measurable
from embedviz.trust.nearness import Matrix, Rows
from embedviz.trust.ranking import Ranking
from embedviz.trust.sampling import sampled_rows

_KIND = "quality"
PARTS = ("trustworthiness", "continuity", "recall")


@dataclass(frozen=True, eq=False)
class Quality:
    """How well a map keeps the k nearest neighbors of the full space.

    What was not measured is NaN: parts that were not asked for, points outside the sample.

    Attributes
    ----------
    trustworthiness : float
        1 if the k nearest on the map are near in the full space; a stranger drawn near costs the
        more the farther it is there (Venna & Kaski 2001).
    continuity : float
        1 if the k nearest of the full space are near on the map (Venna & Kaski 2001).
    recall : float
        The share of the k nearest of the full space that are among the k nearest on the map.
    per_point : ndarray of shape (n,), float64
        The recall of each point; its mean is ``recall``.
    per_point_trustworthiness, per_point_continuity : ndarray of shape (n,), float64
        What each point adds; the means are ``trustworthiness`` and ``continuity``.
    k, n : int
        Neighbors asked for, and points.
    metric : str
        What "near" means in the full space; on the map it is always straight-line distance.
    sampled : ndarray of shape (m,), intp, or None
        The rows that were measured, each against all n points; None: all of them.
    """

    trustworthiness: float
    continuity: float
    recall: float
    per_point: NDArray[np.float64]
    per_point_trustworthiness: NDArray[np.float64]
    per_point_continuity: NDArray[np.float64]
    k: int
    metric: str
    n: int
    sampled: Rows | None = None

    @property
    def stated(self) -> str:
        """On how many points it was measured, in words."""
        if self.sampled is None:
            return f"measured on all {self.n:,} points"
        return f"measured on {len(self.sampled):,} of {self.n:,} points"


@checked_but("k")
def quality(
    space: EmbeddingSpace,
    projection: Projection,
    k: int = 15,
    metric: str | None = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    cache: bool = True,
    *,
    sample: int | None = None,
    seed: int = 0,
    parts: Sequence[str] = PARTS,
) -> Quality:
    """Measure a map against the full space: exactly for each point measured, in bounded memory.

    Trustworthiness with ``metric="euclidean"`` equals scikit-learn's where no distances tie. The
    time grows with n times the points measured; equal points are looked at once.

    Ties, distances that are exactly equal, cost nothing. A rank counts the points that are strictly
    nearer. Where several points of the full space are as near as the k-th, any of them that fill
    the k are as right as others: those count that lie best on the map. Where several points of
    the map are as near as its k-th, each counts as an equal share of the places left: nothing is
    won by drawing everything in one place. The order of the rows changes nothing.

    Parameters
    ----------
    space : EmbeddingSpace
        The full space that the map shows, n points.
    projection : Projection
        The map, of the same keys in the same order.
    k : int
        Neighbors to look at, below n / 2.
    metric : str, optional
        A name in :data:`embedviz.metrics.METRICS`; None takes the metric that
        the map tried to keep.
    on_progress, cancel
        Called as blocks of points are done; an event that stops the work.
    cache : bool
        Keep the result on disk, and take it from there. False for what belongs to one person.
    sample : int, optional
        Measure this many random points, each against all. None measures all points up to 30,000
        and 5,000 above (1,000 from a million on); n or more measures all.
    seed : int
        What the sample is drawn from.
    parts : sequence of str
        Which of ``"trustworthiness"``, ``"continuity"`` and ``"recall"``; fewer take less time.

    Raises
    ------
    InvalidParameterError
        If the map is of other points, or k, the metric, the sample or a part is not possible.
    CancelledError
        If ``cancel`` is set.
    """
    used = projection.metric if metric is None else metric
    check_measurable(space, projection, k, used, parts, PARTS)
    rows = sampled_rows(len(space), sample, seed)
    key = key_of(
        ("numpy",),
        vectors=space.vectors_fingerprint,
        coordinates=EmbeddingSpace(space.keys, projection.coordinates).vectors_fingerprint,
        k=int(k),
        metric=used,
        ties="shared",  # what was kept before counted them otherwise
        parts=sorted(set(parts)),
        sample=None if rows is None else [len(rows), int(seed)],
    ) if cache else ""  # fmt: skip
    kept = default_store().get(_KIND, key) if cache else None
    if kept is None:
        points = _per_point(space, projection, k, used, rows, frozenset(parts), on_progress, cancel)
        if cache:
            default_store().put(_KIND, key, {"points": points}, {})
    else:
        points = kept[0]["points"]
    measured = points if rows is None else points[:, rows]
    trust, continuity, recall = (float(line.mean()) for line in measured)
    return Quality(
        trust, continuity, recall, points[2], points[0], points[1], int(k), used, len(space), rows
    )


def _per_point(
    space: EmbeddingSpace,
    projection: Projection,
    k: int,
    metric: str,
    rows: Rows | None,
    parts: frozenset[str],
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> Matrix:
    """Trustworthiness, continuity and recall of each point, of shape (3, n)."""
    n = len(space)
    asked = np.arange(n) if rows is None else rows
    sides = Sides(Ranking.of_space(space.vectors, metric), Ranking.of_map(projection.coordinates))
    # Equal vectors in one place of the map have all three in common.
    pairs = np.unique(sides.pairs.of[asked])
    measure = partial(_measured, sides, k, parts)
    found = by_blocks(pairs, sides.widest, measure, "Measuring the map", on_progress, cancel)
    points = np.full((3, n), np.nan)
    points[:, asked] = np.concatenate(found, axis=1)[
        :, np.searchsorted(pairs, sides.pairs.of[asked])
    ]
    return points


def _measured(sides: Sides, k: int, parts: frozenset[str], pairs: Rows) -> Matrix:
    """The three numbers of the points of these pairs, of shape (3, r); NaN if not asked for."""
    n, r = len(sides.pairs.of), len(pairs)
    found = np.full((3, r), np.nan)
    # The worst that k strangers can cost a point: this makes 0 the worst and 1 the best.
    scale = 2 / (k * (2 * n - 3 * k - 1))
    seen = SeenFromBoth(sides, pairs, k)
    if "trustworthiness" in parts:
        found[0] = 1 - scale * seen.strangeness()
    if "continuity" in parts:
        found[1] = 1 - scale * seen.tearing()
    if "recall" in parts:
        found[2] = seen.kept() / k
    return found
