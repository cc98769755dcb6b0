"""Three metrics side by side: SciPy's numbers, what must hold for any vectors, hand-made cases."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial import distance

import embedviz as ev
from embedviz.errors import InvalidParameterError, UnknownKeyError
from embedviz.metric_agreement import (
    TEXTBOOK,
    Pair,
    apart,
    arrow,
    in_their_plane,
    kendall,
    most_answered,
    norms_by_rank,
    pairwise,
    side_by_side,
    spearman,
    stretched,
    turned,
    unit_space,
)
from embedviz.metric_agreement.side_by_side import ORDER
from embedviz.metrics import METRICS
from embedviz.space import EmbeddingSpace
from tests.counts import examples

numbers = st.floats(-100, 100, allow_subnormal=False)
two_vectors = st.integers(2, 6).flatmap(
    lambda d: st.tuples(
        arrays(np.float64, d, elements=numbers), arrays(np.float64, d, elements=numbers)
    )
)


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


@pytest.fixture(scope="module")
def glove() -> EmbeddingSpace:
    return ev.load("glove-6b-50d", limit=4_000)


@given(two_vectors)
@settings(max_examples=examples(40, 400))
def test_two_vectors_are_measured_as_scipy_does(vectors):
    a, b = vectors
    assume(np.linalg.norm(a) > 1e-3 and np.linalg.norm(b) > 1e-3)
    pair = Pair.of(a, b)
    assert pair.euclidean == pytest.approx(distance.euclidean(a, b), abs=1e-9)
    assert pair.cosine == pytest.approx(1 - distance.cosine(a, b), abs=1e-9)
    assert pair.dot == pytest.approx(float(np.dot(a, b)), abs=1e-9)
    assert np.cos(np.deg2rad(pair.angle)) == pytest.approx(pair.cosine, abs=1e-7)
    assert pair.along * pair.lengths[0] == pytest.approx(pair.dot, abs=1e-7)


@given(two_vectors, st.floats(0.1, 10))
@settings(max_examples=examples(40, 400))
def test_stretching_one_leaves_the_cosine_and_scales_the_dot_product(vectors, times):
    a, b = vectors
    assume(np.linalg.norm(a) > 1e-3 and np.linalg.norm(b) > 1e-3)
    before, after = Pair.of(a, b), Pair.of(a, times * b)
    assert after.cosine == pytest.approx(before.cosine, abs=1e-9)
    assert after.dot == pytest.approx(times * before.dot, abs=1e-6)


@given(two_vectors)
@settings(max_examples=examples(40, 400))
def test_the_plane_of_two_vectors_keeps_every_measure(vectors):
    a, b = vectors
    flat = Pair.of(*in_their_plane(a, b))
    real = Pair.of(a, b)
    for metric, score in real.scores.items():
        assert flat.scores[metric] == pytest.approx(score, abs=1e-6 * (1 + abs(score))), metric
    assert flat.lengths == pytest.approx(real.lengths, abs=1e-9)


@given(two_vectors)
@settings(max_examples=examples(40, 400))
def test_for_unit_vectors_the_squared_distance_is_two_minus_two_cosines(vectors):
    a, b = vectors
    assume(np.linalg.norm(a) > 1e-3 and np.linalg.norm(b) > 1e-3)
    pair = Pair.of(a / np.linalg.norm(a), b / np.linalg.norm(b))
    assert pair.euclidean**2 == pytest.approx(2 - 2 * pair.cosine, abs=1e-12)
    assert pair.dot == pytest.approx(pair.cosine, abs=1e-12)


@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(-3, 3))
@settings(max_examples=examples(40, 400))
def test_unit_vectors_are_ranked_alike_by_all_three(seed, d, shift):
    vectors = np.random.default_rng(seed).normal(shift, 1, (30, d))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = {name: metric.between(unit[0], unit[1:]) for name, metric in METRICS.items()}
    higher = np.subtract.outer(scores["cosine"], scores["cosine"]) > 1e-9  # nearer ones tie
    assert (np.subtract.outer(scores["euclidean"], scores["euclidean"])[higher] < 0).all()
    assert (np.subtract.outer(scores["dot"], scores["dot"])[higher] > 0).all()


def test_a_vector_of_length_zero_has_no_direction():
    pair = Pair.of([0.0, 0.0], [3.0, 4.0])
    assert (pair.euclidean, pair.cosine, pair.dot) == (5.0, 0.0, 0.0)
    assert pair.angle is None
    assert pair.along is None
    assert Pair.of([3.0, 4.0], [0.0, 0.0]).along == 0.0
    first, second = in_their_plane([0.0, 0.0], [3.0, 4.0])
    assert (first.tolist(), second.tolist()) == ([0.0, 0.0], [5.0, 0.0])


def test_a_small_angle_keeps_its_digits():
    assert Pair.of([1.0, 0.0], arrow(1.0, 1e-6)).angle == pytest.approx(1e-6, rel=1e-6)
    assert Pair.of([1.0, 1.0], [1.0, 1.0]).angle == 0.0
    assert Pair.of([1.0, 1.0], [-1.0, -1.0]).angle == pytest.approx(180.0)


@pytest.mark.parametrize(
    ("a", "b", "wrong"),
    [([1.0], [1.0, 2.0], "shape"), ([], [], "shape"), ([1.0, np.nan], [1.0, 2.0], "infinite"),
     ([[1.0]], [[1.0]], "shape")],
)  # fmt: skip
def test_what_is_no_pair_is_said(a, b, wrong):
    with pytest.raises(InvalidParameterError, match=wrong):
        Pair.of(a, b)
    with pytest.raises(InvalidParameterError, match=wrong):
        in_their_plane(a, b)


def test_the_textbook_vectors_by_hand():
    apple, banana, car = (np.array(TEXTBOOK[name]) for name in ("apple", "banana", "car"))
    near, far = Pair.of(apple, banana), Pair.of(apple, car)
    assert near.euclidean == pytest.approx(np.sqrt(0.02))
    assert near.dot == pytest.approx(0.63)
    assert near.cosine == pytest.approx(0.63 / np.sqrt(0.54 * 0.74))
    assert far.dot == pytest.approx(-0.22)
    assert far.euclidean == pytest.approx(np.sqrt(1.3**2 + 0.7**2 + 0.1**2))
    everything = pairwise([apple, banana, car], "dot")
    np.testing.assert_allclose(everything, everything.T)
    assert everything[0, 2] == pytest.approx(-0.22)
    with pytest.raises(InvalidParameterError, match="no metric"):
        pairwise([apple], "manhattan")


def test_curves_over_length_and_direction():
    a, lengths = arrow(2.5, 10), np.linspace(0.01, 3, 300)
    curves = stretched(a, 60, lengths)
    np.testing.assert_allclose(curves["cosine"], np.cos(np.deg2rad(50)))
    np.testing.assert_allclose(np.diff(curves["dot"], 2), 0, atol=1e-12)
    nearest = lengths[np.argmin(curves["euclidean"])]
    assert nearest == pytest.approx(2.5 * np.cos(np.deg2rad(50)), abs=0.01)  # the foot of a on b
    turns = np.linspace(-180, 180, 73)
    around = turned(a, 1.5, turns)
    assert turns[np.argmax(around["cosine"])] == turns[np.argmin(around["euclidean"])] == 10
    np.testing.assert_allclose(around["dot"], 2.5 * 1.5 * around["cosine"])


@given(st.lists(st.integers(0, 6), min_size=3, max_size=40), st.integers(0, 999))
@settings(max_examples=examples(40, 400))
def test_rank_correlations_are_scipys_with_ties(values, seed):
    other = np.random.default_rng(seed).integers(0, 6, len(values))
    assume(len(set(values)) > 1 and len(set(other.tolist())) > 1)
    assert kendall(values, other) == pytest.approx(stats.kendalltau(values, other).statistic)
    assert spearman(values, other) == pytest.approx(stats.spearmanr(values, other).statistic)


def test_rank_correlations_at_their_ends():
    line = np.arange(10.0)
    assert kendall(line, line**3) == spearman(line, line**3) == 1.0
    assert kendall(line, -line) == spearman(line, -line) == -1.0
    assert np.isnan(kendall(line, np.ones(10)))
    assert np.isnan(spearman(line, np.ones(10)))
    for wrong in ((line, line[:5]), ([1.0], [1.0])):
        with pytest.raises(InvalidParameterError, match="at least 2"):
            kendall(*wrong)
        with pytest.raises(InvalidParameterError, match="at least 2"):
            spearman(*wrong)
    with pytest.raises(InvalidParameterError, match="sample"):
        kendall(np.arange(5_001), np.arange(5_001))


def test_side_by_side_is_brute_force(glove):
    found = side_by_side(glove, "king", k=7, sample=300, seed=4)
    row, vectors = glove.index("king"), glove.vectors
    others = np.delete(np.arange(len(glove)), row)
    first = {}
    for name in ORDER:
        metric = METRICS[name]
        scores = metric.between(vectors[row], vectors[others])
        order = np.argsort(scores if metric.is_distance else -scores, kind="stable")
        first[name] = [glove.keys[others[place]] for place in order[:7]]
        assert list(found.found[name].keys) == first[name]
        np.testing.assert_allclose(
            found.lengths[name],
            [np.linalg.norm(glove.vector(word)) for word in first[name]],
            rtol=1e-5,
        )
    assert found.in_all == set(first["euclidean"]) & set(first["cosine"]) & set(first["dot"])
    for item, pair in zip(
        found.agreements, combinations(("euclidean", "cosine", "dot"), 2), strict=True
    ):
        assert item.metrics == pair
        shared = len(set(first[pair[0]]) & set(first[pair[1]]))
        assert (item.shared, item.overlap) == (shared, shared / 7)
    assert found.sampled == 300


def test_the_orders_are_those_of_the_whole_space_where_the_sample_is_all(glove):
    few = glove.take(range(200))
    found = side_by_side(few, "of", k=5, sample=5_000)
    row = few.index("of")
    others = np.delete(np.arange(200), row)
    near = {
        name: (-1 if metric.is_distance else 1)
        * metric.between(few.vectors[row], few.vectors[others])
        for name, metric in METRICS.items()
    }
    assert found.sampled == 199
    for item in found.agreements:
        first, second = (near[name] for name in item.metrics)
        assert item.kendall == pytest.approx(stats.kendalltau(first, second).statistic)
        assert item.spearman == pytest.approx(stats.spearmanr(first, second).statistic)


def test_at_unit_length_real_words_are_ranked_alike(glove):
    unit = unit_space(glove)
    np.testing.assert_allclose(unit.norms, 1, atol=1e-6)
    for word in ("king", "the", "dog"):
        raw, same = side_by_side(glove, word), side_by_side(unit, word)
        assert any(item.overlap < 1 for item in raw.agreements)
        assert all(item.overlap == 1 for item in same.agreements)
        assert min(item.kendall for item in same.agreements) > 0.999
        keys = {item.keys for item in same.found.values()}
        assert keys == {raw.found["cosine"].keys}


def test_a_unit_space_leaves_out_what_has_no_direction():
    vectors = np.array([[3.0, 4.0], [0.0, 0.0], [1e-30, 0.0]])
    unit = unit_space(space_of(vectors))
    assert unit.keys == ("k0", "k2")
    np.testing.assert_allclose(unit.vectors, [[0.6, 0.8], [1.0, 0.0]])
    assert unit.origin["unit_length"] is True


def test_what_cannot_be_asked_side_by_side(glove):
    with pytest.raises(UnknownKeyError, match="kign"):
        side_by_side(glove, "kign")
    for k in (0, -3):
        with pytest.raises(InvalidParameterError, match="1 or more"):
            side_by_side(glove, "king", k)
    for sample in (1, 5_001):
        with pytest.raises(InvalidParameterError, match="sample"):
            side_by_side(glove, "king", sample=sample)
    with pytest.raises(InvalidParameterError, match="at least 3"):
        side_by_side(space_of(np.eye(2)), "k0")
    few = side_by_side(space_of(np.eye(3)), "k0", k=50)
    assert few.k == 2


def test_norms_along_the_rank(glove):
    measured = norms_by_rank(glove, bins=8)
    lengths = np.linalg.norm(glove.vectors.astype(np.float64), axis=1)
    np.testing.assert_allclose(measured.norms, lengths, rtol=1e-5)
    ranks = np.arange(1, len(glove) + 1)
    assert measured.rho == pytest.approx(stats.spearmanr(ranks, lengths).statistic, abs=1e-4)
    assert (measured.low <= measured.medians).all()
    assert (measured.medians <= measured.high).all()
    last = lengths[round((len(glove) + 1) ** (7 / 8)) - 1 :]
    np.testing.assert_allclose(
        [measured.low[-1], measured.medians[-1], measured.high[-1]],
        np.percentile(last, (25, 50, 75)),
        rtol=1e-5,
    )
    unit = lengths[:, None] ** -1 * glove.vectors
    n = len(glove)
    exact = (np.linalg.norm(unit.sum(axis=0)) ** 2 - n) / (n * (n - 1))
    assert measured.common == pytest.approx(exact, abs=0.02)


def test_norms_of_hand_made_spaces():
    growing = norms_by_rank(space_of(np.outer(np.arange(1, 50), [0.6, 0.8])))
    assert growing.rho == 1.0
    assert growing.common == pytest.approx(1.0)
    assert growing.rho_shared == 1.0
    assert len(growing.ranks) == len(growing.medians)
    assert np.isnan(norms_by_rank(space_of(np.eye(5))).rho)
    assert norms_by_rank(space_of(np.eye(5))).common == 0.0
    for wrong in ((space_of(np.eye(2)), 16), (space_of(np.eye(5)), 1)):
        with pytest.raises(InvalidParameterError, match="at least 3"):
            norms_by_rank(*wrong)


def test_centering_takes_the_shared_direction_away(glove):
    from embedviz.comparison import all_but_the_top

    before, after = norms_by_rank(glove), norms_by_rank(all_but_the_top(glove, 0))
    assert before.common > 0.1
    along = glove.vectors.astype(np.float64) @ glove.vectors.mean(axis=0)
    expected = stats.spearmanr(np.arange(len(glove)), along).statistic
    assert before.rho_shared == pytest.approx(expected, abs=1e-4)
    assert before.rho_shared < before.rho < 0  # frequency is there even more than in the length
    assert np.isnan(after.rho_shared)
    assert abs(after.common) < 0.02


def test_labels_keep_apart():
    measured = norms_by_rank(space_of(np.outer([1.0, 1.01, 5.0, 1.0, 1.0], [1.0, 0.0])))
    assert apart(measured, [0, 1, 2, 4, 3], ["a", "b", "c", "d", "e"]) == [0, 1, 2, 3, 4]
    long = ["frequency"] * 5
    assert apart(measured, [0, 1, 2, 4, 3], long) == [0, 1, 2, 3]  # 4 and 5 are too near
    assert apart(measured, [3, 4, 0], long) == [0, 2]
    assert apart(measured, [], []) == []


def test_the_most_frequent_answers_are_counted(glove):
    few = glove.take(range(600))
    found = most_answered(few, "dot", queries=600, k=4)
    counts = np.zeros(600, int)
    for row in range(600):
        scores = few.vectors.astype(np.float64) @ few.vectors[row].astype(np.float64)
        scores[row] = -np.inf
        counts[np.argsort(-scores, kind="stable")[:4]] += 1
    order = np.argsort(-counts, kind="stable")[:8]
    assert found.keys == tuple(few.keys[row] for row in order)
    assert found.counts.tolist() == counts[order].tolist()
    np.testing.assert_allclose(found.lengths, few.norms[order])
    assert found.mean_length == pytest.approx(np.average(few.norms, weights=counts), rel=1e-5)
    assert found.median_rank == np.median(np.repeat(np.arange(1, 601), counts))
    assert found.skewness == pytest.approx(stats.skew(counts))


def test_the_dot_product_prefers_long_vectors(glove):
    answers = {metric: most_answered(glove, metric, queries=200) for metric in METRICS}
    lengths = {metric: item.mean_length for metric, item in answers.items()}
    assert lengths["euclidean"] < lengths["cosine"] < lengths["dot"]
    assert answers["dot"].skewness > answers["cosine"].skewness
    assert answers["dot"] is not most_answered(glove, "dot", queries=200)
    assert answers["dot"].keys == most_answered(glove, "dot", queries=200).keys


def test_what_cannot_be_counted(glove):
    for queries in (0, -1):
        with pytest.raises(InvalidParameterError, match="at least 1"):
            most_answered(glove, "dot", queries=queries)
    with pytest.raises(InvalidParameterError, match="no metric"):
        most_answered(glove, "manhattan")


@pytest.mark.parametrize(("a", "b"), [(0, 0), (10, 60), (0, 90), (30, 120), (0, 180), (45, -45)])
def test_what_becomes_of_the_metrics_as_b_is_stretched(a, b):
    fixed = arrow(2.0, a)
    gain = Pair.of(fixed, arrow(1.5, b)).along_b
    assert gain == pytest.approx(2 * np.cos(np.deg2rad(b - a)), abs=1e-9)
    lengths = np.linspace(0.01, 4, 400)
    curves = stretched(fixed, b, lengths)
    np.testing.assert_allclose(np.diff(curves["dot"]), gain * np.diff(lengths), atol=1e-9)
    np.testing.assert_allclose(curves["cosine"], curves["cosine"][0], atol=1e-9)
    nearest = lengths[np.argmin(curves["euclidean"])]
    assert nearest == pytest.approx(max(gain, 0.01), abs=0.02)
    if abs(b - a) == 90:
        assert gain == 0


def test_without_a_direction_nothing_is_told_of_stretching():
    assert Pair.of([0.0, 0.0], [1.0, 0.0]).along_b is None
    assert Pair.of([1.0, 0.0], [0.0, 0.0]).along_b is None
