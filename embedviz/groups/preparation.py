"""What is done to vectors of a full space before they are grouped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.groups.base import Points
from embedviz.metrics import EUCLIDEAN, METRICS, metrics_in_lines
from embedviz.params import param
from embedviz.progress import Cancel, OnProgress
from embedviz.projections.base import Task
from embedviz.projections.checks import check_directions
from embedviz.projections.exact_neighbors import comparable
from embedviz.projections.pca import PCA_METHOD, PCAParams
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class PreparationParams:
    """What groups in a full space are made from; a map is grouped as it is drawn."""

    metric: str = param(
        EUCLIDEAN.name,
        "euclidean: straight-line distance. cosine: only the direction of a vector counts. correlation: "
        "the same, without each vector's own mean.",
        label="Nearness", choices=metrics_in_lines,
    )  # fmt: skip
    reduce_to: int = param(
        0, "Keep only so many dimensions of greatest variance first (PCA): faster. 0 keeps all.",
        label="Reduce to, by PCA", minimum=0, maximum=1000,
    )  # fmt: skip


def compared(space: EmbeddingSpace, params: PreparationParams, what: str) -> Points:
    """The vectors whose straight-line distances count, of shape (n, d), float32.

    Raises InvalidParameterError for vectors without a direction where only that counts.
    """
    check_directions(space, params.metric, what)
    return comparable(space.vectors, params.metric)


def reduced(
    points: Points,
    params: PreparationParams,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Points:
    """``points`` (n, d) with at most ``reduce_to`` dimensions, float32."""
    n, d = points.shape
    if not params.reduce_to or params.reduce_to >= d:
        return points
    if params.reduce_to > n:
        raise InvalidParameterError(
            f"reduce_to={params.reduce_to}: PCA of {n:,} points has at most {n:,} dimensions. "
            f"Give 0 (no reduction) to {n:,}."
        )
    task = Task(points, params.reduce_to, 0, on_progress, cancel)
    return np.asarray(PCA_METHOD.fit(task, PCAParams()).coordinates, np.float32)


def works_on(params: PreparationParams, d: int) -> str:
    """What the groups are made from, as one sentence or two."""
    if not params.reduce_to or params.reduce_to >= d:
        return f"All {d} dimensions. {METRICS[params.metric].works_on}"
    return (
        f"PCA first leaves {params.reduce_to} of {d} dimensions. {METRICS[params.metric].works_on}"
    )
