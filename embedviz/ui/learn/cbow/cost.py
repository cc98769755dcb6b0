"""The third part: what one step of each output layer costs, against the number of words."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.network.output_cost import (
    LAYERS,
    SIZES,
    StepCost,
    measure_output_cost,
    slope,
    weights_to_learn,
)
from embedviz.network.pictures import cost_by_words
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.work import work


@dataclass(frozen=True)
class CostSetup:
    """Words, numbers per word, random words of negative sampling."""

    V: int
    d: int
    negative: int


def choose_cost(lesson: OpenLesson) -> CostSetup:
    """The controls of this part."""
    size, dimension, noise = st.columns([3, 2, 2], gap="medium")
    with size:
        V = lesson.controls.steps("V", 10_000, SIZES)
    with dimension:
        d = lesson.controls.choice("size", 300, [50, 100, 300])
    with noise:
        negative = lesson.controls.choice("negatives", 5, [2, 5, 10, 20])
    return CostSetup(V, d, negative)


def show_cost(lesson: OpenLesson, setup: CostSetup) -> None:
    """The measured times on log-log axes, and the numbers at the chosen V."""
    texts = lesson.texts
    weights = weights_to_learn(setup.V, setup.d)
    st.markdown(
        texts(
            "weights", V=f"{setup.V:,}", d=setup.d, n=f"{weights:,}", mb=f"{weights * 4 / 1e6:,.1f}"
        )
    )

    def do(on_progress: OnProgress, cancel: Cancel) -> tuple[StepCost, ...]:
        return measure_output_cost(
            SIZES, setup.d, setup.negative, on_progress=on_progress, cancel=cancel
        )

    key = ("learn-cbow-cost", setup.d, setup.negative)
    measured: tuple[StepCost, ...] | None = work(texts("measuring"), key, do)
    if measured is not None:
        chart, table = st.columns(2, gap="medium")
        with chart:
            _chart(lesson, setup, measured)
        with table:
            _table(lesson, setup, measured)


def _chart(lesson: OpenLesson, setup: CostSetup, measured: tuple[StepCost, ...]) -> None:
    texts = lesson.texts
    seconds = {texts(name): [cost.seconds[name] for cost in measured] for name in LAYERS}
    show_chart(
        cost_by_words(SIZES, seconds, setup.V, texts("V_axis"), texts("ms_axis")), "cbow-cost",
        texts("cost.alt", n=len(SIZES)),
    )  # fmt: skip


def _table(lesson: OpenLesson, setup: CostSetup, measured: tuple[StepCost, ...]) -> None:
    texts = lesson.texts
    here = next(cost for cost in measured if cost.V == setup.V)
    lines = [
        f"| {texts('layer')} | {texts('multiplications')} | {texts('time')} | {texts('slope')} |",
        "|---|--:|--:|--:|",
    ]
    for name in LAYERS:
        grows = slope(SIZES, [cost.seconds[name] for cost in measured])
        count, milliseconds = here.multiplications[name], 1000 * here.seconds[name]
        lines.append(
            f"| {texts(name)} | {count:,} | {milliseconds:.3g} ms | V^{grows:.2f} |".replace(
                "V^-", "V^−"
            ).replace("V^−0.00", "V^0.00")
        )
    st.markdown("\n".join(lines))
    ratio = here.seconds["full"] / here.seconds["negative"]
    st.markdown(texts("ratio", V=f"{setup.V:,}", ratio=f"{ratio:,.0f}"))
    st.caption(texts("cost.note", path=f"{here.mean_path:.1f}", V=f"{setup.V:,}"))
