"""The walk in an HNSW graph is the one that faiss takes."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.search_cost import graph_of, hnsw, nearest_nodes, walk
from tests.counts import examples


def made(n, d, M, seed):
    vectors = np.random.default_rng(seed).standard_normal((n + 20, d)).astype(np.float32)
    built = hnsw(vectors[:n], M=M, ef_construction=30)
    return vectors[:n], vectors[n:], built


@pytest.fixture(scope="module")
def graph():
    vectors, queries, built = made(1500, 12, 6, 0)
    return vectors, queries, built, graph_of(built.structure)


@pytest.mark.parametrize("ef", [1, 4, 16, 64, 400])
def test_it_finds_what_faiss_finds_at_the_same_cost(graph, ef):
    vectors, queries, built, nodes = graph
    k = min(ef, 10)
    distances, found = built.structure.search(
        queries, k, params=faiss.SearchParametersHNSW(efSearch=ef)
    )
    walks = [walk(nodes, vectors, query, ef, k) for query in queries]
    np.testing.assert_array_equal([item.found for item in walks], found)
    squares = np.square([item.distances for item in walks])
    np.testing.assert_allclose(squares, distances, rtol=1e-5)
    counted = built.comparisons(queries, k, ef)
    assert np.mean([item.comparisons() for item in walks]) == pytest.approx(counted)


@settings(max_examples=examples(15, 150))
@given(st.integers(1, 300), st.integers(2, 6), st.integers(2, 10), st.integers(0, 10**6))
def test_it_is_faiss_walk_on_any_graph(n, d, M, seed):
    vectors, queries, built = made(n, d, M, seed)
    k = min(5, n)
    _, found = built.structure.search(queries, k, params=faiss.SearchParametersHNSW(efSearch=8))
    nodes = graph_of(built.structure)
    for query, row in zip(queries, found, strict=True):
        assert set(walk(nodes, vectors, query, 8, k).found) == set(row[row >= 0].tolist())


def test_floors_hold_fewer_and_fewer(graph):
    _, _, _, nodes = graph
    counts = [len(nodes.on(floor)) for floor in range(nodes.floors)]
    assert counts[0] == 1500
    assert counts == sorted(counts, reverse=True)
    assert nodes.top[nodes.entry] == nodes.floors - 1
    for floor in range(nodes.floors):
        for node in nodes.on(floor)[:50]:
            linked = nodes.neighbors(int(node), floor)
            assert len(linked) <= (12 if floor == 0 else 6)
            assert (nodes.top[linked] >= floor).all()


def test_hops_go_down_and_never_lose_the_best(graph):
    vectors, queries, _, nodes = graph
    taken = walk(nodes, vectors, queries[0], 16)
    floors = [hop.floor for hop in taken.hops]
    assert floors == sorted(floors, reverse=True)
    assert floors[0] == nodes.floors - 1
    best = [hop.best for hop in taken.hops]
    assert best == sorted(best, reverse=True)
    assert taken.hops[0].node == nodes.entry
    for hop in taken.hops:
        away = np.linalg.norm(vectors[hop.node] - queries[0])
        assert hop.distance == pytest.approx(away, rel=1e-6)
        assert len(hop.compared) == len(hop.distances)
    assert len(taken.seen(len(taken.hops))) < len(vectors) / 2
    assert set(taken.found) <= set(taken.seen(len(taken.hops)))
    assert taken.seen(0) == ()


def test_a_wide_beam_finds_the_truth():
    """With few links a node may be one that no other links to; with many, none was."""
    vectors, queries, built = made(1500, 12, 24, 0)
    nodes = graph_of(built.structure)
    for query in queries[:5]:
        truth = np.argsort(np.linalg.norm(vectors - query, axis=1))[:10]
        assert list(walk(nodes, vectors, query, 600).found) == truth.tolist()


@pytest.mark.parametrize(("k", "ef"), [(0, 5), (5, 0)])
def test_nothing_to_look_for_is_named(graph, k, ef):
    vectors, queries, _, nodes = graph
    with pytest.raises(InvalidParameterError, match=f"k={k}, ef={ef}"):
        walk(nodes, vectors, queries[0], ef, k)


def test_the_truth_is_scikit_learns_and_the_first_hop_stands_at_the_entry(graph):
    from sklearn.neighbors import NearestNeighbors

    vectors, queries, _, nodes = graph
    exact = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(vectors)
    truth = exact.kneighbors(queries, return_distance=False)
    np.testing.assert_array_equal([nearest_nodes(vectors, query, 10) for query in queries], truth)
    first = walk(nodes, vectors, queries[0], 4, 4).hops[0]
    assert first.node == nodes.entry
    away = np.linalg.norm(vectors[nodes.entry].astype(float) - queries[0])
    assert first.distance == pytest.approx(away)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("type_size", [13, 18])
def test_names_on_the_map_cover_neither_each_other_nor_the_border(
    seed: int, type_size: int
) -> None:
    from embedviz.search_cost import graph_of, hnsw, nearest_nodes
    from embedviz.search_cost.walk_picture import walk_map

    random = np.random.default_rng(seed)
    places = random.normal(size=(300, 2)).astype(np.float32)
    target = places[7] + np.float32(0.01)
    graph = graph_of(hnsw(places, M=4, ef_construction=20).structure)
    taken = walk(graph, places, target, ef=8, k=5)
    keys = [f"word-{row}" for row in range(300)]
    names = {name: name for name in ("rest", "floor", "seen", "path", "here", "query", "found")}
    assert set(nearest_nodes(places, target, 5)) & set(taken.found)  # names stand close together
    for hops in range(len(taken.hops) + 1):
        figure = walk_map(places, target, keys, graph, taken, hops, names, type_size)
        (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range
        boxes = []
        for trace in figure.data:
            if "text" not in (trace.mode or ""):
                continue
            sides = trace.textposition
            for at, text in enumerate(trace.text):
                if not text:
                    continue
                side = sides if isinstance(sides, str) else sides[at]
                width, height = 0.6 * type_size * len(text), 1.2 * type_size
                x = (trace.x[at] - left) / (right - left) * 560
                y = (trace.y[at] - low) / (high - low) * 240
                x += 9 * (("right" in side) - ("left" in side)) - width * (
                    0.5 if "center" in side else "left" in side
                )
                y += 9 * (("top" in side) - ("bottom" in side)) - height * (
                    0.5 if "middle" in side else "bottom" in side
                )
                boxes.append((x, y, x + width, y + height))
        assert boxes
        for place, (x, y, to_x, to_y) in enumerate(boxes):
            assert min(x, y) > -1
            assert to_x < 561
            assert to_y < 241
            for other in boxes[:place]:
                apart = x >= other[2] or other[0] >= to_x or y >= other[3] or other[1] >= to_y
                assert apart, (hops, boxes)
