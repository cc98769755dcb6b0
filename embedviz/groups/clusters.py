"""Groups of points: who belongs to which, and how well they hold together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.groups.base import Labels

Where = Literal["full space", "map"]


@dataclass(frozen=True, eq=False)
class Clusters:
    """What :func:`embedviz.groups.cluster` found.

    Attributes
    ----------
    labels : ndarray of shape (n,), int32, read-only
        The group of each point, 0 for the largest; −1 for noise, which belongs to none.
    method : str
        A name in ``CLUSTERINGS``.
    params : mapping
        Every parameter with the value that was used.
    on : str
        ``"full space"`` or ``"map"``: where nearness was measured.
    works_on : str
        What the distances are made from, in words.
    seed : int
        What random draws started from.
    per_point_silhouette : ndarray of shape (n,), float64
        From −1 (nearer to another group) to 1 (far from all others); NaN for noise, for what
        was not measured, and where there are fewer than two groups. Measured where ``on`` says
        (Rousseeuw 1987), before any reduction by PCA.
    full_silhouette : float
        The mean silhouette of the same groups in the full space; equal to ``silhouette`` where
        they were found there.
    seconds : float
        How long it took.
    """

    labels: Labels
    method: str
    params: Mapping[str, Any]
    on: Where
    works_on: str
    seed: int
    per_point_silhouette: NDArray[np.float64]
    full_silhouette: float
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_groups(self) -> int:
        """How many groups there are, noise not counted."""
        return len(self.sizes)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Points in each group, of shape (n_groups,), largest first."""
        return np.bincount(self.labels[self.labels >= 0]).astype(np.int64)

    @property
    def noise(self) -> int:
        """How many points belong to no group."""
        return int(np.count_nonzero(self.labels < 0))

    @property
    def measured(self) -> int:
        """How many points the silhouette was measured on."""
        return int(np.count_nonzero(~np.isnan(self.per_point_silhouette)))

    @property
    def silhouette(self) -> float:
        """The mean of ``per_point_silhouette``; NaN where there are fewer than two groups."""
        here = self.per_point_silhouette[~np.isnan(self.per_point_silhouette)]
        return float(here.mean()) if here.size else float("nan")

    @property
    def group_silhouettes(self) -> NDArray[np.float64]:
        """The mean silhouette of each group's measured points, of shape (n_groups,)."""
        here = ~np.isnan(self.per_point_silhouette)
        labels, values = self.labels[here], self.per_point_silhouette[here]
        counts = np.bincount(labels, minlength=self.n_groups)
        sums = np.bincount(labels, weights=values, minlength=self.n_groups)
        means: NDArray[np.float64] = np.full(self.n_groups, np.nan)
        return np.divide(sums, counts, out=means, where=counts > 0)

    def rows(self, group: int) -> NDArray[np.intp]:
        """The rows of one group, ascending; −1 gives the noise."""
        return np.flatnonzero(self.labels == group)
