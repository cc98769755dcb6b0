"""Near-duplicates: the groups of plain float64 arithmetic, copies told apart, bounded work."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from sklearn.metrics.pairwise import cosine_similarity

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.items import duplicates
from embedviz.items.duplicates import near_duplicates
from embedviz.items.same_content import content_ids, file_ids
from embedviz.space import EmbeddingSpace
from tests.counts import examples


def space_of(vectors, hashes=None) -> EmbeddingSpace:
    table = None if hashes is None else pd.DataFrame({"hash": hashes})
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors, table)


def clusters(seed: int, sizes, d: int = 16, spread: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(len(sizes), d))
    return np.repeat(centers, sizes, axis=0) + spread * rng.normal(size=(sum(sizes), d))


def by_definition(vectors, threshold: float) -> tuple[set[frozenset[int]], np.ndarray]:
    """The groups that scikit-learn's cosines and SciPy's components give."""
    cosines = cosine_similarity(vectors.astype(np.float64))
    linked = cosines >= threshold - 1e-12
    _, component = connected_components(linked, directed=False)
    groups = (np.flatnonzero(component == one) for one in range(component.max() + 1))
    return {frozenset(rows.tolist()) for rows in groups if rows.size > 1}, cosines


@settings(max_examples=examples(40, 400))
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    threshold=st.floats(0.3, 1.0),
    spread=st.floats(0, 0.5),
)
def test_groups_are_those_of_all_pairs(seed, sizes, threshold, spread):
    space = space_of(clusters(seed, sizes, spread=spread))
    wanted, cosines = by_definition(space.vectors, threshold)
    found = near_duplicates(space, threshold)
    assert {frozenset(group.rows) for group in found} == wanted
    assert [len(group) for group in found] == sorted(map(len, wanted), reverse=True)
    for group in found:
        assert group.keys == tuple(space.keys[row] for row in group.rows)
        among = cosines[np.ix_(group.rows, group.rows)]
        assert group.similarity_min == pytest.approx(min(among.min(), 1), abs=1e-9)


def test_blocks_change_nothing(monkeypatch):
    space = space_of(clusters(1, [7, 1, 30, 2, 2, 1, 1, 9]))
    whole = near_duplicates(space, 0.9)
    shapes: list[tuple[int, ...]] = []
    plain = duplicates._pairs_only
    monkeypatch.setattr(duplicates, "_ROWS", 5)
    monkeypatch.setattr(duplicates, "_COLUMNS", 7)
    monkeypatch.setattr(duplicates, "_PAIRS_AT_ONCE", 3)
    monkeypatch.setattr(
        duplicates,
        "_pairs_only",
        lambda block, *a: shapes.append(block.shape) or plain(block, *a),
    )
    blocked = near_duplicates(space, 0.9)
    assert max(shapes) <= (5, 7)
    assert [group.rows for group in blocked] == [group.rows for group in whole]
    assert [group.similarity_min for group in blocked] == pytest.approx(
        [group.similarity_min for group in whole]
    )


@pytest.mark.parametrize("seed", range(20))
def test_float64_decides_at_the_threshold(seed):
    """Float32 products are too coarse here, and on either side of the truth by luck."""
    rng = np.random.default_rng(seed)
    pair = rng.normal(size=64) + 0.3 * rng.normal(size=(2, 64))
    space = space_of(pair)
    exact = cosine_similarity(space.vectors.astype(np.float64))[0, 1]
    assert len(near_duplicates(space, exact - 1e-10)) == 1
    assert near_duplicates(space, exact + 1e-10) == ()


def test_one_is_reached_by_what_points_the_same_way():
    directions = np.random.default_rng(0).normal(size=(40, 24)).astype(np.float32)
    found = near_duplicates(space_of(np.concatenate([directions, 3 * directions])), 1.0)
    assert {group.rows for group in found} == {(row, row + 40) for row in range(40)}


def test_copies_count_among_the_best_connected():
    """A path a–b–c–d of pictures, three copies of the first: each is like two copies and b."""
    angles = np.radians([30, 20, 0, 0, 0, 10])
    space = space_of(np.column_stack([np.cos(angles), np.sin(angles)]), list("dcaaab"))
    (group,) = near_duplicates(space, np.cos(np.radians(12)))
    assert group.rows == (5, 2, 3, 4, 1, 0)
    assert group.copies_of == (5, 2, 2, 2, 1, 0)


def test_a_chain_is_one_group_and_says_how_weak_it_is():
    angles = np.radians([0, 15, 30, 45])
    space = space_of(np.column_stack([np.cos(angles), np.sin(angles)]))
    (group,) = near_duplicates(space, 0.96)
    assert set(group.rows[:2]) == {1, 2}  # each is like two others, the ends only like one
    assert group.similarity_min == pytest.approx(np.cos(np.radians(45)), abs=1e-6)
    assert not group.identical


def test_copies_of_a_file_are_told_from_pictures_that_are_almost_the_same():
    base, other, far = np.eye(8)[0], np.eye(8)[0] + 0.05 * np.eye(8)[1], np.eye(8)[2]
    vectors = [base, far, other, far, base, np.eye(8)[3]]
    hashes = ["a", "f", "b", "f", "a", "c"]
    found = near_duplicates(space_of(vectors, hashes), 0.95)
    assert [set(group.rows) for group in found] == [{0, 2, 4}, {1, 3}]
    assert [group.identical for group in found] == [False, True]
    near = dict(zip(found[0].rows, found[0].copies_of, strict=True))
    assert near == {0: 0, 4: 0, 2: 2}
    assert found[1].similarity_min == 1.0


def test_the_same_picture_in_two_formats_is_no_copy_of_the_file():
    vectors = np.repeat([[1.0, 2.0, 3.0]], 2, axis=0)
    (group,) = near_duplicates(space_of(vectors, ["png", "bmp"]), 1.0)
    assert group.similarity_min == 1.0
    assert not group.identical
    (group,) = near_duplicates(space_of(vectors), 1.0)
    assert group.identical  # without hashes the vector is all there is


def test_copies_belong_together_although_batches_rounded_them_differently():
    vectors = np.array([[1, 0, 1e-6], [1, 0, 0], [0, 1, 0]], np.float32)
    (group,) = near_duplicates(space_of(vectors, ["a", "a", "b"]), 1.0)
    assert group.identical
    assert set(group.rows) == {0, 1}


def test_missing_hashes_make_no_copies():
    space = space_of(np.eye(4), [None, None, "", ""])
    assert near_duplicates(space) == ()
    assert file_ids(space).tolist() == [0, 1, 2, 3]


def test_content_is_the_file_or_the_vector():
    vectors = [[1, 0], [0, 1], [1, 0], [0, 2], [-0.0, 2]]
    space = space_of(vectors, ["a", "b", "c", "b", "d"])
    assert file_ids(space).tolist() == [0, 1, 2, 1, 4]
    assert content_ids(space).tolist() == [0, 1, 0, 1, 1]
    assert content_ids(space_of(vectors)).tolist() == [0, 1, 0, 3, 3]


def test_a_thousand_copies_are_one_picture_to_compare(monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_PAIRS", 10)
    vectors = np.concatenate([np.tile(np.eye(5)[0], (1000, 1)), np.eye(5)[1:]])
    (group,) = near_duplicates(space_of(vectors))
    assert group.rows == tuple(range(1000))
    assert group.identical


def test_a_threshold_that_links_everything_is_refused(monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_PAIRS", 500)
    space = space_of(np.random.default_rng(0).normal(size=(200, 8)) + 3)
    with pytest.raises(InvalidParameterError, match=r"500 pairs among 200.*Raise the threshold"):
        near_duplicates(space, 0.5)
    assert near_duplicates(space, 0.9999) == ()


@pytest.mark.parametrize("threshold", [0, -0.5, 1.01, float("nan"), "0.9", True, None])
def test_a_threshold_that_is_no_cosine_is_named(threshold):
    with pytest.raises(InvalidParameterError, match="above 0 and at most 1"):
        near_duplicates(space_of(np.eye(3)), threshold)


@pytest.mark.parametrize("scale", [1e-30, 1e30], ids=str)
def test_very_short_and_very_long_vectors(scale):
    vectors = np.concatenate([clusters(2, [2, 1, 1]) * scale, np.zeros((2, 16))])
    space = space_of(vectors, list("abcdef"))
    found = near_duplicates(space, 0.9)
    assert [set(group.rows) for group in found] == [{4, 5}, {0, 1}]  # equal ones, then alike ones
    assert 0.9 < found[1].similarity_min < 1


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_compare(n):
    assert near_duplicates(space_of(np.ones((n, 3)))) == ()


def test_progress_and_stop(monkeypatch):
    monkeypatch.setattr(duplicates, "_ROWS", 10)
    monkeypatch.setattr(duplicates, "_COLUMNS", 20)
    space = space_of(np.random.default_rng(0).normal(size=(60, 8)))
    seen: list[float] = []
    near_duplicates(space, on_progress=lambda progress: seen.append(progress.fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    event = threading.Event()
    calls: list[int] = []

    def stop_at_second(_) -> None:
        calls.append(1)
        if len(calls) == 2:
            event.set()

    with pytest.raises(CancelledError, match="near-duplicates"):
        near_duplicates(space, on_progress=stop_at_second, cancel=event)
    assert len(calls) == 2
