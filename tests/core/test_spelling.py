"""What a person may have meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from embedviz.space import EmbeddingSpace
from embedviz.spelling import nearest_spellings

WORDS = ("the", "king", "King", "kin", "queen", "café", "sign", "embedding", "embodying")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("kign", "king"),  # two letters swapped
        ("quen", "queen"),  # one left out
        ("embeddding", "embedding"),  # one too many
        ("KING", "king"),  # case
        ("cafe\u0301", "café"),  # the accent typed as a character of its own
        ("Emebdding", "embedding"),
    ],
)
def test_the_likeliest_comes_first(typed: str, first: str) -> None:
    assert nearest_spellings(typed, WORDS)[0] == first


def test_case_variants_come_before_slips() -> None:
    assert nearest_spellings("KING", WORDS)[:2] == ("king", "King")


def test_of_equally_near_keys_the_earlier_comes_first() -> None:
    assert nearest_spellings("bat", ["dog", "cat", "hat", "bad"]) == ("cat", "hat", "bad")
    assert nearest_spellings("bat", ["bad", "hat", "dog", "cat"]) == ("bad", "hat", "cat")


@pytest.mark.parametrize("typed", ["", "x", "zzzzzz", "한국"])
def test_nothing_is_named_where_nothing_is_near(typed: str) -> None:
    assert nearest_spellings(typed, WORDS) == ()


@given(
    st.text("abcAB", min_size=1, max_size=6),
    st.lists(st.text("abcAB", min_size=1, max_size=6), unique=True, max_size=30),
    st.integers(1, 5),
)
def test_only_near_others_and_none_nearer_is_left_out(
    word: str, keys: list[str], limit: int
) -> None:
    near = nearest_spellings(word, keys, limit)
    assert len(near) == len(set(near)) <= limit
    assert word not in near

    def slips(key: str) -> int:
        if key.casefold() == word.casefold():
            return 0
        return int(min(OSA.distance(typed, key) for typed in (word, word.casefold())))

    most = max(1, len(word) // 3)
    fit = [key for key in keys if key != word and slips(key) <= most and slips(key) < len(word)]
    assert near == tuple(sorted(fit, key=lambda key: (slips(key), keys.index(key)))[:limit])


def test_glove_names_king_first(glove: EmbeddingSpace) -> None:
    assert nearest_spellings("kign", glove.keys)[0] == "king"
    assert nearest_spellings("Berlni", glove.keys)[0] == "berlin"
