"""Intrinsic dimension: cubes of known dimension, the estimators written out, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from embedviz.errors import InvalidParameterError
from embedviz.trust import intrinsic_dimension
from embedviz.trust.estimated_dimension import two_nn
from tests.counts import examples


def cube(n: int, d: int, inside: int, seed: int = 0) -> np.ndarray:
    """Even in a d-dimensional cube that is turned somehow in a larger space."""
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(inside, d)))[0]
    return rng.uniform(size=(n, d)) @ axes.T


@pytest.mark.parametrize(("d", "near"), [(1, 0.08), (2, 0.1), (4, 0.12), (7, 0.2)])
def test_a_cube_has_its_own_dimension_whatever_it_lies_in(d, near):
    found = intrinsic_dimension(cube(2000, d, 25, seed=d))
    assert found.two_nn == pytest.approx(d, rel=near)
    assert found.maximum_likelihood == pytest.approx(d, rel=near)
    assert (found.n, found.k, found.dimensions) == (2000, 10, 25)


def test_a_curved_line_is_a_line():
    angle = np.sort(np.random.default_rng(0).uniform(0, 6, 1500))
    spiral = np.stack([angle * np.cos(angle), angle * np.sin(angle), angle], axis=1)
    found = intrinsic_dimension(spiral)
    assert found.two_nn == pytest.approx(1, abs=0.1)
    assert found.maximum_likelihood == pytest.approx(1, abs=0.1)


def test_both_estimates_written_out(glove_small):
    vectors = glove_small.vectors.astype(np.float64)
    near = NearestNeighbors(n_neighbors=11).fit(vectors).kneighbors()[0][:, :10]
    mu = np.sort(near[:, 1] / near[:, 0])[:900]
    empirical = np.arange(900) / 1000
    slope = np.linalg.lstsq(np.log(mu)[:, None], -np.log(1 - empirical), rcond=None)[0][0]
    inverses = [np.mean([np.log(line[9] / line[j]) for j in range(9)]) for line in near]
    found = intrinsic_dimension(vectors)
    assert found.two_nn == pytest.approx(slope, rel=1e-6)
    assert found.maximum_likelihood == pytest.approx(1 / np.mean(inverses), rel=1e-6)
    # The real vectors fill a small part of their 50 dimensions.
    assert 4 < found.two_nn < 20


@given(scale=st.floats(1e-6, 1e6), seed=st.integers(0, 50))
@settings(max_examples=examples(15, 150))
def test_scale_place_and_direction_do_not_matter(scale, seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(60, 4))
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    before = intrinsic_dimension(points)
    after = intrinsic_dimension(points @ turn * scale + 3 * scale)
    assert after.two_nn == pytest.approx(before.two_nn, rel=1e-5)
    assert after.maximum_likelihood == pytest.approx(before.maximum_likelihood, rel=1e-5)


def test_copies_count_once():
    points = cube(300, 2, 6)
    doubled = intrinsic_dimension(np.concatenate([points, points]))
    assert doubled == intrinsic_dimension(points)
    assert doubled.n == 300


def test_a_regular_grid_has_no_ratio_to_learn_from():
    assert two_nn(np.ones(50), np.ones(50)) == float("inf")


@pytest.mark.parametrize(
    ("points", "k", "said"),
    [
        (np.zeros((500, 3)), 10, "1 distinct points are too few"),
        (np.random.default_rng(0).normal(size=(19, 3)), 10, "too few"),
        (np.zeros(30), 10, "shape"),
        (np.full((30, 2), np.nan), 10, "finite"),
        (np.arange(30.0)[:, None], 2, "from 3 to 29"),
        (np.arange(30.0)[:, None], 30, "from 3 to 29"),
        (np.arange(30.0)[:, None], True, "whole number"),
    ],
)
def test_what_cannot_be_estimated_says_so(points, k, said):
    with pytest.raises(InvalidParameterError, match=said):
        intrinsic_dimension(points, k)
