"""Sums of words as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.words.formula import Formula, parse_formula

WORDS = st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=8)
WEIGHTED = st.tuples(WORDS, st.sampled_from([1.0, 0.5, 2.0, 0.25]))


@pytest.mark.parametrize(
    ("text", "positive", "negative"),
    [
        ("king - man + woman", [("king", 1), ("woman", 1)], [("man", 1)]),
        ("king − 0.5*man + 2×woman", [("king", 1), ("woman", 2)], [("man", 0.5)]),
        ("vice-president", [("vice-president", 1)], []),
        ("- man + king", [("king", 1)], [("man", 1)]),
        ("2*", [("2*", 1)], []),
        ("+ 왕 – 남자", [("왕", 1)], [("남자", 1)]),
    ],
)
def test_reads_sums(text, positive, negative):
    formula = parse_formula(text)
    assert list(formula.positive) == positive
    assert list(formula.negative) == negative


@pytest.mark.parametrize(
    "text", ["", "   ", "king +", "king woman", "king - - man", "+", "a + + b"]
)
def test_says_what_is_missing(text):
    with pytest.raises(InvalidParameterError, match="king - man"):
        parse_formula(text)


@given(st.lists(WEIGHTED, min_size=1, max_size=4), st.lists(WEIGHTED, max_size=3))
def test_written_and_read_again_is_the_same(positive, negative):
    formula = Formula(tuple(positive), tuple(negative))
    assert parse_formula(str(formula)) == formula
    assert formula.has_weights == any(weight != 1 for _, weight in positive + negative)
