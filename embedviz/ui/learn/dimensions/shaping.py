"""Part four: data whose shape is known, mapped again and again. Which shapes mean something?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.projections import PROJECTIONS, project, scales
from embedviz.projections.pca import PCA_METHOD
from embedviz.trust.known_shapes import KNOWN_SHAPES, ShapeData, shape_data
from embedviz.trust.map_panels import Panel, Panels, panels
from embedviz.trust.map_pictures import group_colors, panel_grid, small_map
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Fact, Texts
from embedviz.ui.learn.work import work

if TYPE_CHECKING:
    import plotly.graph_objects as go

SEEDS = (0, 1)


@dataclass(frozen=True)
class Asked:
    """What the controls say: the data, the method, and where t-SNE begins."""

    shape: str
    method: str
    start: str


def choose(lesson: OpenLesson) -> Asked:
    """Which data; then how it is mapped."""
    left, right = st.columns([8, 1], gap="small")
    with left:
        shapes = list(KNOWN_SHAPES)
        shape = lesson.controls.choice("shape", shapes[0], shapes, labelled=False)
    with right, st.popover(lesson.texts("more"), width="stretch"):
        methods = list(scales())
        method = lesson.controls.choice("method", methods[0], methods)
        start = lesson.controls.choice("start", "random", ["random", "pca"])
    return Asked(shape, method, start)


def show(lesson: OpenLesson, asked: Asked) -> None:
    """The data, ten maps of it, and what they tell of the truth."""
    said = lesson.texts
    data = _data(asked.shape)
    st.markdown(said(f"truth.{asked.shape}", n=len(data.space)))
    left, right = st.columns([1, 5], gap="small")
    with left:
        st.markdown(said("truth", d=data.space.dimensions))
        show_chart(_truth(asked.shape), "dimensions-truth", said("alt.truth"))
        if data.space.dimensions > 2:
            st.caption(said("truth.drawn"))
    with right:
        found = _shared().get(_key(asked)) or _worked(lesson, asked, data)
    lesson.open_in("words", method="t-SNE", n="1000")
    lesson.find(perplexity=scales()[asked.method].param == "perplexity")
    if found is None:
        lesson.meaning_here()
        return
    with right:
        _grid(lesson, asked, data, found.panels)
    lesson.find(**_found(lesson.texts, found))
    lesson.meaning_here()
    for sentence in _verdicts(lesson, found):
        st.markdown(sentence)
    st.markdown(_table(lesson, found))
    st.caption(said("panels.counted", n=len(data.space), k=found.panels[0].quality.k))


@st.cache_resource(show_spinner=False)
def _data(shape: str) -> ShapeData:
    return shape_data(shape)


@st.cache_resource(show_spinner=False)
def _shared() -> dict[tuple[str, ...], Panels]:
    """Maps that were drawn since the server started: the data are made here, so for everyone."""
    return {}


def _key(asked: Asked) -> tuple[str, ...]:
    return ("dimensions-panels", asked.shape, asked.method, asked.start)


def _truth(shape: str) -> go.Figure:
    return small_map(_flat(shape), group_colors(_data(shape).labels), 160)


@st.cache_resource(show_spinner=False)
def _flat(shape: str) -> NDArray[np.float32]:
    """Two dimensions as they are; more as PCA sees them."""
    space = _data(shape).space
    return space.vectors if space.dimensions == 2 else project(space, PCA_METHOD.name).coordinates


def _worked(lesson: OpenLesson, asked: Asked, data: ShapeData) -> Panels | None:
    def do(on_progress: OnProgress, cancel: Cancel) -> Panels:
        starts_by = PROJECTIONS[asked.method].starts_by
        params: dict[str, Any] = {starts_by: asked.start} if starts_by else {}
        found = panels(
            data, asked.method, seeds=SEEDS, on_progress=on_progress, cancel=cancel, **params
        )
        _shared()[_key(asked)] = found
        return found

    title = PROJECTIONS[asked.method].label
    watch = partial(_so_far, lesson, asked, data)
    found: Panels | None = work(title, _key(asked), do, watch=watch)
    return found


def _so_far(lesson: OpenLesson, asked: Asked, data: ShapeData, progress: Progress) -> None:
    """The maps that are there already, while the others are drawn."""
    _grid(lesson, asked, data, progress.details if isinstance(progress.details, tuple) else ())


def _grid(lesson: OpenLesson, asked: Asked, data: ShapeData, made: Sequence[Panel]) -> None:
    said = lesson.texts
    scale_of = scales()[asked.method]
    there = {(panel.scale, panel.seed): panel.projection.coordinates for panel in made}
    figure = panel_grid(
        [there.get((scale, seed)) for seed in SEEDS for scale in scale_of.values],
        group_colors(data.labels),
        [said(scale_of.param, n=scale) for scale in scale_of.values],
        [said("seed", n=seed) for seed in SEEDS],
    )
    show_chart(figure, "dimensions-panels", said("alt.panels"))


def _found(said: Texts, found: Panels) -> dict[str, Fact]:
    """What the sentences say: of each measure by its name, of the seeds, and of all maps."""
    facts: dict[str, Fact] = {
        "measured": True,
        "maps": len(found.panels),
        "least_agreement": min(found.agreement.values()),
        "most_agreement": max(found.agreement.values()),
    }
    param = scales()[found.method].param
    for place, name in enumerate(found.data.shape.measures):
        values = {panel: panel.survived[place] for panel in found.panels}
        truth = next(iter(values.values())).truth
        worst = max(values, key=lambda panel: abs(values[panel].on_map - truth))
        facts |= {
            f"has_{name}": True,
            f"{name}_truth": truth,
            f"{name}_least": min(one.on_map for one in values.values()),
            f"{name}_most": max(one.on_map for one in values.values()),
            f"{name}_told": sum(one.told for one in values.values()),
            f"{name}_untold": sum(not one.told for one in values.values()),
            f"{name}_always": all(one.told for one in values.values()),
            f"{name}_worst": said(param, n=worst.scale),
        }
    return facts


def _verdicts(lesson: OpenLesson, found: Panels) -> list[str]:
    """For each measure: the truth, what the maps say, and how many of them say it right."""
    said, sentences = lesson.texts, []
    for place, name in enumerate(found.data.shape.measures):
        every = [panel.survived[place] for panel in found.panels]
        values = [one.on_map for one in every]
        told = sum(one.told for one in every)
        kind = "kept" if told == len(every) else "lost" if not told else "partly"
        sentences.append(
            said(
                f"verdict.{kind}", what=said(f"measure.{name}"), truth=every[0].truth,
                low=min(values), high=max(values), told=told, of=len(every),
            )
        )  # fmt: skip
    return sentences


def _table(lesson: OpenLesson, found: Panels) -> str:
    """Markdown: a row for each measure, a column for each scale, a value for each seed."""
    said = lesson.texts
    name = scales()[found.method].param
    counts = list(found.agreement)
    lines = [
        "| | " + " | ".join([said("in_data"), *(said(name, n=scale) for scale in counts)]) + " |",
        "|---|--:|" + "--:|" * len(counts),
    ]
    for place, measure in enumerate(found.data.shape.measures):
        cells = [
            " · ".join(f"{panel.survived[place].on_map:.2f}" for panel in found.of(scale))
            for scale in counts
        ]
        truth = found.panels[0].survived[place].truth
        lines.append(f"| {said(f'measure.{measure}')} | {truth:.2f} | {' | '.join(cells)} |")
    for measure in ("trustworthiness", "continuity", "recall"):
        cells = [
            " · ".join(f"{getattr(panel.quality, measure):.2f}" for panel in found.of(scale))
            for scale in counts
        ]
        lines.append(f"| {said(measure)} | 1 | {' | '.join(cells)} |")
    cells = [f"{found.agreement[scale]:.2f}" for scale in counts]
    lines.append(f"| {said('agreement')} | 1 | {' | '.join(cells)} |")
    return "\n".join(lines)
