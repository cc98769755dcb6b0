"""Distances of random and real points: SciPy's numbers, theory, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist, pdist
from scipy.special import gammaln
from sklearn.decomposition import PCA

from embedviz.errors import InvalidParameterError
from embedviz.trust import concentration
from embedviz.trust.concentrated import expected_spread, pairwise_distances
from embedviz.trust.random_points import principal_coordinates, random_points, with_dimensions
from tests.counts import examples


@given(
    n=st.integers(2, 40), d=st.integers(1, 30), seed=st.integers(0, 99), far=st.floats(-1e4, 1e4)
)
@settings(max_examples=examples(40, 400))
def test_distances_are_scipys_also_far_from_the_origin_and_of_copies(n, d, seed, far):
    points = np.random.default_rng(seed).normal(size=(n, d)) + far
    points = np.concatenate([points, points[:1]])
    found = pairwise_distances(points)
    np.testing.assert_allclose(found, pdist(points), rtol=1e-7, atol=1e-9)
    assert found[n - 1] == 0  # the first point and its copy


@pytest.mark.parametrize("d", [1, 2, 3, 10, 100, 1000])
def test_gaussian_distances_follow_the_chi_distribution(d):
    """√2 times a chi variable: its mean tends to √(2d), its deviation to 1."""
    found = concentration(random_points("gaussian", 1500, d, seed=1))
    mean = 2 * np.exp(gammaln((d + 1) / 2) - gammaln(d / 2))
    std = np.sqrt(2 * d - mean**2)
    assert found.mean == pytest.approx(mean, rel=0.03)
    assert found.std == pytest.approx(std, rel=0.06)
    assert (found.n, found.d) == (1500, d)
    if d >= 100:
        assert found.mean == pytest.approx(np.sqrt(2 * d), rel=0.01)
        assert found.std == pytest.approx(1, rel=0.06)
        assert found.chavez == pytest.approx(d, rel=0.12)


@pytest.mark.parametrize("distribution", ["gaussian", "uniform"])
def test_the_spread_tends_to_what_theory_says(distribution):
    for d, near in ((50, 0.08), (500, 0.06)):
        found = concentration(random_points(distribution, 1000, d)).spread
        assert found == pytest.approx(expected_spread(distribution, d), rel=near)


def test_contrast_is_the_median_over_points_and_falls_with_dimensions():
    points = np.random.default_rng(3).normal(size=(25, 4))
    between = cdist(points, points)
    ratios = []
    for row in range(25):
        others = np.delete(between[row], row)
        ratios.append((others.max() - others.min()) / others.min())
    assert concentration(points).contrast == pytest.approx(np.median(ratios))
    falling = [concentration(random_points("uniform", 200, d)).contrast for d in (2, 20, 200, 2000)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] < 0.2
    assert falling[0] > 10


@given(seed=st.integers(0, 200), scale=st.floats(1e-3, 1e3), shift=st.floats(-5, 5))
@settings(max_examples=examples(25, 250))
def test_ratios_do_not_know_of_scale_place_and_direction(seed, scale, shift):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(30, 5))
    turned = points @ np.linalg.qr(rng.normal(size=(5, 5)))[0] * scale + shift * scale
    before, after = concentration(points), concentration(turned)
    for ratio in ("spread", "contrast", "chavez"):
        assert getattr(after, ratio) == pytest.approx(getattr(before, ratio), rel=1e-6)
    assert after.mean == pytest.approx(before.mean * scale)


def test_a_simplex_is_the_end_of_all_concentration():
    found = concentration(np.eye(12))
    assert found.mean == pytest.approx(np.sqrt(2))
    assert found.spread == pytest.approx(0, abs=1e-12)
    assert found.contrast == pytest.approx(0, abs=1e-12)
    assert found.chavez == float("inf")


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.zeros((5, 3)), "one place"),
        (np.zeros((2, 3)), "3 to 4,000"),
        (np.zeros((4001, 1)), "Take a sample"),
        (np.zeros((5, 0)), "one or more dimensions"),
        (np.zeros(5), "shape"),
        (np.array([[1.0], [np.nan], [2.0]]), "finite"),
        (np.array([[1.0], [np.inf], [2.0]]), "finite"),
    ],
)
def test_what_cannot_be_measured_says_so(points, said):
    with pytest.raises(InvalidParameterError, match=said):
        concentration(points)


@pytest.mark.parametrize("seed", range(5))
def test_coordinates_that_never_change_are_drawn_last(seed):
    points = np.random.default_rng(seed).normal(size=(20, 6))
    points[:, [0, 2, 5]] = 3.0
    for d in (1, 2, 3):
        drawn = with_dimensions(points, d, "random", seed)
        assert (np.ptp(drawn, axis=0) > 0).all()
        assert concentration(drawn).mean > 0
    whole = with_dimensions(points, 6, "random", seed)
    np.testing.assert_array_equal(whole, points)


def test_random_points_are_what_their_name_says_and_the_same_for_a_seed():
    uniform = random_points("uniform", 2000, 3)
    assert uniform.min() >= 0
    assert uniform.max() <= 1
    assert uniform.mean() == pytest.approx(0.5, abs=0.03)
    np.testing.assert_array_equal(
        random_points("gaussian", 9, 4, 5), random_points("gaussian", 9, 4, 5)
    )
    assert not np.array_equal(
        random_points("gaussian", 9, 4, 5), random_points("gaussian", 9, 4, 6)
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("cauchy", 5, 5), "'gaussian', 'uniform'"),
        (("gaussian", 0, 5), "at least 1"),
        (("gaussian", 5, 0), "at least 1"),
        (("gaussian", 10**6, 10**6), "at most"),
    ],
)
def test_impossible_random_points_are_refused(asked, said):
    with pytest.raises(InvalidParameterError, match=said):
        random_points(*asked)
    with pytest.raises(InvalidParameterError):
        expected_spread("cauchy", 5)


def test_fewer_dimensions_are_scikit_learns_principal_components_or_own_coordinates(glove_small):
    vectors = glove_small.vectors[:200]
    expected = PCA(7).fit_transform(vectors.astype(np.float64))
    found = with_dimensions(vectors, 7)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-8)
    columns = {tuple(column) for column in vectors.astype(np.float64).T}
    taken = with_dimensions(vectors, 5, "random", seed=2)
    assert {tuple(column) for column in taken.T} < columns
    wider = {tuple(column) for column in with_dimensions(vectors, 9, "random", seed=2).T}
    assert {tuple(column) for column in taken.T} < wider  # dimensions are added, none is exchanged
    for how in ("principal", "random"):
        whole = with_dimensions(vectors, 50, how)
        np.testing.assert_allclose(pdist(whole), pdist(vectors.astype(np.float64)), rtol=1e-9)
    assert principal_coordinates(vectors).shape == (200, 50)
    for d, how in ((0, "principal"), (51, "random"), (5, "sideways")):
        with pytest.raises(InvalidParameterError):
            with_dimensions(vectors, d, how)
