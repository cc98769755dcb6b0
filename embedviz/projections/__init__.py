"""From many dimensions to two or three: PCA, t-SNE, UMAP."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np

from embedviz.arguments import checked
from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.params import ParamSpec, check_limits, make, narrowed, specs
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.projections import checks
from embedviz.projections.base import Fitted, Keeps, ProjectionMethod, Scale, Task
from embedviz.projections.fit_on import checked_fit_on, fit_sample, works_on_sample
from embedviz.projections.kept import from_store, into_store
from embedviz.projections.pca import PCA_METHOD
from embedviz.projections.projection import LazyModel, Projection
from embedviz.projections.tsne import TSNE_METHOD
from embedviz.projections.umap import UMAP_METHOD
from embedviz.space import EmbeddingSpace

__all__ = [
    "PROJECTIONS",
    "Projection",
    "ProjectionMethod",
    "first_keeping",
    "method_named",
    "param_specs",
    "project",
    "quick_method",
    "scales",
]

PROJECTIONS: dict[str, ProjectionMethod] = {
    method.name: method for method in (PCA_METHOD, TSNE_METHOD, UMAP_METHOD)
}
# Points that have neighbors worth showing among them.
_ENOUGH = 10


def method_named(name: str) -> ProjectionMethod:
    """The projection method of this name; raises InvalidParameterError, which lists them."""
    if name not in PROJECTIONS:
        raise InvalidParameterError(
            f"There is no projection method {name!r}. Methods: {', '.join(map(repr, PROJECTIONS))}."
        )
    return PROJECTIONS[name]


def quick_method() -> ProjectionMethod:
    """The first of the table that takes a moment: it stands in while another is on its way."""
    return next(method for method in PROJECTIONS.values() if method.is_quick)


def first_keeping(keeps: Keeps, n: int | None = None) -> ProjectionMethod:
    """The first of the table that keeps ``"distances"`` or ``"neighbors"``.

    With ``n`` points too few to have neighbors among, the quick one.
    """
    if n is not None and n < _ENOUGH:
        return quick_method()
    return next(method for method in PROJECTIONS.values() if method.keeps == keeps)


def scales() -> dict[str, Scale]:
    """By method, how many neighbors count, where that is a parameter."""
    return {name: method.scale for name, method in PROJECTIONS.items() if method.scale}


def param_specs(method: str, n: int, d: int) -> dict[str, ParamSpec]:
    """The parameters of ``method`` as n points of d dimensions allow them, by name."""
    chosen = method_named(method)
    limits = chosen.limits(n, d)
    return {name: narrowed(spec, limits) for name, spec in specs(chosen.params).items()}


@checked
def project(
    space: EmbeddingSpace,
    method: str = PCA_METHOD.name,
    n_components: int = 2,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    cache: bool = True,
    fit_on: int | None = None,
    **params: Any,
) -> Projection:
    """Draw a space in few dimensions.

    Parameters
    ----------
    space : EmbeddingSpace
        All of its points are drawn.
    method : str
        A name in ``PROJECTIONS``: ``"pca"``, ``"tsne"`` or ``"umap"``.
    n_components : int
        Dimensions to draw in, usually 2 or 3.
    seed : int
        The same seed, data and parameters give the same coordinates.
    on_progress, cancel
        Called with :class:`~embedviz.progress.Progress`; an event that stops the work.
    cache : bool
        Keep the result on disk, and take it from there. False for what belongs to one person.
    fit_on : int, optional
        For t-SNE and UMAP of very many points: fit only so many, a random sample that ``seed``
        decides, and place the others among them. ``works_on`` says so, and ``details`` have
        ``fitted_on`` and ``fitted_rows``. None, or at least n: all are fitted. PCA always takes all.
    **params
        Parameters of the method (``perplexity``, ``n_neighbors``, …). Those not given have their
        default, where the data does not allow it the nearest allowed value; ``Projection.params``
        has all that were used.

    Returns
    -------
    Projection
        With ``coordinates`` of shape (n, n_components), float32.

    Raises
    ------
    InvalidParameterError
        For an unknown method or parameter, a value that this data does not allow, too few points,
        or vectors that cannot be compared so.
    CancelledError
        If ``cancel`` is set; nothing is kept.

    Notes
    -----
    PCA is scikit-learn's. t-SNE is openTSNE's (Poličar et al. 2024; van der Maaten & Hinton 2008)
    with exact neighbors. UMAP is umap-learn's (McInnes et al. 2018) with exact neighbors.
    """
    chosen = method_named(method)
    checks.check_seed(seed)
    checks.check_size(space, chosen, _instead_of(chosen))
    checks.check_components(space, chosen, n_components)
    sample = checked_fit_on(fit_on, space, chosen)
    values = _checked_params(chosen, sample or len(space), space.dimensions, n_components, params)
    checks.check_directions(space, chosen.metric(values), chosen.label)
    task = Task(space.vectors, int(n_components), int(seed), on_progress, cancel, sample)
    kept = from_store(space, chosen, values, task) if cache else None
    if kept is not None:
        report(on_progress, 1.0, "found among the results kept on disk")
        return kept
    stop_if(cancel, chosen.label)
    started = time.perf_counter()
    if sample:
        fitted: Fitted = fit_sample(lambda part: chosen.fit(part, values), task, chosen.label)
    else:
        fitted = chosen.fit(task, values)
    projection = _drawn(space, chosen, values, task, fitted, time.perf_counter() - started)
    if cache:
        into_store(projection, chosen)
    return projection


def _instead_of(method: ProjectionMethod) -> str:
    """A method that fewer points are enough for, if there is one."""
    quick = quick_method()
    return quick.label if quick.least_points < method.least_points else ""


def _checked_params(
    method: ProjectionMethod, n: int, d: int, n_components: int, given: dict[str, Any]
) -> Any:
    fitting = {name: spec.default for name, spec in param_specs(method.name, n, d).items()}
    # Checked as given first: a message must speak of the method's range before this data's.
    make(method.params, given, method.label)
    values: Any = make(method.params, fitting | given, method.label)
    check_limits(values, method.limits(n, d), method.label, f"{n:,} points of {d} dimensions")
    method.check(values, n, d, n_components)
    return values


def _drawn(
    space: EmbeddingSpace,
    method: ProjectionMethod,
    values: Any,
    task: Task,
    fitted: Fitted,
    seconds: float,
) -> Projection:
    if not np.isfinite(fitted.coordinates).all():
        raise EmbedvizError(
            f"{method.label} gave coordinates that are not numbers for this data. "
            f"Try other parameters, leave out repeated points, or use {quick_method().label}."
        )
    return Projection(
        fitted.coordinates,
        space,
        method.name,
        dataclasses.asdict(values),
        task.n_components,
        task.seed,
        seconds,
        fitted.details,
        works_on_sample(method.works_on(values), task.fit_on, len(space)),
        method.metric(values),
        model=LazyModel(fitted),
    )
