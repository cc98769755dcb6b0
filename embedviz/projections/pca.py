"""Principal component analysis: the flat shadow that keeps the most variance."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import COSINE, EUCLIDEAN
from embedviz.params import param
from embedviz.product_threads import one_product_thread
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.projections.base import (
    Coordinates,
    Limits,
    ProjectionMethod,
    Task,
    Vectors,
)
from embedviz.projections.first_import import import_scikit_learn

# Up to here the d × d covariance is small next to the data, also with fewer points than that.
_SMALL_COVARIANCE = 2048
# Numbers in float64 at a time: they stay in the processor's cache, however many points there are.
_BLOCK = 250_000
# Always as many, so that the sums do not depend on the machine's cores.
_PARTS = 4

# Mean (d,), components (c, d), their variances (c,) and the variance of all directions.
_Directions = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]


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
    report(task.on_progress, None, "finding the directions of greatest variance")
    n, d = task.vectors.shape
    find = _by_covariance if n >= d or d <= _SMALL_COVARIANCE else _by_decomposition
    mean, components, variances, total = find(task, params.normalize)
    details: dict[str, Any] = {
        "explained_variance_ratio": variances / total,
        "explained_variance": variances,
        "components": components,
        "mean": mean,
    }
    coordinates = _apply(task.vectors, mean, components, params.normalize)
    return FittedPCA(coordinates, details, params.normalize)


def _by_covariance(task: Task, normalize: bool) -> _Directions:
    """As scikit-learn's ``covariance_eigh``, without a centered copy of the data.

    Added up in float64 around a point near the mean: around the origin, data that lie far from it
    would lose their digits.
    """
    from scipy.linalg import eigh

    n, d = task.vectors.shape
    near = next(_blocks(task.vectors, normalize))[1].mean(axis=0)
    parts = np.array_split(task.vectors, _PARTS if n * d > _PARTS * _BLOCK else 1)

    def summed(part: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        moved, products = np.zeros(d), np.zeros((d, d))
        for _, block in _blocks(part, normalize):
            stop_if(task.cancel, "PCA")
            centered = np.subtract(block, near, out=block)
            moved += centered.sum(axis=0)
            products += centered.T @ centered
        return moved, products

    # Products of blocks this small gain nothing from threads that wait for each other.
    with one_product_thread(), ThreadPoolExecutor(min(len(parts), os.cpu_count() or 1)) as pool:
        sums = list(pool.map(summed, parts))
    moved = sum(part[0] for part in sums) / n
    products = sum(part[1] for part in sums)
    covariance = (products - n * np.outer(moved, moved)) / (n - 1)
    values, turned = eigh(covariance, subset_by_index=[d - task.n_components, d - 1])
    variances = np.maximum(values[::-1], 0.0)
    components = _with_fixed_signs(turned[:, ::-1].T)
    return near + moved, components, variances, float(np.trace(covariance))


def _by_decomposition(task: Task, normalize: bool) -> _Directions:
    """Few points of very many dimensions: their covariance would be larger than they are."""
    import_scikit_learn()
    from sklearn.decomposition import PCA

    vectors = np.concatenate([block for _, block in _blocks(task.vectors, normalize)])
    mean = vectors.mean(axis=0)
    model = PCA(task.n_components, svd_solver="full").fit((vectors - mean).astype(np.float32))
    stop_if(task.cancel, "PCA")
    variances = np.asarray(model.explained_variance_, np.float64)
    ratio = float(model.explained_variance_ratio_[0])
    components = np.asarray(model.components_, np.float64)
    return mean + model.mean_, components, variances, float(variances[0]) / ratio


def _with_fixed_signs(components: NDArray[np.float64]) -> NDArray[np.float64]:
    """The greatest entry of each is positive, as in scikit-learn: a picture is never mirrored."""
    greatest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), greatest])
    return np.ascontiguousarray(components * signs[:, None])


def _apply(
    vectors: Vectors,
    mean: NDArray[np.float64],
    components: NDArray[np.float64],
    normalize: bool,
) -> Coordinates:
    projected = np.empty((len(vectors), len(components)), np.float64)
    with one_product_thread():
        for start, block in _blocks(vectors, normalize):
            centered = np.subtract(block, mean, out=block)
            projected[start : start + len(block)] = centered @ components.T
    return projected


def _blocks(vectors: Vectors, normalize: bool) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Rows in float64, some at a time, each with the row that it begins at."""
    d = max(1, vectors.shape[1])
    # At least d rows: adding up the (d, d) products must not cost more than making them.
    step = max(_BLOCK // d, min(d, _SMALL_COVARIANCE))
    for start in range(0, len(vectors), step):
        block = vectors[start : start + step].astype(np.float64)
        if normalize:
            block /= np.sqrt(np.einsum("ij,ij->i", block, block))[:, None]
        yield start, block


def _limits(n: int, d: int) -> Limits:  # noqa: ARG001 - PCA's parameters fit any data
    return {}


def _check(params: PCAParams, n: int, d: int, n_components: int) -> None:
    """Nothing of PCA is wrong only together."""


def _works_on(params: PCAParams) -> str:
    return (
        "Each vector is scaled to length 1, then the mean is taken away; axes keep the variance."
        if params.normalize
        else f"{EUCLIDEAN.works_on} The mean is taken away; axes keep the variance."
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
    keeps="distances",
    uses_seed=False,
    is_quick=True,
    libraries=("scikit-learn", "scipy", "numpy"),
    least_points=2,
    components=lambda n, d: (1, min(n, d)),
    limits=_limits,
    check=_check,
    fit=_fit,
    works_on=_works_on,
    metric=lambda params: (COSINE if params.normalize else EUCLIDEAN).name,
    restore=_restore,
)
