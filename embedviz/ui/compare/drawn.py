"""The two maps: each side's own, the second laid onto the first."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from embedviz.comparison import align
from embedviz.progress import Cancel, OnProgress
from embedviz.projections import PROJECTIONS, Projection, first_keeping, project, quick_method
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality, quality
from embedviz.ui.compare.sides import Sides
from embedviz.ui.explorer.captions import kept_in_words
from embedviz.ui.explorer.projected import Drawn, K
from embedviz.ui.explorer.settings import MapSettings, map_settings
from embedviz.ui.messages import plain
from embedviz.ui.session import session
from embedviz.ui.vectors.vector_set import VectorSet
from embedviz.ui.work import cancel_others, work


@dataclass(frozen=True, eq=False)
class TwoMaps:
    """Both maps of one run of the page.

    ``laid_b`` is the second map in the first one's place; ``trust`` is None while it is measured.
    """

    a: Drawn
    b: Drawn
    laid_b: Projection
    settings: tuple[MapSettings, MapSettings]

    @property
    def ready(self) -> bool:
        """Neither map stands in for another that is still on its way."""
        return not (self.a.instead or self.b.instead)


def choose_maps(sides: Sides) -> tuple[MapSettings, MapSettings]:
    """The controls: one method for two sets, or a method for each map of one set."""
    if not sides.one_set:
        narrower = min(sides.space_a, sides.space_b, key=lambda space: space.dimensions)
        both = map_settings(narrower, prefix="compare_")
        return both, both
    chosen = []
    for column, side, first in zip(
        st.columns(2), "ab", (first_keeping("distances"), first_keeping("neighbors")), strict=True
    ):
        with column, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            chosen.append(map_settings(sides.space_a, first.name, prefix=f"compare_{side}_"))
    return chosen[0], chosen[1]


def two_maps(sides: Sides, settings: tuple[MapSettings, MapSettings]) -> TwoMaps:
    """Draw both; a slow method shows a quick one until it is there, with its progress."""
    spaces = (sides.space_a, sides.space_b)
    keys = [_key(space, chosen) for space, chosen in zip(spaces, settings, strict=True)]
    cancel_others("compare-map", keep=keys[0], also=keys)
    # The same map twice is made once: its progress cannot stand on the page twice.
    drawn: dict[Hashable, Drawn] = {}
    for name, key, space, chosen in zip("AB", keys, spaces, settings, strict=True):
        if key not in drawn:
            title = f"{name}, {PROJECTIONS[chosen.method].label}"
            drawn[key] = _drawn(space, chosen, sides.shared, title)
    a, b = (drawn[key] for key in keys)
    if a.projection.n_components != b.projection.n_components:
        st.info("One map is flat and the other is not: choose the same dimensions for both.")
        st.stop()
    laid: Any = session().kept(
        ("compare-laid", *keys, bool(a.instead), bool(b.instead)),
        lambda: align(a.projection, b.projection, scaling="spread").moved,
    )
    return TwoMaps(a, b, laid, settings)


def trust_of(sides: Sides, maps: TwoMaps) -> tuple[Quality | None, Quality | None]:
    """How far to trust each map; None while it is measured, or is no map that was asked for."""
    spaces = (sides.space_a, sides.space_b)
    keys = [
        ("compare-trust", space.vectors_fingerprint, chosen)
        for space, chosen in zip(spaces, maps.settings, strict=True)
    ]
    cancel_others("compare-trust", keep=keys[0], also=keys)
    k = min(K, (len(sides.space_a) - 1) // 3)
    found: dict[Hashable, Quality | None] = {}
    for name, key, space, drawn in zip("AB", keys, spaces, (maps.a, maps.b), strict=True):
        if k < 1 or drawn.instead or key in found:
            continue
        title = f"Measuring how far to trust the map of {name}"
        found[key] = work(title, key, _measuring(space, drawn, k, sides.shared))
    return found.get(keys[0]), found.get(keys[1])


def map_words(vectors: VectorSet, drawn: Drawn, trust: Quality | None) -> str:
    """One line under a map: what it shows, and what it keeps."""
    projection = drawn.projection
    parts = [vectors.how or f"{vectors.name}."]
    parts.append(drawn.instead or f"{PROJECTIONS[projection.method].label}.")
    if drawn.beyond:
        parts.append(drawn.beyond)
    shares = projection.details.get("explained_variance_ratio")
    if shares is not None:
        parts.append(f"These axes keep {float(shares.sum()):.0%} of the variance.")
    if trust is not None:
        parts.append(
            f"How far to trust it: {kept_in_words(trust, 'item')}; "
            f"trustworthiness {trust.trustworthiness:.3f} (1 is perfect)."
        )
    return plain(" ".join(parts))


def _key(space: EmbeddingSpace, settings: MapSettings) -> tuple[str, str, MapSettings]:
    return ("compare-map", space.vectors_fingerprint, settings)


def _drawn(space: EmbeddingSpace, settings: MapSettings, shared: bool, title: str) -> Drawn:
    key = _key(space, settings)
    chosen = PROJECTIONS[settings.method]
    if chosen.is_quick:
        made = session().kept(key, lambda: _projected(space, settings, shared))
        return Drawn(made, beyond=settings.beyond)
    done = work(
        f"Map of {title}",
        key,
        lambda on_progress, cancel: _projected(space, settings, shared, on_progress, cancel),
    )
    if done is not None:
        return Drawn(done, beyond=settings.beyond)
    quick = quick_method()
    first = MapSettings(quick.name, settings.n_components, 0, ())
    preview = session().kept(_key(space, first), lambda: _projected(space, first, shared))
    stopped = key in session().finished
    return Drawn(
        preview,
        f"This is {quick.label}: {chosen.label} did not come to its end."
        if stopped
        else f"This is {quick.label} for now; {chosen.label} is on its way.",
    )


def _projected(
    space: EmbeddingSpace,
    settings: MapSettings,
    shared: bool,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Projection:
    return project(
        space, settings.method, settings.n_components, settings.seed, on_progress, cancel,
        cache=shared, **dict(settings.params),
    )  # fmt: skip


def _measuring(space: EmbeddingSpace, drawn: Drawn, k: int, shared: bool) -> Any:
    def measure(on_progress: OnProgress, cancel: Cancel) -> Quality:
        return quality(
            space, drawn.projection, k=k, on_progress=on_progress, cancel=cancel, cache=shared
        )

    return measure
