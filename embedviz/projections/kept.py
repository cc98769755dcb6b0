"""Projections on disk: kept by content, parameters, seed and library versions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress
from embedviz.projections.base import Fitted, ProjectionMethod, Task
from embedviz.projections.fit_on import sample_of, works_on_sample
from embedviz.projections.projection import LazyModel, Projection, check_same_picture
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store, key_of

_KIND = "projection"
_DETAIL = "details-"


def into_store(projection: Projection, method: ProjectionMethod) -> None:
    """Keep ``projection``; a disk that refuses is reported in the log only."""
    arrays = {"coordinates": projection.coordinates}
    plain: dict[str, Any] = {}
    for name, value in projection.details.items():
        if isinstance(value, np.ndarray):
            arrays[_DETAIL + name] = value
        else:
            plain[name] = value
    key = _key(
        projection.space,
        method,
        projection.params,
        projection.n_components,
        projection.seed,
        projection.details.get("fitted_on", 0),
    )
    meta = {"seconds": projection.seconds, "details": plain}
    default_store().put(_KIND, key, arrays, meta)


def from_store(
    space: EmbeddingSpace, method: ProjectionMethod, values: Any, task: Task
) -> Projection | None:
    """The kept projection of ``space``, or None."""
    params = dataclasses.asdict(values)
    key = _key(space, method, params, task.n_components, task.seed, task.fit_on)
    entry = default_store().get(_KIND, key)
    if entry is None:
        return None
    arrays, meta = entry
    coordinates = arrays["coordinates"]
    details = dict(meta["details"])
    for name, array in arrays.items():
        if name.startswith(_DETAIL):
            details[name.removeprefix(_DETAIL)] = array
    return Projection(
        coordinates,
        space,
        method.name,
        params,
        task.n_components,
        task.seed,
        meta["seconds"],
        details,
        works_on_sample(method.works_on(values), task.fit_on, len(space)),
        method.metric(values),
        from_cache=True,
        model=_model(method, values, task, details, coordinates),
    )


def _model(
    method: ProjectionMethod,
    values: Any,
    task: Task,
    details: Mapping[str, Any],
    coordinates: NDArray[np.float32],
) -> LazyModel:
    if method.restore is not None:
        return LazyModel(method.restore(values, details))

    def refit(on_progress: OnProgress | None, cancel: Cancel | None) -> Fitted:
        again = dataclasses.replace(task, on_progress=on_progress, cancel=cancel)
        fitted = method.fit(sample_of(again) if task.fit_on else again, values)
        made = coordinates[details["fitted_rows"]] if task.fit_on else coordinates
        check_same_picture(fitted, made)
        return fitted

    return LazyModel(None, refit)


def _key(
    space: EmbeddingSpace,
    method: ProjectionMethod,
    params: Mapping[str, Any],
    n_components: int,
    seed: int,
    fit_on: int,
) -> str:
    # Not named where all points are fitted: what was kept before there were samples still holds.
    sampled = {"fit_on": fit_on} if fit_on else {}
    return key_of(
        method.libraries,
        vectors=space.vectors_fingerprint,
        method=method.name,
        params=dict(params),
        n_components=n_components,
        seed=seed if method.uses_seed else 0,
        **sampled,
    )
