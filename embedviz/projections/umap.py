"""UMAP by umap-learn: neighbors stay neighbors, clusters are drawn compact.

umap-learn is not thread-safe and compiles itself in every new process: all of it happens under
one lock, and :func:`warm_up` can take the compiling ahead, in a background thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

# umap-learn counts a point among its own neighbors and needs two; 200 is already a global view.
_MOST_NEIGHBORS = 200
_LOCK = Lock()
_WARM = Event()
_COMPILING = "compiling UMAP, once per start of the program (up to a minute)"
_NEIGHBORS_SHARE = 0.1


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
        EUCLIDEAN.name,
        "How nearness is measured in the full space: straight-line distance, angle or correlation.",
        choices=lambda: metrics_of("umap"),
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


def is_warm() -> bool:
    """True once UMAP is compiled in this process: from then on it starts at once."""
    return _WARM.is_set()


def warm_up(cancel: Cancel | None = None) -> None:
    """Import and compile UMAP on a few points; call it in a background thread at start."""
    if is_warm():
        return
    points = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    model = fit_model(Task(points, 2, 0, cancel=cancel), UMAPParams(n_epochs=11))
    transform_with(model, points[:5] + 1, None, cancel)


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


def fit_model(task: Task, params: UMAPParams) -> Any:
    """A fitted ``umap.UMAP``, which has its neighbors from our exact search."""
    import_scikit_learn()
    with _alone(task.on_progress, task.cancel):
        import umap

        # A copy: numba compiles everything once more for read-only arrays.
        vectors = np.array(task.vectors)
        search = ExactNeighbors(vectors, params.metric)
        neighbors = _neighbors_for_umap(search, vectors, params.n_neighbors, task)
        model = umap.UMAP(
            n_components=task.n_components,
            n_neighbors=params.n_neighbors,
            min_dist=params.min_dist,
            spread=params.spread,
            metric=METRICS[params.metric].called["umap"],
            n_epochs=params.n_epochs or None,
            init=params.init,
            random_state=task.seed,
            n_jobs=1,
            precomputed_knn=(*neighbors, _search_index(search, vectors)),
        )
        with _epochs_watched(task.on_progress, task.cancel):
            model.fit(vectors)
        _WARM.set()
    return model


def transform_with(
    model: Any, vectors: Vectors, on_progress: OnProgress | None, cancel: Cancel | None
) -> Coordinates:
    """``model.transform`` under the lock."""
    with _alone(on_progress, cancel), _epochs_watched(on_progress, cancel):
        return np.asarray(model.transform(np.array(vectors)))


@contextmanager
def _alone(on_progress: OnProgress | None, cancel: Cancel | None) -> Iterator[None]:
    """The one lock, waited for in a way that can be stopped."""
    while not _LOCK.acquire(timeout=0.2):
        stop_if(cancel, "UMAP")
        report(on_progress, None, "waiting: UMAP works for somebody else, or is compiling")
    try:
        stop_if(cancel, "UMAP")
        if not is_warm():
            report(on_progress, None, _COMPILING)
        yield
    finally:
        _LOCK.release()


@contextmanager
def _epochs_watched(on_progress: OnProgress | None, cancel: Cancel | None) -> Iterator[None]:
    """While inside, each epoch of umap-learn is reported, and none starts after a stop.

    In place of its progress bar, not through ``tqdm_kwds``: an error raised while tqdm writes
    leaves tqdm's lock locked for the whole process, and in notebooks tqdm ignores ``file``.
    """
    import numba
    from umap import layouts

    def watched(epochs: range, **_: Any) -> Iterator[int]:
        total = len(epochs)
        for epoch in epochs:
            stop_if(cancel, "UMAP")
            yield epoch
            share = _NEIGHBORS_SHARE + (1 - _NEIGHBORS_SHARE) * (epoch + 1) / total
            report(on_progress, share, f"epoch {epoch + 1:,} of {total:,}")

    bar, threads = layouts.tqdm, numba.get_num_threads()
    layouts.tqdm = watched
    try:
        yield
    finally:
        layouts.tqdm = bar
        numba.set_num_threads(threads)


def _neighbors_for_umap(
    search: ExactNeighbors, vectors: Vectors, k: int, task: Task
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Each point and its k − 1 nearest others, by umap-learn's own distance function."""

    def scaled(progress: Progress) -> None:
        share = None if progress.fraction is None else _NEIGHBORS_SHARE * progress.fraction
        report(task.on_progress, share, progress.message)

    others, _ = search.among_themselves(k, scaled, task.cancel)
    found = np.column_stack([np.arange(len(vectors)), others])
    return _measured(search.metric, vectors, vectors, found, k)


def _measured(
    metric: str, asked: Vectors, vectors: Vectors, found: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    # umap-learn's distances are rounded along the way: only its own function gives the same
    # bits, and with them the same picture as plain umap-learn, which is chaotic in them.
    from umap.distances import named_distances

    between = named_distances[METRICS[metric].called["umap"]]
    distances = np.array(
        [
            [between(one, vectors[row]) for row in near]
            for one, near in zip(asked, found, strict=True)
        ],
        np.float32,
    )
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return (
        np.take_along_axis(found, order, axis=1).astype(np.int32),
        np.take_along_axis(distances, order, axis=1),
    )


def _search_index(search: ExactNeighbors, vectors: Vectors) -> Any:
    """Our exact search in the shape in which umap-learn asks for the neighbors of new points."""
    from umap.umap_ import NNDescent

    class Index(NNDescent):  # type: ignore[misc]
        _angular_trees = False

        def __init__(self) -> None:
            """Nothing is built: the search is exact and has its own index."""

        def query(
            self,
            query_data: Vectors,
            k: int,
            epsilon: float,  # noqa: ARG002
        ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
            found, _ = search.of(query_data, min(k + 1, len(vectors)))
            return _measured(search.metric, query_data, vectors, found, k)

    return Index()


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
    keeps="neighbors",
    uses_seed=True,
    is_quick=False,
    libraries=("umap-learn", "numba", "scikit-learn", "scipy", "numpy"),
    least_points=5,
    components=lambda n, d: (1, min(n - 2, 100)),  # noqa: ARG005 - one signature for all methods
    limits=_limits,
    check=_check,
    fit=_fit,
    works_on=lambda params: f"{METRICS[params.metric].works_on} Neighbors are exact.",
    metric=lambda params: str(params.metric),
    starts_by="init",
    scale=Scale("n_neighbors", (3, 5, 15, 30, 50)),
    compiles=True,
)
