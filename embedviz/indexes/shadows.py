"""Short shadows of long vectors: stand-ins that cost a fraction, and how wrong they may be.

A vector v is kept as its coordinates along a few directions, and the length of what they leave
out. A product q·v is the product of the coordinates, exactly, plus that of the two rests, of
which only the lengths are known. Vectors that lie near each other have rests that point alike,
so for angles and straight lines the rests count with their full length: then no stand-in is worse
than the truth. The largest dot products belong to long vectors, not near ones: there the rests
count nothing.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.shortcuts import Shortcut
from embedviz.metrics import METRICS
from embedviz.progress import Cancel, stop_if

Float32 = NDArray[np.float32]

_AT_ONCE = 8192
# Queries that stick out of the directions more than all but this share of the vectors do.
_STRANGE = 0.001


class Shadows:
    """The shadows of n vectors on a few directions.

    Attributes
    ----------
    directions : ndarray of shape (d, w − 1), float32
    coordinates : ndarray of shape (n, w), float32
        Along each direction; last the length of the rest.
    """

    def __init__(
        self,
        vectors: Float32,
        norms: Float32,
        directions: Float32,
        cancel: Cancel | None = None,
    ) -> None:
        self.directions = directions
        self.coordinates = np.empty((len(vectors), directions.shape[1] + 1), np.float32)
        for start in range(0, len(vectors), _AT_ONCE):
            stop_if(cancel, "Building the index")
            part = slice(start, start + _AT_ONCE)
            self.coordinates[part] = self._of(vectors[part], norms[part])
        shares = self.coordinates[:, -1] / np.where(norms > 0, norms, 1)
        self._usual_share = float(np.quantile(shares, 1 - _STRANGE)) if len(shares) else 1.0

    @property
    def nbytes(self) -> int:
        """Bytes held beside the vectors."""
        return self.coordinates.nbytes + self.directions.nbytes

    def of(self, metric: str, full: Shortcut) -> Shortcut:
        """The stand-ins that take the place of ``full``; the errors are those of arithmetic only."""
        lengths = _lengths(full.queries)
        queries = self._of(full.queries, lengths)
        if METRICS[metric].form == "product":
            queries[:, -1] = 0
        d, width = len(self.directions), self.coordinates.shape[1]
        errors = full.errors * ((width + 8) / (d + 8))
        return dataclasses.replace(full, vectors=self.coordinates, queries=queries, errors=errors)

    def strange(self, queries: Float32) -> NDArray[np.bool_]:
        """Which (q, d) queries the directions hold too little of to be trusted with."""
        lengths = _lengths(queries)
        return np.asarray(self._of(queries, lengths)[:, -1] > self._usual_share * lengths)

    def _of(self, vectors: Float32, norms: Float32) -> Float32:
        along = vectors @ self.directions
        squares = np.einsum("ij,ij->i", along, along, dtype=np.float64)
        rests = np.sqrt(np.maximum(norms.astype(np.float64) ** 2 - squares, 0))
        return np.column_stack([along, rests.astype(np.float32)])


def exactly(shortcut: Shortcut, query: int, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Stand-ins of ``rows`` in float64, each the same whatever its company, of shape (rows,)."""
    wide = shortcut.vectors[rows].astype(np.float64)
    standins = np.einsum("ij,j->i", wide, shortcut.queries[query].astype(np.float64))
    if shortcut.factor is not None:
        standins *= shortcut.factor[rows]
    if shortcut.offset is not None:
        standins += shortcut.offset[rows]
    return np.asarray(standins)


def _lengths(vectors: Float32) -> Float32:
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return np.asarray(np.sqrt(squares), np.float32)
