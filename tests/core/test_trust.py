"""How far to trust a map: scikit-learn's numbers, hand-made cases, properties."""

from __future__ import annotations

import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.product_threads import one_product_thread
from embedviz.progress import Progress
from embedviz.projections import project
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store
from embedviz.trust import blocks, map_quality, quality
from embedviz.trust.nearest import nearest_rows
from embedviz.trust.nearness import FullNearness
from embedviz.trust.ranking import Ranking
from embedviz.trust.sampling import sampled_rows
from tests.counts import examples


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


def map_of(space: EmbeddingSpace, coordinates, metric: str = "euclidean") -> Projection:
    return Projection(
        coordinates, space, "mine", n_components=np.shape(coordinates)[1], metric=metric
    )


def random_case(seed: int, n: int, d: int, c: int, noise: float = 1.0):
    rng = np.random.default_rng(seed)
    space = space_of(rng.normal(size=(n, d)))
    return space, map_of(space, space.vectors[:, :c] + noise * rng.normal(size=(n, c)))


def by_definition(vectors, coordinates, k: int, metric: str) -> tuple[np.ndarray, ...]:
    """Trust, continuity, recall of each point, as Venna & Kaski write them, with full sorts."""
    n = len(vectors)
    orders = []
    for distances in (cdist(vectors, vectors, metric), cdist(coordinates, coordinates)):
        np.fill_diagonal(distances, -1)
        order = np.argsort(distances, axis=1)[:, 1:]
        orders.append([list(row) for row in order])
    full, drawn = orders
    scale = 2 / (k * (2 * n - 3 * k - 1))
    trust_, continuity, recall = np.ones(n), np.ones(n), np.zeros(n)
    for i in range(n):
        near_full, near_drawn = set(full[i][:k]), set(drawn[i][:k])
        for j in near_drawn - near_full:
            trust_[i] -= scale * (full[i].index(j) + 1 - k)
        for j in near_full - near_drawn:
            continuity[i] -= scale * (drawn[i].index(j) + 1 - k)
        recall[i] = len(near_full & near_drawn) / k
    return trust_, continuity, recall


@settings(max_examples=examples(25, 250))
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(9, 90),
    d=st.integers(2, 30),
    c=st.integers(1, 2),
    data=st.data(),
)
def test_trustworthiness_is_scikit_learns(seed, n, d, c, data):
    k = data.draw(st.integers(1, (n - 1) // 2))
    space, drawn = random_case(seed, n, d, c)
    found = quality(space, drawn, k=k, cache=False)
    full, flat = space.vectors.astype(np.float64), drawn.coordinates.astype(np.float64)
    assert found.trustworthiness == pytest.approx(
        trustworthiness(full, flat, n_neighbors=k), abs=1e-9
    )
    assert found.continuity == pytest.approx(trustworthiness(flat, full, n_neighbors=k), abs=1e-9)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "correlation"])
@pytest.mark.parametrize("k", [1, 7, 19])
def test_every_number_is_its_definition(metric, k):
    space, drawn = random_case(3, 60, 9, 2)
    found = quality(space, drawn, k=k, metric=metric, cache=False)
    wanted = by_definition(space.vectors, drawn.coordinates, k, metric)
    np.testing.assert_allclose(found.per_point_trustworthiness, wanted[0], atol=1e-12)
    np.testing.assert_allclose(found.per_point_continuity, wanted[1], atol=1e-12)
    np.testing.assert_allclose(found.per_point, wanted[2], atol=1e-12)
    assert found.trustworthiness == pytest.approx(wanted[0].mean())
    assert found.continuity == pytest.approx(wanted[1].mean())
    assert found.recall == pytest.approx(wanted[2].mean())
    assert (found.k, found.metric, found.n) == (k, metric, 60)
    assert found.per_point.shape == (60,)


def test_dot_ranks_by_the_product():
    space, drawn = random_case(4, 40, 5, 2)
    products = space.vectors.astype(np.float64) @ space.vectors.T.astype(np.float64)
    np.fill_diagonal(products, -np.inf)
    full = np.argsort(-products, axis=1)[:, :5]
    flat = cdist(drawn.coordinates, drawn.coordinates)
    np.fill_diagonal(flat, np.inf)
    near = np.argsort(flat, axis=1)[:, :5]
    wanted = [len(set(a) & set(b)) / 5 for a, b in zip(full.tolist(), near.tolist(), strict=True)]
    found = quality(space, drawn, k=5, metric="dot", cache=False)
    np.testing.assert_allclose(found.per_point, wanted)


@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100), shift=st.floats(-50, 50))
@settings(max_examples=examples(20, 200))
def test_a_map_that_only_moves_turns_and_scales_is_perfect(seed, scale, shift):
    rng = np.random.default_rng(seed)
    flat = rng.normal(size=(40, 2))
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    space = space_of(flat)
    found = quality(space, map_of(space, flat @ turn * scale + shift), k=6, cache=False)
    assert found.trustworthiness > 1 - 1e-3
    assert found.continuity > 1 - 1e-3
    assert found.recall > 0.99


def test_a_scrambled_map_scores_low():
    line = np.arange(40.0)
    space = space_of(np.column_stack([line, np.zeros(40)]))
    good = quality(space, map_of(space, line[:, None]), k=3, cache=False)
    scrambled = (line * 19) % 40  # the two ends of each step are far apart
    found = quality(space, map_of(space, scrambled[:, None]), k=3, cache=False)
    assert (good.trustworthiness, good.continuity, good.recall) == (1.0, 1.0, 1.0)
    assert found.recall < 0.4
    assert found.trustworthiness < 0.6


def test_one_misplaced_point_is_found():
    rng = np.random.default_rng(0)
    flat = np.vstack([rng.normal(size=(30, 2)), rng.normal(size=(30, 2)) + 50])
    space = space_of(flat)
    moved = flat.copy()
    moved[4] += 50  # drawn among the strangers
    found = quality(space, map_of(space, moved), k=5, cache=False)
    assert found.per_point[4] == 0
    assert int(np.argmin(found.per_point_trustworthiness)) == 4
    assert np.median(found.per_point) == 1.0


def test_torn_and_merged_are_told_apart():
    """Merging strangers costs trust, tearing neighbors apart costs continuity."""
    rng = np.random.default_rng(1)
    two = np.vstack([rng.normal(size=(40, 2)), rng.normal(size=(40, 2)) + 30])
    space = space_of(two)
    merged = quality(space, map_of(space, two - np.repeat([[0], [30]], 40, axis=0)), 8, cache=False)
    one = space_of(two - np.repeat([[0], [30]], 40, axis=0))
    torn = quality(one, map_of(one, two), 8, cache=False)
    assert merged.trustworthiness < merged.continuity
    assert torn.continuity < torn.trustworthiness
    assert merged.trustworthiness == pytest.approx(torn.continuity, abs=1e-3)


def test_the_maps_own_metric_is_the_default_and_is_written():
    rng = np.random.default_rng(2)
    space = space_of(rng.normal(size=(60, 4)) * rng.uniform(0.1, 10, size=(60, 1)))
    plain, unit = (
        project(space, "pca", cache=False),
        project(space, "pca", cache=False, normalize=True),
    )
    assert quality(space, plain, 5, cache=False).metric == "euclidean"
    found = quality(space, unit, 5, cache=False)
    assert found.metric == "cosine"
    assert found.recall == quality(space, unit, 5, metric="cosine", cache=False).recall
    assert found.recall != quality(space, unit, 5, metric="euclidean", cache=False).recall


def test_blocks_change_nothing(monkeypatch):
    space, drawn = random_case(6, 200, 12, 3)
    whole = quality(space, drawn, k=9, cache=False)
    sizes: list[int] = []
    plain = map_quality._measured
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 200 * 7)
    monkeypatch.setattr(map_quality, "_measured", lambda *a: sizes.append(len(a[-1])) or plain(*a))
    blocked = quality(space, drawn, k=9, cache=False)
    assert max(sizes) == 7
    assert sum(sizes) == 200
    np.testing.assert_array_equal(blocked.per_point, whole.per_point)
    np.testing.assert_array_equal(blocked.per_point_continuity, whole.per_point_continuity)


def test_ties_cost_nothing_and_repeat():
    space = space_of(np.repeat(np.eye(4), 10, axis=0))
    drawn = map_of(space, np.repeat([[0, 0], [0, 9], [9, 0], [9, 9.5]], 10, axis=0))
    found = quality(space, drawn, k=9, cache=False)
    assert found.trustworthiness == found.continuity == found.recall == 1.0


def test_vectors_of_length_zero_are_as_in_the_neighbors_panel():
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    vectors[3] = 0
    space = space_of(vectors)
    found = quality(space, map_of(space, vectors[:, :2]), k=4, metric="cosine", cache=False)
    assert np.isfinite(found.per_point).all()


def test_far_from_the_origin_the_digits_stay():
    rng = np.random.default_rng(7)
    near = np.round(rng.normal(size=(80, 6)) * 256) / 256
    drawn = rng.normal(size=(80, 2))
    a, b = space_of(near), space_of(near + 1000)
    first, second = (quality(s, map_of(s, drawn), 6, cache=False) for s in (a, b))
    np.testing.assert_array_equal(first.per_point_trustworthiness, second.per_point_trustworthiness)


@pytest.mark.parametrize("k", [0, -1, 20, 100, 2.0, True, None])
def test_k_must_be_below_half(k):
    space, drawn = random_case(0, 40, 4, 2)
    with pytest.raises(InvalidParameterError, match="1 to 19"):
        quality(space, drawn, k=k)


def test_two_points_cannot_be_measured():
    space, drawn = random_case(0, 2, 4, 2)
    with pytest.raises(InvalidParameterError, match="3 points or more"):
        quality(space, drawn, k=1)


def test_a_map_of_other_points_is_refused():
    space, drawn = random_case(0, 40, 4, 2)
    with pytest.raises(InvalidParameterError, match="not the 30"):
        quality(space.take(np.arange(30)), drawn, 5)
    with pytest.raises(InvalidParameterError, match="in this order"):
        quality(space.take(np.arange(39, -1, -1)), drawn, 5)


def test_unknown_metric_names_the_known_ones():
    space, drawn = random_case(0, 40, 4, 2)
    with pytest.raises(InvalidParameterError, match="'cosine', 'euclidean'"):
        quality(space, drawn, 5, metric="manhattan")


def test_progress_and_stop(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 40 * 4)
    space, drawn = random_case(0, 40, 4, 2)
    seen: list[Progress] = []
    quality(space, drawn, 5, on_progress=seen.append, cache=False)
    assert [report.fraction for report in seen] == pytest.approx(np.arange(1, 11) / 10)
    event = threading.Event()
    seen.clear()

    def stop_at_third(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 3:
            event.set()

    with pytest.raises(CancelledError):
        quality(space, drawn, 5, on_progress=stop_at_third, cancel=event, cache=False)
    assert len(seen) == 3


def test_kept_on_disk_by_content(cache_dir, monkeypatch):
    space, drawn = random_case(0, 40, 4, 2)
    first = quality(space, drawn, 5)
    computed: list[int] = []
    plain = map_quality._per_point
    monkeypatch.setattr(map_quality, "_per_point", lambda *a: computed.append(1) or plain(*a))
    again = quality(space, drawn, 5)
    assert computed == []
    np.testing.assert_array_equal(again.per_point, first.per_point)
    assert (again.trustworthiness, again.continuity) == (first.trustworthiness, first.continuity)
    quality(space, drawn, 6)
    quality(space, drawn, 5, metric="cosine")
    quality(space, map_of(space, drawn.coordinates[::-1]), 5)
    assert len(computed) == 3
    size = default_store().size()
    quality(space, drawn, 7, cache=False)
    assert default_store().size() == size


def test_no_matrix_of_all_pairs_is_ever_made(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", blocks.BLOCK_BYTES // 9)
    space, drawn = random_case(0, 2000, 3, 2)
    all_pairs = 8 * len(space) ** 2
    quality(space, drawn, 5, sample=10, cache=False)  # what is imported once does not count
    tracemalloc.start()
    quality(space, drawn, cache=False)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < all_pairs / 2


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "correlation", "dot"])
@pytest.mark.parametrize("spread", [0.0, 1e-5, 1e-2])
def test_where_float32_cannot_tell_points_apart_the_ranks_are_still_exact(metric, spread):
    """Tight groups far from one another: within a group float32 products are all alike."""
    rng = np.random.default_rng(5)
    groups = rng.normal(size=(4, 40)) * 10
    space = space_of(np.repeat(groups, 30, axis=0) + spread * rng.normal(size=(120, 40)))
    drawn = map_of(space, rng.normal(size=(120, 2)))
    rows = np.arange(120)
    full = FullNearness(space.vectors, metric)
    exact = full.exact(np.repeat(rows, 120), np.tile(rows, 120)).reshape(120, 120)
    np.fill_diagonal(exact, np.inf)
    columns = np.array([rng.choice(np.delete(rows, row), 5, replace=False) for row in rows])
    limits = np.take_along_axis(exact, columns, axis=1)
    wanted = 1 + (exact[:, None, :] < limits[:, :, None]).sum(axis=2)
    ranking = Ranking.of_space(space.vectors, metric)
    ranks = ranking.seen_from(rows).ranks(np.repeat(rows, 5), ranking.places.of[columns.ravel()])
    np.testing.assert_array_equal(ranks.reshape(columns.shape), wanted)
    nearest = nearest_rows(ranking, 6)
    np.testing.assert_array_equal(nearest, np.argsort(exact, axis=1, kind="stable")[:, :6])
    assert np.isfinite(quality(space, drawn, 5, metric, cache=False).trustworthiness)


def test_one_far_point_changes_no_rank():
    space, drawn = random_case(9, 150, 20, 2)
    far = space.vectors.copy()
    far[7] += 1e6
    found = quality(space_of(far), map_of(space_of(far), drawn.coordinates), 9, cache=False)
    wanted = by_definition(far.astype(np.float64), drawn.coordinates, 9, "euclidean")
    np.testing.assert_allclose(found.per_point_trustworthiness, wanted[0], atol=1e-12)
    np.testing.assert_allclose(found.per_point_continuity, wanted[1], atol=1e-12)


@settings(max_examples=examples(15, 150))
@given(seed=st.integers(0, 1000), k=st.integers(1, 12))
def test_continuity_of_one_way_is_trustworthiness_of_the_other(seed, k):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(40, 2)), rng.normal(size=(40, 2))
    there = quality(space_of(first), map_of(space_of(first), second), k, cache=False)
    back = quality(space_of(second), map_of(space_of(second), first), k, cache=False)
    assert there.continuity == pytest.approx(back.trustworthiness, abs=1e-12)
    assert there.recall == pytest.approx(back.recall, abs=1e-12)


def test_a_sample_is_measured_against_all_points():
    space, drawn = random_case(1, 300, 8, 2)
    whole = quality(space, drawn, 7, cache=False)
    part = quality(space, drawn, 7, cache=False, sample=50, seed=3)
    assert part.sampled is not None
    assert (len(part.sampled), part.n) == (50, 300)
    assert part.stated == "measured on 50 of 300 points"
    assert whole.stated == "measured on all 300 points"
    np.testing.assert_array_equal(part.per_point[part.sampled], whole.per_point[part.sampled])
    outside = np.setdiff1d(np.arange(300), part.sampled)
    assert np.isnan(part.per_point[outside]).all()
    assert part.trustworthiness == pytest.approx(
        whole.per_point_trustworthiness[part.sampled].mean()
    )
    again = quality(space, drawn, 7, cache=False, sample=50, seed=3)
    np.testing.assert_array_equal(again.sampled, part.sampled)
    other = quality(space, drawn, 7, cache=False, sample=50, seed=4)
    assert not np.array_equal(other.sampled, part.sampled)
    assert quality(space, drawn, 7, cache=False, sample=300).sampled is None


def test_many_points_are_sampled_by_themselves():
    assert sampled_rows(30_000, None, 0) is None
    rows = sampled_rows(200_000, None, 0)
    assert rows is not None
    assert len(rows) == len(set(rows.tolist())) == 5_000
    assert len(sampled_rows(5_000_000, None, 0)) == 1_000


@pytest.mark.parametrize("sample", [0, -1, 2.5, True])
def test_a_sample_is_a_whole_number(sample):
    space, drawn = random_case(0, 40, 4, 2)
    with pytest.raises(InvalidParameterError, match="sample="):
        quality(space, drawn, 5, sample=sample, cache=False)


def test_parts_are_as_in_the_whole_and_the_rest_is_nan(cache_dir):
    space, drawn = random_case(2, 90, 6, 2)
    whole = quality(space, drawn, 8)
    trust_only = quality(space, drawn, 8, parts=("trustworthiness",))
    recall_only = quality(space, drawn, 8, parts=("recall",))
    assert trust_only.trustworthiness == whole.trustworthiness
    np.testing.assert_array_equal(recall_only.per_point, whole.per_point)
    assert np.isnan([trust_only.recall, trust_only.continuity, recall_only.continuity]).all()
    with pytest.raises(InvalidParameterError, match="'continuity'"):
        quality(space, drawn, 8, parts=("precision",))


def test_product_threads_come_back_after_all_users_left():
    from threadpoolctl import threadpool_info

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    first, second = one_product_thread(), one_product_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(threads()) == {1}
    second.__exit__(None, None, None)
    assert threads() == before
