"""Nearest neighbors, always in the full space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.errors import InvalidParameterError
from embedviz.indexes import index_of
from embedviz.metrics import METRICS, metric_named
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.word_model import WordModel, as_space, vector_of

Query = str | Sequence[str] | NDArray[Any]


@dataclass(frozen=True)
class Neighbors:
    """What lies nearest, best first.

    Attributes
    ----------
    keys : tuple
        k keys; for a batch a tuple of q such tuples.
    scores : ndarray of shape (k,) or (q, k), float64
        Distances where the metric ``is_distance`` (smaller is nearer), else similarities.
    rows : ndarray of shape (k,) or (q, k), intp
        Where the keys stand in the space.
    metric : str
    """

    keys: tuple[Any, ...]
    scores: NDArray[np.float64]
    rows: NDArray[np.intp]
    metric: str


@checked
def neighbors(
    source: EmbeddingSpace | WordModel,
    query: Query,
    k: int = 10,
    metric: str = "cosine",
    *,
    index: str = "exact",
    exclude: Sequence[str] = (),
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Neighbors:
    """The ``k`` nearest keys to a key, to several, to a vector or to several.

    Parameters
    ----------
    source : EmbeddingSpace or WordModel
        Of n keys; a fastText model also answers for words outside its vocabulary.
    query : str, sequence of str, ndarray of shape (d,) or (q, d)
        A key of the space excludes itself; a vector excludes nothing.
    k : int
        At least 1; where fewer keys are there, all of them are returned.
    metric : {"cosine", "euclidean", "dot", "correlation"}
        A name in :data:`embedviz.metrics.METRICS`.
    index : {"exact", "reduced", "hnsw", "ivf"}
        "exact" compares every vector. "reduced" is several times faster among many long vectors,
        after seconds of building when it is first asked on a space, and may miss one neighbor in
        a hundred (for correlation it compares all); so may "hnsw" (a graph) and "ivf" (cells),
        which hold a copy of the vectors. The scores are the exact ones. See :data:`embedviz.indexes.INDEXES`.
    exclude : sequence of str
        Keys that are no answer: those that an average is made of, say.
    on_progress, cancel
        For many queries at once and the building of an index.

    Raises
    ------
    UnknownKeyError
        For a key that is not there; it names the nearest spellings.
    InvalidParameterError
        For an unknown metric or index, k < 1, vectors of another length or with values that are not
        finite, and for cosine a vector of length 0, which has no direction.
    CancelledError
    """
    space = as_space(source)
    metric_named(metric)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise InvalidParameterError(f"k={k!r} neighbors: it must be a whole number, 1 or more.")
    single, vectors, own_rows = _vectors_of(source, space, query)
    _check(space, vectors, metric)
    excludes = any(row >= 0 for row in own_rows)
    left_out = np.unique(np.fromiter(map(space.index, exclude), np.intp))
    wanted = min(int(k) + excludes + len(left_out), len(space))
    built = index_of(space, index, on_progress=on_progress, cancel=cancel)
    rows, scores = built.search(vectors, wanted, metric, on_progress=on_progress, cancel=cancel)
    if excludes:
        rows, scores = _without_own(rows, scores, own_rows)
    if len(left_out):
        rows, scores = _without(rows, scores, left_out)
    return _answer(space, rows[:, :k], scores[:, :k], metric, single)


def _vectors_of(
    source: EmbeddingSpace | WordModel, space: EmbeddingSpace, query: Query
) -> tuple[bool, NDArray[Any], list[int]]:
    """Whether one was asked, the query vectors (q, d), and the row of each key (else −1)."""
    if isinstance(query, str):
        keys: Sequence[str] = [query]
    elif len(query) and isinstance(query[0], str):
        keys = list(query)
    else:
        array = np.asarray(query)
        if array.ndim not in (1, 2) or not array.size or array.dtype.kind not in "fiu":
            raise InvalidParameterError(
                f"A query is a key, a list of keys, a vector of {space.dimensions} numbers or an "
                f"array (q, {space.dimensions}); got shape {array.shape} of {array.dtype}."
            )
        return array.ndim == 1, np.atleast_2d(array), [-1] * (1 if array.ndim == 1 else len(array))
    vectors = np.stack([vector_of(source, key) for key in keys])
    own_rows = [space.index(key) if key in space else -1 for key in keys]
    return isinstance(query, str), vectors, own_rows


def _check(space: EmbeddingSpace, vectors: NDArray[Any], metric: str) -> None:
    if vectors.shape[1] != space.dimensions:
        raise InvalidParameterError(
            f"The query has {vectors.shape[1]} numbers, the vectors of "
            f"{space.name or 'this space'} have {space.dimensions}."
        )
    if not np.isfinite(vectors).all():
        raise InvalidParameterError("The query holds a number that is missing or infinite.")
    measure = metric_named(metric)
    if measure.without_direction(vectors).any():
        others = [name for name, other in METRICS.items() if other.form != "angle"]
        raise InvalidParameterError(
            f"Vectors that {measure.lack} have no direction, so {metric} says nothing about them. "
            f"Use {' or '.join(others)}."
        )


def _without_own(
    rows: NDArray[np.intp], scores: NDArray[np.float64], own_rows: list[int]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Leave out each key's own row, or the last answer where a key's row is not among them."""
    own = rows == np.asarray(own_rows)[:, None]
    own[~own.any(axis=1), -1] = True
    shape = (len(rows), rows.shape[1] - 1)
    return rows[~own].reshape(shape), scores[~own].reshape(shape)


def _without(
    rows: NDArray[np.intp], scores: NDArray[np.float64], left_out: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Leave out these rows; as many answers to each query as the one with the fewest has."""
    gone = np.isin(rows, left_out)
    order = np.argsort(gone, axis=1, kind="stable")[:, : int((~gone).sum(axis=1).min())]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1)


def _answer(
    space: EmbeddingSpace,
    rows: NDArray[np.intp],
    scores: NDArray[np.float64],
    metric: str,
    single: bool,
) -> Neighbors:
    keys = tuple(tuple(space.keys[row] for row in line) for line in rows)
    if single:
        return Neighbors(keys[0], scores[0], rows[0], metric)
    return Neighbors(keys, scores, rows, metric)
