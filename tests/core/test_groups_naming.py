"""Names of groups: c-TF-IDF by hand, any script, honest numbers where nothing is distinctive."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.groups import Clusters, cluster, named
from embedviz.groups.terms import are_words, words_in_text
from embedviz.space import EmbeddingSpace
from tests.counts import examples


def grouped(labels) -> Clusters:
    labels = np.asarray(labels, np.int32)
    return Clusters(labels, "kmeans", {}, "full space", "", 0, np.full(len(labels), np.nan), np.nan)


def space_with(n: int, keys=None, **columns) -> EmbeddingSpace:
    keys = keys or [f"item {row}" for row in range(n)]
    vectors = np.random.default_rng(0).normal(size=(n, 3))
    return EmbeddingSpace(keys, vectors, pd.DataFrame(columns) if columns else None)


def names_of(labels, space, **asked) -> list[str]:
    return [entry.name for entry in named(grouped(labels), space, **asked)]


def test_words_of_texts_name_the_groups():
    texts = ["the red apple"] * 5 + ["the blue sea"] * 5
    texts = [f"{text} of story {row}" for row, text in enumerate(texts)]
    found = named(grouped([0] * 5 + [1] * 5), space_with(10, text=texts))
    assert [entry.name for entry in found] == ["apple, red", "blue, sea"]
    assert [entry.source for entry in found] == ["metadata"] * 2


def test_score_is_c_tf_idf_by_hand():
    texts = ["cat dog"] * 4 + ["bird dog"] * 4 + ["fish"] * 4
    texts = [f"{text} {'xyzuvwabcdef'[row] * 3}" for row, text in enumerate(texts)]
    # Keys carry "item": one word for each point; so 11 of 4 · (1 + …): counted here.
    words_per_group = [4 * (1 + 3), 4 * (1 + 3), 4 * (1 + 2)]
    mean = sum(words_per_group) / 3
    first = named(grouped([0] * 4 + [1] * 4 + [2] * 4), space_with(12, text=texts))[0]
    assert first.words[0] == "cat"
    assert first.score == pytest.approx(4 * np.log(1 + mean / 4))


def test_category_that_nearly_all_share_is_the_whole_name():
    kinds = ["New York"] * 6 + ["Côte d'Ivoire"] * 6
    assert names_of([0] * 6 + [1] * 6, space_with(12, place=kinds)) == ["New York", "Côte d'Ivoire"]


def test_whole_numbers_that_are_classes_come_with_their_column():
    assert names_of([0] * 20 + [1] * 20, space_with(40, digit=[3] * 20 + [7] * 20)) == [
        "digit 3",
        "digit 7",
    ]


def test_flags_name_with_their_column():
    assert names_of([0] * 5 + [1] * 5, space_with(10, broken=[True] * 5 + [False] * 5)) == [
        "broken",
        "group 2",
    ]


def test_missing_values_dates_floats_and_addresses_name_nothing():
    space = space_with(
        12,
        price=np.linspace(0, 1, 12),
        day=pd.date_range("2026-01-01", periods=12),
        gap=[None] * 12,
        link=[f"https://example.org/cat/{row}" for row in range(12)],
    )
    assert names_of([0] * 6 + [1] * 6, space) == ["group 1", "group 2"]


def test_groups_of_the_same_words_are_told_apart():
    kinds = ["cat"] * 4 + ["cat"] * 4 + ["dog"] * 8
    assert names_of([0] * 4 + [1] * 4 + [2] * 8, space_with(16, kind=kinds)) == [
        "cat",
        "cat #2",
        "dog",
    ]


def test_words_are_named_by_those_nearest_to_the_center(glove):
    words = ["cat", "dog", "horse", "rabbit", "paris", "london", "berlin", "madrid"]
    space = glove.take([glove.index(word) for word in words])
    found = cluster(space, "kmeans", n_clusters=2, metric="cosine")
    names = named(found, space, top=4)
    assert {frozenset(entry.words) for entry in names} == {
        frozenset(words[:4]),
        frozenset(words[4:]),
    }
    assert {entry.source for entry in names} == {"nearest words"}
    assert all(0.5 < entry.score <= 1 for entry in names)


def test_noise_is_never_named_but_counts_as_outside():
    kinds = ["cat"] * 6 + ["cat"] * 6
    assert names_of([0] * 6 + [-1] * 6, space_with(12, kind=kinds)) == ["group 1"]
    kinds = ["cat"] * 6 + ["dog"] * 6
    assert names_of([0] * 6 + [-1] * 6, space_with(12, kind=kinds)) == ["cat"]


def test_no_groups_have_no_names():
    assert named(grouped([-1] * 5), space_with(5)) == ()


def test_long_values_are_cut():
    kinds = ["x" * 10_000] * 6 + ["dog"] * 6
    assert len(names_of([0] * 6 + [1] * 6, space_with(12, kind=kinds))[0]) == 40


def test_other_points_and_no_words_are_refused():
    with pytest.raises(InvalidParameterError, match="5 points cannot be named from 6 points"):
        named(grouped([0] * 5), space_with(6))
    with pytest.raises(InvalidParameterError, match="top from 1"):
        named(grouped([0] * 5), space_with(5), top=0)


@settings(max_examples=examples(30, 300))
@given(st.data())
def test_names_are_unique_not_empty_and_the_same_every_time(data):
    n = data.draw(st.integers(1, 30))
    texts = data.draw(st.lists(st.text(max_size=12) | st.none(), min_size=n, max_size=n))
    labels = data.draw(st.lists(st.integers(-1, 4), min_size=n, max_size=n))
    _, dense = np.unique([label for label in labels if label >= 0], return_inverse=True)
    at = iter(dense)
    labels = [int(next(at)) if label >= 0 else -1 for label in labels]
    space = space_with(n, text=pd.Series(texts, dtype=object))
    found = named(grouped(labels), space)
    assert found == named(grouped(labels), space)
    assert len(found) == grouped(labels).n_groups
    assert len({entry.name for entry in found}) == len(found)
    assert all(entry.name for entry in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The red-hot Äpfel, 42 times", ["the", "red", "hot", "äpfel", "times"]),
        ("東京タワー", ["東京", "京タ", "タワ", "ワー"]),
        ("犬 dog猫", ["犬", "dog", "猫"]),
        ("한국어 단어", ["한국어", "단어"]),
        ("हिन्दी शब्द", ["हिन्दी", "शब्द"]),
        ("Москва — столица", ["москва", "столица"]),
        ("a 7 b2b x_y", ["b2b"]),
        ("cafe\u0301", ["café"]),
        ("\ud800 lone", ["lone"]),
        ("x" * 100, []),
        ("", []),
    ],
)
def test_words_in_any_script(text, words):
    assert words_in_text(text) == words


@pytest.mark.parametrize(
    ("keys", "yes"),
    [
        (("king", "queen", "paris", "1985"), True),
        (("東京", "大阪", "京都"), True),
        (("digit 1", "digit 2", "digit 3"), False),
        (("row-1", "row-2", "row-3"), False),
        (("IMG_01.jpg", "IMG_02.jpg", "IMG_03.jpg"), False),
        (("1", "2", "3"), False),
        (("a long day", "the short night", "no way out"), False),
    ],
)
def test_which_keys_are_words(keys, yes):
    assert are_words(keys) is yes
