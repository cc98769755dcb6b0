"""Neighbors: the answer of plain float64 arithmetic, for every index and metric."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

import embedviz as ev
from embedviz.errors import InvalidParameterError, UnknownKeyError
from embedviz.indexes import INDEXES
from embedviz.metrics import METRICS

ORACLES = {
    "cosine": lambda q, v: 1 - cdist(q, v, "cosine"),
    "euclidean": cdist,
    "dot": lambda q, v: q @ v.T,
    "correlation": lambda q, v: 1 - cdist(q, v, "correlation"),
}


def best(scores, k, metric):
    signed = scores if METRICS[metric].is_distance else -scores
    rows = np.argsort(signed, axis=1, kind="stable")[:, :k]
    return rows, np.take_along_axis(scores, rows, axis=1)


def test_oracles_cover_every_metric():
    assert set(ORACLES) == set(METRICS)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("index", [name for name, kind in INDEXES.items() if kind.exact])
@pytest.mark.parametrize(("q", "k"), [(1, 1), (1, 10), (1, 3000), (40, 7), (40, 3000)])
def test_index_gives_the_float64_answer(index, metric, q, k):
    random = np.random.default_rng(k)
    vectors = random.standard_normal((3000, 12)).astype(np.float32) * random.gamma(
        2, size=(3000, 1)
    )
    space = ev.EmbeddingSpace([f"w{i}" for i in range(3000)], vectors)
    queries = random.standard_normal((q, 12)).astype(np.float32)
    rows, scores = INDEXES[index](space).search(queries, k, metric)
    oracle = ORACLES[metric](queries.astype(np.float64), space.vectors.astype(np.float64))
    expected_rows, expected = best(oracle, k, metric)
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)
    assert (rows == expected_rows).mean() > 0.999  # equal up to ties of float64 itself


@pytest.mark.parametrize("metric", METRICS)
def test_batch_equals_one_by_one_on_glove(glove, metric):
    words = ["king", "the", "zyzzyva", "seoul", "1984"]
    batch = ev.neighbors(glove, words, k=20, metric=metric)
    assert batch.scores.shape == (5, 20)
    for i, word in enumerate(words):
        one = ev.neighbors(glove, word, k=20, metric=metric)
        assert batch.keys[i] == one.keys
        np.testing.assert_allclose(batch.scores[i], one.scores, rtol=1e-12)
        assert [glove.keys[row] for row in one.rows] == list(one.keys)


def test_gensim_gives_the_same_neighbors(glove_small):
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(glove_small.dimensions)
    keyed.add_vectors(list(glove_small.keys), glove_small.vectors)
    for word in ("government", "he", "2003"):
        expected = keyed.most_similar(word, topn=15)
        found = ev.neighbors(glove_small, word, k=15)
        assert list(found.keys) == [key for key, _ in expected]
        np.testing.assert_allclose(found.scores, [score for _, score in expected], atol=1e-6)


@given(
    st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=1, max_size=30),
    st.integers(1, 40),
    st.sampled_from(sorted(METRICS)),
)
def test_many_ties_and_zero_vectors(vectors, k, metric):
    """Equal scores come in the order of rows, and k beyond n gives all there are."""
    space = ev.EmbeddingSpace([f"w{i}" for i in range(len(vectors))], vectors)
    query = np.array([1.0, 1.0, 0.5])
    found = ev.neighbors(space, query, k=k, metric=metric)
    scores = METRICS[metric].between(query, space.vectors)
    signed = scores if METRICS[metric].is_distance else -scores
    expected = np.lexsort((np.arange(len(vectors)), signed))[:k]
    assert list(found.rows) == list(expected)


def test_nearly_equal_long_vectors_are_told_apart():
    """Far from the origin float32 products cannot rank these; the float64 decision must."""
    base = np.full(8, 1000.0)
    steps = np.arange(600) * 2.0**-13
    vectors = base + steps[::-1, None] * np.eye(8)[0]
    space = ev.EmbeddingSpace([f"w{i}" for i in range(600)], vectors)
    found = ev.neighbors(space, base, k=5, metric="euclidean")
    assert list(found.rows) == [599, 598, 597, 596, 595]


def test_a_key_excludes_itself_and_a_vector_nothing(glove_small):
    assert "king" not in ev.neighbors(glove_small.take(range(50)), "he", k=60).keys
    assert len(ev.neighbors(glove_small.take(range(50)), "he", k=60).keys) == 49
    assert ev.neighbors(glove_small, glove_small.vector("he"), k=1).keys == ("he",)


def test_twins_do_not_hide_the_excluded_key():
    space = ev.EmbeddingSpace(["a", "twin", "far"], [[1, 0], [1, 0], [0, 1]])
    assert ev.neighbors(space, "twin", k=2).keys == ("a", "far")
    assert ev.neighbors(space, ["a", "twin"], k=1).keys == (("twin",), ("a",))


def test_a_model_with_subwords_answers_for_unknown_words():
    from embedviz.word_model import SubwordModel

    random = np.random.default_rng(0)
    space = ev.EmbeddingSpace(["alpha", "beta", "gamma"], random.standard_normal((3, 4)), name="ft")
    buckets = random.standard_normal((50, 4)).astype(np.float32)
    model = SubwordModel(space, buckets, 3, 6)
    found = ev.neighbors(model, "alphabet", k=3)
    again = ev.neighbors(space, model.vector("alphabet"), k=3)
    assert found.keys == again.keys
    assert len(found.keys) == 3
    both = ev.neighbors(model, ["alphabet", "alpha"], k=2)
    assert both.keys[0] == found.keys[:2]
    assert "alpha" not in both.keys[1]


@pytest.mark.parametrize(
    ("query", "options", "says"),
    [
        (np.zeros(50), {}, "no direction"),
        (np.zeros(3), {}, "3 numbers"),
        (np.full(50, np.nan), {"metric": "dot"}, "missing or infinite"),
        (np.zeros((2, 2, 2)), {}, "shape"),
        ([], {}, "shape"),
        ("he", {"k": 0}, "k=0"),
        ("he", {"k": True}, "k=True"),
        ("he", {"metric": "cosinus"}, "'cosine'"),
    ],
)
def test_bad_questions_are_named(glove_small, query, options, says):
    with pytest.raises(InvalidParameterError, match=says):
        ev.neighbors(glove_small, query, **options)


def test_unknown_key_names_the_nearest_spellings(glove):
    with pytest.raises(UnknownKeyError, match="400,000") as caught:
        ev.neighbors(glove, ["king", "kign"])
    assert caught.value.key == "kign"
    assert "king" in caught.value.suggestions


def test_excluded_keys_are_no_answers_and_as_many_others_come() -> None:
    space = ev.EmbeddingSpace(
        [f"k{i}" for i in range(12)], np.random.default_rng(0).normal(size=(12, 3))
    )
    out = ["k2", "k7", "k7"]
    for metric in METRICS:
        whole = ev.neighbors(space, space.vectors[2], k=12, metric=metric)
        left = [key for key in whole.keys if key not in out]
        found = ev.neighbors(space, space.vectors[2], k=5, metric=metric, exclude=out)
        assert list(found.keys) == left[:5]
        assert [space.keys[row] for row in found.rows] == list(found.keys)
        own = ev.neighbors(space, ["k2", "k3"], k=12, metric=metric, exclude=out)
        assert {len(keys) for keys in own.keys} == {9}
        assert not {"k2", "k7"} & {key for keys in own.keys for key in keys}
        assert "k3" not in own.keys[1]
    assert ev.neighbors(space, space.vectors[0], exclude=space.keys).keys == ()
    with pytest.raises(UnknownKeyError, match="k99"):
        ev.neighbors(space, "k1", exclude=["k99"])
