"""One question, three metrics: what each puts first, and how far their orders agree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from embedviz.comparison.overlap import shared_rows
from embedviz.errors import InvalidParameterError
from embedviz.metric_agreement.rank_correlation import kendall, spearman
from embedviz.metrics import COSINE, DOT, EUCLIDEAN, METRICS
from embedviz.search import Neighbors, neighbors
from embedviz.space import EmbeddingSpace

ORDER = (EUCLIDEAN.name, COSINE.name, DOT.name)
"""The three that the lesson compares, in its order."""

_FEWEST, _MOST = 2, 5_000


@dataclass(frozen=True)
class Agreement:
    """How far two metrics agree on one query.

    Attributes
    ----------
    metrics : tuple of two str
    shared : int
        Keys that both have among their first k.
    overlap : float
        ``shared`` / k, from 0 to 1.
    kendall, spearman : float
        Of the two orders of a sample of the whole space, from −1 (reversed) to 1 (the same).
    """

    metrics: tuple[str, str]
    shared: int
    overlap: float
    kendall: float
    spearman: float


@dataclass(frozen=True, eq=False)
class SideBySide:
    """What lies nearest to one key, by each metric.

    Attributes
    ----------
    key : str
    k : int
        How many were found by each.
    found : dict of str to Neighbors
        By the metric's name: Euclidean, cosine, dot.
    lengths : dict of str to ndarray of shape (k,), float64
        Of the vectors found.
    agreements : tuple of Agreement
        Of each two metrics.
    sampled : int
        On how many keys the orders were compared.
    """

    key: str
    k: int
    found: dict[str, Neighbors]
    lengths: dict[str, NDArray[np.float64]]
    agreements: tuple[Agreement, ...]
    sampled: int

    @property
    def in_all(self) -> frozenset[str]:
        """The keys that all three metrics have among their first k."""
        return frozenset.intersection(*(frozenset(item.keys) for item in self.found.values()))


def side_by_side(
    space: EmbeddingSpace, key: str, k: int = 10, sample: int = 500, seed: int = 0
) -> SideBySide:
    """Ask for the ``k`` nearest of ``key`` by Euclidean distance, cosine and dot product.

    Parameters
    ----------
    space : EmbeddingSpace
        At least three keys; ``key`` is one of them and excludes itself.
    sample : int
        On how many other keys, drawn with ``seed``, the three orders are compared, 2 to 5,000; all
        where there are fewer.

    Raises
    ------
    UnknownKeyError
        If ``key`` is not in the space.
    InvalidParameterError
        For k < 1, a sample out of its range, fewer than three keys, or a key whose vector is of
        length 0.
    """
    row = space.index(key)
    if not _FEWEST <= sample <= _MOST or len(space) < 3:
        raise InvalidParameterError(
            f"sample={sample!r} of {len(space):,} keys: from {_FEWEST} to {_MOST:,}, of at least 3 "
            "keys."
        )
    found = {metric: neighbors(space, key, k, metric) for metric in ORDER}
    others = _others(len(space), row, sample, seed)
    near = {metric: _nearness(space, row, others, metric) for metric in ORDER}
    return SideBySide(
        key,
        len(found[COSINE.name].keys),
        found,
        {metric: space.norms[item.rows].astype(np.float64) for metric, item in found.items()},
        tuple(_agreement(pair, found, near) for pair in combinations(ORDER, 2)),
        len(others),
    )


def _others(n: int, row: int, sample: int, seed: int) -> NDArray[np.intp]:
    """A sample of the rows without ``row``."""
    drawn = np.random.default_rng(seed).choice(n - 1, min(sample, n - 1), replace=False)
    return np.asarray(drawn + (drawn >= row), dtype=np.intp)


def _nearness(
    space: EmbeddingSpace, row: int, others: NDArray[np.intp], metric: str
) -> NDArray[np.float64]:
    """The larger the nearer, whatever the metric."""
    scores = METRICS[metric].between(space.vectors[row], space.vectors[others])
    return -scores if METRICS[metric].is_distance else scores


def _agreement(
    pair: tuple[str, str], found: dict[str, Neighbors], near: dict[str, NDArray[np.float64]]
) -> Agreement:
    first, second = pair
    shared = int(shared_rows(found[first].rows[None], found[second].rows[None])[0])
    return Agreement(
        pair,
        shared,
        shared / len(found[first].rows),
        kendall(near[first], near[second]),
        spearman(near[first], near[second]),
    )
