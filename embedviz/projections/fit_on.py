"""Fit a sample, place the rest: slow methods on many points."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, Progress, report, stop_if
from embedviz.projections.base import Coordinates, Fitted, ProjectionMethod, Task, Vectors
from embedviz.space import EmbeddingSpace

# Rows placed at a time: what UMAP's transform holds in memory, and how soon a stop is heard.
_AT_ONCE = 10_000
_FIT_SHARE = 0.5


@dataclasses.dataclass(frozen=True)
class FittedOnSample:
    """All points in the picture that a sample of them made."""

    coordinates: Coordinates
    details: dict[str, Any]
    fitted: Fitted

    def transform(
        self, vectors: Vectors, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Coordinates:
        """New points as the rest was placed."""
        return self.fitted.transform(vectors, on_progress, cancel)


def checked_fit_on(fit_on: int | None, space: EmbeddingSpace, method: ProjectionMethod) -> int:
    """How many rows to fit: 0 means all; raises InvalidParameterError."""
    if fit_on is None:
        return 0
    whole = isinstance(fit_on, int | np.integer) and not isinstance(fit_on, bool)
    if not whole or fit_on < method.least_points:
        raise InvalidParameterError(
            f"{method.label}: fit_on={fit_on!r} is not allowed. Give the number of points to fit, "
            f"at least {method.least_points}, or None for all."
        )
    # A quick method takes a moment for everything; of a sample it would only be less exact.
    return 0 if fit_on >= len(space) or method.is_quick else int(fit_on)


def sampled_rows(n: int, fit_on: int, seed: int) -> NDArray[np.intp]:
    """The rows that are fitted, ascending; the same for the same seed."""
    return np.sort(np.random.default_rng(seed).choice(n, fit_on, replace=False)).astype(np.intp)


def sample_of(task: Task) -> Task:
    """The task of fitting only the ``fit_on`` sampled rows."""
    rows = sampled_rows(len(task.vectors), task.fit_on, task.seed)
    return dataclasses.replace(task, vectors=task.vectors[rows], fit_on=0)


def fit_sample(fit: Callable[[Task], Fitted], task: Task, label: str) -> FittedOnSample:
    """Fit ``task.fit_on`` seeded rows and place all others by the model's transform."""
    n = len(task.vectors)
    rows = sampled_rows(n, task.fit_on, task.seed)
    first = _from_to(task.on_progress, 0.0, _FIT_SHARE)
    fitted = fit(dataclasses.replace(sample_of(task), on_progress=first))
    coordinates = np.empty((n, task.n_components), np.float32)
    coordinates[rows] = fitted.coordinates
    rest = np.ones(n, bool)
    rest[rows] = False
    left = np.flatnonzero(rest)
    for start in range(0, len(left), _AT_ONCE):
        stop_if(task.cancel, label)
        part = left[start : start + _AT_ONCE]
        coordinates[part] = fitted.transform(task.vectors[part], None, task.cancel)
        done = start + len(part)
        share = _FIT_SHARE + (1 - _FIT_SHARE) * done / len(left)
        report(task.on_progress, share, f"placed {done:,} of {len(left):,} other points")
    details = fitted.details | {"fitted_on": len(rows), "fitted_rows": rows}
    return FittedOnSample(coordinates, details, fitted)


def works_on_sample(works_on: str, fitted_on: int, n: int) -> str:
    """``works_on`` with what a reader of the picture must know; as it is where all were fitted."""
    if not fitted_on:
        return works_on
    return (
        f"{works_on} Fitted on {fitted_on:,} of {n:,} points, chosen at random; "
        "the others were placed among them."
    )


def _from_to(on_progress: OnProgress | None, low: float, high: float) -> OnProgress | None:
    if on_progress is None:
        return None

    def scaled(progress: Progress) -> None:
        share = progress.fraction
        moved = None if share is None else low + (high - low) * share
        on_progress(dataclasses.replace(progress, fraction=moved))

    return scaled
