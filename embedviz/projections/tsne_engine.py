"""How openTSNE is run here: exact neighbors, progress by iteration, a place to stop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, Progress, report, stop_if
from embedviz.projections.base import Task
from embedviz.projections.exact_neighbors import ExactNeighbors

if TYPE_CHECKING:
    from embedviz.projections.tsne import TSNEParams

LEAST_POINTS = 5
# Barnes–Hut costs n log n an iteration; interpolation (FFT) hardly depends on n, but on the area.
_FFT_FROM = 10_000
_NEIGHBORS_SHARE = 0.1
# With fewer points the threads of a busy machine wait for each other longer than they work.
_THREADS_FROM = 2_000


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


def fit_embedding(task: Task, params: TSNEParams) -> tuple[Any, dict[str, Any]]:
    """The optimized openTSNE embedding of ``task`` and what to tell about it."""
    from scipy.sparse.linalg import ArpackError

    gradient = "fft" if len(task.vectors) >= _FFT_FROM and task.n_components == 2 else "bh"
    try:
        embedding = _model(task, params, gradient).fit(task.vectors)
    except ArpackError as error:
        raise InvalidParameterError(
            f"t-SNE: the spectral start did not converge ({error}). "
            "Use initialization='pca' or 'random'."
        ) from error
    return embedding, {
        "kl_divergence": float(embedding.kl_divergence),
        "gradient": {"bh": "Barnes–Hut", "fft": "FFT interpolation"}[gradient],
        "neighbors": "exact",
    }


def _model(task: Task, params: TSNEParams, gradient: str) -> Any:
    import openTSNE

    n = len(task.vectors)
    phases = (params.early_exaggeration_iter, params.n_iter)
    return openTSNE.TSNE(
        n_components=task.n_components,
        perplexity=params.perplexity,
        learning_rate=params.learning_rate or "auto",
        early_exaggeration_iter=params.early_exaggeration_iter,
        early_exaggeration=params.early_exaggeration,
        n_iter=params.n_iter,
        exaggeration=params.exaggeration,
        initialization=params.initialization,
        n_jobs=_threads(n),
        neighbors=_neighbor_index(task, params),
        negative_gradient_method=gradient,
        callbacks=Watcher(phases, task.on_progress, task.cancel),
        callbacks_every_iters=_every(n),
        random_state=task.seed,
    )


def _threads(n: int) -> int:
    """How many threads pay for n points; any number gives the same picture, bit for bit."""
    if n < _THREADS_FROM:
        return 1
    # What this process may use, which in a container is less than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _every(n: int) -> int:
    # Each report costs a KL divergence; iterations of many points are long enough for one each.
    return max(1, min(10, 20_000 // n))


def _neighbor_index(task: Task, params: TSNEParams) -> Any:
    """Our exact search in the shape in which openTSNE takes one."""
    from openTSNE.nearest_neighbors import KNNIndex

    def scaled(progress: Progress) -> None:
        share = None if progress.fraction is None else _NEIGHBORS_SHARE * progress.fraction
        report(task.on_progress, share, progress.message)

    class Index(KNNIndex):  # type: ignore[misc]
        VALID_METRICS = ("euclidean", "cosine")

        def build(self) -> tuple[Any, Any]:
            self.index = ExactNeighbors(task.vectors, params.metric)
            return self.index.among_themselves(self.k, scaled, task.cancel)

        def query(self, query: Any, k: int) -> tuple[Any, Any]:
            return self.index.of(np.asarray(query), k)

    n = len(task.vectors)
    return Index(task.vectors, k=min(n - 1, int(3 * params.perplexity)), metric=params.metric)


@contextmanager
def with_progress_from(embedding: Any, watcher: Watcher) -> Iterator[None]:
    """While inside, ``embedding`` tells ``watcher`` of its iterations instead of the fit's."""
    kept = embedding.gradient_descent_params
    embedding.gradient_descent_params = {**kept, "callbacks": watcher}
    try:
        yield
    finally:
        embedding.gradient_descent_params = kept
