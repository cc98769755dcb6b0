"""Points inside a line drawn by hand, against the textbook's rule point by point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.many import ManyPoints
from embedviz.outline import inside_outline

SQUARE = [(0, 0), (2, 0), (2, 2), (0, 2)]


def by_definition(point: tuple[float, float], corners: list[tuple[float, float]]) -> bool:
    """Even-odd: how many edges a ray to the right crosses."""
    x, y = point
    crossed = 0
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            crossed += 1
    return crossed % 2 == 1


corner = st.tuples(st.integers(-5, 5), st.integers(-5, 5))


@given(corners=st.lists(corner, min_size=3, max_size=12), seed=st.integers(0, 99))
def test_as_by_definition(corners: list[tuple[int, int]], seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-6, 6, (50, 2)).astype(np.float32)
    expected = [by_definition((float(x), float(y)), corners) for x, y in points]
    assert inside_outline(points, corners).tolist() == expected


@given(corners=st.lists(corner, min_size=3, max_size=12), turn=st.integers(0, 11))
def test_neither_start_nor_direction_matters(corners: list[tuple[int, int]], turn: int) -> None:
    points = np.random.default_rng(0).uniform(-6, 6, (50, 2)).astype(np.float32)
    other = np.roll(corners[::-1], turn, axis=0)
    assert np.array_equal(inside_outline(points, corners), inside_outline(points, other))


def test_a_figure_with_a_hole() -> None:
    points = np.array([[1, 1], [1, 0.2], [3, 3]], np.float32)
    twice = [*SQUARE, (0, 0), (0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5), (0.5, 0.5)]
    assert inside_outline(points, twice).tolist() == [False, True, False]


@pytest.mark.parametrize(
    "corners", [[], SQUARE[:2], [(0, 0, 0)] * 4, [*SQUARE, (np.nan, 1)], np.zeros((30_000, 2))]
)
def test_no_outline(corners: list[tuple[float, float]]) -> None:
    with pytest.raises(InvalidParameterError, match=r"[Oo]utline"):
        inside_outline(np.zeros((3, 2), np.float32), corners)


def test_only_what_filters_keep_is_selected() -> None:
    points = ManyPoints(np.array([[1, 1], [5, 5], [0.5, 1.5]], np.float32))
    assert points.rows_inside(SQUARE).tolist() == [0, 2]
    assert points.rows_inside(SQUARE, np.array([False, True, True])).tolist() == [2]
