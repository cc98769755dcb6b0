"""Near-duplicates in a collection: groups of things that are almost, or exactly, the same.

All pairs are compared block by block: exactly, and in bounded memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.items.copy_measure import Alike
from embedviz.items.same_content import content_ids, file_ids
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Rows = NDArray[np.intp]

_ROWS, _COLUMNS = 2048, 4096  # of one block of products: 32 MB
_PAIRS_AT_ONCE = 2048
_UNIT = 2.0**-24
# A cosine in float64 is off by less; so that 1 finds what points the same way.
_TOLERANCE = 1e-12

MOST_PAIRS = 1_000_000
"""Pairs of different images beyond which a threshold is refused as too low."""


@dataclass(frozen=True)
class Group:
    """Images that are linked by pairs which are alike.

    Attributes
    ----------
    rows : tuple of int
        At least two, best connected first: the one that is like the most others.
    keys : tuple of str
    similarity_min : float
        The smallest cosine of any two in the group. It can lie below the threshold: A is like B
        and B like C, but A less like C. By a measure other than the vectors, the smallest score of
        the pairs that link the group.
    identical : bool
        All are copies of one file: the same value in the table's ``hash`` column or, in a space
        without one, the same vector.
    copies_of : tuple of int
        For each row the first row of the space that is the same file: equal numbers are copies.
    """

    rows: tuple[int, ...]
    keys: tuple[str, ...]
    similarity_min: float
    identical: bool
    copies_of: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)


def near_duplicates(
    space: EmbeddingSpace,
    threshold: float = 0.95,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[Group, ...]:
    """Groups of images whose cosine is at least ``threshold``, largest first.

    All pairs are compared, in blocks; float64 decides. A group is a connected component: whoever
    is like one of its members belongs to it. Copies of one file belong together whatever their
    vectors. Memory stays bounded; the time grows with n²: some 10 s for 20,000 × 1280 on 2 cores.

    Parameters
    ----------
    space : EmbeddingSpace
        n images.
    threshold : float
        Above 0, at most 1. What it means depends on the encoder.
    on_progress, cancel
        Called as blocks are done; an event that stops the work.

    Returns
    -------
    tuple of Group
        Largest first; of equal size the more alike first.

    Raises
    ------
    InvalidParameterError
        For a threshold out of range, or one so low that more than a million pairs reach it.
    CancelledError
        If ``cancel`` is set.
    """
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if not number or not 0 < threshold <= 1:
        raise InvalidParameterError(
            f"threshold={threshold!r} is not a cosine above 0 and at most 1; 0.9 to 0.99 is usual."
        )
    contents, place = np.unique(content_ids(space), return_inverse=True)
    distinct = space.vectors if contents.size == len(space) else space.vectors[contents]
    # Copies are one image here: a picture that lies there a thousand times is not 500,000 pairs.
    alike = Alike(*similar_pairs(distinct, threshold, MOST_PAIRS, on_progress, cancel))
    return groups_of(
        space, place, alike, lambda members: least_cosine(distinct[members], cancel), cancel
    )


def groups_of(
    space: EmbeddingSpace,
    place: Rows,
    alike: Alike,
    least: Callable[[Rows], float],
    cancel: Cancel | None = None,
) -> tuple[Group, ...]:
    """The groups that pairs of contents make, largest first.

    Parameters
    ----------
    place : ndarray of shape (n,), intp
        Which content each row of the space is; rows of one content belong together.
    alike : Alike
        Pairs of contents.
    least : callable
        Of the contents of a group what its ``similarity_min`` is.
    """
    sizes = np.bincount(place)
    component = _components(alike.first, alike.second, sizes.size)
    links = _links(alike.first, alike.second, alike.scores, sizes)
    groups = _members(component[place], links[:, place])
    files = file_ids(space)
    made = []
    for rows in groups:
        stop_if(cancel, "The search for near-duplicates")
        made.append(_group(space, rows, files, least(np.unique(place[rows]))))
    return tuple(sorted(made, key=lambda group: (-len(group), -group.similarity_min, group.rows)))


def similar_pairs(
    vectors: Float32,
    threshold: float,
    most: int,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[Rows, Rows, Float64]:
    """Every pair whose cosine is at least ``threshold``, exactly as float64 decides it.

    Float32 products find the pairs that can be, by the bound on their error (Higham, "Accuracy
    and Stability of Numerical Algorithms", 2002, section 3.1); float64 decides on those.

    Parameters
    ----------
    vectors : ndarray of shape (n, d), float32
        One of length 0 has no direction and is like no other.
    threshold : float
        Above 0, at most 1.
    most : int
        Pairs to hold at most.

    Returns
    -------
    first, second : ndarray of shape (pairs,), intp
        Rows, ``first < second``.
    cosines : ndarray of shape (pairs,), float64

    Raises
    ------
    InvalidParameterError
        If there are more pairs than ``most``: the threshold is too low for these images.
    CancelledError
        If ``cancel`` is set.
    """
    lengths = lengths_of(vectors)
    low = threshold - (vectors.shape[1] + 8) * _UNIT
    found: list[tuple[Rows, Rows, Float64]] = []
    count, done, total = 0, 0, _products(len(vectors))
    for start, columns, products in _blocks(vectors, lengths, np.float32):
        stop_if(cancel, "The search for near-duplicates")
        # Flat first: over two dimensions NumPy's nonzero takes ten times as long.
        places = np.flatnonzero(_pairs_only(products, start, columns, -2) >= low)
        first, second = np.divmod(places, products.shape[1])
        count += first.size
        if count > most:
            raise InvalidParameterError(_too_low(threshold, most, len(vectors)))
        pairs = first + start, second + columns
        cosines = cosines_of(vectors, lengths, *pairs)
        alike = cosines >= threshold - _TOLERANCE
        found.append((pairs[0][alike], pairs[1][alike], cosines[alike]))
        done += products.size
        report(on_progress, done / total, f"{count:,} pairs of {len(vectors):,} are alike")
    if not found:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    rows, others, cosines = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, others, cosines


def lengths_of(vectors: Float32) -> Float64:
    """Length of each vector in float64, of shape (n,)."""
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return np.asarray(np.sqrt(squares))


def cosines_of(vectors: Float32, lengths: Float64, first: Rows, second: Rows) -> Float64:
    """The cosine of each pair of rows in float64, of shape (pairs,); 0 where one has length 0."""
    cosines = np.empty(first.size)
    for start in range(0, first.size, _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        a, b = (vectors[rows[part]].astype(np.float64) for rows in (first, second))
        cosines[part] = np.einsum("ij,ij->i", a, b)
    scale = lengths[first] * lengths[second]
    np.divide(cosines, scale, out=cosines, where=scale > 0)
    return np.asarray(np.clip(cosines, -1, 1))


def least_cosine(vectors: Float32, cancel: Cancel | None = None) -> float:
    """The smallest cosine of any two of these vectors (n, d), in float64; 1 if n is 1."""
    least = 1.0
    for start, columns, products in _blocks(vectors, lengths_of(vectors), np.float64):
        stop_if(cancel, "The search for near-duplicates")
        least = min(least, float(_pairs_only(products, start, columns, 1).min()))
    return max(-1.0, least)


def _components(first: Rows, second: Rows, n: int) -> NDArray[np.int32]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(first.size, np.int8), (first, second)), shape=(n, n))
    component: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return component


def _links(first: Rows, second: Rows, cosines: Float64, sizes: Rows) -> Float64:
    """How many images each content is like, and how like in total: of shape (2, contents)."""
    links = np.stack([sizes - 1.0, sizes - 1.0])  # its own copies
    for one, other in ((first, second), (second, first)):
        np.add.at(links[0], one, sizes[other])
        np.add.at(links[1], one, sizes[other] * cosines)
    return links


def _members(component: NDArray[np.int32], links: Float64) -> list[Rows]:
    """The rows of every component with two or more, best connected first."""
    count, total = links
    order = np.lexsort((np.arange(component.size), -total, -count, component))
    starts = np.flatnonzero(np.diff(component[order])) + 1
    return [rows for rows in np.split(order, starts) if rows.size > 1]


def _group(space: EmbeddingSpace, rows: Rows, files: Rows, similarity_min: float) -> Group:
    copies_of = files[rows]
    return Group(
        rows=tuple(rows.tolist()),
        keys=tuple(space.keys[row] for row in rows),
        similarity_min=similarity_min,
        identical=bool((copies_of == copies_of[0]).all()),
        copies_of=tuple(copies_of.tolist()),
    )


def _blocks(
    vectors: Float32, lengths: Float64, dtype: type[np.floating[Any]]
) -> Iterator[tuple[int, int, NDArray[Any]]]:
    """First row, first column, and the cosines (rows, columns), of all blocks with pairs."""
    for start in range(0, len(vectors), _ROWS):
        rows = _units(vectors, lengths, start, _ROWS, dtype)
        for columns in range(start, len(vectors), _COLUMNS):
            yield start, columns, rows @ _units(vectors, lengths, columns, _COLUMNS, dtype).T


def _products(n: int) -> int:
    """How many numbers all blocks have together."""
    return sum(min(_ROWS, n - start) * (n - start) for start in range(0, n, _ROWS))


def _units(
    vectors: Float32, lengths: Float64, start: int, count: int, dtype: type[np.floating[Any]]
) -> NDArray[Any]:
    part = slice(start, start + count)
    # Divided in float64: in float32 a length can overflow or vanish where its vector does not.
    divisors = np.where(lengths[part] > 0, lengths[part], 1)
    return np.asarray(vectors[part] / divisors[:, None], dtype)


def _pairs_only(products: NDArray[Any], start: int, columns: int, other: float) -> NDArray[Any]:
    """The block with ``other`` where the row does not stand before the column."""
    if columns < start + len(products):
        rows = np.arange(start, start + products.shape[0])
        products[rows[:, None] >= np.arange(columns, columns + products.shape[1])] = other
    return products


def _too_low(threshold: float, most: int, n: int) -> str:
    return (
        f"More than {most:,} pairs among {n:,} have a similarity of about {threshold:g} or more: "
        "that is what they have in common, not near-duplicates. Raise the threshold; "
        "0.9 to 0.99 is usual."
    )
