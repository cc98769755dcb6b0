"""How many points lie where: NumPy's own histogram agrees, and samples are even and stay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.density import borders, density_of, in_region, inside, sampling_order
from embedviz.errors import InvalidParameterError


def points(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32)


@given(st.integers(1, 300), st.integers(0, 99), st.integers(1, 9), st.integers(1, 9))
def test_the_counts_are_numpys(n: int, seed: int, height: int, width: int) -> None:
    at = points(n, seed)
    density = density_of(at, (-1.1, 1.3, -0.7, 0.9), (height, width))
    oracle, _, _ = np.histogram2d(
        at[:, 1].astype(float), at[:, 0].astype(float),
        bins=(height, width), range=((-0.7, 0.9), (-1.1, 1.3)),
    )  # fmt: skip
    assert density.n == oracle.sum()
    assert density.most == oracle.max()
    assert density.image.dtype == np.uint8
    counts = oracle[::-1]  # the image's first row is the top
    np.testing.assert_array_equal(density.image > 0, counts > 0)
    shown = np.maximum(255 * np.log1p(counts) / np.log1p(max(1, counts.max())), counts > 0)
    # 3 points where 15 are most stand at 127.5 exactly: which way that is rounded is nobody's matter.
    np.testing.assert_allclose(density.image, shown, rtol=0, atol=0.5 + 1e-9)


@given(st.integers(1, 200), st.integers(0, 99))
def test_all_points_lie_inside_their_borders(n: int, seed: int) -> None:
    at = points(n, seed) * 10**6 + 5
    density = density_of(at)
    assert density.n == n
    assert density.extent == density.whole == borders(at)
    assert inside(at, density.extent).all()


@pytest.mark.parametrize("at", [np.zeros((0, 2)), np.zeros((3, 2)), np.array([[1e9, 0], [1e9, 5]])])
def test_no_points_one_place_and_a_line_have_borders_too(at: np.ndarray) -> None:
    density = density_of(at.astype(np.float32))
    left, right, bottom, top = density.extent
    assert left < right
    assert bottom < top
    assert density.n == len(at)


def test_the_version_tells_images_and_places_apart() -> None:
    at = points(500)
    same, other = density_of(at, of="a"), density_of(at, (-1, 1, -1, 1), of="a")
    assert density_of(at, of="a").version == same.version
    assert len({same.version, other.version, density_of(at, of="b").version}) == 3


@given(st.integers(1, 400), st.integers(1, 50), st.integers(0, 9))
def test_a_sample_of_a_region_is_of_that_region_and_stays_when_it_shrinks(
    n: int, most: int, seed: int
) -> None:
    at = points(n)
    wide, narrow = (-1.5, 1.5, -1.5, 1.5), (-0.5, 0.9, -0.8, 0.4)
    rows = in_region(at, wide, most, seed)
    there = np.flatnonzero(inside(at, wide))
    assert len(rows) == min(most, len(there))
    assert np.isin(rows, there).all()
    assert (np.diff(rows) > 0).all()
    nearer = in_region(at, narrow, most, seed, order=sampling_order(n, seed))
    kept = rows[inside(at[rows], narrow)]
    assert np.isin(kept, nearer).all()
    np.testing.assert_array_equal(rows, in_region(at, wide, most, seed))


def test_every_point_of_a_region_has_the_same_chance() -> None:
    at = points(300)
    chosen = np.zeros(len(at))
    for seed in range(400):
        chosen[in_region(at, (-9, 9, -9, 9), 30, seed)] += 1
    assert abs(chosen.mean() - 40) < 1e-9
    assert chosen.min() > 15
    assert chosen.max() < 70


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"coordinates": np.zeros((4, 3), np.float32)}, r"got \(4, 3\)"),
        ({"extent": (1, 0, 0, 1)}, "from left to right"),
        ({"extent": (0, 1, 0)}, "four finite numbers"),
        ({"extent": (0, np.nan, 0, 1)}, "four finite numbers"),
        ({"shape": (0, 5)}, "0 × 5 cells"),
        ({"shape": (10_000, 10_000)}, "at most 4,000,000"),
    ],
)
def test_what_cannot_be_counted_is_refused(arguments: dict, says: str) -> None:
    with pytest.raises(InvalidParameterError, match=says):
        density_of(**{"coordinates": points(4)} | arguments)
    with pytest.raises(InvalidParameterError, match="most=0"):
        in_region(points(4), (0, 1, 0, 1), 0)
