"""Part two: what the first principal components keep, and which points are hubs."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.trust import Hubness
from embedviz.trust.dimension_pictures import hub_curves, scree_figure
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.dimensions.data import (
    LABELS,
    NEIGHBORS,
    REAL,
    hubs_at,
    hubs_of_noise,
    kept_curve,
    real_scree,
    real_space,
)
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.messages import plain

_SHARE = 0.9
_HUBS_NAMED = 8


@dataclass(frozen=True)
class Asked:
    """What the controls say: the vectors, and how many components are kept."""

    real: str
    kept: int


def choose(lesson: OpenLesson) -> Asked:
    """How many components; before it the vectors, whose dimensions are its limit."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        real = lesson.controls.choice("real", REAL[0], REAL)
    with left:
        kept = lesson.controls.slider("kept", 2, 1, real_space(real).dimensions, 1)
    return Asked(real, kept)


def show(lesson: OpenLesson, asked: Asked) -> None:
    """Variance and neighbors kept; hubs with all dimensions and with those kept."""
    said = lesson.texts
    found, curve = real_scree(asked.real), kept_curve(asked.real, asked.kept)
    recall = float(curve.recall[curve.components.index(asked.kept)])
    most = len(found.shares)
    st.markdown(
        said(
            "kept_now", kept=asked.kept, most=most, variance=found.cumulative[asked.kept - 1],
            recall=recall, k=NEIGHBORS,
        )
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        names = (said("line.share"), said("line.variance"), said("line.neighbors"))
        figure = scree_figure(found, curve, asked.kept, names, said("axis.components"))
        show_chart(figure, "dimensions-scree", said("alt.scree", kept=asked.kept))
    full, kept = hubs_at(asked.real, most), hubs_at(asked.real, asked.kept)
    with right:
        _hubs(lesson, asked, full, kept)
    lesson.find(
        kept=asked.kept, most=most, k=NEIGHBORS, variance=found.cumulative[asked.kept - 1],
        recall=recall, **_against(float(found.cumulative[asked.kept - 1]), recall),
        hub=plain(full.hubs[0]), times=int(full.counts.max()), n=len(full.counts),
        full_skewness=full.skewness, kept_skewness=kept.skewness,
        more_uneven=round(full.skewness, 1) > round(kept.skewness, 1),
    )  # fmt: skip
    lesson.meaning_here()
    needed = found.components_for(_SHARE)
    st.caption(said("ninety", needed=needed, most=most, n=curve.n, share=_SHARE))
    _skewness(lesson, asked, full, kept)
    lesson.open_in(
        "vectors", vectors_sample=LABELS[asked.real], vectors_tool="Trust",
        vectors_trust_view="Hubs",
    )  # fmt: skip


def _against(variance: float, recall: float) -> dict[str, bool]:
    """Whether fewer or more of the neighbors are kept than of the variance, as they are shown."""
    variance, recall = round(variance, 2), round(recall, 2)
    return {"fewer": recall < variance, "more": recall > variance}


def _hubs(lesson: OpenLesson, asked: Asked, full: Hubness, kept: Hubness) -> None:
    said = lesson.texts
    n, most = len(full.counts), real_space(asked.real).dimensions
    counts = {
        said("hubs.full", d=most): full.counts,
        said("hubs.kept", d=asked.kept): kept.counts,
        said("hubs.noise", d=most): hubs_of_noise(n, most),
    }
    figure = hub_curves(counts, NEIGHBORS, said("axis.lists", k=NEIGHBORS), said("axis.points"))
    show_chart(figure, "dimensions-hubs", said("alt.hubs"))


def _skewness(lesson: OpenLesson, asked: Asked, full: Hubness, kept: Hubness) -> None:
    said, most = lesson.texts, real_space(asked.real).dimensions
    first, second, names = st.columns([1, 1, 3], gap="medium")
    first.metric(said("skew.full", d=most), _signed(full.skewness), help=said("skew.help"))
    second.metric(said("skew.kept", d=asked.kept), _signed(kept.skewness))
    names.caption(_named(lesson, full))


def _named(lesson: OpenLesson, full: Hubness) -> str:
    counts = sorted(full.counts.tolist(), reverse=True)
    hubs = ", ".join(
        f"“{plain(key)}” ({times:g})"
        for key, times in zip(full.hubs[:_HUBS_NAMED], counts, strict=False)
    )
    return lesson.texts(
        "hubs.named", hubs=hubs, k=NEIGHBORS, nobody=len(full.antihubs), n=len(full.counts)
    )


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")
