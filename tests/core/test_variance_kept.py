"""What PCA keeps: scikit-learn's variances, and the recall that maps are measured by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

import embedviz as ev
from embedviz.errors import InvalidParameterError
from embedviz.trust import kept_by_components, scree
from embedviz.trust.dimension_pictures import distance_histogram, hub_curves, scree_figure
from embedviz.trust.variance_kept import first_components
from tests.counts import examples


@given(n=st.integers(2, 40), d=st.integers(1, 20), seed=st.integers(0, 99))
@settings(max_examples=examples(30, 300))
def test_a_scree_is_scikit_learns(n, d, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, d)) * np.arange(1, d + 1)
    found, expected = scree(vectors), PCA().fit(vectors)
    m = len(expected.explained_variance_)
    np.testing.assert_allclose(found.variances[:m], expected.explained_variance_, atol=1e-9)
    np.testing.assert_allclose(found.shares[:m], expected.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_allclose(found.variances[m:], 0, atol=1e-9)
    assert found.cumulative[-1] == 1
    assert (np.diff(found.cumulative) >= -1e-15).all()


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_components_for_a_share_are_scikit_learns_choice(share, glove_small):
    vectors = glove_small.vectors.astype(np.float64)
    expected = PCA(share, svd_solver="full").fit(vectors).n_components_
    assert scree(vectors).components_for(share) == expected
    assert scree(vectors).components_for(1.0) == 50


def test_neighbors_kept_are_the_recall_of_a_pca_map(glove_small):
    found = kept_by_components(glove_small, (2, 3), k=15)
    for components, recall in zip(found.components, found.recall, strict=True):
        drawn = ev.project(glove_small, "pca", n_components=components)
        expected = ev.quality(glove_small, drawn, k=15, parts=("recall",)).recall
        assert recall == pytest.approx(expected, abs=1e-4)
    assert (found.k, found.n) == (15, 1000)


def test_all_components_keep_all_neighbors_and_more_keep_more(glove_small):
    recall = kept_by_components(glove_small, (1, 5, 20, 50)).recall
    assert list(recall) == sorted(recall)
    assert recall[-1] == pytest.approx(1, abs=1e-3)


def test_first_components_are_a_space_with_the_same_keys(glove_small):
    found = first_components(glove_small, 4)
    expected = PCA(4).fit_transform(glove_small.vectors.astype(np.float64))
    np.testing.assert_allclose(np.abs(found.vectors), np.abs(expected), atol=1e-4)
    assert found.keys == glove_small.keys


def test_what_has_no_scree_says_so(glove_small):
    for vectors in (np.zeros((5, 2)), np.zeros((1, 2)), np.zeros(4), np.full((4, 2), np.inf)):
        with pytest.raises(InvalidParameterError):
            scree(vectors)
    for share in (0, -1, 1.01, float("nan")):
        with pytest.raises(InvalidParameterError, match="share"):
            scree(np.eye(3)).components_for(share)
    for components in ((), (0,), (51,)):
        with pytest.raises(InvalidParameterError, match="from 1 to 50"):
            kept_by_components(glove_small, components)
    with pytest.raises(InvalidParameterError, match="1 to 999"):
        kept_by_components(glove_small, (2,), k=1000)
    with pytest.raises(InvalidParameterError, match="1 to 50"):
        first_components(glove_small, 51)


def test_the_pictures_hold_what_was_measured(glove_small):
    found = scree(glove_small.vectors)
    kept = kept_by_components(glove_small, (2, 10))
    bars, variance, neighbors = scree_figure(found, kept, 2, ("a", "b", "<i>"), "x").data
    np.testing.assert_allclose(bars.y, found.shares)
    assert len(set(bars.marker.color[:2])) == 1
    assert bars.marker.color[2] != bars.marker.color[1]
    np.testing.assert_allclose(variance.y, found.cumulative)
    np.testing.assert_allclose(neighbors.y, kept.recall)
    assert neighbors.name == "&lt;i&gt;"
    distances = np.random.default_rng(0).uniform(0.5, 1.5, 1000)
    histogram = distance_histogram({"one": distances}, "x", "y").data[0]
    assert sum(histogram.y) == pytest.approx(1)
    curve = hub_curves({"one": np.array([0, 0, 3, 5, 5])}, 2, "x", "y").data[0]
    assert list(zip(curve.x, curve.y, strict=True)) == [(0, 5), (3, 3), (5, 2)]
