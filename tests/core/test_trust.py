"""How far to trust a map: scikit-learn's numbers, hand-made cases, properties."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from embedviz import distance_blocks
from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.progress import Progress
from embedviz.projections import project
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store
from embedviz.trust import map_quality as trust
from embedviz.trust import quality


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


@settings(max_examples=25)
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
@settings(max_examples=20)
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
    plain = trust._ranks
    monkeypatch.setattr(trust, "_BLOCK_BYTES", 8 * 200 * 7)
    monkeypatch.setattr(trust, "_ranks", lambda *a: sizes.append(len(a[0])) or plain(*a))
    blocked = quality(space, drawn, k=9, cache=False)
    assert max(sizes) == 7
    assert sum(sizes) == 400
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
    with pytest.raises(InvalidParameterError, match="'euclidean', 'cosine'"):
        quality(space, drawn, 5, metric="manhattan")


def test_progress_and_stop(monkeypatch):
    monkeypatch.setattr(trust, "_BLOCK_BYTES", 8 * 40 * 4)
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
    plain = trust._per_point
    monkeypatch.setattr(trust, "_per_point", lambda *a: computed.append(1) or plain(*a))
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
    shapes: list[tuple[int, ...]] = []
    plain = distance_blocks.by_products

    def watched(vectors, metric):
        block = plain(vectors, metric)

        def measured(start, stop):
            found = block(start, stop)
            shapes.append(found.shape)
            return found

        return measured

    monkeypatch.setattr(trust, "by_products", watched)
    space, drawn = random_case(0, 3000, 3, 2)
    quality(space, drawn, cache=False)
    assert max(rows * columns for rows, columns in shapes) * 8 <= trust._BLOCK_BYTES
