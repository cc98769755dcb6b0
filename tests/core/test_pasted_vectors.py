"""Vectors typed by hand: what is taken, and what is refused by its line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.pasted_vectors import pasted_vectors
from tests.counts import examples

numbers = st.lists(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3), min_size=1, max_size=5
)


@settings(max_examples=examples(30, 300))
@given(numbers, st.sampled_from([" ", ", ", "\t", ";"]), st.booleans())
def test_rows_come_back_whatever_separates_them(rows, between, bracketed):
    lines = [between.join(repr(value) for value in row) for row in rows]
    text = "\n\n".join(f"[{line}]" if bracketed else line for line in lines)
    space = pasted_vectors(text, 3)
    np.testing.assert_array_equal(space.vectors, np.array(rows, np.float32))
    assert space.keys == tuple(f"point {row}" for row in range(1, len(rows) + 1))


def test_a_name_may_stand_in_front_and_repeats_are_told_apart():
    assert pasted_vectors("my cat 1 2\ncat, 3, 4\ncat 5 6", 2).keys == ("my cat", "cat", "cat#2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no vector"),
        ("1 2", "Line 1 has 2 numbers; the vectors of this map have 3"),
        ("1 2 3\n1 2 3 4", "Line 2 has 4 numbers"),
        ("a 1 2 x", "Line 1 has 2 numbers"),
        ("1 2 nan", "Line 1 holds a number that is infinite"),
        ("1 2 1e300", "beyond float32"),
        ("1 2 3\n" * 11, "11 lines"),
    ],
)
def test_a_line_that_does_not_fit_is_named(text, said):
    with pytest.raises(InvalidParameterError, match=said):
        pasted_vectors(text, 3, most=10)
