"""What near means, defined once: one table for search, indexes, projections, groups and trust.

Cosine, correlation and dot are similarities (larger is nearer); Euclidean is a distance (smaller is
nearer). None of them changes the vectors of the space: ``works_on`` says what each looks at.
A new metric is one entry: only ``between`` is needed for searching and measuring; ``form`` makes
both fast, and a name in ``called`` opens the methods of that library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Scores = NDArray[np.float64]
Form = Literal["straight line", "angle", "product"]
Library = Literal["openTSNE", "umap", "scikit-learn", "scipy"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One way to say how near two vectors are.

    Attributes
    ----------
    name, label : str
        In the API and on the page.
    short_label : str
        Where there is little room, and "near means" stands before it.
    adjective : str
        Before "neighbors" or "distance" in a sentence.
    is_distance : bool
        True if smaller is nearer.
    works_on : str
        What the number is made from, as one sentence.
    distance_label : str
        What is drawn along an axis where smaller is nearer.
    between : callable
        Scores of ``vectors`` (m, d) against ``query`` (d,), of shape (m,), in float64.
    form : str or None
        What it can be computed from with matrix products: ``"straight line"`` (the length of the
        difference), ``"angle"`` (only directions count, larger is nearer) or ``"product"``. None
        for another formula: then every pair goes through ``between``.
    centers : bool
        True if each vector's own mean is taken away first.
    called : mapping of str
        What other libraries call it; those that do not know it are left out.
    """

    name: str
    label: str
    short_label: str
    adjective: str
    is_distance: bool
    works_on: str
    distance_label: str
    between: Callable[[NDArray[Any], NDArray[Any]], Scores]
    form: Form | None = None
    centers: bool = False
    called: Mapping[Library, str] = field(default_factory=dict)

    def without_direction(self, vectors: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of ``vectors`` (n, d) it can say nothing about, where only directions count."""
        if self.form != "angle":
            return np.zeros(len(vectors), np.bool_)
        level = np.ptp(vectors, axis=1) == 0 if self.centers else ~np.any(vectors, axis=1)
        return np.asarray(level, np.bool_)

    @property
    def lack(self) -> str:
        """What is the matter with vectors :meth:`without_direction`."""
        return "have all entries equal" if self.centers else "have length 0"

    def centered(self, vectors: NDArray[Any]) -> NDArray[Any]:
        """``vectors`` (n, d) as they are compared: without their own means where those do not count."""
        return vectors - vectors.mean(axis=1, keepdims=True) if self.centers else vectors


def _cosine(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    lengths *= np.linalg.norm(query.astype(np.float64))
    products = _dot(query, vectors)
    # A vector of length 0 has no direction: its cosine is 0, as in scikit-learn.
    cosines: Scores = np.zeros_like(products)
    np.divide(products, lengths, out=cosines, where=lengths > 0)
    return cosines


def _correlation(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    given = np.asarray(query, np.float64)
    if not np.ptp(given):  # its mean may be off in the last bit, which would be all that is left
        return np.zeros(len(vectors))
    rows = np.asarray(vectors, np.float64)
    scores = _cosine(given - given.mean(), rows - rows.mean(axis=1, keepdims=True))
    scores[np.ptp(rows, axis=1) == 0] = 0
    return scores


def _euclidean(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    return np.asarray(np.linalg.norm(vectors.astype(np.float64) - query, axis=1))


def _dot(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    return np.asarray(vectors.astype(np.float64) @ query.astype(np.float64))


COSINE = Metric(
    name="cosine",
    label="Cosine similarity",
    short_label="Angle (cosine)",
    adjective="cosine",
    is_distance=False,
    works_on="The angle between the vectors as they are; their lengths do not count.",
    distance_label="1 − cosine",
    between=_cosine,
    form="angle",
    called={"openTSNE": "cosine", "umap": "cosine", "scikit-learn": "cosine", "scipy": "cosine"},
)
EUCLIDEAN = Metric(
    name="euclidean",
    label="Euclidean distance",
    short_label="Distance",
    adjective="straight-line",
    is_distance=True,
    works_on="The straight-line distance between the vectors as they are, not normalized.",
    distance_label="distance",
    between=_euclidean,
    form="straight line",
    called={
        "openTSNE": "euclidean", "umap": "euclidean", "scikit-learn": "euclidean",
        "scipy": "euclidean",
    },
)  # fmt: skip
DOT = Metric(
    name="dot",
    label="Dot product",
    short_label="Dot product",
    adjective="dot",
    is_distance=False,
    works_on="The product of the vectors as they are: long (often frequent) ones score higher.",
    distance_label="− dot product",
    between=_dot,
    form="product",
)
CORRELATION = Metric(
    name="correlation",
    label="Correlation",
    short_label="Correlation",
    adjective="correlation",
    is_distance=False,
    works_on=(
        "The correlation of the vectors' entries: each vector's own mean is taken away, and its "
        "length does not count."
    ),
    distance_label="1 − correlation",
    between=_correlation,
    form="angle",
    centers=True,
    called={"umap": "correlation", "scikit-learn": "correlation", "scipy": "correlation"},
)

METRICS: dict[str, Metric] = {
    metric.name: metric for metric in (COSINE, EUCLIDEAN, DOT, CORRELATION)
}


def metric_named(name: str) -> Metric:
    """The metric of this name; raises InvalidParameterError, which lists them."""
    if name not in METRICS:
        raise InvalidParameterError(
            f"There is no metric {name!r}. Metrics: {', '.join(map(repr, METRICS))}."
        )
    return METRICS[name]


def metrics_of(library: Library) -> tuple[str, ...]:
    """The metrics that ``library`` knows and that neighbors can be searched by: straight lines first."""
    known = [metric for metric in METRICS.values() if library in metric.called]
    return tuple(metric.name for metric in sorted(known, key=lambda one: one is not EUCLIDEAN))


def metrics_in_lines() -> tuple[str, ...]:
    """The metrics that straight-line distances of changed vectors rank by; straight lines first."""
    lines = ("straight line", "angle")
    known = [metric for metric in METRICS.values() if metric.form in lines]
    return tuple(metric.name for metric in sorted(known, key=lambda one: one is not EUCLIDEAN))
