"""The reduced index: when it works with shadows, when it does not, and what it promises."""

import dataclasses
import threading

import numpy as np
import pytest

from embedviz.errors import CancelledError
from embedviz.indexes.directions import leading_directions
from embedviz.indexes.exact import ExactIndex, shortcuts_of
from embedviz.indexes.reduced import ReducedIndex
from embedviz.indexes.shadows import Shadows, exactly
from embedviz.indexes.short_list import ShortList
from embedviz.metrics import METRICS
from embedviz.space import EmbeddingSpace

SERVED = [name for name, metric in METRICS.items() if not metric.centers]


def made(vectors):
    return EmbeddingSpace([f"w{row}" for row in range(len(vectors))], vectors)


def clustered(n=4000, d=320, seed=1):
    random = np.random.default_rng(seed)
    hidden = random.standard_normal((30, 150)) / np.sqrt(30)
    last = random.standard_normal((150, d)) / np.sqrt(150)
    centers = random.standard_normal((40, 30))
    latent = centers[random.integers(40, size=n)] + 0.6 * random.standard_normal((n, 30))
    vectors = np.maximum(np.maximum(latent @ hidden, 0) @ last, 0)
    return (vectors + 0.01 * random.random((n, d))).astype(np.float32)


@pytest.fixture(scope="module")
def space():
    return made(clustered())


@pytest.fixture(scope="module")
def index(space):
    return ReducedIndex(space)


def test_leading_directions_are_those_of_the_decomposition():
    random = np.random.default_rng(0)
    vectors = (random.standard_normal((3000, 40)) * 0.8 ** np.arange(40)).astype(np.float32)
    norms = np.linalg.norm(vectors, axis=1)
    found = leading_directions(vectors, norms, 6, seed=0)
    _, _, expected = np.linalg.svd(vectors / norms[:, None], full_matrices=False)
    np.testing.assert_allclose(found.T @ found, np.eye(6), atol=1e-5)
    np.testing.assert_allclose(np.abs(np.diag(expected[:6] @ found)), 1, atol=1e-3)


def test_a_giant_decides_no_direction():
    vectors = clustered(2000)
    norms = np.linalg.norm(vectors, axis=1)
    giant = vectors.copy()
    giant[7] *= 1e6
    plain = leading_directions(vectors, norms, 5, seed=0)
    found = leading_directions(giant, np.linalg.norm(giant, axis=1), 5, seed=0)
    np.testing.assert_allclose(np.abs(np.diag(plain.T @ found)), 1, atol=1e-3)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_no_stand_in_is_worse_than_the_truth(space, metric):
    """What the docstring promises where the rests count: it is a bound, not only a guess."""
    directions = leading_directions(space.vectors, space.norms, 60, seed=0)
    shadows = Shadows(space.vectors, space.norms, directions)
    query = clustered(4001)[-1].astype(np.float64)
    full = shortcuts_of(space).of(metric, query[None])
    truth = METRICS[metric].between(query, space.vectors)
    if metric == "euclidean":
        truth = query @ query - truth**2
    standins = shadows.of(metric, full).one(0)
    assert (standins - truth).min() >= -1e-4 * np.abs(truth).max()
    assert np.corrcoef(standins, truth)[0, 1] > 0.95


def test_it_really_is_smaller_and_short_listed(space, index):
    assert index.dimensions == 64
    assert set(index.candidates) == set(SERVED)
    assert max(index.candidates.values()) <= 200
    assert min(index.recall.values()) >= 0.99
    assert index.nbytes < space.nbytes / 4


def test_what_takes_means_away_compares_all(space, index):
    """Its directions would be others: the answer is the exact index's, at its cost."""
    found = index.search(space.vectors[:30], 10, "correlation")
    expected = ExactIndex(space).search(space.vectors[:30], 10, "correlation")
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("metric", SERVED)
def test_the_whole_vectors_are_read_for_few_rows_only(space, index, metric, monkeypatch):
    from embedviz.indexes import reduced

    sizes = []
    score = reduced.nearest_of

    def watched(vectors, rows, *given):
        sizes.append(len(rows))
        return score(vectors, rows, *given)

    monkeypatch.setattr(reduced, "nearest_of", watched)
    index.search(space.vectors[:30], 10, metric)
    assert len(sizes) >= 25  # the rest may stick out of the directions
    assert max(sizes) <= index.candidates[metric]


def test_a_short_list_is_no_longer_than_it_should_be(space):
    """Where the whole vectors rule nothing out, the list ends at its count, ties by row."""
    shadows = Shadows(space.vectors, space.norms, np.eye(space.dimensions, 9, dtype=np.float32))
    full = shortcuts_of(space).of("cosine", space.vectors[:9].astype(np.float64))
    short = dataclasses.replace(shadows.of("cosine", full), errors=np.full(9, 0.02))
    nothing_known = dataclasses.replace(full, errors=np.full(9, np.inf))
    lists = ShortList(space.vectors, short, nothing_known, 70, 10)
    for query in range(9):
        expected = np.lexsort((np.arange(len(space)), -exactly(short, query, slice(None))))[:70]
        for found in (lists.of(range(query, query + 1))[0], lists.of(range(9))[query]):
            np.testing.assert_array_equal(found, np.sort(expected))


def test_the_same_seed_gives_the_same_index(space, index):
    again = ReducedIndex(space, seed=0)
    assert (again.candidates, again.recall) == (index.candidates, index.recall)
    queries = clustered(4040)[-40:]
    np.testing.assert_array_equal(again.search(queries, 10)[0], index.search(queries, 10)[0])


@pytest.mark.parametrize("metric", METRICS)
def test_a_query_unlike_the_vectors_is_answered_exactly(space, index, metric):
    queries = np.random.default_rng(3).standard_normal((30, space.dimensions))
    rows, scores = index.search(queries, 10, metric)
    expected, expected_scores = ExactIndex(space).search(queries, 10, metric)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_array_equal(scores, expected_scores)


def test_strange_and_usual_queries_keep_their_places(space, index):
    strange = np.random.default_rng(3).standard_normal((6, space.dimensions))
    mixed = np.stack([strange, clustered(4006)[-6:]], axis=1).reshape(12, -1)
    seen = []
    rows, scores = index.search(mixed, 5, on_progress=seen.append)
    for place, query in enumerate(mixed):
        alone, alone_scores = index.search(query[None], 5)
        np.testing.assert_array_equal(rows[place], alone[0])
        np.testing.assert_allclose(scores[place], alone_scores[0], rtol=1e-12)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


REFUSED = {
    "no leading directions": lambda: np.random.default_rng(0).standard_normal((3000, 256)),
    "few vectors": lambda: clustered(900),
    "short vectors": lambda: clustered(3000, d=200),
    "all zero": lambda: np.zeros((1500, 256)),
    "beyond float32's squares": lambda: clustered(1500, d=256) * np.float32(1e25),
    "empty": lambda: np.zeros((0, 256)),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("metric", METRICS)
def test_where_shadows_save_nothing_every_vector_is_compared(kind, metric):
    space = made(REFUSED[kind]())
    index = ReducedIndex(space)
    assert index.dimensions == 0
    assert index.candidates == {}
    assert set(index.recall.values()) == {1.0}
    queries = np.random.default_rng(1).standard_normal((3, space.dimensions))
    rows, scores = index.search(queries, 7, metric)
    expected, expected_scores = ExactIndex(space).search(queries, 7, metric)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_array_equal(scores, expected_scores)


def test_many_neighbors_are_found_exactly(space, index):
    queries = clustered(4003)[-3:]
    rows, _ = index.search(queries, 1500)
    np.testing.assert_array_equal(rows, ExactIndex(space).search(queries, 1500)[0])


def test_copies_come_in_the_order_of_rows():
    vectors = np.tile(clustered(1000), (3, 1))
    index = ReducedIndex(made(vectors))
    assert index.dimensions
    rows, scores = index.search(vectors[:40], 3)
    np.testing.assert_array_equal(rows, np.arange(40)[:, None] + [0, 1000, 2000])
    assert (scores == scores[:, :1]).all()


def test_building_stops_when_asked(space):
    stop = threading.Event()
    with pytest.raises(CancelledError):
        ReducedIndex(space, on_progress=lambda _: stop.set(), cancel=stop)
