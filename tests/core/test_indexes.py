"""Indexes: what float32 arithmetic alone would get wrong, and what they must leave alone."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import embedviz as ev
from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.indexes import INDEXES, index_of
from embedviz.indexes.approximate import ApproximateIndex
from embedviz.indexes.candidates import Candidates
from embedviz.indexes.shortcuts import Shortcuts
from embedviz.metrics import METRICS
from embedviz.space import EmbeddingSpace

Q = 20  # enough queries to be answered together
EXACT = [name for name, index in INDEXES.items() if index.exact]
APPROXIMATE = [name for name, index in INDEXES.items() if not index.exact]


def made(vectors):
    return EmbeddingSpace([f"w{row}" for row in range(len(vectors))], vectors)


@pytest.fixture(scope="module")
def features():
    """4,000 × 320 like a network's features, never negative, and 40 more that are not in it."""
    random = np.random.default_rng(8)
    centers = random.standard_normal((60, 40))
    hidden = random.standard_normal((40, 200)) / np.sqrt(40)
    last = random.standard_normal((200, 320)) / np.sqrt(200)
    latent = centers[random.integers(60, size=4040)] + 0.6 * random.standard_normal((4040, 40))
    vectors = np.maximum(np.maximum(latent @ hidden, 0) @ last + 0.1, 0).astype(np.float32)
    return made(vectors[:4000]), vectors[4000:]


@pytest.fixture(scope="module")
def nearest(features):
    """The 50 nearest rows to each query, by plain float64 arithmetic; by metric."""
    space, queries = features
    found = {}
    for name, metric in METRICS.items():
        scores = np.stack([metric.between(query, space.vectors) for query in queries])
        found[name] = np.argsort(scores if metric.is_distance else -scores, kind="stable")[:, :50]
    return found


def awkward(kind):
    random = np.random.default_rng(3)
    plain = random.standard_normal((700, 50))
    return {
        "far from the origin": plain * 1e-3 + 1000,
        "products overflow float32": plain * 1e25,
        "lengths overflow float32": plain * 1e38,
        "products vanish in float32": plain * 1e-30,
        "denormal": plain * 1e-42,
        "one giant": np.vstack([plain, plain[:1] * 1e6]),
        "some zeros": plain * (np.arange(700) % 3 > 0)[:, None],
        "whole numbers": random.integers(-1, 2, (700, 50)),
        "alike": 1 + plain * 1e-6,
    }[kind].clip(-3e38, 3e38)


KINDS = [
    "far from the origin", "products overflow float32", "lengths overflow float32",
    "products vanish in float32", "denormal", "one giant", "some zeros", "whole numbers", "alike",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", EXACT)
def test_awkward_numbers_get_the_float64_answer(index, metric, kind):
    space = made(awkward(kind))
    queries = space.vectors[1 : 1 + Q].astype(np.float64) * 1.25
    rows, scores = INDEXES[index](space).search(queries, 9, metric)
    for query, found, given in zip(queries, rows, scores, strict=True):
        exact = METRICS[metric].between(query, space.vectors)
        ordered = np.sort(exact if METRICS[metric].is_distance else -exact)[:9]
        expected = ordered if METRICS[metric].is_distance else -ordered
        np.testing.assert_allclose(given, expected, rtol=1e-11)
        np.testing.assert_allclose(given, exact[found], rtol=1e-11)
        assert len(set(found)) == 9


@pytest.mark.parametrize("k", [1, 10, 50])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", APPROXIMATE)
def test_approximate_ones_miss_at_most_two_in_a_hundred(features, nearest, index, metric, k):
    space, queries = features
    rows, _ = index_of(space, index).search(queries, k, metric)
    truth = nearest[metric][:, :k]
    found = [len(set(row) & set(true)) for row, true in zip(rows, truth, strict=True)]
    assert sum(found) >= 0.98 * k * len(queries)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", INDEXES)
def test_scores_are_exact_and_in_order(features, index, metric):
    space, queries = features
    rows, scores = index_of(space, index).search(queries, 12, metric)
    for query, found, given in zip(queries, rows, scores, strict=True):
        exact = METRICS[metric].between(query, space.vectors[found])
        np.testing.assert_allclose(given, exact, rtol=1e-12)
        worse = np.diff(given) if METRICS[metric].is_distance else -np.diff(given)
        assert (worse >= 0).all()
        assert len(set(found)) == 12


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", INDEXES)
def test_features_together_as_alone(features, index, metric):
    space, queries = features
    searched = index_of(space, index)
    rows, scores = searched.search(queries, 12, metric)
    for row, query in enumerate(queries):
        alone, alone_scores = searched.search(query[None], 12, metric)
        np.testing.assert_array_equal(rows[row], alone[0])
        np.testing.assert_allclose(scores[row], alone_scores[0], rtol=1e-12)


@pytest.mark.parametrize("index", INDEXES)
def test_every_index_says_what_it_costs(features, index):
    space, _ = features
    seen = []
    built = INDEXES[index](space, on_progress=seen.append)
    assert INDEXES[index].label
    assert INDEXES[index].help
    assert built.build_seconds >= 0
    assert 0 < built.nbytes < 2 * space.nbytes  # at most a copy, and what finds the way in it
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


@pytest.mark.parametrize("index", INDEXES)
def test_threads_get_the_same_answers(features, index):
    space, queries = features
    searched = index_of(space, index)
    expected, _ = searched.search(queries, 5)
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda query: searched.search(query[None], 5)[0][0], queries))
    np.testing.assert_array_equal(asked, expected)


@pytest.mark.parametrize("index", INDEXES)
def test_an_index_is_built_once_for_all_threads(features, index, monkeypatch):
    space = features[0].take(range(2000))
    kind = INDEXES[index]
    building = []

    def slowly(*given, **options):
        building.append(given)
        threading.Event().wait(0.05)
        return kind(*given, **options)

    monkeypatch.setitem(INDEXES, index, slowly)
    with ThreadPoolExecutor(3) as pool:
        built = list(pool.map(lambda _: index_of(space, index), range(3)))
    assert len(building) == 1
    assert built[0] is built[1] is built[2]


def test_unknown_index_is_named():
    with pytest.raises(InvalidParameterError, match=r"'annoy'.*'exact'.*'hnsw'"):
        index_of(made(np.eye(3)), "annoy")
    with pytest.raises(InvalidParameterError, match=r"'annoy'.*'exact'.*'hnsw'"):
        ev.neighbors(made(np.eye(3)), "w0", index="annoy")


@pytest.mark.parametrize("index", INDEXES)
def test_neighbors_asks_the_index_it_is_told(features, index):
    space, queries = features
    rows, scores = index_of(space, index).search(queries[:3], 4, "euclidean")
    found = ev.neighbors(space, queries[:3], k=4, metric="euclidean", index=index)
    np.testing.assert_array_equal(found.rows, rows)
    np.testing.assert_array_equal(found.scores, scores)
    assert "w5" not in ev.neighbors(space, "w5", index=index).keys


@pytest.fixture(scope="module")
def clouds():
    """Vectors among which a graph and cells pay, for every metric."""
    random = np.random.default_rng(0)
    centers = random.standard_normal((40, 24))
    vectors = centers[random.integers(40, size=3000)] + 0.5 * random.standard_normal((3000, 24))
    return made(vectors * random.uniform(0.9, 1.1, (3000, 1)))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", INDEXES)
def test_together_as_alone(clouds, index, metric):
    space = clouds
    searched = index_of(space, index)
    rows, scores = searched.search(space.vectors[:Q], 12, metric)
    if isinstance(searched, ApproximateIndex):
        assert searched.effort[metric] > 0  # it was the structure that answered
    for row in range(Q):
        alone, alone_scores = searched.search(space.vectors[row : row + 1], 12, metric)
        np.testing.assert_array_equal(rows[row], alone[0])
        np.testing.assert_allclose(scores[row], alone_scores[0], rtol=1e-12, atol=1e-12)


@pytest.fixture(scope="module")
def copies():
    """1,001 vectors of three kinds."""
    return made(np.random.default_rng(1).standard_normal((3, 50))[np.arange(1001) % 3])


@pytest.mark.parametrize("queries", [1, Q])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", INDEXES)
def test_equal_vectors_come_in_the_order_of_rows(copies, index, metric, queries):
    asked = np.random.default_rng(2).standard_normal((queries, 50))
    rows, scores = index_of(copies, index).search(asked, 1001, metric)
    for found, given in zip(rows, scores, strict=True):
        kind_of = found % 3
        assert sorted(found) == list(range(1001))
        assert (np.diff(kind_of) != 0).sum() == 2  # three runs, one for each vector
        for kind in range(3):
            assert (np.diff(found[kind_of == kind]) > 0).all()
            assert len(set(given[kind_of == kind])) == 1


@pytest.mark.parametrize("index", INDEXES)
def test_nothing_to_find(index):
    rows, scores = INDEXES[index](EmbeddingSpace([], np.zeros((0, 4)))).search(np.ones((2, 4)), 5)
    assert rows.shape == scores.shape == (2, 0)


@pytest.mark.parametrize("index", INDEXES)
def test_answers_have_fixed_types_and_leave_the_queries_alone(index):
    space = made(np.random.default_rng(0).standard_normal((40, 6)))
    queries = np.random.default_rng(1).standard_normal((3, 6))
    before = queries.copy()
    rows, scores = INDEXES[index](space).search(queries, 100)
    assert (rows.shape, rows.dtype, scores.dtype) == ((3, 40), np.intp, np.float64)
    np.testing.assert_array_equal(queries, before)


@pytest.mark.parametrize("index", INDEXES)
def test_unknown_metric_is_named(index):
    with pytest.raises(InvalidParameterError, match="'manhattan'"):
        INDEXES[index](made(np.eye(3))).search(np.ones((1, 3)), 1, "manhattan")


@pytest.mark.parametrize("index", INDEXES)
def test_long_searches_report_and_stop(index):
    space = made(np.random.default_rng(0).standard_normal((300, 8)))
    seen = []
    INDEXES[index](space).search(space.vectors, 3, on_progress=seen.append)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    stop = threading.Event()
    with pytest.raises(CancelledError):
        INDEXES[index](space).search(
            space.vectors, 3, on_progress=lambda _: stop.set(), cancel=stop
        )


@pytest.mark.parametrize("index", INDEXES)
def test_an_index_does_not_keep_a_dropped_space(index):
    space = made(np.random.default_rng(0).standard_normal((30, 4)))
    INDEXES[index](space).search(space.vectors[:1], 3)
    dropped = weakref.ref(space)
    del space
    gc.collect()
    assert dropped() is None


@pytest.mark.parametrize("metric", METRICS)
def test_few_rows_need_float64_and_none_is_missed(metric):
    random = np.random.default_rng(5)
    vectors = random.standard_normal((20_000, 40)).astype(np.float32)
    space = made(vectors)
    queries = random.standard_normal((Q, 40))
    shortcut = Shortcuts(space.vectors, space.norms).of(metric, queries)
    for block in (range(Q), range(3)):
        for query, rows in zip(block, Candidates(vectors, shortcut, 10).of(block), strict=True):
            exact = METRICS[metric].between(queries[query], vectors)
            best = np.argsort(exact if METRICS[metric].is_distance else -exact)[:10]
            assert set(best) <= set(rows)
            assert len(rows) < 30


@pytest.mark.parametrize("metric", METRICS)
def test_stand_ins_keep_their_promise(metric):
    """Every stand-in differs from the truth by less than the bound it declares."""
    random = np.random.default_rng(6)
    vectors = (random.standard_normal((3000, 64)) * random.gamma(1, 3, (3000, 1))).astype("f4")
    space = made(vectors)
    queries = random.standard_normal((4, 64)) * 7
    shortcut = Shortcuts(space.vectors, space.norms).of(metric, queries)
    for row, query in enumerate(queries):
        truth = METRICS[metric].between(query, vectors)
        if metric == "euclidean":
            truth = query @ query - truth**2
        assert np.abs(shortcut.one(row) - truth).max() <= shortcut.errors[row]
        many = shortcut.many(slice(row, row + 1), slice(None))[:, 0]
        assert np.abs(many - truth).max() <= shortcut.errors[row]
