"""The third part: what one step of each output layer costs, against the number of words."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.network.output_cost import (
    LAYERS,
    SIZES,
    StepCost,
    growth,
    measure_output_cost,
    multiplications,
    tree_turns,
    weights_to_learn,
)
from embedviz.network.pictures import cost_by_words
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.work import work

_AGAIN = "learn-cbow-measured-again"
_HEIGHT = 360


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
    left, right = st.columns([6, 5], gap="medium")
    with right:
        lesson.meaning_here(beside=True)

    def do(on_progress: OnProgress, cancel: Cancel) -> tuple[StepCost, ...]:
        return measure_output_cost(
            SIZES, setup.d, setup.negative, on_progress=on_progress, cancel=cancel
        )

    key = ("learn-cbow-cost", setup.d, setup.negative, _again())
    _find_counts(lesson, setup)
    with left:
        measured: tuple[StepCost, ...] | None = work(texts("measuring"), key, do)
    if measured is not None:
        _find_times(lesson, setup, measured)
        with left:
            _chart(lesson, setup, measured)
        _table(lesson, setup, measured)
        _tell_disturbed(lesson, measured)


def _again() -> int:
    """How often the person asked to measure anew."""
    return int(st.session_state.get(_AGAIN, 0))


def _find_counts(lesson: OpenLesson, setup: CostSetup) -> None:
    counted = multiplications(setup.V, setup.d, setup.negative)
    lesson.find(
        n_words=setup.V,
        rows=setup.negative + 1,
        turns=tree_turns(setup.V),
        full=counted["full"],
        negative=counted["negative"],
        hierarchical=counted["hierarchical"],
        times=counted["full"] / counted["negative"],
        times_of_tree=counted["full"] / counted["hierarchical"],
    )


def _find_times(lesson: OpenLesson, setup: CostSetup, measured: tuple[StepCost, ...]) -> None:
    here = _here(setup, measured)
    lesson.find(measured=True, ratio=here.seconds["full"] / here.seconds["negative"])
    grown = {name: growth(measured, name) for name in LAYERS}
    for name, found in grown.items():
        if found is not None:
            lesson.find(**{f"slope_{name}": round(found[0], 2) + 0.0, f"error_{name}": found[1]})
    if grown["full"] is not None:
        exponent, error = grown["full"]
        lesson.find(full_known=True, in_proportion=abs(exponent - 1) <= error)
    lesson.find(rest_known=None not in (grown["negative"], grown["hierarchical"]))


def _here(setup: CostSetup, measured: tuple[StepCost, ...]) -> StepCost:
    return next(cost for cost in measured if cost.V == setup.V)


def _chart(lesson: OpenLesson, setup: CostSetup, measured: tuple[StepCost, ...]) -> None:
    texts = lesson.texts
    seconds = {texts(name): [cost.seconds[name] for cost in measured] for name in LAYERS}
    disturbed = {texts(name): [name in cost.disturbed for cost in measured] for name in LAYERS}
    slopes = ", ".join(f"{texts(name)}: {_growth(lesson, measured, name)}" for name in LAYERS)
    show_chart(
        cost_by_words(
            SIZES, seconds, setup.V, texts("V_axis"), texts("ms_axis"), disturbed, _HEIGHT
        ),
        "cbow-cost", texts("cost.alt", n=len(SIZES), slopes=slopes),
    )  # fmt: skip


def _growth(lesson: OpenLesson, measured: tuple[StepCost, ...], name: str) -> str:
    found = growth(measured, name)
    if found is None:
        return lesson.texts("slope.unknown")
    exponent = f"{found[0]:.2f}".replace("-0.00", "0.00").replace("-", "−")
    return f"V^{exponent} ± {found[1]:.2f}"


def _table(lesson: OpenLesson, setup: CostSetup, measured: tuple[StepCost, ...]) -> None:
    texts = lesson.texts
    here = _here(setup, measured)
    lines = [
        f"| {texts('layer')} | {texts('multiplications')} | {texts('time')} | {texts('slope')} |",
        "|---|--:|--:|--:|",
    ]
    for name in LAYERS:
        count, milliseconds = here.multiplications[name], 1000 * here.seconds[name]
        flag = f" ({texts('disturbed')})" if name in here.disturbed else ""
        lines.append(
            f"| {texts(name)} | {count:,} | {milliseconds:.3g} ms{flag} "
            f"| {_growth(lesson, measured, name)} |"
        )
    st.markdown("\n".join(lines))
    ratio = here.seconds["full"] / here.seconds["negative"]
    st.markdown(texts("ratio", V=f"{setup.V:,}", ratio=f"{ratio:,.0f}"))
    st.caption(texts("cost.note", path=f"{here.mean_path:.1f}", V=f"{setup.V:,}"))


def _tell_disturbed(lesson: OpenLesson, measured: tuple[StepCost, ...]) -> None:
    n = sum(len(cost.disturbed) for cost in measured)
    if n:
        st.warning(lesson.texts("disturbed.note", n=n, of=len(LAYERS) * len(measured)))

    def measure_again() -> None:
        st.session_state[_AGAIN] = _again() + 1

    st.button(lesson.texts("measure_again"), key="cbow-measure-again", on_click=measure_again)
