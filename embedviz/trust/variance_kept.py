"""What PCA keeps: variance by component, and neighbors by the number of components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked, vectors_in
from embedviz.errors import InvalidParameterError
from embedviz.metrics import EUCLIDEAN
from embedviz.space import EmbeddingSpace
from embedviz.trust.blocks import by_blocks
from embedviz.trust.both_sides import SeenFromBoth, Sides
from embedviz.trust.checks import check_neighbors
from embedviz.trust.nearness import Matrix
from embedviz.trust.places import places_of
from embedviz.trust.random_points import principal_coordinates
from embedviz.trust.ranking import Ranking
from embedviz.word_model import WordModel


@dataclass(frozen=True, eq=False)
class Scree:
    """The variances of the principal components (Cattell 1966).

    Attributes
    ----------
    variances : ndarray of shape (d,), float64
        Largest first; scikit-learn's ``explained_variance_``.
    shares : ndarray of shape (d,), float64
        Of the whole variance.
    cumulative : ndarray of shape (d,), float64
        What the first 1, 2, … components keep together; the last is 1.
    """

    variances: Matrix
    shares: Matrix
    cumulative: Matrix

    def components_for(self, share: float) -> int:
        """The fewest components that keep at least this share of the variance.

        Raises InvalidParameterError unless ``share`` is above 0 and at most 1.
        """
        if not 0 < share <= 1:
            raise InvalidParameterError(f"share={share!r} must be above 0 and at most 1.")
        return int(np.searchsorted(self.cumulative, share - 1e-12)) + 1


@dataclass(frozen=True, eq=False)
class KeptByComponents:
    """What the first components keep of the neighbors.

    Attributes
    ----------
    components : tuple of int
    recall : ndarray of shape (m,), float64
        For each number of components the share of the k nearest in the full space that are still
        among the k nearest, averaged over the points.
    k : int
    n : int
    """

    components: tuple[int, ...]
    recall: Matrix
    k: int
    n: int


@checked
def scree(vectors: EmbeddingSpace | WordModel | NDArray[Any]) -> Scree:
    """The scree of ``vectors``, of shape (n, d) with n of 2 or more.

    Raises InvalidParameterError for fewer points, numbers that are not finite, and points that
    all lie in one place.
    """
    values = np.asarray(vectors_in("vectors", vectors), np.float64)
    if values.ndim != 2 or len(values) < 2 or not np.isfinite(values).all():
        raise InvalidParameterError(
            f"A scree needs 2 points or more of finite numbers; got shape {values.shape}."
        )
    centered = values - values.mean(axis=0)
    variances = np.linalg.eigvalsh(centered.T @ centered / (len(values) - 1))[::-1]
    variances = np.maximum(variances, 0.0)
    total = float(variances.sum())
    if total == 0:
        raise InvalidParameterError(f"All {len(values):,} points lie in one place: no variance.")
    cumulative = np.minimum(np.cumsum(variances) / total, 1.0)
    cumulative[-1] = 1.0
    return Scree(variances, variances / total, cumulative)


def kept_by_components(
    space: EmbeddingSpace, components: Sequence[int], k: int = 15
) -> KeptByComponents:
    """Measure the neighbors that the first 1, 2, … principal components keep, by distance.

    Raises InvalidParameterError for a number of components that is not from 1 to d, and a k that
    is not from 1 to n − 1.
    """
    check_neighbors(k, len(space))
    wrong = [count for count in components if not 1 <= count <= space.dimensions]
    if wrong or not len(components):
        raise InvalidParameterError(
            f"components={tuple(components)!r}: give one or more numbers from 1 to "
            f"{space.dimensions:,}."
        )
    places = places_of(space.vectors)
    # Copies stay copies: a product may round them differently.
    turned = principal_coordinates(space.vectors)[places.first][places.of].astype(np.float32)
    true = Ranking.of_space(space.vectors, EUCLIDEAN.name)
    shares = [_recall(true, turned[:, :count], k) for count in components]
    return KeptByComponents(tuple(map(int, components)), np.array(shares), int(k), len(space))


def first_components(space: EmbeddingSpace, count: int) -> EmbeddingSpace:
    """``space`` on its first ``count`` principal components, with the same keys and table."""
    if not 1 <= count <= space.dimensions:
        raise InvalidParameterError(
            f"{count!r} components: it must be a whole number from 1 to {space.dimensions:,}."
        )
    turned = principal_coordinates(space.vectors)[:, :count]
    return EmbeddingSpace(space.keys, turned.astype(np.float32), space.table, space.name)


def _recall(true: Ranking, reduced: NDArray[np.float32], k: int) -> float:
    """The share of the k nearest that are k nearest still; ties cost nothing."""
    found = Ranking.of_space(np.ascontiguousarray(reduced), EUCLIDEAN.name)
    sides = Sides(true, found)
    pairs = np.arange(len(sides.pairs))
    kept = by_blocks(
        pairs, sides.widest, lambda part: SeenFromBoth(sides, part, k).kept(), "Comparing neighbors"
    )
    return float(np.concatenate(kept)[sides.pairs.of].mean() / k)
