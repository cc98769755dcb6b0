"""Near-duplicates in a collection: groups of images that are almost, or exactly, the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.items.same_content import content_ids, file_ids
from embedviz.items.similar_pairs import Float64, Rows, least_cosine, similar_pairs
from embedviz.progress import Cancel, OnProgress, stop_if
from embedviz.space import EmbeddingSpace

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
        and B like C, but A less like C.
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
    sizes = np.bincount(place, minlength=contents.size)
    distinct = space.vectors if contents.size == len(space) else space.vectors[contents]
    # Copies are one image here: a picture that lies there a thousand times is not 500,000 pairs.
    first, second, cosines = similar_pairs(distinct, threshold, MOST_PAIRS, on_progress, cancel)
    component = _components(first, second, contents.size)
    links = _links(first, second, cosines, sizes)
    groups = _members(component[place], links[:, place])
    files = file_ids(space)
    made = []
    for rows in groups:
        stop_if(cancel, "The search for near-duplicates")
        made.append(_group(space, rows, files, distinct[np.unique(place[rows])], cancel))
    return tuple(sorted(made, key=lambda group: (-len(group), -group.similarity_min, group.rows)))


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


def _group(
    space: EmbeddingSpace,
    rows: Rows,
    files: Rows,
    distinct: NDArray[np.float32],
    cancel: Cancel | None,
) -> Group:
    copies_of = files[rows]
    return Group(
        rows=tuple(rows.tolist()),
        keys=tuple(space.keys[row] for row in rows),
        similarity_min=least_cosine(distinct, cancel),
        identical=bool((copies_of == copies_of[0]).all()),
        copies_of=tuple(copies_of.tolist()),
    )
