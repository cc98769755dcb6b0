"""Part three: one sample as PCA, t-SNE and UMAP draw it, and what each tears apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.metrics import EUCLIDEAN
from embedviz.plots.palettes import CATEGORICAL, sequential
from embedviz.progress import Cancel, OnProgress
from embedviz.projections import PROJECTIONS, Projection, project
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality, Torn, quality, torn
from embedviz.trust.map_pictures import torn_map
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.dimensions.data import LABELS, NEIGHBORS, REAL, real_space
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Fact
from embedviz.ui.learn.work import work
from embedviz.ui.messages import plain

_MOST = 400
_FIRST = {"words": "week", "digits": "digit 75", "wine": "wine 63"}
_CLASSES = {"digits": "digit", "wine": "cultivar"}
_STEPS = 24


@dataclass(frozen=True)
class Asked:
    """What the controls say: the vectors, one of them, how many neighbors, whether UMAP is drawn."""

    real: str
    key: str
    k: int
    umap: bool
    by_trust: bool


def choose(lesson: OpenLesson) -> Asked:
    """Which point; then the rest."""
    controls = lesson.controls
    first, second, third, fourth = st.columns(
        [2, 2.4, 1.5, 1], gap="medium", vertical_alignment="bottom"
    )
    with second:
        real = controls.choice("real", REAL[0], REAL)
    with first:
        key = controls.select(f"of_{real}", _FIRST[real], real_space(real, _MOST).keys)
    with third:
        umap = controls.toggle("umap")
    with fourth, st.popover(lesson.texts("more"), width="stretch"):
        k = controls.slider("k", NEIGHBORS, 5, 50, 5)
        # Words have no classes to color by.
        by_trust = real not in _CLASSES or controls.toggle("by_trust")
    return Asked(real, key, k, umap, by_trust)


def show(lesson: OpenLesson, asked: Asked) -> None:
    """Three maps side by side with the point's true neighbors, and how far to trust each."""
    said = lesson.texts
    space = real_space(asked.real, _MOST)
    st.markdown(said("tears_now", key=plain(asked.key), k=asked.k, n=len(space)))
    above = st.container()
    lines = []
    lesson.find(
        key=plain(asked.key), k=asked.k, n=len(space), most=space.dimensions,
        drawn=False, both_lose=False,
    )  # fmt: skip
    for name, place in zip(PROJECTIONS, st.columns(len(PROJECTIONS), gap="medium"), strict=True):
        place.markdown(f"**{PROJECTIONS[name].label}**")
        if PROJECTIONS[name].compiles and not asked.umap:
            place.caption(said("umap.off"))
            continue
        with above:
            drawn = _drawn(asked.real, name)
        with place:
            if drawn is None:
                st.caption(said("drawing"))
            else:
                lines.append(_map(lesson, asked, space, drawn))
    _compare(lesson)
    lesson.meaning_here()
    st.markdown("\n".join([said("table.quality", k=asked.k), "|---|--:|--:|--:|--:|", *lines]))
    st.caption(said("table.note", n=len(space), k=asked.k))
    lesson.open_in(
        "vectors", vectors_sample=LABELS[asked.real], vectors_method="t-SNE", vectors_tool="Trust"
    )


@st.cache_resource(show_spinner=False)
def _shared() -> dict[tuple[str, str], Projection]:
    """Maps that were drawn since the server started: of packaged data, so for everyone."""
    return {}


def _drawn(real: str, method: str) -> Projection | None:
    """The map, or None while it is being drawn; a quick method takes no time."""
    if (real, method) not in _shared():
        do = partial(_project, real, method)
        if PROJECTIONS[method].is_quick:
            do(None, None)
        else:
            label, key = PROJECTIONS[method].label, ("dimensions-map", real, method)
            if work(label, key, do) is None:
                return None
    return _shared().get((real, method))


def _project(
    real: str, method: str, on_progress: OnProgress | None, cancel: Cancel | None
) -> Projection:
    space = real_space(real, _MOST)
    drawn = project(space, method, on_progress=on_progress, cancel=cancel)
    _shared()[real, method] = drawn
    return drawn


@st.cache_resource(show_spinner=False, max_entries=64)
def _quality(real: str, method: str, k: int) -> Quality:
    return quality(real_space(real, _MOST), _shared()[real, method], k, EUCLIDEAN.name, cache=False)


def _map(lesson: OpenLesson, asked: Asked, space: EmbeddingSpace, drawn: Projection) -> str:
    """Draw one map; its line of the table."""
    said = lesson.texts
    label = PROJECTIONS[drawn.method].label
    measured = _quality(asked.real, drawn.method, asked.k)
    away = torn(space, drawn, asked.key, asked.k, EUCLIDEAN.name)
    true = neighbors(space, asked.key, asked.k, EUCLIDEAN.name).keys
    kept = np.array([space.index(key) for key in true if key not in away.keys], np.intp)
    names = _names(asked, space)
    ranked = [
        said("ranked", name=names[row], rank=rank)
        for row, rank in zip(away.rows.tolist(), away.ranks_on_map.tolist(), strict=True)
    ]
    figure = torn_map(
        drawn.coordinates, _colors(asked, space, measured), names,
        space.index(asked.key), kept, away.rows, ranked,
    )  # fmt: skip
    show_chart(figure, f"dimensions-map-{drawn.method}", said("alt.map", method=label))
    st.markdown(_of_point(lesson, away))
    _find(lesson, drawn.method, away, measured)
    return (
        f"| **{label}** | {away.kept} | {measured.trustworthiness:.3f} | "
        f"{measured.continuity:.3f} | {measured.recall:.3f} |"
    )


def _of_point(lesson: OpenLesson, away: Torn) -> str:
    if not away.keys:
        return lesson.texts("of_point.all", k=away.k)
    ranks = away.ranks_on_map
    return lesson.texts(
        "of_point", kept=away.kept, lost=len(away.keys), k=away.k,
        first=int(ranks.min()), last=int(ranks.max()),
    )  # fmt: skip


def _find(lesson: OpenLesson, method: str, away: Torn, measured: Quality) -> None:
    """What the sentences say of one map, as ``pca_lost``, ``tsne_recall`` and so on."""
    found: dict[str, Fact] = {
        "lost": len(away.keys), "recall": measured.recall,
        "trustworthiness": measured.trustworthiness, "continuity": measured.continuity,
    }  # fmt: skip
    if away.keys:
        found["rank"] = float(np.median(away.ranks_on_map))
    lesson.find(**{f"{method}_{name}": value for name, value in found.items()})


def _compare(lesson: OpenLesson) -> None:
    """Once both maps that are always drawn are there."""
    found = lesson.facts
    if "pca_recall" in found and "tsne_recall" in found:
        lesson.find(
            drawn=True,
            both_lose="pca_rank" in found and "tsne_rank" in found,
            tsne_more=round(float(found["tsne_recall"]), 2) > round(float(found["pca_recall"]), 2),
        )


def _colors(asked: Asked, space: EmbeddingSpace, measured: Quality) -> list[str]:
    if asked.by_trust:
        scale = sequential(_STEPS)
        return [scale[round(float(share) * (_STEPS - 1))] for share in measured.per_point]
    return [CATEGORICAL[int(code)] for code in _classes(asked.real, space)]


def _classes(real: str, space: EmbeddingSpace) -> NDArray[np.int64]:
    found = np.unique(space.table[_CLASSES[real]], return_inverse=True)[1]
    return np.asarray(found, np.int64)


def _names(asked: Asked, space: EmbeddingSpace) -> list[str]:
    if asked.real not in _CLASSES:
        return list(space.keys)
    column = space.table[_CLASSES[asked.real]]
    return [f"{key}: {value}" for key, value in zip(space.keys, column, strict=True)]
