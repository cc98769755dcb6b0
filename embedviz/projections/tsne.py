"""t-SNE by openTSNE: neighbors stay neighbors; the distance between clusters means little."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from embedviz.errors import InvalidParameterError
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
from embedviz.projections.tsne_engine import (
    LEAST_POINTS,
    Watcher,
    fit_embedding,
    with_progress_from,
)

# openTSNE's own perplexity for placing new points into a finished picture.
_TRANSFORM_PERPLEXITY = 5.0


@dataclass(frozen=True)
class TSNEParams:
    """Parameters of t-SNE, named as in openTSNE."""

    perplexity: float = param(
        30.0,
        "About how many neighbors each point tries to keep. At most a third of the points.",
        minimum=1.0, maximum=500.0, step=1.0,
    )  # fmt: skip
    metric: str = param(
        "euclidean",
        "How nearness is measured in the full space: straight-line distance, or angle only.",
        choices=("euclidean", "cosine"),
    )
    early_exaggeration: float = param(
        12.0,
        "How strongly neighbors attract at first, so that clusters form.",
        minimum=1.0, maximum=100.0, step=1.0,
    )  # fmt: skip
    exaggeration: float = param(
        1.0,
        "How strongly neighbors attract later on. Above 1, clusters are denser and farther apart.",
        label="Late exaggeration", minimum=1.0, maximum=30.0, step=0.5,
    )  # fmt: skip
    n_iter: int = param(
        500, "Iterations after the early ones. More let the picture settle.",
        label="Iterations", minimum=1, maximum=10_000, step=50,
    )  # fmt: skip
    early_exaggeration_iter: int = param(
        250, "Iterations of the early exaggeration.",
        label="Early iterations", minimum=0, maximum=2_000, step=50, advanced=True,
    )  # fmt: skip
    learning_rate: float = param(
        0.0,
        "How far points move per iteration. 0 chooses it from the number of points.",
        minimum=0.0, maximum=1_000_000.0, step=10.0, advanced=True,
    )  # fmt: skip
    initialization: str = param(
        "pca",
        "Where points start: PCA keeps the large arrangement, random does not.",
        choices=("pca", "spectral", "random"), advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class FittedTSNE:
    """An openTSNE embedding, centered; ``center`` brings it back to the coordinates shown."""

    coordinates: Coordinates
    details: dict[str, Any]
    embedding: Any
    center: Coordinates
    perplexity: float
    # openTSNE's transform writes to the embedding: one at a time.
    lock: Lock = field(default_factory=Lock)

    def transform(
        self, vectors: Vectors, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Coordinates:
        """Each new point by itself among the fitted ones, which stay where they are."""
        with self.lock:
            stop_if(cancel, "t-SNE")
            watcher = Watcher((0, 250), on_progress, cancel)
            with with_progress_from(self.embedding, watcher):
                placed = self.embedding.transform(
                    vectors, perplexity=min(_TRANSFORM_PERPLEXITY, self.perplexity)
                )
        return np.asarray(placed) + self.center


def _fit(task: Task, params: TSNEParams) -> FittedTSNE:
    embedding, details = fit_embedding(task, params)
    coordinates = np.array(embedding)
    # transform would shift the embedding in place to this center: do it once, and remember.
    center = (coordinates.max(axis=0) + coordinates.min(axis=0)) / 2
    embedding -= center
    report(task.on_progress, 1.0, f"KL divergence {details['kl_divergence']:.3f}")
    return FittedTSNE(coordinates, details, embedding, center, params.perplexity)


def _limits(n: int, d: int) -> Limits:  # noqa: ARG001 - one signature for all methods
    # Above this openTSNE would lower the perplexity by itself, with no more than a log line.
    return {"perplexity": (1.0, max(1.0, (n - 1) / 3))}


def _check(params: TSNEParams, n: int, d: int, n_components: int) -> None:
    if params.initialization == "pca" and n_components > min(n, d):
        raise InvalidParameterError(
            f"t-SNE: initialization='pca' cannot start {n:,} points of {d} dimensions in "
            f"{n_components}. Use initialization='random' or 'spectral', or fewer components."
        )


TSNE_METHOD = ProjectionMethod(
    name="tsne",
    label="t-SNE",
    help="Keeps neighbors together; distances between clusters and their sizes mean little.",
    params=TSNEParams,
    transforms="batch-independent",
    reports_progress=True,
    libraries=("openTSNE", "scikit-learn", "numpy"),
    least_points=LEAST_POINTS,
    components=lambda n, d: (2, 3),  # noqa: ARG005 - one signature for all methods
    limits=_limits,
    check=_check,
    fit=_fit,
    works_on=lambda params: f"{WORKS_ON[params.metric]} Neighbors are exact.",
    metric=lambda params: str(params.metric),
)
