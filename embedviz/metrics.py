"""Cosine, Euclidean and dot product, defined once.

Cosine and dot are similarities (larger is nearer); Euclidean is a distance (smaller is nearer).
None of them changes the vectors of the space: ``works_on`` says what each looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """One way to say how near two vectors are.

    Attributes
    ----------
    name, label : str
        In the API and on the page.
    is_distance : bool
        True if smaller is nearer.
    works_on : str
        What the number is made from, as one sentence.
    between : callable
        Scores of ``vectors`` (m, d) against ``query`` (d,), of shape (m,), in float64.
    """

    name: str
    label: str
    is_distance: bool
    works_on: str
    between: Callable[[NDArray[Any], NDArray[Any]], Scores]


def _cosine(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    lengths *= np.linalg.norm(query.astype(np.float64))
    products = _dot(query, vectors)
    # A vector of length 0 has no direction: its cosine is 0, as in scikit-learn.
    cosines: Scores = np.zeros_like(products)
    np.divide(products, lengths, out=cosines, where=lengths > 0)
    return cosines


def _euclidean(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    return np.asarray(np.linalg.norm(vectors.astype(np.float64) - query, axis=1))


def _dot(query: NDArray[Any], vectors: NDArray[Any]) -> Scores:
    return np.asarray(vectors.astype(np.float64) @ query.astype(np.float64))


METRICS: dict[str, Metric] = {
    "cosine": Metric(
        "cosine",
        "Cosine similarity",
        False,
        "The angle between the vectors as they are; their lengths do not count.",
        _cosine,
    ),
    "euclidean": Metric(
        "euclidean",
        "Euclidean distance",
        True,
        "The straight-line distance between the vectors as they are, not normalized.",
        _euclidean,
    ),
    "dot": Metric(
        "dot",
        "Dot product",
        False,
        "The product of the vectors as they are: long (often frequent) ones score higher.",
        _dot,
    ),
}


def metric_named(name: str) -> Metric:
    """The metric of this name; raises InvalidParameterError, which lists them."""
    if name not in METRICS:
        raise InvalidParameterError(
            f"There is no metric {name!r}. Metrics: {', '.join(map(repr, METRICS))}."
        )
    return METRICS[name]
