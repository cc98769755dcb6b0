"""Finding groups: scikit-learn's answers, planted groups, what is refused."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.groups import CLUSTERINGS, cluster, label_places
from embedviz.groups import silhouette as silhouette_module
from embedviz.groups.hdbscan import HDBSCAN_CLUSTERING
from embedviz.groups.silhouette import silhouettes
from embedviz.params import specs
from embedviz.projections import project
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from tests.counts import examples

METHODS = sorted(CLUSTERINGS)


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


def planted(n=300, d=8, groups=4, seed=0):
    points, labels = make_blobs(n, d, centers=groups, cluster_std=0.5, random_state=seed)
    return space_of(points), labels


@pytest.mark.parametrize("method", METHODS)
class TestEveryMethod:
    def test_finds_the_planted_groups_and_numbers_them_by_size(self, method):
        space, truth = planted()
        asked = {"n_clusters": 4} if method == "kmeans" else {}
        found = cluster(space, method, **asked)
        assert found.n_groups == 4
        assert adjusted_rand_score(truth[found.labels >= 0], found.labels[found.labels >= 0]) == 1
        assert list(found.sizes) == sorted(found.sizes, reverse=True)
        assert found.labels.dtype == np.int32
        assert found.labels.shape == (300,)
        assert found.sizes.sum() + found.noise == len(found) == 300
        assert all((found.labels[found.rows(group)] == group).all() for group in range(-1, 4))

    def test_same_seed_gives_the_same_groups_and_the_input_stays(self, method):
        space = space_of(np.random.default_rng(1).normal(size=(200, 6)))
        before = space.vectors.copy()
        one, two = cluster(space, method, seed=5), cluster(space, method, seed=5)
        assert np.array_equal(one.labels, two.labels)
        assert np.array_equal(one.per_point_silhouette, two.per_point_silhouette, equal_nan=True)
        assert np.array_equal(space.vectors, before)

    def test_shuffled_rows_keep_their_groups(self, method):
        space, _ = planted(120)
        order = np.random.default_rng(2).permutation(120)
        asked = {"n_clusters": 4} if method == "kmeans" else {}
        found, shuffled = (
            cluster(space, method, **asked),
            cluster(space.take(order), method, **asked),
        )
        assert adjusted_rand_score(found.labels[order], shuffled.labels) == 1

    def test_map_is_grouped_as_it_is_drawn(self, method):
        space, _ = planted()
        drawn = project(space, "pca", cache=False)
        found = cluster(drawn, method)
        assert found.on == "map"
        assert "map" in found.works_on
        same = cluster(space_of(drawn.coordinates), method, reduce_to=0)
        assert np.array_equal(found.labels, same.labels)
        assert found.silhouette == pytest.approx(same.silhouette, abs=1e-12)
        there = silhouettes(space.vectors, found.labels)
        assert found.full_silhouette == pytest.approx(np.nanmean(there))

    def test_says_every_parameter_that_was_used(self, method):
        space, _ = planted()
        found = cluster(space, method)
        assert set(specs(CLUSTERINGS[method].params)) | {"metric", "reduce_to"} == set(found.params)
        assert set(cluster(project(space, cache=False), method).params) == set(
            specs(CLUSTERINGS[method].params)
        )

    def test_cosine_ignores_lengths(self, method):
        space, _ = planted()
        lengths = np.random.default_rng(3).uniform(0.5, 20, size=(300, 1))
        stretched = space_of(space.vectors * lengths)
        one, two = (
            cluster(space, method, metric="cosine"),
            cluster(stretched, method, metric="cosine"),
        )
        assert adjusted_rand_score(one.labels, two.labels) == pytest.approx(1)
        assert "length" in one.works_on

    def test_cancel_stops_it(self, method):
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(CancelledError):
            cluster(planted()[0], method, cancel=cancel)

    def test_progress_is_told(self, method):
        told = []
        cluster(planted()[0], method, on_progress=told.append)
        assert any("silhouette" in each.message for each in told)

    def test_too_few_points_are_refused_and_the_fewest_work(self, method):
        with pytest.raises(InvalidParameterError, match="at least 4 points, got 3"):
            cluster(space_of(np.eye(3)), method)
        assert len(cluster(space_of(np.eye(4)), method)) == 4

    @pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
    def test_repeated_points_are_no_trouble(self, method):
        found = cluster(space_of(np.ones((50, 3))), method)
        assert np.isnan(found.silhouette)
        assert found.n_groups <= 1
        two = cluster(space_of(np.repeat(np.eye(2), 30, axis=0)), method)
        assert two.n_groups == 2
        assert two.silhouette == pytest.approx(1)

    def test_parameters_are_checked(self, method):
        space, _ = planted()
        with pytest.raises(InvalidParameterError, match="has no parameter 'eps'"):
            cluster(space, method, eps=1)
        with pytest.raises(InvalidParameterError, match="not one of 'euclidean', 'cosine'"):
            cluster(space, method, metric="dot")
        with pytest.raises(InvalidParameterError, match="metric: a map is grouped by straight"):
            cluster(project(space, cache=False), method, metric="cosine")
        with pytest.raises(InvalidParameterError, match="seed=-1"):
            cluster(space, method, seed=-1)
        with pytest.raises(InvalidParameterError, match="have length 0"):
            cluster(space_of(np.vstack([np.eye(5), np.zeros(5)])), method, metric="cosine")


def test_unknown_method_lists_the_known():
    with pytest.raises(InvalidParameterError, match="Methods: 'hdbscan', 'kmeans'"):
        cluster(planted()[0], "dbscan")


def test_kmeans_is_scikit_learns():
    points = np.random.default_rng(4).normal(size=(400, 5)).astype(np.float32)
    found = cluster(space_of(points), "kmeans", seed=7, n_clusters=6, n_init=5)
    theirs = KMeans(6, n_init=5, random_state=7).fit(points)
    assert adjusted_rand_score(found.labels, theirs.labels_) == 1


def test_hdbscan_is_scikit_learns():
    points = np.random.default_rng(5).normal(size=(500, 4)).astype(np.float32)
    found = cluster(space_of(points), "hdbscan", min_cluster_size=8, min_samples=3, reduce_to=0)
    theirs = HDBSCAN(min_cluster_size=8, min_samples=3, copy=True).fit(points).labels_
    assert adjusted_rand_score(found.labels, theirs) == 1
    assert found.noise == (theirs == -1).sum()


def test_hdbscan_first_reduces_long_vectors_and_says_so():
    space, truth = planted(d=200)
    found = cluster(space)
    assert found.params["reduce_to"] == 50
    assert found.works_on.startswith("PCA first leaves 50 of 200 dimensions")
    assert adjusted_rand_score(truth, found.labels) == 1
    assert cluster(space, reduce_to=0).works_on.startswith("All 200 dimensions")
    with pytest.raises(InvalidParameterError, match="at most 40 dimensions"):
        cluster(space.take(range(40)), reduce_to=60)


def test_more_points_than_the_method_can_take_are_refused_with_a_way_out():
    most = HDBSCAN_CLUSTERING.most_points(50)
    assert 20_000 < most < HDBSCAN_CLUSTERING.most_points(2)
    many = EmbeddingSpace([str(i) for i in range(200_000)], np.zeros((200_000, 2), np.float32))
    with pytest.raises(InvalidParameterError, match=r"200,000 points of 2 .* k-means"):
        cluster(many)


def test_groups_that_the_data_does_not_allow_are_refused():
    with pytest.raises(InvalidParameterError, match=r"n_clusters=20 does not fit this data"):
        cluster(space_of(np.eye(10)), "kmeans", n_clusters=20)
    assert cluster(space_of(np.eye(5)), "kmeans").params["n_clusters"] == 4


@settings(max_examples=examples(40, 400))
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(5, 80),
    d=st.integers(1, 20),
    groups=st.integers(2, 6),
    noise=st.booleans(),
)
def test_silhouette_is_scikit_learns(seed, n, d, groups, noise):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, d)) + 100
    labels = rng.integers(-1 if noise else 0, groups, size=n).astype(np.int32)
    found = silhouettes(points, labels)
    grouped = labels >= 0
    assert np.isnan(found[~grouped]).all()
    if not 2 <= len(set(labels[grouped])) < grouped.sum():
        return
    theirs = silhouette_samples(points[grouped], labels[grouped])
    assert found[grouped] == pytest.approx(theirs, abs=1e-6)


def test_silhouette_of_many_points_is_measured_on_a_stated_sample(monkeypatch):
    space, _ = planted(400)
    whole = cluster(space, "kmeans", n_clusters=4)
    monkeypatch.setattr(silhouette_module, "MEASURED_AT_MOST", 100)
    sampled = cluster(space, "kmeans", n_clusters=4)
    assert whole.measured == 400
    assert sampled.measured == 100
    assert sampled.silhouette == pytest.approx(whole.silhouette, abs=0.05)


def test_silhouette_in_small_blocks_is_the_same(monkeypatch):
    space, truth = planted(200)
    labels = truth.astype(np.int32)
    whole = silhouettes(space.vectors, labels)
    monkeypatch.setattr(silhouette_module, "_BLOCK_BYTES", 8 * 200 * 7)
    assert silhouettes(space.vectors, labels) == pytest.approx(whole, abs=1e-12)


def test_group_silhouettes_are_the_means_of_their_points():
    found = cluster(planted(150)[0], "kmeans", n_clusters=5)
    by_hand = [found.per_point_silhouette[found.labels == group].mean() for group in range(5)]
    assert found.group_silhouettes == pytest.approx(by_hand)


class TestPlaces:
    def test_label_stands_on_a_point_of_its_group(self):
        space, _ = planted()
        drawn = project(space, cache=False)
        found = cluster(space, "kmeans", n_clusters=6)
        places = label_places(drawn, found)
        assert places.shape == (6, 2)
        for group, place in enumerate(places):
            assert (drawn.coordinates[found.rows(group)] == place).all(axis=1).any()

    def test_label_of_a_torn_group_stands_in_its_larger_part(self):
        rng = np.random.default_rng(6)
        parts = [rng.normal((0, 0), 0.1, (80, 2)), rng.normal((10, 0), 0.1, (20, 2))]
        others = rng.normal((5, 50), 0.1, (100, 2))
        space = space_of(np.vstack([*parts, others]))
        drawn = Projection(space.vectors, space, "mine")
        found = cluster(space, "kmeans", n_clusters=2)
        places = label_places(drawn, found)
        torn = found.labels[0]
        assert places[torn] == pytest.approx([0, 0], abs=0.3)

    def test_works_in_space_for_large_groups_and_single_points(self):
        rng = np.random.default_rng(7)
        space = space_of(np.vstack([rng.normal(size=(3000, 3)), [[900.0, 0, 0]]]))
        drawn = Projection(space.vectors, space, "mine", n_components=3)
        found = cluster(space, "kmeans", n_clusters=2)
        assert list(found.sizes) == [3000, 1]
        places = label_places(drawn, found)
        assert np.linalg.norm(places[0]) < 1
        assert list(places[1]) == [900, 0, 0]

    def test_map_of_other_points_is_refused(self):
        found = cluster(planted(50)[0], "kmeans")
        with pytest.raises(InvalidParameterError, match="50 points do not fit a map of 60"):
            label_places(project(planted(60)[0], cache=False), found)
