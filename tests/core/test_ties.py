"""Distances that are exactly equal: they cost nothing, and no more time or memory than others."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from embedviz.groups import cluster
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.trust import false_neighbors, hubness, kept_by_components, quality, torn
from embedviz.trust.nearest import nearest_rows
from embedviz.trust.nearness import FullNearness
from embedviz.trust.places import in_common, places_of
from embedviz.trust.ranking import Ranking
from tests.counts import examples


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


def map_of(space: EmbeddingSpace, coordinates) -> Projection:
    return Projection(coordinates, space, "mine", n_components=2, metric="euclidean")


def measured(vectors, coordinates, k: int, metric: str = "euclidean") -> np.ndarray:
    """Trustworthiness, continuity and recall of each point, of shape (3, n)."""
    space = space_of(vectors)
    found = quality(space, map_of(space, coordinates), k, metric, cache=False)
    return np.stack([found.per_point_trustworthiness, found.per_point_continuity, found.per_point])


def by_definition(full: np.ndarray, flat: np.ndarray, k: int) -> np.ndarray:
    """The same from all distances (n, n), as the docstring of ``quality`` says it."""
    n = len(full)
    scale = 2 / (k * (2 * n - 3 * k - 1))
    found = np.empty((3, n))
    for i in range(n):
        there, here = np.delete(full[i], i), np.delete(flat[i], i)
        true_ranks = 1 + (there[:, None] > there).sum(axis=1)
        map_ranks = 1 + (here[:, None] > here).sum(axis=1)
        # On the map: all nearer ones, and an equal share of each that is as near as the k-th.
        last = np.sort(here)[k - 1]
        weight = (here < last) + (here == last) * (k - (here < last).sum()) / (here == last).sum()
        found[0, i] = 1 - scale * (weight * np.maximum(true_ranks - k, 0)).sum()
        # In the full space: of those as near as the k-th the ones that lie best on the map.
        last = np.sort(there)[k - 1]
        costs = np.maximum(map_ranks - k, 0)
        free = k - (there < last).sum()
        best = np.sort(costs[there == last])[:free]
        found[1, i] = 1 - scale * (costs[there < last].sum() + best.sum())
        found[2, i] = weight[there < last].sum() + min(weight[there == last].sum(), free)
    found[2] /= k
    return found


# Few whole numbers: some points are copies, and many distances tie without copies.
@st.composite
def tied(draw):
    n = draw(st.integers(7, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    steps = draw(st.sampled_from([1.0, 0.1, 1000.0]))
    vectors = rng.integers(0, draw(st.integers(1, 4)), (n, draw(st.integers(1, 4)))) * steps
    if draw(st.booleans()):
        vectors = np.unique(vectors, axis=0)[
            rng.integers(0, 7, n) % len(np.unique(vectors, axis=0))
        ]
    flat = (
        rng.integers(0, 4, (n, 2)).astype(float) if draw(st.booleans()) else rng.normal(size=(n, 2))
    )
    return vectors.astype(np.float32), flat.astype(np.float32), draw(st.integers(1, (n - 1) // 2))


@settings(max_examples=examples(60, 1000), deadline=None)
@given(tied())
def test_every_number_is_its_definition(case):
    vectors, flat, k = case
    full = cdist(vectors.astype(np.float64), vectors.astype(np.float64), "sqeuclidean")
    drawn = cdist(flat.astype(np.float64), flat.astype(np.float64), "sqeuclidean")
    np.testing.assert_allclose(measured(vectors, flat, k), by_definition(full, drawn, k), atol=1e-9)


@settings(max_examples=examples(20, 300), deadline=None)
@given(tied(), st.integers(0, 1000), st.sampled_from(["euclidean", "dot"]))
def test_the_order_of_the_rows_changes_nothing(case, seed, metric):
    vectors, flat, k = case
    order = np.random.default_rng(seed).permutation(len(vectors))
    before, after = (
        measured(vectors, flat, k, metric),
        measured(vectors[order], flat[order], k, metric),
    )
    np.testing.assert_allclose(after, before[:, order], atol=1e-9)
    counts = hubness(space_of(vectors), k, metric).counts
    np.testing.assert_allclose(
        hubness(space_of(vectors[order]), k, metric).counts, counts[order], atol=1e-8
    )
    assert counts.mean() == pytest.approx(k)


def seven_days(copies: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return np.repeat(rng.normal(size=(7, 7)), copies, axis=0), np.repeat(
        rng.normal(size=(7, 2)) * 100, copies, axis=0
    )


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "correlation", "dot"])
@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_a_map_that_keeps_the_places_apart_is_perfect(metric, spread):
    vectors, flat = seven_days()
    if metric == "dot":  # its own copies are nearest where all have one length
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    flat = flat + spread * np.random.default_rng(1).normal(size=flat.shape)
    order = np.random.default_rng(2).permutation(len(flat))
    assert (measured(vectors[order], flat[order], 15, metric) == 1).all()


def test_two_copies_among_the_nearest_of_others_count_whole():
    """k runs out between the copies of another point: either of them is right."""
    vectors = np.array([[0.0], [1], [3], [3], [7], [9]])
    flat = np.array([[0.0, 0], [1, 0], [3, 0], [3.1, 0], [7, 0], [9, 0]])
    assert (measured(vectors, flat, 2) == 1).all()


def test_drawing_everything_in_one_place_wins_nothing():
    vectors = np.random.default_rng(0).normal(size=(60, 5))
    found = measured(vectors, np.zeros((60, 2)), 10)
    np.testing.assert_allclose(found[2], 10 / 59)
    assert found[0].mean() < 0.6


def test_hubs_are_not_the_first_rows():
    vectors, _ = seven_days()
    found = hubness(space_of(vectors), 10, "euclidean")
    np.testing.assert_array_equal(found.counts, 10)
    assert (found.skewness, found.hubs, found.antihubs) == (0.0, (), ())
    # A copy of a hub is one as well: they share what the one had.
    rng = np.random.default_rng(3)
    deep = rng.normal(size=(200, 60))
    hub = int(np.argmax(hubness(space_of(deep), 5).counts))
    twice = hubness(space_of(np.vstack([deep, deep[hub]])), 5).counts
    assert twice[hub] == twice[-1]


def test_nearest_rows_are_in_the_order_of_the_rows_where_they_tie():
    vectors, _ = seven_days(4)
    for metric in ("euclidean", "dot"):
        full = FullNearness(vectors.astype(np.float32), metric)
        rows = np.arange(len(vectors))
        exact = full.exact(np.repeat(rows, len(rows)), np.tile(rows, len(rows)))
        exact = exact.reshape(len(rows), -1)
        np.fill_diagonal(exact, np.inf)
        np.testing.assert_array_equal(
            nearest_rows(Ranking.of_space(vectors.astype(np.float32), metric), 9),
            np.argsort(exact, axis=1, kind="stable")[:, :9],
        )


def test_torn_and_false_neighbors_are_none_where_copies_stay_together():
    vectors, flat = seven_days(20)
    space = space_of(vectors)
    drawn = map_of(space, flat)
    assert torn(space, drawn, "k3", 10).kept == 10
    assert false_neighbors(space, drawn, "k3", 10).keys == ()


def test_components_that_keep_the_places_apart_keep_all_neighbors():
    vectors, _ = seven_days(20)
    assert kept_by_components(space_of(vectors), [7, 3], 12).recall.tolist() == [1.0, 1.0]


def test_copies_are_worked_out_once(monkeypatch):
    """Distances looked at: those between 7 places, not between 420 points."""
    seen: list[int] = []
    block = FullNearness.block
    monkeypatch.setattr(
        FullNearness,
        "block",
        lambda self, rows: seen.append(len(rows) * len(self)) or block(self, rows),
    )
    vectors, flat = seven_days()
    measured(vectors, flat, 15)
    hubness(space_of(vectors), 10, "euclidean")
    assert sum(seen) < 1_000


@pytest.mark.parametrize("steps", [1.0, 0.1])
def test_ties_without_copies_are_looked_at_once_for_each_point(steps, monkeypatch):
    """All 1,024 corners of a cube: a distance is shared by up to 252 of them."""
    looked: list[int] = []
    exact = FullNearness.exact
    monkeypatch.setattr(
        FullNearness,
        "exact",
        lambda self, rows, columns: looked.append(len(rows)) or exact(self, rows, columns),
    )
    corners = ((np.arange(1024)[:, None] >> np.arange(10)) & 1) * steps
    flat = np.random.default_rng(0).normal(size=(1024, 2))
    tracemalloc.start()
    measured(corners, flat, 15)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(looked) < (3 if steps == 0.1 else 0.1) * 1024**2
    assert most < 150e6


@pytest.mark.parametrize(("method", "params"), [("kmeans", {"n_clusters": 7}), ("hdbscan", {})])
def test_groups_of_copies_are_their_places(method, params):
    vectors, _ = seven_days()
    found = cluster(space_of(vectors), method, **params)
    assert found.sizes.tolist() == [60] * 7
    assert in_common(found.labels[:, None], np.repeat(np.arange(7), 60)[:, None]).all()


def test_more_groups_than_places_are_not_made_and_it_says_so(recwarn):
    vectors, _ = seven_days()
    found = cluster(space_of(vectors), "kmeans", n_clusters=8)
    assert found.sizes.tolist() == [60] * 7
    assert "8 groups were asked for, but only 7 points differ: 7 groups." in found.works_on
    assert "differ" not in cluster(space_of(vectors), "kmeans", n_clusters=7).works_on
    assert [warning for warning in recwarn if "cluster" in str(warning.message)] == []


def test_places_are_numbered_in_the_order_of_the_points():
    points = np.array([[1.0, 0.0], [2, 0], [1, -0.0], [3, 0], [2, 0]], np.float32)
    places = places_of(points)
    assert places.of.tolist() == [0, 1, 0, 2, 1]
    assert places.first.tolist() == [0, 1, 3]
    assert places.counts.tolist() == [2, 2, 1]
    rows, source = places.members(np.array([1, 0]))
    assert (rows.tolist(), source.tolist()) == ([1, 4, 0, 2], [0, 0, 1, 1])


def test_in_common_counts_repeated_numbers():
    first = np.array([[5, 5, 2], [1, 2, 3]])
    second = np.array([[5, 5, 5], [3, 1, 9]])
    assert in_common(first, second).tolist() == [2, 2]
