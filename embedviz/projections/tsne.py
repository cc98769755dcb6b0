"""t-SNE by openTSNE: neighbors stay neighbors; the distance between clusters means little."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.metrics import EUCLIDEAN, METRICS, metrics_of
from embedviz.params import param
from embedviz.progress import Cancel, OnProgress, Progress, report, stop_if
from embedviz.projections.base import (
    Coordinates,
    Limits,
    ProjectionMethod,
    Scale,
    Task,
    Vectors,
)
from embedviz.projections.exact_neighbors import ExactNeighbors
from embedviz.projections.first_import import import_scikit_learn
from embedviz.projections.repulsion import repulsion

# openTSNE's own perplexity for placing new points into a finished picture.
_TRANSFORM_PERPLEXITY = 5.0
_LEAST_POINTS = 5
# Barnes–Hut costs n log n an iteration; interpolation (FFT) hardly depends on n, but on the area.
_FFT_FROM = 4_000
# Chosen with the early ones by recall, KL divergence and time on words, digits and groups of 2,000,
# 10,000 and 50,000 points (benchmarks/bench_tsne.py).
_ITERATIONS = ((4_000, 250), (30_000, 450), (math.inf, 700))  # below so many points, how many
_NEIGHBORS_SHARE = 0.1
# With fewer points the threads of a busy machine wait for each other longer than they work.
_THREADS_FROM = 2_000


@dataclass(frozen=True)
class TSNEParams:
    """Parameters of t-SNE, named as in openTSNE."""

    perplexity: float = param(
        30.0,
        "About how many neighbors each point tries to keep. At most a third of the points.",
        minimum=1.0, maximum=500.0, step=1.0,
    )  # fmt: skip
    metric: str = param(
        EUCLIDEAN.name,
        "How nearness is measured in the full space: straight-line distance, or angle only.",
        choices=lambda: metrics_of("openTSNE"),
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
        0, "Iterations after the early ones: more let the picture settle. 0 chooses: 250 below "
        "4,000 points, 450 below 30,000, 700 from there.",
        label="Iterations", minimum=0, maximum=10_000, step=50,
    )  # fmt: skip
    early_exaggeration_iter: int = param(
        50, "Iterations of the early exaggeration.",
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


class Watcher:
    """An openTSNE callback: says which iteration it is, and raises where a stop was asked for."""

    def __init__(
        self, phases: tuple[int, int], on_progress: OnProgress | None, cancel: Cancel | None
    ) -> None:
        self._phases = phases
        self._phase = -1
        self._on_progress = on_progress
        self._cancel = cancel

    def optimization_about_to_start(self) -> None:
        """Called by openTSNE as each of the two phases begins."""
        self._phase += 1
        stop_if(self._cancel, "t-SNE")

    def __call__(self, iteration: int, error: float, embedding: Any) -> bool:  # noqa: ARG002
        """Called by openTSNE every few iterations; CancelledError passes through it."""
        stop_if(self._cancel, "t-SNE")
        done, total = iteration + (self._phases[0] if self._phase else 0), sum(self._phases)
        report(
            self._on_progress,
            _NEIGHBORS_SHARE + (1 - _NEIGHBORS_SHARE) * done / total,
            f"iteration {done:,} of {total:,}",
            {"kl_divergence": float(error), "iteration": done},
        )
        return False


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
            with _with_progress_from(self.embedding, watcher):
                placed = self.embedding.transform(
                    vectors, perplexity=min(_TRANSFORM_PERPLEXITY, self.perplexity)
                )
        return np.asarray(placed) + self.center


def _fit(task: Task, params: TSNEParams) -> FittedTSNE:
    embedding, details = _embedding(task, params)
    coordinates = np.array(embedding)
    # transform would shift the embedding in place to this center: do it once, and remember.
    center = (coordinates.max(axis=0) + coordinates.min(axis=0)) / 2
    embedding -= center
    report(task.on_progress, 1.0, f"KL divergence {details['kl_divergence']:.3f}")
    return FittedTSNE(coordinates, details, embedding, center, params.perplexity)


def _embedding(task: Task, params: TSNEParams) -> tuple[Any, dict[str, Any]]:
    """The optimized openTSNE embedding of ``task`` and what to tell about it."""
    import_scikit_learn()
    from scipy.sparse.linalg import ArpackError

    interpolates = len(task.vectors) >= _FFT_FROM and task.n_components == 2
    try:
        embedding = _model(task, params, interpolates).fit(task.vectors)
    except ArpackError as error:
        raise InvalidParameterError(
            f"t-SNE: the spectral start did not converge ({error}). "
            "Use initialization='pca' or 'random'."
        ) from error
    return embedding, {
        "kl_divergence": float(embedding.kl_divergence),
        "gradient": "FFT interpolation" if interpolates else "Barnes–Hut",
        "iterations": params.early_exaggeration_iter + _iterations(len(task.vectors), params),
        "neighbors": "exact",
    }


def _iterations(n: int, params: TSNEParams) -> int:
    return params.n_iter or next(count for below, count in _ITERATIONS if n < below)


def _model(task: Task, params: TSNEParams, interpolates: bool) -> Any:
    import openTSNE

    n = len(task.vectors)
    phases = (params.early_exaggeration_iter, _iterations(n, params))
    return openTSNE.TSNE(
        n_components=task.n_components,
        perplexity=params.perplexity,
        learning_rate=params.learning_rate or "auto",
        early_exaggeration_iter=params.early_exaggeration_iter,
        early_exaggeration=params.early_exaggeration,
        n_iter=phases[1],
        exaggeration=params.exaggeration,
        initialization=params.initialization,
        n_jobs=_threads(n),
        neighbors=_neighbor_index(task, params),
        negative_gradient_method=_interpolated(task.cancel) if interpolates else "bh",
        callbacks=Watcher(phases, task.on_progress, task.cancel),
        callbacks_every_iters=_every(n, interpolates),
        random_state=task.seed,
    )


def _threads(n: int) -> int:
    """How many threads pay for n points; any number gives the same picture, bit for bit."""
    if n < _THREADS_FROM:
        return 1
    # What this process may use, which in a container is less than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _every(n: int, interpolates: bool) -> int:
    # Each report costs a KL divergence, half an iteration; several come in a second.
    return max(1, min(10, (250_000 if interpolates else 100_000) // n))


def _interpolated(cancel: Cancel | None) -> Any:
    """The gradient in openTSNE's shape, the pushing apart by our interpolation; it can be stopped."""

    def gradient(
        embedding: Any,
        P: Any,
        dof: float,
        *,
        should_eval_error: bool = False,
        n_jobs: int = 1,
        **_: Any,
    ) -> tuple[float, Any]:
        from openTSNE import _tsne

        stop_if(cancel, "t-SNE")
        push, total = repulsion(np.asarray(embedding))
        # Dividing by −total makes a gradient of it; openTSNE adds what pulls.
        forces = np.ascontiguousarray(push / -total)
        weight, divergence = _tsne.estimate_positive_gradient_nn(
            P.indices, P.indptr, P.data, embedding, embedding, forces, dof,
            num_threads=n_jobs, should_eval_error=should_eval_error,
        )  # fmt: skip
        if should_eval_error:
            divergence += weight * np.log(total)
        return divergence, forces

    return gradient


def _neighbor_index(task: Task, params: TSNEParams) -> Any:
    """Our exact search in the shape in which openTSNE takes one."""
    from openTSNE.nearest_neighbors import KNNIndex

    metric = METRICS[params.metric].called["openTSNE"]

    def scaled(progress: Progress) -> None:
        share = None if progress.fraction is None else _NEIGHBORS_SHARE * progress.fraction
        report(task.on_progress, share, progress.message)

    class Index(KNNIndex):  # type: ignore[misc]
        VALID_METRICS = (metric,)

        def build(self) -> tuple[Any, Any]:
            self.index = ExactNeighbors(task.vectors, params.metric)
            return self.index.among_themselves(self.k, scaled, task.cancel)

        def query(self, query: Any, k: int) -> tuple[Any, Any]:
            return self.index.of(np.asarray(query), k)

    n = len(task.vectors)
    return Index(task.vectors, k=min(n - 1, int(3 * params.perplexity)), metric=metric)


@contextmanager
def _with_progress_from(embedding: Any, watcher: Watcher) -> Iterator[None]:
    """While inside, ``embedding`` tells ``watcher`` of its iterations instead of the fit's."""
    kept = embedding.gradient_descent_params
    changed: dict[str, Any] = {"callbacks": watcher}
    if callable(kept["negative_gradient_method"]):
        # Our gradient is of points among themselves; openTSNE places others on a grid of its own.
        changed["negative_gradient_method"] = "fft"
    embedding.gradient_descent_params = {**kept, **changed}
    try:
        yield
    finally:
        embedding.gradient_descent_params = kept


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
    keeps="neighbors",
    uses_seed=True,
    is_quick=False,
    libraries=("openTSNE", "scikit-learn", "numpy"),
    least_points=_LEAST_POINTS,
    components=lambda n, d: (2, 3),  # noqa: ARG005 - one signature for all methods
    limits=_limits,
    check=_check,
    fit=_fit,
    works_on=lambda params: f"{METRICS[params.metric].works_on} Neighbors are exact.",
    metric=lambda params: str(params.metric),
    starts_by="initialization",
    scale=Scale("perplexity", (2, 5, 15, 30, 50)),
)
