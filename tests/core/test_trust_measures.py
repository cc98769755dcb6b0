"""Stability, Shepard diagram, hubs, torn neighbors: SciPy's numbers and hand-made cases."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import procrustes
from scipy.spatial.distance import cdist, pdist
from sklearn.neighbors import NearestNeighbors

from embedviz.errors import CancelledError, InvalidParameterError, UnknownKeyError
from embedviz.progress import Progress
from embedviz.projections.projection import Projection
from embedviz.space import EmbeddingSpace
from embedviz.trust import false_neighbors, hubness, quality, shepard, stability, torn
from embedviz.trust.procrustes import laid_over
from embedviz.trust.shepard_picture import shepard_figure


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


def map_of(space: EmbeddingSpace, coordinates) -> Projection:
    return Projection(coordinates, space, "mine", n_components=np.shape(coordinates)[1])


def test_laying_over_leaves_scipys_disparity():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(30, 3)), rng.normal(size=(30, 3))
    moved, residual = laid_over(first, second)
    one, other, disparity = procrustes(first, second)
    assert residual == pytest.approx(disparity)
    size = np.linalg.norm(first - first.mean(axis=0))
    np.testing.assert_allclose((moved - first.mean(axis=0)) / size, other, atol=1e-12)
    np.testing.assert_allclose((first - first.mean(axis=0)) / size, one, atol=1e-12)


@given(seed=st.integers(0, 500), scale=st.floats(0.01, 100), shift=st.floats(-9, 9))
def test_a_turned_mirrored_scaled_and_moved_picture_lies_on_the_first(seed, scale, shift):
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(20, 2))
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    moved, residual = laid_over(first, first @ turn * scale + shift)
    assert residual == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(moved, first, atol=1e-6)


def test_a_picture_that_is_one_place_can_be_laid_over_too():
    first = np.arange(8.0).reshape(4, 2)
    moved, residual = laid_over(first, np.ones((4, 2)))
    assert residual == 1.0
    np.testing.assert_allclose(moved, np.tile(first.mean(axis=0), (4, 1)))
    assert laid_over(np.ones((4, 2)), np.zeros((4, 2)))[1] == 0.0


def test_pca_is_the_same_from_every_seed():
    space = space_of(np.random.default_rng(0).normal(size=(50, 6)))
    found = stability(space, "pca", seeds=(0, 1, 2), cache=False)
    assert found.residual == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(found.per_point, 0, atol=1e-5)
    assert found.overlap == 1.0
    assert (found.seeds, found.method, found.k) == ((0, 1, 2), "pca", 15)


def test_tsne_strays_by_what_its_runs_say():
    rng = np.random.default_rng(1)
    space = space_of(rng.normal(size=(80, 8)))
    reports: list[Progress] = []
    found = stability(
        space, "tsne", seeds=(3, 5), k=6, on_progress=reports.append, cache=False, perplexity=10
    )
    assert 0 < found.residual <= 1
    assert 0 < found.overlap < 1
    assert found.overlap == pytest.approx(found.per_point_overlap.mean())
    assert found.per_point.shape == (80,)
    first, second = found.aligned
    assert found.residual == pytest.approx(procrustes(first, second)[2], rel=1e-6)
    size = np.sqrt(((first - first.mean(axis=0)) ** 2).sum(axis=1).mean())
    # From two places the mean is half the way.
    half = np.linalg.norm(first - second, axis=1) / 2
    np.testing.assert_allclose(found.per_point, half / size, rtol=1e-9)
    near = [
        NearestNeighbors(n_neighbors=6).fit(run).kneighbors(return_distance=False)
        for run in (first, second)
    ]
    shared = [len(set(a) & set(b)) / 6 for a, b in zip(*near, strict=True)]
    np.testing.assert_allclose(found.per_point_overlap, shared)
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_stability_stops_and_refuses():
    space = space_of(np.random.default_rng(1).normal(size=(60, 8)))
    event = threading.Event()
    event.set()
    with pytest.raises(CancelledError):
        stability(space, "tsne", cancel=event, cache=False)
    for seeds in ((), (1,), (2, 2)):
        with pytest.raises(InvalidParameterError, match="two different seeds"):
            stability(space, "pca", seeds=seeds)
    with pytest.raises(InvalidParameterError, match="neighbors"):
        stability(space, "pca", k=0)
    with pytest.raises(InvalidParameterError, match="no projection method"):
        stability(space, "magic")


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "correlation"])
def test_the_shepard_diagram_of_all_pairs_is_scipys(metric):
    rng = np.random.default_rng(2)
    space = space_of(rng.normal(size=(40, 7)))
    drawn = map_of(space, space.vectors[:, :2])
    found = shepard(space, drawn, metric=metric)
    full, flat = pdist(space.vectors, metric), pdist(drawn.coordinates)
    np.testing.assert_allclose(found.full, full, atol=1e-6)
    np.testing.assert_allclose(found.drawn, flat, atol=1e-6)
    assert found.spearman == pytest.approx(stats.spearmanr(full, flat).statistic, abs=1e-6)
    assert found.pearson == pytest.approx(stats.pearsonr(full, flat).statistic, abs=1e-6)
    assert (found.of, len(found.pairs)) == (780, 780)


def test_pairs_are_drawn_from_different_points_and_repeat():
    rng = np.random.default_rng(3)
    space = space_of(rng.normal(size=(300, 5)))
    drawn = map_of(space, space.vectors[:, :2])
    found, again = (shepard(space, drawn, pairs=1000, seed=4) for _ in range(2))
    np.testing.assert_array_equal(found.pairs, again.pairs)
    assert (found.pairs[:, 0] != found.pairs[:, 1]).all()
    assert (len(found.full), found.of) == (1000, 44_850)
    whole = shepard(space, drawn, pairs=50_000)
    assert found.spearman == pytest.approx(whole.spearman, abs=0.08)
    with pytest.raises(InvalidParameterError, match="pairs=1"):
        shepard(space, drawn, pairs=1)


def test_a_map_of_one_place_has_no_correlation():
    space = space_of(np.random.default_rng(3).normal(size=(10, 5)))
    found = shepard(space, map_of(space, np.ones((10, 2))))
    assert np.isnan([found.spearman, found.pearson]).all()
    shepard_figure(found)


def test_the_shepard_figure_counts_every_pair():
    space = space_of(np.random.default_rng(3).normal(size=(60, 5)))
    found = shepard(space, map_of(space, space.vectors[:, :2]))
    for theme in ("light", "dark", None):
        drawn = shepard_figure(found, theme)
        density = drawn.data[0]
        assert np.nansum(np.asarray(density.z, float)) == len(found.full)
        assert "full space" in drawn.layout.xaxis.title.text
        assert "map" in drawn.layout.yaxis.title.text


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_hub_counts_are_those_of_all_sorted_distances(metric):
    space = space_of(np.random.default_rng(4).normal(size=(120, 30)))
    distances = cdist(space.vectors, space.vectors, metric)
    np.fill_diagonal(distances, np.inf)
    counts = np.bincount(np.argsort(distances, axis=1)[:, :7].ravel(), minlength=120)
    found = hubness(space, 7, metric)
    np.testing.assert_array_equal(found.counts, counts)
    assert found.counts.mean() == 7
    assert found.skewness == pytest.approx(stats.skew(counts))
    assert found.hubs[0] == f"k{int(np.argmax(counts))}"
    assert found.antihubs == tuple(f"k{row}" for row in np.flatnonzero(counts == 0))


def test_many_dimensions_make_hubs_and_a_ring_has_none():
    rng = np.random.default_rng(5)
    flat, deep = (hubness(space_of(rng.normal(size=(500, d))), 10, "euclidean") for d in (2, 200))
    assert deep.skewness > 1.5 > flat.skewness
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = hubness(space_of(np.column_stack([np.cos(turn), np.sin(turn)])), 2, "euclidean")
    assert (ring.skewness, ring.hubs, ring.antihubs) == (0.0, (), ())
    everyone = hubness(space_of(rng.normal(size=(10, 3))), 9)
    assert everyone.counts.tolist() == [9] * 10
    with pytest.raises(InvalidParameterError, match="1 to 9"):
        hubness(space_of(rng.normal(size=(10, 3))), 10)
    with pytest.raises(InvalidParameterError, match="no metric"):
        hubness(space_of(rng.normal(size=(10, 3))), 2, "manhattan")


def test_a_neighbor_drawn_far_away_is_torn_and_a_stranger_is_false():
    line = np.column_stack([np.arange(12.0), np.zeros(12)])
    space = space_of(line)
    moved = line.copy()
    moved[[6, 11]] = line[[11, 6]]
    found = torn(space, map_of(space, moved), "k5", k=2)
    assert (found.keys, found.kept) == (("k6",), 1)
    assert found.ranks_on_map[0] > 2
    strangers = false_neighbors(space, map_of(space, moved), "k5", k=2)
    assert strangers.keys == ("k11",)
    assert strangers.ranks_in_space.tolist() == [11]


def test_torn_and_false_neighbors_are_what_quality_counts():
    rng = np.random.default_rng(6)
    space = space_of(rng.normal(size=(90, 9)))
    drawn = map_of(space, space.vectors[:, :2])
    whole = quality(space, drawn, 8, cache=False)
    for row in (0, 17, 89):
        lost = torn(space, drawn, f"k{row}", 8)
        false = false_neighbors(space, drawn, f"k{row}", 8)
        assert lost.kept / 8 == whole.per_point[row]
        assert len(lost.keys) == len(false.keys) == 8 - lost.kept
        assert (lost.ranks_on_map > 8).all()
        cost = 2 / (8 * (2 * 90 - 3 * 8 - 1)) * (false.ranks_in_space - 8).sum()
        assert 1 - cost == pytest.approx(whole.per_point_trustworthiness[row])
    with pytest.raises(UnknownKeyError):
        torn(space, drawn, "nobody", 8)
    with pytest.raises(InvalidParameterError, match="below half"):
        torn(space, drawn, "k0", 45)
