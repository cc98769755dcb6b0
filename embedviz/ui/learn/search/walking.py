"""Part three: one search in a small graph of real words, hop by hop on a map."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.projections import project
from embedviz.projections.pca import PCA_METHOD
from embedviz.search_cost import HnswGraph, Walk, graph_of, hnsw, nearest_nodes, walk
from embedviz.search_cost.trial import unit_vectors
from embedviz.search_cost.walk_picture import walk_map
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.search.data import MODEL
from embedviz.ui.learn.teacher import teaching
from embedviz.ui.learn.texts import Fact
from embedviz.ui.messages import plain
from embedviz.ui.server import packaged_model
from embedviz.word_model import as_space

COUNTS = (500, 1_000, 2_000)
K = 5
_M, _CONSTRUCTION = 8, 40
_BEAMS = (5, 8, 16, 32, 64)
_SMALL, _LARGE = 13, 18  # pixels of the type, as the charts' own
_NOT_WORDS = 30  # the most frequent keys are mostly punctuation and articles


@dataclass(frozen=True)
class Ground:
    """The graph's words, without the query; where they and the query stand on the map."""

    space: EmbeddingSpace
    vectors: NDArray[np.float32]
    query: NDArray[np.float32]
    graph: HnswGraph
    places: NDArray[Any]
    target: NDArray[Any]
    kept: float


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    word: str
    ground: Ground
    walk: Walk
    hop: int
    beam: int


def choose(lesson: OpenLesson) -> Asked:
    """The hop; before it the query, the words and the beam, which decide how many there are."""
    controls = lesson.controls
    main, second, third, fourth = st.columns([5, 2, 3, 3], gap="medium")
    with second:
        word = controls.text("word", "tennis", 40).strip().lower()
    with third:
        count = controls.steps("count", COUNTS[1], COUNTS)
    with fourth:
        ef = controls.steps("beam", _BEAMS[1], _BEAMS)
    ground = _ground(_known(word), count)
    taken = walk(ground.graph, ground.vectors, ground.query, ef, K)
    with main:
        most = len(taken.hops)
        hop = controls.slider("hop", 0, 0, most, 1)
    return Asked(word, ground, taken, hop, ef)


def _known(word: str) -> str:
    space = as_space(packaged_model(MODEL))
    space.index(word)  # raises, and names the nearest spellings
    return word


@st.cache_resource(show_spinner=False, max_entries=32)
def _ground(word: str, count: int) -> Ground:
    """The words but for the query, their graph and their map."""
    space = as_space(packaged_model(MODEL))
    rows = [row for row in range(_NOT_WORDS, _NOT_WORDS + count + 1) if space.keys[row] != word]
    taken = space.take(np.array(rows[:count]))
    vectors, query = unit_vectors(taken.vectors), unit_vectors(space.vectors[[space.index(word)]])
    built = hnsw(vectors, _M, _CONSTRUCTION)
    units = EmbeddingSpace(taken.keys, vectors)
    drawn = project(units, PCA_METHOD.name, cache=False)
    target = drawn.transform(EmbeddingSpace([word], query))[0]
    share = drawn.coordinates.var(axis=0).sum() / vectors.var(axis=0).sum()
    return Ground(
        taken, vectors, query[0], graph_of(built.structure), drawn.coordinates, target, float(share)
    )


def show(lesson: OpenLesson, asked: Asked) -> None:
    """The map with the hops so far, and what each of them found."""
    said, ground = lesson.texts, asked.ground
    lesson.open_in("words", word=asked.word, model=MODEL)
    left, right = st.columns([7, 4], gap="medium")
    with left:
        names = {name: said(f"walk.{name}") for name in _NAMES}
        names["query"] = f"“{escape(asked.word)}”"
        figure = walk_map(
            ground.places,
            ground.target,
            ground.space.keys,
            ground.graph,
            asked.walk,
            asked.hop,
            names,
            _LARGE if teaching() else _SMALL,
        )
        show_chart(figure, "search-walk", said("alt.walk"))
    with right:
        _state(lesson, asked)
    lesson.find(**_facts(asked))
    lesson.meaning_here()
    st.caption(said("walk.caption", kept=ground.kept, d=ground.vectors.shape[1]))


def _facts(asked: Asked) -> dict[str, Fact]:
    """Where the search stands, what it has looked at, and how long the links are."""
    ground, taken, hop = asked.ground, asked.walk, asked.hop
    truth = nearest_nodes(ground.vectors, ground.query, K)
    done = taken.hops[:hop]
    lengths = {upper: _mean_link(ground, upper) for upper in (True, False)}
    right = len(set(truth) & set(taken.found))
    return {
        "n": len(ground.vectors), "k": K, "ef": max(asked.beam, K), "hop": hop,
        "begins": not hop, "ended": hop == len(taken.hops), "floor": ground.graph.floors - 1,
        "above": sum(each.floor > 0 for each in done), "seen": len(taken.seen(hop)),
        "best": done[-1].best if done else taken.hops[0].distance,
        "right": right, "missed": right < K, "upper": len(ground.graph.on(1)),
        "upper_link": lengths[True], "ground_link": lengths[False],
        "longer": lengths[True] > lengths[False],
    }  # fmt: skip


def _mean_link(ground: Ground, upper: bool) -> float:
    """The mean length of the links on the upper floors, or of those on the ground floor."""
    floors = range(1, ground.graph.floors) if upper else (0,)
    away = [
        np.linalg.norm(
            ground.vectors[ground.graph.neighbors(node, floor)] - ground.vectors[node], axis=1
        )
        for floor in floors
        for node in (ground.graph.on(floor).tolist() if floor else range(len(ground.vectors)))
    ]
    return float(np.concatenate(away).mean()) if away else 0.0


_NAMES = ("rest", "floor", "seen", "path", "here", "found")


def _state(lesson: OpenLesson, asked: Asked) -> None:
    said, ground, taken = lesson.texts, asked.ground, asked.walk
    n, hops = len(ground.vectors), taken.hops
    seen = len(taken.seen(asked.hop))
    first, second = st.columns(2)
    here = hops[asked.hop - 1] if asked.hop else None
    floor = here.floor if here else ground.graph.floors - 1
    first.metric(said("hop.now"), f"{asked.hop} / {len(hops)}")
    second.metric(said("floor"), f"{floor}", help=said("floor.help", floors=ground.graph.floors))
    first.metric(said("visited"), f"{seen:,} / {n:,}", help=said("visited.help"))
    nearest = here.best if here else hops[0].distance  # the first hop stands at the entry
    second.metric(said("nearest"), f"{nearest:.3f}", help=said("nearest.help"))
    st.markdown(_sentence(lesson, asked))
    if asked.hop == len(hops):
        _found(lesson, asked)


def _sentence(lesson: OpenLesson, asked: Asked) -> str:
    """What this hop does, in words."""
    said, keys, graph = lesson.texts, asked.ground.space.keys, asked.ground.graph
    if not asked.hop:
        return said("hop.start", entry=plain(keys[graph.entry]), floor=graph.floors - 1)
    hop = asked.walk.hops[asked.hop - 1]
    node = plain(keys[hop.node])
    if not hop.compared:
        return said("hop.empty", node=node)
    at = int(np.argmin(hop.distances))
    values = {
        "node": node, "count": len(hop.compared), "best": plain(keys[hop.compared[at]]),
        "distance": hop.distances[at], "own": hop.distance,
    }  # fmt: skip
    if hop.floor:
        return said("hop.on" if hop.distances[at] < hop.distance else "hop.down", **values)
    return said("hop.beam", **values)


def _found(lesson: OpenLesson, asked: Asked) -> None:
    """The answer beside the truth."""
    said, ground = lesson.texts, asked.ground
    truth = nearest_nodes(ground.vectors, ground.query, K)
    keys = ground.space.keys
    found = ", ".join(f"**{plain(keys[row])}**" for row in asked.walk.found)
    right = len(set(truth) & set(asked.walk.found))
    st.markdown(said("walk.answer", found=found, right=right, k=K))
    missed = [plain(keys[row]) for row in truth if row not in asked.walk.found]
    if missed:
        st.markdown(said("walk.missed", missed=", ".join(missed)))
