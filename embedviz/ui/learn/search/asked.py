"""What can be moved in part one: the effort, the method, the vectors, and how it is built."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.data import Vectors, choose_size, choose_vectors, vectors_of

APPROXIMATE = ("ivf", "hnsw")
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
    main, second, third, fourth = st.columns([5, 3, 3, 3], gap="medium")
    with second:
        method = controls.choice("method", APPROXIMATE[0], APPROXIMATE)
    with third:
        data = choose_vectors(lesson)
    with fourth:
        n = choose_size(lesson, data)
    vectors = vectors_of(data, n, lesson.texts("looking"))
    with st.expander(lesson.texts("more")):
        first, other, last = st.columns(3, gap="medium")
        with first:
            k = controls.steps("k", 10, (1, 2, 5, 10, 20, 50))
        parameters = _parameters(lesson, method, vectors.count, (other, last))
    with main:
        if method == "ivf":
            nlist = parameters["nlist"]
            effort = controls.steps("nprobe", 1, [at for at in _PROBES if at <= nlist])
        else:
            effort = controls.steps("ef", 16, _EF)
    return Asked(vectors, method, effort, k, tuple(parameters.items()))


def _parameters(
    lesson: OpenLesson, method: str, count: int, columns: tuple[DeltaGenerator, DeltaGenerator]
) -> dict[str, int]:
    """What the structure is built with; cells hold eight vectors or more, on average."""
    controls = lesson.controls
    first, second = columns
    if method == "ivf":
        cells = [at for at in _CELLS if at <= max(_CELLS[0], count // 8)]
        usual = 1 << round(math.log2(max(2, math.isqrt(count))))
        with first:
            return {"nlist": controls.steps("nlist", min(max(usual, cells[0]), cells[-1]), cells)}
    with first:
        links = controls.steps("M", 16, _LINKS)
    with second:
        construction = controls.steps("efConstruction", 40, _CONSTRUCTION)
    return {"M": links, "efConstruction": construction}
