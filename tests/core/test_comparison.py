"""Two spaces compared: definitions by hand, SciPy, and what must not change a thing."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import procrustes
from scipy.spatial.distance import cdist

from embedviz.comparison import (
    Comparison,
    all_but_the_top,
    compare,
    linear_cka,
    matched,
    procrustes_residual,
)
from embedviz.comparison.overlap import shared_rows
from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.progress import Progress
from embedviz.space import EmbeddingSpace
from tests.counts import examples


def space_of(vectors, keys=None) -> EmbeddingSpace:
    named = [f"k{row}" for row in range(len(vectors))] if keys is None else keys
    return EmbeddingSpace(named, vectors)


def turned(rng, d: int) -> np.ndarray:
    return np.linalg.qr(rng.normal(size=(d, d)))[0]


def overlap_by_definition(a, b, k: int, metric: str) -> np.ndarray:
    near = []
    for vectors in (a, b):
        distances = cdist(vectors.astype(float), vectors.astype(float), metric)
        np.fill_diagonal(distances, np.inf)
        near.append([set(row[:k]) for row in np.argsort(distances, axis=1).tolist()])
    return np.array([len(x & y) / k for x, y in zip(*near, strict=True)])


def cka_by_definition(a, b) -> float:
    """Kornblith et al. 2019, equation 4, with the n × n kernels written out."""
    n = len(a)
    centering = np.eye(n) - 1 / n
    K, L = (centering @ (x @ x.T) @ centering for x in (a.astype(float), b.astype(float)))
    return float((K * L).sum() / np.sqrt((K * K).sum() * (L * L).sum()))


# d above n too: there the measures go another way, which must give the same.
@settings(max_examples=examples(30, 300))
@given(
    seed=st.integers(0, 10_000), n=st.integers(4, 60), p=st.integers(1, 80), q=st.integers(1, 80)
)
def test_cka_and_procrustes_are_their_definitions(seed, n, p, q):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(n, p)).astype(np.float32) + 3
    b = (rng.normal(size=(n, q)) + a[:, :1] * 2).astype(np.float32)
    assert linear_cka(a, b) == pytest.approx(cka_by_definition(a, b), abs=1e-9)
    wide = max(p, q)
    full = [np.pad(x.astype(float), ((0, 0), (0, wide - x.shape[1]))) for x in (a, b)]
    assert procrustes_residual(a, b) == pytest.approx(procrustes(*full)[2], abs=1e-9)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 5, 38])
def test_overlap_is_its_definition(metric, k):
    rng = np.random.default_rng(1)
    a = rng.normal(size=(40, 6)).astype(np.float32)
    b = (a[:, :4] + 0.5 * rng.normal(size=(40, 4))).astype(np.float32)
    found = compare(space_of(a), space_of(b), k, metric)
    np.testing.assert_allclose(found.overlap, overlap_by_definition(a, b, k, metric), atol=1e-12)
    assert found.mean_overlap == pytest.approx(found.overlap.mean())
    assert found.chance == k / 39


@settings(max_examples=examples(20, 200))
@given(seed=st.integers(0, 10_000), n=st.integers(4, 80), d=st.integers(2, 20))
def test_a_space_is_like_itself(seed, n, d):
    space = space_of(np.random.default_rng(seed).normal(size=(n, d)))
    found = compare(space, space, k=min(3, n - 1))
    assert found.mean_overlap == 1
    assert found.cka == pytest.approx(1, abs=1e-12)
    assert found.procrustes_residual == pytest.approx(0, abs=1e-12)
    assert found.movement.max() < 1e-6
    assert (found.only_a, found.only_b, found.keys) == ((), (), space.keys)


@settings(max_examples=examples(20, 200))
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100), shift=st.floats(-5, 5))
def test_turning_scaling_and_shifting_changes_nothing(seed, scale, shift):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(50, 7))
    found = compare(space_of(a), space_of(a @ turned(rng, 7) * scale + shift), 5, "euclidean")
    assert found.cka == pytest.approx(1, abs=1e-4)
    assert found.procrustes_residual == pytest.approx(0, abs=1e-4)
    assert found.movement.max() < 1e-2
    assert found.mean_overlap > 0.95  # float32 may swap two that are as good as equally near


def test_the_one_that_moved_is_named():
    rng = np.random.default_rng(3)
    a = rng.normal(size=(200, 8))
    b = (a @ turned(rng, 8)).copy()
    b[17] = -b[17] * 2
    found = compare(space_of(a), space_of(b))
    assert found.moved_by == "distance"
    assert found.moved[0] == "k17"
    assert found.table["key"][0] == "k17"
    assert list(found.table["movement"]) == sorted(found.movement, reverse=True)


def test_other_dimensions_move_by_their_neighbors():
    rng = np.random.default_rng(4)
    found = compare(space_of(rng.normal(size=(30, 5))), space_of(rng.normal(size=(30, 9))), k=4)
    assert (found.moved_by, found.dimensions) == ("overlap", (5, 9))
    np.testing.assert_array_equal(found.movement, 1 - found.overlap)


def test_unrelated_spaces_share_what_chance_gives():
    rng = np.random.default_rng(5)
    found = compare(
        space_of(rng.normal(size=(600, 20))), space_of(rng.normal(size=(600, 20))), k=10
    )
    assert found.mean_overlap == pytest.approx(found.chance, abs=0.01)
    assert found.cka < 0.2
    assert found.procrustes_residual > 0.8


def test_keys_are_matched_exactly_and_in_the_first_order():
    rng = np.random.default_rng(6)
    vectors = rng.normal(size=(6, 3))
    a = space_of(vectors, ["é", "b", "12", "only a", "Kim", "z"])
    b = space_of(vectors[[5, 4, 2, 1, 0, 3]], ["z", "kim", "12", "b", "é", "0"])
    found = compare(a, b, k=2)
    assert found.keys == ("é", "b", "12", "z")
    assert (found.only_a, found.only_b) == (("only a", "Kim"), ("kim", "0"))
    assert found.mean_overlap == 1
    both = matched(a.keys, b.keys)
    assert [a.keys[row] for row in both.rows_a] == [b.keys[row] for row in both.rows_b]


@pytest.mark.parametrize(
    ("common", "said"), [(0, "0 keys stand"), (1, "1 key stands"), (2, "2 keys stand")]
)
def test_too_few_common_keys_is_a_sentence(common, said):
    a, b = ("p", "q", "r", "s"), (*"pqrs"[:common], "v", "w")
    with pytest.raises(InvalidParameterError, match=f"Only {said} in both"):
        matched(a, b)


@pytest.mark.parametrize("k", [0, 5, -1, 2.0, True, None])
def test_k_out_of_range_says_what_is_allowed(k):
    space = space_of(np.eye(5))
    with pytest.raises(InvalidParameterError, match="1 to 4"):
        compare(space, space, k=k)


def test_unknown_metric_and_zero_vectors_are_refused():
    space = space_of(np.eye(5))
    with pytest.raises(InvalidParameterError, match="'cosine', 'euclidean', 'dot'"):
        compare(space, space, 2, "manhattan")
    zero = space_of(np.vstack([np.eye(4), np.zeros(4)]))
    with pytest.raises(InvalidParameterError, match="no direction"):
        compare(zero, zero, 2, "cosine")
    assert compare(zero, zero, 2, "euclidean").cka == pytest.approx(1)


def test_a_space_of_one_place_has_no_shape():
    a, b = space_of(np.ones((5, 3)) * 0.1), space_of(np.random.default_rng(0).normal(size=(5, 3)))
    found = compare(a, b, 2)
    assert np.isnan(found.cka)
    assert np.isnan(found.procrustes_residual)
    assert found.moved_by == "overlap"


def test_progress_and_stop(monkeypatch):
    monkeypatch.setattr("embedviz.comparison.overlap._KEYS_AT_ONCE", 10)
    space = space_of(np.random.default_rng(0).normal(size=(40, 4)))
    seen: list[Progress] = []
    whole = compare(space, space, 3, on_progress=seen.append)
    assert [step.fraction for step in seen] == [0.25, 0.5, 0.75, 1.0, None]
    assert isinstance(whole, Comparison)
    stop = threading.Event()
    seen.clear()

    def stop_at_second(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            stop.set()

    with pytest.raises(CancelledError):
        compare(space, space, 3, on_progress=stop_at_second, cancel=stop)
    assert len(seen) == 2


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(8)
    a, b = space_of(rng.normal(size=(50, 6))), space_of(rng.normal(size=(50, 6)))
    whole = compare(a, b, 4)
    monkeypatch.setattr("embedviz.comparison.overlap._KEYS_AT_ONCE", 7)
    monkeypatch.setattr("embedviz.comparison.likeness._BLOCK_NUMBERS", 30)
    blocked = compare(a, b, 4)
    np.testing.assert_array_equal(whole.overlap, blocked.overlap)
    assert blocked.cka == pytest.approx(whole.cka, abs=1e-12)
    assert blocked.procrustes_residual == pytest.approx(whole.procrustes_residual, abs=1e-12)


def test_rows_in_common_are_counted():
    a, b = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[3, 2, 9], [7, 8, 9]])
    assert shared_rows(a, b).tolist() == [2, 0]


def test_all_but_the_top_takes_the_strongest_directions_away():
    rng = np.random.default_rng(9)
    space = space_of(rng.normal(size=(300, 6)) * [20, 10, 3, 2, 1, 0.5] + 7)
    cleared = all_but_the_top(space, 2)
    centered = space.vectors - space.vectors.mean(axis=0, dtype=np.float64)
    _, strengths, directions = np.linalg.svd(centered, full_matrices=False)
    np.testing.assert_allclose(cleared.vectors @ directions[:2].T, 0, atol=1e-3)
    left = np.linalg.svd(cleared.vectors, compute_uv=False)
    np.testing.assert_allclose(left[:4], strengths[2:], rtol=1e-4)
    np.testing.assert_allclose(cleared.vectors.mean(axis=0), 0, atol=1e-5)
    assert cleared.keys == space.keys
    assert cleared.origin["all_but_the_top"] == 2


@pytest.mark.parametrize("components", [-1, 6, True])
def test_all_but_the_top_of_too_many_is_refused(components):
    with pytest.raises(InvalidParameterError, match="0 to 5"):
        all_but_the_top(space_of(np.eye(6)), components)


def test_real_words_keep_most_neighbors_without_their_top(glove_small):
    found = compare(glove_small, all_but_the_top(glove_small, 3))
    assert 0.4 < found.mean_overlap < 0.9
    assert 0 < found.procrustes_residual < 0.5
