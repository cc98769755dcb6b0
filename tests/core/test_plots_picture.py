"""A picture refuses parts that do not fit, and its versions change with what is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from embedviz.errors import InvalidParameterError
from embedviz.plots import Line, Mark, Picture, categorical

BASE = Picture(
    coordinates=np.array([[0, 0], [1, 2], [3, 4]], dtype=np.float32),
    keys=("king", "queen", "ab"),
    hover=("1", "2", "3"),
)

PARTS = ("keys", "points", "colors", "faded", "sizes", "marks")
VERSIONS = tuple(f"{part}_version" for part in PARTS)


def changed(**parts: Any) -> set[str]:
    """Which versions differ when these parts are replaced."""
    other = replace(BASE, **parts)
    return {name for name in VERSIONS if getattr(other, name) != getattr(BASE, name)}


def test_each_version_follows_its_parts_alone() -> None:
    assert changed(coordinates=BASE.coordinates + 1) == {"points_version"}
    assert changed(hover=("1", "2", "4")) == {"points_version"}
    assert changed(keys=("king", "queen", "abc")) == {"points_version", "keys_version"}
    assert changed(colors=categorical("aab")) == {"colors_version"}
    assert changed(marks=(Mark((0.0, 0.0), "king"),)) == {"marks_version"}
    assert changed(lines=(Line((0.0, 0.0), (1.0, 2.0)),)) == {"marks_version"}
    faded = np.array([True, False, False])
    assert changed(faded=faded) == {"faded_version", "marks_version"}
    assert changed(sizes=np.array([3, 4, 5])) == {"sizes_version"}
    assert changed(marks=(Mark((0.0, 0.0), "royals", "group"),)) == {"marks_version"}
    assert changed(title="A title", description="words", size=3.0) == set()
    assert changed(coordinates=BASE.coordinates.copy(), keys=list(BASE.keys)) == set()


def test_texts_that_join_alike_differ() -> None:
    assert changed(keys=("kingq", "ueen", "ab")) == {"points_version", "keys_version"}
    moved = replace(BASE, keys=("a", "b", "c"), hover=("d", "", ""))
    assert moved.points_version != replace(moved, hover=("", "d", "")).points_version


def test_two_and_three_dimensions_of_the_same_numbers_differ() -> None:
    numbers = np.arange(6, dtype=np.float32)
    flat = Picture(numbers.reshape(3, 2), ("a", "b", "c"))
    assert flat.points_version != Picture(numbers.reshape(2, 3), ("a", "b")).points_version


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"coordinates": np.zeros((3, 4))}, r"\(n, 2\) or \(n, 3\), got \(3, 4\)"),
        ({"coordinates": np.array([[0, 0], [1, np.nan], [0, np.inf]])}, "2 of 3 .* row 1"),
        ({"keys": ("a", "b")}, "3 points but 2 keys"),
        ({"hover": ("a",)}, "3 points but 1 hover"),
        ({"colors": categorical("ab")}, "3 points but 2 colors"),
        ({"faded": np.array([True])}, "3 points but 1 flags in faded"),
        ({"sizes": np.array([3.0, 4.0])}, "3 points but 2 sizes"),
        ({"sizes": np.array([3.0, 0.0, 4.0])}, r"above 0, got shape \(3,\)"),
        ({"sizes": np.array([3.0, np.nan, 4.0])}, "finite"),
        ({"sizes": np.ones((3, 1))}, r"got shape \(3, 1\)"),
        ({"axis_titles": ("x", "y", "z")}, "2 axes but 3 axis titles"),
        ({"marks": (Mark((0.0, 0.0, 0.0)),)}, "does not have 2 coordinates"),
        ({"lines": (Line((0.0, 0.0), (0.0,)),)}, "does not have 2 coordinates"),
        ({"marks": (Mark((0.0, 0.0), kind="star"),)}, "'star'; allowed: query, neighbor"),  # type: ignore[arg-type]
    ],
)
def test_parts_that_do_not_fit_are_refused(parts: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidParameterError, match=says):
        replace(BASE, **parts)
