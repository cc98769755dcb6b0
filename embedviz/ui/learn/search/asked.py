"""What can be moved in part one: the effort, the method, the vectors, and how it is built."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.search_cost import SEARCHERS, Cells, Graph
from embedviz.ui.learn.controls import Controls
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.data import Vectors, choose_size, choose_vectors, vectors_of

APPROXIMATE = tuple(name for name, kind in SEARCHERS.items() if kind.effort_name)
_EF = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
_PROBES = tuple(1 << power for power in range(12))
_CELLS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
_LINKS = (4, 8, 16, 32, 64)
_CONSTRUCTION = (10, 20, 40, 80, 160, 320)


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    vectors: Vectors
    method: str
    effort: int
    k: int
    parameters: tuple[tuple[str, int], ...]

    def key(self, method: str, parameters: tuple[tuple[str, int], ...]) -> tuple[object, ...]:
        """Under which the searcher of a method is kept."""
        return ("learn_search", method, parameters, *self.vectors.identity)


def choose(lesson: OpenLesson) -> Asked:
    """The effort first, as it is what is moved; it depends on all the others."""
    controls = lesson.controls
    main, second, third, fourth, fifth = st.columns(
        [5, 4, 4, 4, 3], gap="medium", vertical_alignment="bottom"
    )
    with second:
        method = controls.choice("method", APPROXIMATE[0], APPROXIMATE)
    with third:
        data = choose_vectors(lesson)
    with fourth:
        n = choose_size(lesson, data)
    vectors = vectors_of(data, n, lesson.texts("looking"))
    with fifth, st.popover(lesson.texts("more"), width="stretch"):
        first, other, last = st.container(), st.container(), st.container()
        with first:
            k = controls.steps("k", 10, (1, 2, 5, 10, 20, 50))
        choose_parameters, choose_effort = _CONTROLS[method]
        parameters = choose_parameters(controls, vectors.count, (other, last))
    with main:
        effort = choose_effort(controls, parameters)
    return Asked(vectors, method, effort, k, tuple(parameters.items()))


_Columns = tuple[DeltaGenerator, DeltaGenerator]
_Parameters = dict[str, int]


def _cells(controls: Controls, count: int, columns: _Columns) -> _Parameters:
    """Cells hold eight vectors or more, on average."""
    cells = [at for at in _CELLS if at <= max(_CELLS[0], count // 8)]
    usual = 1 << round(math.log2(max(2, math.isqrt(count))))
    with columns[0]:
        return {"nlist": controls.steps("nlist", min(max(usual, cells[0]), cells[-1]), cells)}


def _probed(controls: Controls, parameters: _Parameters) -> int:
    return controls.steps("nprobe", 1, [at for at in _PROBES if at <= parameters["nlist"]])


def _links(controls: Controls, count: int, columns: _Columns) -> _Parameters:  # noqa: ARG001
    first, second = columns
    with first:
        links = controls.steps("M", 16, _LINKS)
    with second:
        construction = controls.steps("efConstruction", 40, _CONSTRUCTION)
    return {"M": links, "efConstruction": construction}


def _beam(controls: Controls, parameters: _Parameters) -> int:  # noqa: ARG001 - one signature
    return controls.steps("ef", 16, _EF)


# By method: what the structure is built with, and how hard it is asked.
_CONTROLS: dict[
    str,
    tuple[Callable[[Controls, int, _Columns], _Parameters], Callable[[Controls, _Parameters], int]],
] = {Cells.method: (_cells, _probed), Graph.method: (_links, _beam)}
