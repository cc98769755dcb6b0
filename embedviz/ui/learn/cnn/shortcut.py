"""The gradient by layer with and without shortcuts, and both networks trained."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.residual.flow import Flow, flow_at_start, flow_of, reach_by_depth
from embedviz.residual.pictures import by_layer, curves
from embedviz.residual.training import Trained, TrainedPair, train_pair
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.cnn.choose import DEPTHS, Setup
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Texts
from embedviz.ui.learn.work import work
from embedviz.ui.work import cancel_others

if TYPE_CHECKING:
    import plotly.graph_objects as go

Losses = tuple[float, ...]
_DEPTHS_DRAWN = DEPTHS[::3]
_FIRST_LOSS = 2.6  # a little above ln 10, what guessing costs
_SMOOTH = 10
# A gradient that arrives as less than a hundredth has vanished, as more than a hundredfold exploded.
_LITTLE, _MUCH = 0.01, 100.0


def show_shortcut(lesson: OpenLesson, setup: Setup) -> None:
    """Before training at once; after training when it was asked for."""
    said = lesson.texts
    flow = _at_start(setup.depth, setup.initialization, setup.seed)
    left, right = st.columns([6, 5], gap="large")
    with right:
        _figures(said, flow)
        trained = _trained(said, setup) if setup.steps else None
        if trained is None:
            _by_depth(said, setup)
        else:
            _losses_of(said, trained, setup)
    _find(lesson, flow, trained, setup)
    lesson.meaning_here()
    if trained is not None:
        first, second = st.columns([6, 5], gap="large")
        with first:
            _by_depth(said, setup)
        with second:
            _learned(said, trained, setup)
    with left:
        _by_layer(said, flow, {} if trained is None else _after(said, trained, setup), setup)


def _find(lesson: OpenLesson, flow: Flow, trained: TrainedPair | None, setup: Setup) -> None:
    lesson.find(
        layers=setup.depth, plain=_power(flow.plain_reach), residual=_power(flow.residual_reach),
        vanishes=flow.plain_reach < _LITTLE, explodes=flow.residual_reach > _MUCH,
        trained=trained is not None,
    )  # fmt: skip
    if trained is not None:
        lesson.find(
            steps=setup.steps, right_plain=trained.plain.accuracies[-1],
            right_residual=trained.residual.accuracies[-1],
        )  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=64)
def _at_start(depth: int, initialization: str, seed: int) -> Flow:
    return flow_at_start(depth, initialization, seed)


@st.cache_data(show_spinner=False, max_entries=64)
def _reaches(initialization: str, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return reach_by_depth(_DEPTHS_DRAWN, initialization, seed)


def _figures(said: Texts, flow: Flow) -> None:
    st.markdown(f"**{said('reach')}**", help=said("reach.help"))
    first, second = st.columns(2)
    first.metric(said("plain"), _power(flow.plain_reach))
    second.metric(said("residual"), _power(flow.residual_reach))


def _after(said: Texts, trained: TrainedPair, setup: Setup) -> dict[str, NDArray[np.float64]]:
    """The gradients after training; of a network that diverged there are none to compare."""
    flow = flow_of(trained.plain.stack, trained.residual.stack)
    ends = {
        "plain": (trained.plain, flow.plain),
        "residual": (trained.residual, flow.residual),
    }
    if all(run.diverged_at is not None for run, _ in ends.values()):
        return {}
    after = said("after", steps=setup.steps)
    return {
        f"{said(name)}, {after}": values
        if run.diverged_at is None
        else np.full_like(values, np.nan)
        for name, (run, values) in ends.items()
    }


def _by_layer(said: Texts, flow: Flow, after: dict[str, NDArray[np.float64]], setup: Setup) -> None:
    lines = {said("plain"): flow.plain, said("residual"): flow.residual}
    st.markdown(f"**{said('by_layer', layers=setup.depth)}**")
    figure = by_layer(lines, said("layer"), said("gradient"), dashed=after)
    figure.update_layout(height=270)
    show_chart(figure, "cnn-by-layer", said("by_layer.alt"))
    dotted = "" if not after else " " + said("dotted", steps=setup.steps)
    st.caption(said("flow.n", n=flow.n, start=said(f"start.{setup.initialization}")) + dotted)


def _by_depth(said: Texts, setup: Setup) -> None:
    plain, residual = _reaches(setup.initialization, setup.seed)
    figure = by_layer(
        {said("plain"): plain, said("residual"): residual},
        said("layers"), said("reach.short"), x=_DEPTHS_DRAWN, marked=setup.depth,
    )  # fmt: skip
    figure.update_layout(height=200)
    show_chart(figure, "cnn-by-depth", said("by_depth.alt"))


def _trained(said: Texts, setup: Setup) -> TrainedPair | None:
    """Both networks after training; None while it is under way (the losses so far stand here)."""
    key = ("residual", setup.depth, setup.initialization, setup.seed, setup.steps)
    cancel_others("residual", keep=key)

    def do(on_progress: OnProgress, cancel: Cancel) -> TrainedPair:
        return train_pair(
            setup.depth, setup.steps, initialization=setup.initialization, seed=setup.seed,
            on_progress=on_progress, cancel=cancel,
        )  # fmt: skip

    title = said("training", layers=setup.depth)
    watch = partial(_so_far, said, setup.steps)
    found: TrainedPair | None = work(title, key, do, watch=watch)
    return found


def _so_far(said: Texts, steps: int, progress: Progress) -> None:
    if progress.details:
        plain, residual = progress.details
        figure = _losses(said, plain, residual, steps)
        show_chart(figure, "cnn-losses-so-far", said("losses.alt"))


def _losses_of(said: Texts, pair: TrainedPair, setup: Setup) -> None:
    figure = _losses(said, pair.plain.losses, pair.residual.losses, setup.steps)
    show_chart(figure, "cnn-losses", said("losses.alt"))


def _learned(said: Texts, pair: TrainedPair, setup: Setup) -> None:
    """How often each is right, and how they were trained."""
    both = {said("plain"): pair.plain, said("residual"): pair.residual}
    for place, (name, run) in zip(st.columns(2), both.items(), strict=True):
        place.metric(
            said("right_share", network=name), f"{run.accuracies[-1]:.1%}", help=said("held_out")
        )
    for name, run in both.items():
        _tell_diverged(said, name, run)
    st.caption(said("how_trained", batch=pair.batch, momentum=pair.momentum, steps=setup.steps))


def _tell_diverged(said: Texts, name: str, run: Trained) -> None:
    if run.diverged_at is not None:
        st.warning(said("diverged", network=name, step=run.diverged_at))


def _losses(said: Texts, plain: Losses, residual: Losses, steps: int) -> go.Figure:
    lines = {}
    for name, losses in ((said("plain"), plain), (said("residual"), residual)):
        means = np.minimum(_smoothed(losses), 1e3)
        lines[name] = (list(range(1, len(means) + 1)), means.tolist())
    figure = curves(lines, said("step"), said("loss"), _FIRST_LOSS)
    figure.update_xaxes(range=[0, steps])
    figure.update_layout(height=200)
    return figure


def _smoothed(losses: Losses) -> NDArray[np.float64]:
    """The mean of each loss and the nine before it: single batches jump."""
    sums = np.cumsum([0.0, *losses])
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(ends - _SMOOTH, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def _power(value: float) -> str:
    """``7.9 × 10⁻²⁰``, or a plain number where that is short."""
    if 0.01 <= value < 1000:
        return f"{value:.2g}" if value < 10 else f"{value:,.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{raised}"
