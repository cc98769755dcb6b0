"""Principal component analysis: the flat shadow that keeps the most variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.params import param
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.projections.base import (
    WORKS_ON,
    Coordinates,
    Limits,
    ProjectionMethod,
    Task,
    Vectors,
)

# Up to here the d × d covariance is small next to the data, also with fewer points than that.
_SMALL_COVARIANCE = 2048


@dataclass(frozen=True)
class PCAParams:
    """Parameters of PCA."""

    normalize: bool = param(
        False,
        "Scale every vector to length 1 first, so that only its direction counts.",
        label="Lengths do not count",
    )


@dataclass(frozen=True)
class FittedPCA:
    """A linear map: ``(x − mean) · componentsᵀ``."""

    coordinates: Coordinates
    details: dict[str, Any]
    normalize: bool

    def transform(
        self, vectors: Vectors, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Coordinates:
        """New vectors through the same linear map: exact, whatever their company."""
        stop_if(cancel, "PCA")
        report(on_progress, None, f"placing {len(vectors):,} points")
        return _apply(vectors, self.details["mean"], self.details["components"], self.normalize)


def _fit(task: Task, params: PCAParams) -> FittedPCA:
    from sklearn.decomposition import PCA

    report(task.on_progress, None, "finding the directions of greatest variance")
    vectors = _unit(task.vectors) if params.normalize else task.vectors
    n, d = vectors.shape
    # Centered with a mean in float64: the covariance of uncentered float32 loses digits.
    mean = vectors.mean(axis=0, dtype=np.float64)
    solver = "covariance_eigh" if n >= d or d <= _SMALL_COVARIANCE else "full"
    model = PCA(task.n_components, svd_solver=solver, random_state=task.seed)
    model.fit((vectors - mean).astype(np.float32))
    stop_if(task.cancel, "PCA")
    mean += model.mean_
    details: dict[str, Any] = {
        "explained_variance_ratio": np.asarray(model.explained_variance_ratio_, np.float64),
        "explained_variance": np.asarray(model.explained_variance_, np.float64),
        "components": np.asarray(model.components_, np.float64),
        "mean": mean,
    }
    coordinates = _apply(vectors, mean, details["components"], normalize=False)
    return FittedPCA(coordinates, details, params.normalize)


def _apply(
    vectors: Vectors,
    mean: NDArray[np.float64],
    components: NDArray[np.float64],
    normalize: bool,
) -> Coordinates:
    rows = _unit(vectors) if normalize else vectors
    projected = np.empty((len(rows), len(components)), np.float64)
    step = max(1, 4_000_000 // max(1, rows.shape[1]))
    for start in range(0, len(rows), step):
        projected[start : start + step] = (rows[start : start + step] - mean) @ components.T
    return projected


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    return np.asarray(vectors / lengths[:, None], np.float32)


def _limits(n: int, d: int) -> Limits:  # noqa: ARG001 - PCA's parameters fit any data
    return {}


def _check(params: PCAParams, n: int, d: int, n_components: int) -> None:
    """Nothing of PCA is wrong only together."""


def _works_on(params: PCAParams) -> str:
    return (
        "Each vector is scaled to length 1, then the mean is taken away; axes keep the variance."
        if params.normalize
        else f"{WORKS_ON['euclidean']} The mean is taken away; axes keep the variance."
    )


def _restore(params: PCAParams, details: Mapping[str, Any]) -> FittedPCA:
    # A restored model is asked for new points only: the drawn ones are kept beside it.
    return FittedPCA(np.empty((0, len(details["components"]))), dict(details), params.normalize)


PCA_METHOD = ProjectionMethod(
    name="pca",
    label="PCA",
    help="The flat shadow that keeps the most variance: instant, faithful to large distances.",
    params=PCAParams,
    transforms="exact",
    reports_progress=False,
    libraries=("scikit-learn", "numpy"),
    least_points=2,
    components=lambda n, d: (1, min(n, d)),
    limits=_limits,
    check=_check,
    fit=_fit,
    works_on=_works_on,
    metric=lambda params: "cosine" if params.normalize else "euclidean",
    restore=_restore,
)
