"""The map's coordinates: a quick method at once, a slower method with its progress, each computed once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.many import fit_on_for
from embedviz.progress import Cancel, OnProgress
from embedviz.projections import PROJECTIONS, Projection, project, quick_method
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality, quality
from embedviz.ui.explorer.settings import MapSettings
from embedviz.ui.messages import count
from embedviz.ui.session import session
from embedviz.ui.work import cancel_others, work

MEASURED_AT_ONCE = 10_000
K = 15


@dataclass(frozen=True)
class Drawn:
    """Coordinates to draw; ``instead`` says why they are not those of the method asked for.

    ``beyond`` is that of the :class:`MapSettings` they were made with.
    """

    projection: Projection
    instead: str = ""
    beyond: str = ""


def projected(
    space: EmbeddingSpace, settings: MapSettings, shared: bool, noun: str = "word"
) -> Drawn:
    """The projection that was asked for, or a quick one while it is under way.

    ``shared`` says that the vectors are the server's, so that the result may be kept on disk.
    """
    key = ("project", space.vectors_fingerprint, settings)
    cancel_others("project", keep=key)
    chosen = PROJECTIONS[settings.method]
    if chosen.is_quick:
        made = session().kept(key, lambda: _project(space, settings, shared))
        return Drawn(made, beyond=settings.beyond)
    done = work(
        f"{chosen.label} of {count(len(space), noun)}",
        key,
        lambda on_progress, cancel: _project(space, settings, shared, on_progress, cancel),
    )
    if done is not None:
        return Drawn(done, beyond=settings.beyond)
    quick = quick_method()
    first = MapSettings(quick.name, settings.n_components, 0, ())
    preview_key = ("preview", space.vectors_fingerprint, settings.n_components)
    preview = session().kept(preview_key, lambda: _project(space, first, shared))
    if key in session().finished:
        return Drawn(preview, f"This is {quick.label}: {chosen.label} did not come to its end.")
    return Drawn(preview, f"This is {quick.label} for now; {chosen.label} is on its way.")


def measured(
    space: EmbeddingSpace, drawn: Drawn, settings: MapSettings, shared: bool, noun: str = "word"
) -> Quality | None:
    """How far to trust the map, or None while that is being measured (or was not asked for)."""
    k = min(K, (len(space) - 1) // 3)
    key = ("quality", space.vectors_fingerprint, settings)
    cancel_others("quality", keep=key)
    if drawn.instead or k < 1:
        return None
    if len(space) > MEASURED_AT_ONCE and not st.toggle(
        "Measure how far to trust this map",
        key="measure",
        bind="query-params",
        help=f"Compares all pairs of {count(len(space), noun)}; takes a while at this size.",
    ):
        return None
    result: Quality | None = work(
        "Measuring how far to trust this map",
        key,
        lambda on_progress, cancel: quality(
            space, drawn.projection, k=k, on_progress=on_progress, cancel=cancel, cache=shared
        ),
    )
    return result


def _project(
    space: EmbeddingSpace,
    settings: MapSettings,
    shared: bool,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Projection:
    return project(
        space,
        settings.method,
        n_components=settings.n_components,
        seed=settings.seed,
        on_progress=on_progress,
        cancel=cancel,
        cache=shared,
        fit_on=fit_on_for(len(space)),
        **dict(settings.params),
    )
