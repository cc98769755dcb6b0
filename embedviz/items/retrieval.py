"""How good an encoder is for a collection: do the nearest things carry the same label?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.indexes import index_of
from embedviz.items.kind import nouns_of
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

_QUERIES_AT_ONCE = 512


@dataclass(frozen=True)
class Retrieval:
    """How often the nearest things carry the label of the one that was asked for.

    Attributes
    ----------
    precision : float
        The mean share of the k nearest others with the same label (precision@k).
    chance : float
        What k others drawn at random would give, from the sizes of the labels.
    ceiling : float
        The most that is possible: a label of 3 images has only 2 others to find.
    per_label : dict of str to float
        The precision of the images of each label, in alphabetical order.
    k, n : int
        Neighbors looked at, and images with a label.
    metric : str
    """

    precision: float
    chance: float
    ceiling: float
    per_label: dict[str, float]
    k: int
    n: int
    metric: str


def precision_at_k(
    space: EmbeddingSpace,
    labels: Sequence[Any] | str = "label",
    k: int = 5,
    metric: str = "cosine",
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Retrieval:
    """Precision@k by label: every image asks for its k nearest others, exactly.

    Parameters
    ----------
    space : EmbeddingSpace
        n images.
    labels : sequence of n, or the name of a column of the space's table
        What each image shows. Images whose label is missing or empty are left out altogether.
    k : int
        From 1 to the number of labeled images minus 1.
    metric : {"cosine", "euclidean", "dot", "correlation"}

    Raises
    ------
    InvalidParameterError
        For labels that do not fit the space, an unknown metric, or k out of range.
    CancelledError
        If ``cancel`` is set.
    """
    metric_named(metric)
    names = _names(space, labels)
    labeled = np.flatnonzero(names != "")
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < labeled.size:
        raise InvalidParameterError(
            f"k={k!r} neighbors: it must be a whole number from 1 to {labeled.size - 1:,}, "
            f"because {labeled.size:,} of {len(space):,} {nouns_of(space.origin)} have a label."
        )
    asked = space if labeled.size == len(space) else space.take(labeled)
    known, codes, counts = np.unique(names[labeled], return_inverse=True, return_counts=True)
    hits = _hits(asked, codes, int(k), metric, on_progress, cancel)
    others = counts[codes] - 1
    sums = np.bincount(codes, weights=hits)
    return Retrieval(
        precision=float(hits.mean()),
        chance=float(others.mean() / (labeled.size - 1)),
        ceiling=float(np.minimum(others, k).mean() / k),
        per_label={str(name): float(part) for name, part in zip(known, sums / counts, strict=True)},
        k=int(k),
        n=int(labeled.size),
        metric=metric,
    )


def _names(space: EmbeddingSpace, labels: Sequence[Any] | str) -> NDArray[np.str_]:
    """Each image's label as a string, "" where it has none."""
    if isinstance(labels, str):
        table = space.table
        if labels not in table.columns:
            columns = ", ".join(map(repr, table.columns)) or "none"
            raise InvalidParameterError(f"There is no column {labels!r} here. Columns: {columns}.")
        labels = table[labels].tolist()
    if len(labels) != len(space):
        raise InvalidParameterError(
            f"{len(labels):,} labels for {len(space):,} {nouns_of(space.origin)}: one label each."
        )
    # NaN and NaT are the values that do not equal themselves.
    kept = ["" if one is None or one != one else str(one) for one in labels]  # noqa: PLR0124
    return np.array(kept, dtype=np.str_)


def _hits(
    space: EmbeddingSpace,
    codes: NDArray[np.intp],
    k: int,
    metric: str,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> NDArray[np.float64]:
    """For each image the share of its k nearest others with its label, of shape (n,)."""
    n = len(space)
    hits = np.empty(n)
    for start in range(0, n, _QUERIES_AT_ONCE):
        stop_if(cancel, "Measuring the encoder")
        own = np.arange(start, min(start + _QUERIES_AT_ONCE, n))
        found, _ = index_of(space).search(space.vectors[own], k + 1, metric, cancel=cancel)
        others = found != own[:, None]
        # Among many equals an image may miss itself; then the last one found gives way.
        others[others.all(axis=1), -1] = False
        nearest = found[others].reshape(own.size, k)
        hits[own] = (codes[nearest] == codes[own][:, None]).mean(axis=1)
        report(on_progress, (own[-1] + 1) / n, f"{own[-1] + 1:,} of {n:,} asked")
    return hits
