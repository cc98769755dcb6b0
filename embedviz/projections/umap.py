"""UMAP by umap-learn: neighbors stay neighbors, clusters are drawn compact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.params import param
from embedviz.progress import Cancel, OnProgress, report
from embedviz.projections.base import (
    WORKS_ON,
    Coordinates,
    Limits,
    ProjectionMethod,
    Task,
    Vectors,
)
from embedviz.projections.umap_engine import fit_model, transform_with

# umap-learn counts a point among its own neighbors and needs two; 200 is already a global view.
_MOST_NEIGHBORS = 200


@dataclass(frozen=True)
class UMAPParams:
    """Parameters of UMAP, named as in umap-learn."""

    n_neighbors: int = param(
        15,
        "How many neighbors make a point's surroundings: few show detail, many the whole.",
        label="Neighbors", minimum=2, maximum=_MOST_NEIGHBORS, step=1,
    )  # fmt: skip
    min_dist: float = param(
        0.1,
        "How close neighbors may be drawn: small packs clusters, large spreads them.",
        label="Least distance", minimum=0.0, maximum=10.0, step=0.05,
    )  # fmt: skip
    metric: str = param(
        "euclidean",
        "How nearness is measured in the full space: straight-line distance, angle or correlation.",
        choices=("euclidean", "cosine", "correlation"),
    )
    spread: float = param(
        1.0,
        "The scale of the picture, together with the least distance, which it must not be below.",
        minimum=0.1, maximum=10.0, step=0.1, advanced=True,
    )  # fmt: skip
    n_epochs: int = param(
        0,
        "Rounds of moving the points. 0 chooses: 500 up to 10,000 points, 200 above.",
        label="Epochs", minimum=0, maximum=5_000, step=50, advanced=True,
    )  # fmt: skip
    init: str = param(
        "spectral",
        "Where points start: from the neighbor graph, from PCA, or at random.",
        label="Initialization", choices=("spectral", "pca", "random"), advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class FittedUMAP:
    """A fitted umap-learn model; it asks our exact search for neighbors."""

    coordinates: Coordinates
    details: dict[str, Any]
    model: Any

    def transform(
        self, vectors: Vectors, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Coordinates:
        """New points among the fitted ones; random draws make the company matter."""
        return transform_with(self.model, vectors, on_progress, cancel)


def _fit(task: Task, params: UMAPParams) -> FittedUMAP:
    model = fit_model(task, params)
    details = {"neighbors": "exact", "edges": int(model.graph_.nnz)}
    report(task.on_progress, 1.0, f"{len(task.vectors):,} points placed")
    return FittedUMAP(np.asarray(model.embedding_), details, model)


def _limits(n: int, d: int) -> Limits:  # noqa: ARG001 - one signature for all methods
    return {"n_neighbors": (2, max(2, min(n - 1, _MOST_NEIGHBORS)))}


def _check(params: UMAPParams, n: int, d: int, n_components: int) -> None:
    if params.min_dist > params.spread:
        raise InvalidParameterError(
            f"UMAP: min_dist={params.min_dist:g} is above spread={params.spread:g}. "
            "Lower min_dist or raise spread."
        )
    # umap-learn places new points in a third of the epochs, which must leave it one.
    if 0 < params.n_epochs < 3:
        raise InvalidParameterError(
            f"UMAP: n_epochs={params.n_epochs} is too few. Use at least 3, or 0 to let it choose."
        )
    if params.init == "pca" and n_components > min(n, d):
        raise InvalidParameterError(
            f"UMAP: init='pca' cannot start {n:,} points of {d} dimensions in {n_components}. "
            "Use init='random' or 'spectral', or fewer components."
        )


UMAP_METHOD = ProjectionMethod(
    name="umap",
    label="UMAP",
    help="Keeps neighbors together in compact clusters; distances between clusters mean little.",
    params=UMAPParams,
    transforms="batch-dependent",
    reports_progress=True,
    libraries=("umap-learn", "numba", "scikit-learn", "scipy", "numpy"),
    least_points=5,
    components=lambda n, d: (1, min(n - 2, 100)),  # noqa: ARG005 - one signature for all methods
    limits=_limits,
    check=_check,
    fit=_fit,
    works_on=lambda params: f"{WORKS_ON[params.metric]} Neighbors are exact.",
    metric=lambda params: str(params.metric),
)
