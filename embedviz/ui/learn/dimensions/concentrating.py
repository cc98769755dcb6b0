"""Part one: the more dimensions, the less the distances differ."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.trust import Concentration
from embedviz.trust.dimension_pictures import distance_histogram, spread_curves
from embedviz.trust.random_points import DISTRIBUTIONS, REDUCTIONS
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.dimensions.data import (
    DIMENSIONS,
    LABELS,
    POINTS,
    REAL,
    random_curve,
    random_measured,
    real_curve,
    real_dimension,
    real_measured,
    real_space,
)
from embedviz.ui.learn.lesson import OpenLesson

# Korean breaks between any two letters else, and a narrow column needs no more than a word.
_WHOLE_WORDS = """<style>
[data-testid="stMarkdownContainer"] :is(th, td) { word-break: keep-all; }
</style>"""

# How many times as far as the nearest the farthest point is, where "near" says little, or much.
_LITTLE, _MUCH = 2.0, 10.0


@dataclass(frozen=True)
class Asked:
    """What the controls say: d, the real vectors, how d of their dimensions are taken, the noise."""

    d: int
    real: str
    how: str
    distribution: str


def choose(lesson: OpenLesson) -> Asked:
    """How many dimensions; then which vectors."""
    controls = lesson.controls
    left, middle, right = st.columns([5, 3, 1.2], gap="medium", vertical_alignment="bottom")
    with left:
        # Where something goes wrong; at 2 nothing does.
        d = controls.steps("d", 100, DIMENSIONS, was=2)
    with middle:
        real = controls.choice("real", REAL[0], REAL)
    with right, st.popover(lesson.texts("more"), width="stretch"):
        distribution = controls.choice("noise", "gaussian", list(DISTRIBUTIONS))
        how = controls.choice("how", REDUCTIONS[0], REDUCTIONS)
    return Asked(d, real, how, distribution)


def show(lesson: OpenLesson, asked: Asked) -> None:
    """Two histograms that narrow, the same as curves, and the numbers."""
    said = lesson.texts
    most = real_space(asked.real).dimensions
    noise = random_measured(asked.distribution, asked.d)
    real = real_measured(asked.real, min(asked.d, most), asked.how)
    names = (said("random"), said(f"real.{asked.real}"))
    st.markdown(said("nearest", d=asked.d, times=noise.contrast + 1, n=POINTS))
    left, right = st.columns(2, gap="medium")
    with left:
        figure = distance_histogram(
            dict(zip(names, (noise.distances, real.distances), strict=True)),
            said("axis.relative"), said("axis.pairs"),
        )  # fmt: skip
        show_chart(figure, "dimensions-histogram", said("alt.histogram", d=asked.d))
    with right:
        _curves(lesson, asked, noise, real, names)
    _find(lesson, asked, noise, real)
    lesson.meaning_here()
    if asked.d > most:
        st.caption(said("no_more", most=most, d=asked.d))
    _numbers(lesson, asked, noise, real, names)
    lesson.open_in("vectors", vectors_sample=LABELS[asked.real])


def _find(lesson: OpenLesson, asked: Asked, noise: Concentration, real: Concentration) -> None:
    """What the sentences say of the random points, and of the real ones beside as many numbers."""
    times = round(noise.contrast + 1, 1)
    alike = random_measured(asked.distribution, real.d)
    lesson.find(
        d=asked.d, n=POINTS, mean=noise.mean, std=noise.std, times=times,
        little=times < _LITTLE, some=_LITTLE <= times < _MUCH, much=times >= _MUCH,
        real=lesson.texts(f"vectors.{asked.real}"), real_d=real.d, real_spread=real.spread,
        noise_spread=alike.spread, wider=round(real.spread, 2) > round(alike.spread, 2),
        intrinsic=real_dimension(asked.real).two_nn, most=real_space(asked.real).dimensions,
    )  # fmt: skip


def _curves(
    lesson: OpenLesson,
    asked: Asked,
    noise: Concentration,
    real: Concentration,
    names: tuple[str, str],
) -> None:
    said = lesson.texts
    measured, expected = random_curve(asked.distribution)
    figure = spread_curves(
        {names[0]: (DIMENSIONS, measured), names[1]: real_curve(asked.real, asked.how)},
        {names[0]: (noise.d, noise.spread), names[1]: (real.d, real.spread)},
        (said(f"theory.{asked.distribution}"), DIMENSIONS, expected),
        said("axis.dimensions"), said("axis.spread"),
    )  # fmt: skip
    show_chart(figure, "dimensions-curves", said("alt.curves"))


def _numbers(
    lesson: OpenLesson,
    asked: Asked,
    noise: Concentration,
    real: Concentration,
    names: tuple[str, str],
) -> None:
    said = lesson.texts
    left, right = st.columns([3, 2], gap="large")
    with left:
        rows = [
            f"| {name} | {found.d:,} | {found.mean:.2f} | {found.std:.2f} | {found.spread:.3f} "
            f"| {found.contrast:,.2f} |"
            for name, found in zip(names, (noise, real), strict=True)
        ]
        st.html(_WHOLE_WORDS)
        st.markdown("\n".join([said("table.distances"), "|---|--:|--:|--:|--:|--:|", *rows]))
        st.caption(said("counted", n=POINTS, pairs=len(noise.distances)))
    with right:
        whole = real_measured(asked.real, real_space(asked.real).dimensions, asked.how)
        found = real_dimension(asked.real)
        st.markdown(said("intrinsic", d=found.dimensions))
        places = st.columns(3)
        estimates = {
            "two_nn": found.two_nn, "likely": found.maximum_likelihood, "chavez": whole.chavez,
        }  # fmt: skip
        for place, (name, value) in zip(places, estimates.items(), strict=True):
            place.metric(said(name), f"{value:.1f}", help=said(f"{name}.help", n=found.n))
