"""The length of a word's vector, and how frequent the word is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.metric_agreement.rank_correlation import spearman
from embedviz.space import EmbeddingSpace

_PAIRS = 5_000
_NO_MEAN = 1e-5  # of the longest vector: what rounding leaves of a mean that was taken away


@dataclass(frozen=True, eq=False)
class NormsByRank:
    """Vector lengths along the frequency rank.

    Attributes
    ----------
    norms : ndarray of shape (n,), float64
        ‖v‖ of each key, the most frequent first.
    ranks : ndarray of shape (bins,), float64
        The middle of each bin on a logarithmic axis; the bins cover ranks 1 to n.
    low, medians, high : ndarray of shape (bins,), float64
        First quartile, median and third quartile of the lengths in each bin.
    rho : float
        Spearman's correlation of length with rank, over all n: negative if frequent words are the
        longer ones; NaN if all lengths are equal.
    rho_shared : float
        The same of rank and how far each vector reaches along the mean of all: NaN if the vectors
        are centered, so that there is no such direction.
    common : float
        Mean cosine of 5,000 random pairs: how much of a direction all vectors share. 0 if none.
    """

    norms: NDArray[np.float64]
    ranks: NDArray[np.float64]
    low: NDArray[np.float64]
    medians: NDArray[np.float64]
    high: NDArray[np.float64]
    rho: float
    rho_shared: float
    common: float


def norms_by_rank(space: EmbeddingSpace, bins: int = 16, seed: int = 0) -> NormsByRank:
    """Measure how length goes with frequency, in a space whose keys come most frequent first.

    Schakel & Wilson (2015), "Measuring Word Significance using Distributed Representations of
    Words", found the length of a word2vec vector to rise and fall with the frequency; Mu &
    Viswanath (2018), "All-but-the-Top", the frequency in the directions that all vectors share.

    Raises InvalidParameterError for fewer than 3 keys, or fewer than 2 bins.
    """
    n = len(space)
    if n < 3 or bins < 2:
        raise InvalidParameterError(
            f"{n:,} keys in {bins!r} bins: lengths along the frequency need at least 3 keys and 2 "
            "bins."
        )
    norms = space.norms.astype(np.float64)
    edges = np.unique(np.rint(np.geomspace(1, n + 1, bins + 1)).astype(int))
    quartiles = np.array(
        [
            np.percentile(norms[start - 1 : stop - 1], (25, 50, 75))
            for start, stop in pairwise(edges)
        ]
    )
    low, medians, high = quartiles.T
    middles = np.sqrt(edges[:-1] * (edges[1:] - 1.0))
    return NormsByRank(
        norms,
        middles,
        low,
        medians,
        high,
        spearman(np.arange(n), norms),
        _rho_shared(space),
        _common(space, seed),
    )


def apart(measured: NormsByRank, rows: Sequence[int], labels: Sequence[str]) -> list[int]:
    """The places in ``rows`` that can be labeled above their points: those before come first.

    A label covers about so much of the picture: for each letter a fiftieth of the logarithmic axis
    of ranks, and a tenth of the axis of lengths. One that would touch another is left out.
    """
    wide = float(np.log10(len(measured.norms))) / 50
    high = 0.1 * float(np.ptp(measured.norms)) or 1.0
    kept: list[int] = []
    for place, row in enumerate(rows):
        if all(
            abs(np.log10((row + 1) / (rows[other] + 1)))
            >= wide * (len(labels[place]) + len(labels[other]) + 1) / 2
            or abs(measured.norms[row] - measured.norms[rows[other]]) >= high
            for other in kept
        ):
            kept.append(place)
    return kept


def _rho_shared(space: EmbeddingSpace) -> float:
    mean = space.vectors.mean(axis=0, dtype=np.float64)
    if np.linalg.norm(mean) <= _NO_MEAN * float(space.norms.max()):
        return float("nan")
    return spearman(np.arange(len(space)), space.vectors @ mean)


def _common(space: EmbeddingSpace, seed: int) -> float:
    rng = np.random.default_rng(seed)
    first = rng.integers(0, len(space), _PAIRS)
    second = (first + rng.integers(1, len(space), _PAIRS)) % len(space)  # never the same key
    lengths = space.norms[first].astype(np.float64) * space.norms[second]
    products = np.einsum("ij,ij->i", space.vectors[first], space.vectors[second], dtype=np.float64)
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return float(cosines.mean())
