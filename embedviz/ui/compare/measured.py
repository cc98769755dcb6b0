"""What is compared, and the numbers with what they mean."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import streamlit as st

from embedviz.comparison import Comparison, compare
from embedviz.metrics import EUCLIDEAN, METRICS
from embedviz.projections import Projection
from embedviz.space import EmbeddingSpace
from embedviz.ui.compare.drawn import TwoMaps
from embedviz.ui.compare.sides import Sides
from embedviz.ui.messages import count
from embedviz.ui.session import session
from embedviz.ui.work import cancel_others, work

_KEPT = 32  # comparisons of the server's own sets, for all sessions together


@dataclass(frozen=True, eq=False)
class Near:
    """Where neighbors are looked for: the full spaces, or the two maps of one set."""

    a: EmbeddingSpace
    b: EmbeddingSpace
    k: int
    metric: str


def choose_near(sides: Sides) -> tuple[int, str]:
    """How many neighbors, and what near means."""
    most = max(1, len(sides.space_a) - 1)
    with st.popover("Neighbors"):
        asked = int(
            st.number_input(
                "How many", 1, 50, 10, key="compare_k", bind="query-params",
                help="How many nearest items of each item are compared.",
            )
        )  # fmt: skip
        k = min(asked, most)
        if k < asked:
            st.caption(f"{count(most + 1, 'item')}: each has {most} others, which all count.")
        if sides.one_set:
            st.caption("Near means near on the map: two maps of one set are compared.")
            return k, EUCLIDEAN.name
        metric = st.selectbox(
            "Near means", list(METRICS), format_func=lambda name: METRICS[name].short_label,
            key="compare_metric", bind="query-params",
            help="What makes two items neighbors, in both spaces.",
        )  # fmt: skip
    return k, metric


def near_of(sides: Sides, maps: TwoMaps, k: int, metric: str) -> Near | None:
    """The full spaces; for one set its two maps, or None until both are there."""
    if not sides.one_set:
        return Near(sides.space_a, sides.space_b, k, metric)
    if not maps.ready:
        return None
    first, second = (
        _flat(drawn.projection, ("compare-flat", sides.identity[0], chosen))
        for chosen, drawn in zip(maps.settings, (maps.a, maps.b), strict=True)
    )
    return Near(first, second, k, metric)


def _flat(projection: Projection, key: Hashable) -> EmbeddingSpace:
    """A map as a space of its own, so that it is measured like one."""
    return session().kept(key, lambda: EmbeddingSpace(projection.keys, projection.coordinates))


def measured(near: Near | None, shared: bool) -> Comparison | None:
    """The comparison, or None while it is under way.

    ``shared`` says that both sides are the server's: then it is computed once for all sessions.
    """
    if near is None:
        return None
    key = (
        "compare", near.a.vectors_fingerprint, near.b.vectors_fingerprint, near.k, near.metric,
    )  # fmt: skip
    cancel_others("compare", keep=key)
    known = _for_everyone() if shared else {}
    if key in known:
        return known[key]
    found: Comparison | None = work(
        f"Comparing the neighbors of {count(len(near.a), 'item')}",
        key,
        lambda on_progress, cancel: compare(
            near.a, near.b, near.k, near.metric, on_progress, cancel
        ),
    )
    if found is not None:
        if len(known) >= _KEPT:
            known.pop(next(iter(known.copy())), None)  # other sessions may add meanwhile
        known[key] = found
    return found


@st.cache_resource(show_spinner=False)
def _for_everyone() -> dict[Hashable, Comparison]:
    return {}


def numbers(found: Comparison, sides: Sides) -> None:
    """Three numbers, each with a line of what it means."""
    what = "maps" if sides.one_set else "spaces"
    said = (
        (
            "Neighbors in common",
            f"{found.mean_overlap:.1%}",
            f"Of each item's {found.k} nearest, the share that is the same in both {what}; chance "
            f"alone would give {found.chance:.1%}.",
        ),
        (
            "Linear CKA",
            f"{found.cka:.3f}",
            "How alike the two clouds are as a whole; 1 is the same shape, turned or scaled.",
        ),
        (
            "Procrustes residual",
            f"{found.procrustes_residual:.3f}",
            "The share of A's shape that B, turned and scaled as well as it can be, leaves "
            f"unexplained; 0 is the same shape.{_filled_up(found)}",
        ),
    )
    for column, (label, value, meaning) in zip(st.columns(3), said, strict=True):
        with column:
            st.metric(label, value)
            st.caption(meaning)


def _filled_up(found: Comparison) -> str:
    p, q = found.dimensions
    if p == q:
        return ""
    return f" The {min(p, q)} dimensions count as filled up with zeros to {max(p, q)}."
