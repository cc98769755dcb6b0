"""One space, or one map, laid onto another: orthogonal Procrustes with scaling."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.comparison.likeness import products, squares
from embedviz.comparison.matching import matched
from embedviz.errors import InvalidParameterError
from embedviz.projections.projection import LazyModel, Projection
from embedviz.space import EmbeddingSpace

Floats = NDArray[np.float64]
Scaling = Literal["best", "spread"]
Layer = TypeVar("Layer", EmbeddingSpace, Projection)


@dataclass(frozen=True, eq=False)
class Alignment:
    """How ``b`` was laid onto ``a``: shifted, turned (mirrored, if that fits better) and scaled.

    Attributes
    ----------
    moved : EmbeddingSpace or Projection
        ``b`` in the coordinates of ``a``, all of its keys, also those that ``a`` has not.
    rotation : ndarray of shape (q, p), float64
        Orthogonal where both have the same dimensions.
    scale : float
    center_a, center_b : ndarray of shape (p,) and (q,), float64
        Means over the common keys.
    residual : float
        SciPy's Procrustes disparity over the common keys: 0 the same shape, 1 nothing in common.
    common : int
        Keys that the fit was made on.
    """

    moved: EmbeddingSpace | Projection
    rotation: Floats
    scale: float
    center_a: Floats
    center_b: Floats
    residual: float
    common: int

    @property
    def coordinates(self) -> NDArray[np.float32]:
        """What was moved, of shape (n, p), float32."""
        return (
            self.moved.vectors if isinstance(self.moved, EmbeddingSpace) else self.moved.coordinates
        )


@checked
def align(a: Layer, b: Layer, scaling: Scaling = "best") -> Alignment:
    """Lay ``b`` onto ``a`` as well as shifting, turning, mirroring and one scaling can.

    Distances within ``b`` keep their proportions. With different dimensions the shorter vectors
    count as filled up with zeros; where ``b`` has more, what does not fit into ``a`` is dropped.

    Parameters
    ----------
    a, b : EmbeddingSpace, or Projection
        Both of one kind. The fit is made on the keys that both have (Schönemann 1966).
    scaling : {"best", "spread"}
        "best": the least squared distances, as in SciPy; the less the shapes agree, the smaller
        ``b`` becomes. "spread": ``b`` becomes as wide as ``a``, which is what a picture needs.
        Neither changes the rotation or the residual.

    Raises
    ------
    InvalidParameterError
        For fewer than 3 common keys, common items that all lie at one point, or another scaling.
    """
    if scaling not in get_args(Scaling):
        raise InvalidParameterError(
            f"There is no scaling {scaling!r}. Allowed: {', '.join(map(repr, get_args(Scaling)))}."
        )
    common = matched(a.keys, b.keys)
    all_b = _rows(b)
    target, source = _rows(a)[common.rows_a], all_b[common.rows_b]
    size_a, size_b = math.sqrt(squares(target)), math.sqrt(squares(source))
    if not size_a or not size_b:
        raise InvalidParameterError(
            "The common items of one side all lie at one point: there is no shape to align."
        )
    left, strengths, right = np.linalg.svd(
        products(source, target) / (size_a * size_b), full_matrices=False
    )
    rotation, shared = left @ right, float(strengths.sum())
    center_a = target.mean(axis=0, dtype=np.float64)
    center_b = source.mean(axis=0, dtype=np.float64)
    scale = (shared if scaling == "best" else 1.0) * size_a / size_b
    laid = (all_b - center_b) @ (rotation * scale) + center_a
    residual = max(0.0, 1 - shared**2)
    return Alignment(
        _moved(b, laid), rotation, scale, center_a, center_b, residual, len(common.keys)
    )


def _rows(layer: EmbeddingSpace | Projection) -> NDArray[np.float32]:
    return layer.vectors if isinstance(layer, EmbeddingSpace) else layer.coordinates


def _moved(layer: EmbeddingSpace | Projection, laid: Floats) -> EmbeddingSpace | Projection:
    rows = laid.astype(np.float32)
    if isinstance(layer, EmbeddingSpace):
        table = layer.table if len(layer.table.columns) else None
        return EmbeddingSpace(
            layer.keys, rows, table, layer.name, layer.origin | {"aligned": True}, copy=False
        )
    # The model would place new points where they stood before the move; the axes mean nothing now.
    return dataclasses.replace(
        layer, coordinates=rows, n_components=rows.shape[1], details={}, model=LazyModel(None)
    )
