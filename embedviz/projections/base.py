"""What a projection method is: one object per method, all of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress

Limits = Mapping[str, tuple[float | None, float | None]]
Vectors = NDArray[np.float32]
Coordinates = NDArray[Any]
TransformKind = Literal["exact", "batch-independent", "batch-dependent"]
Keeps = Literal["distances", "neighbors"]

# The seeds that NumPy, scikit-learn, openTSNE and umap-learn all take.
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Scale:
    """The parameter that says how many neighbors count, and values of it worth comparing."""

    param: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Task:
    """What a method is asked to fit: ``vectors`` (n, d) float32 into ``n_components``.

    ``fit_on``: of how many of them the picture is made before the others are placed; 0 for all.
    """

    vectors: Vectors
    n_components: int
    seed: int
    on_progress: OnProgress | None = None
    cancel: Cancel | None = None
    fit_on: int = 0


class Fitted(Protocol):
    """A fitted model: where its points lie, what it can tell, how it places new ones."""

    @property
    def coordinates(self) -> Coordinates:
        """Coordinates of the fitted points, of shape (n, c)."""

    @property
    def details(self) -> dict[str, Any]:
        """Plain values and arrays about the fit, by name."""

    def transform(
        self, vectors: Vectors, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Coordinates:
        """Coordinates of new vectors (m, d) in the same picture, of shape (m, c)."""


@dataclass(frozen=True)
class ProjectionMethod:
    """One way to draw a space in few dimensions.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and one line in plain words.
    params : type
        The frozen params dataclass (see :mod:`embedviz.params`).
    transforms : str
        How new points are placed: ``"exact"`` (the same formula as for the fitted ones),
        ``"batch-independent"`` (each by itself) or ``"batch-dependent"`` (company matters).
    reports_progress : bool
        True if the work says how far it is while it runs.
    keeps : str
        What the picture keeps best: ``"distances"`` (the large ones) or ``"neighbors"``.
    uses_seed : bool
        True if random draws decide something: another seed gives another picture.
    is_quick : bool
        True if it takes a moment however many points there are: drawn at once, always of all
        points, and in place of a slower one while that is on its way.
    libraries : tuple of str
        Distributions whose version can change the result: part of the key in the store.
    least_points : int
        Fewer points than this cannot be drawn.
    components : callable
        ``components(n, d)`` gives the least and the greatest number of dimensions to draw in.
    limits : callable
        ``limits(n, d)`` gives what this much data allows of each parameter.
    check : callable
        ``check(params, n, d, n_components)`` raises InvalidParameterError for values that are
        wrong only together.
    fit : callable
        ``fit(task, params)`` gives a :class:`Fitted`.
    works_on : callable
        ``works_on(params)`` says in one sentence what the distances are made from.
    metric : callable
        ``metric(params)`` names the metric of the full space that the picture tries to keep.
    restore : callable or None
        ``restore(params, details)`` makes the model again from what was kept, without fitting.
    starts_by : str or None
        The parameter that says where points start (``"pca"``, ``"random"``, …), if there is one.
    scale : Scale or None
        How many neighbors count, if that is a parameter.
    compiles : bool
        True if the first picture in a process waits for the library to compile itself.
    """

    name: str
    label: str
    help: str
    params: type
    transforms: TransformKind
    reports_progress: bool
    keeps: Keeps
    uses_seed: bool
    is_quick: bool
    libraries: tuple[str, ...]
    least_points: int
    components: Callable[[int, int], tuple[int, int]]
    limits: Callable[[int, int], Limits]
    check: Callable[[Any, int, int, int], None]
    fit: Callable[[Task, Any], Fitted]
    works_on: Callable[[Any], str]
    metric: Callable[[Any], str]
    restore: Callable[[Any, Mapping[str, Any]], Fitted] | None = None
    starts_by: str | None = None
    scale: Scale | None = None
    compiles: bool = False
