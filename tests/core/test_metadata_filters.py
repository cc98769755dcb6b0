"""Filters against pandas, their JSON, and full-text search."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.metadata import Contains, Range, SearchText, Values, found, from_json, mask, to_json
from embedviz.metadata.filters import Condition

TABLE = pd.DataFrame(
    {
        "mass": [1.0, 2.0, np.nan, 4.0, 5.0],
        "place": ["Åre", "Paris", None, "Paris", ""],
        "day": pd.to_datetime(["2026-01-01", "2026-01-02", None, "2026-01-04", "2026-01-05"]),
        "title": ["Café au lait", "cafe NOIR", None, "the old town", "town so old"],
        "class": [3, 3, 7, 7, 8],
    }
)
ends = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
conditions = (
    st.builds(Range, ends, ends, st.booleans())
    | st.builds(Values, st.lists(st.text(max_size=5)).map(tuple), st.booleans())
    | st.builds(Contains, st.text(max_size=9))
)


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"mass": Range(2, 4)}, [1, 3]),
        ({"mass": Range(2, None, missing=True)}, [1, 2, 3, 4]),
        ({"mass": Range()}, [0, 1, 3, 4]),
        ({"day": Range("2026-01-02", "2026-01-04")}, [1, 3]),
        ({"day": Range(None, "2026-01-02T00:00:00", missing=True)}, [0, 1, 2]),
        ({"place": Values(("Paris",))}, [1, 3]),
        ({"place": Values((), missing=True)}, [2, 4]),
        ({"class": Values(("3", "8"))}, [0, 1, 4]),
        ({"class": Range(7, None)}, [2, 3, 4]),
        ({"title": Contains("CAFÉ")}, [0, 1]),
        ({"title": Contains("old town")}, [3, 4]),
        ({"title": Contains('"old town"')}, [3]),
        ({"mass": Range(2, 5), "place": Values(("Paris",))}, [1, 3]),
    ],
)
def test_which_rows_are_kept(asked: dict[str, Condition], rows: list[int]) -> None:
    assert np.flatnonzero(mask(TABLE, asked)).tolist() == rows
    assert np.array_equal(mask(TABLE, from_json(to_json(asked))), mask(TABLE, asked))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"nothing": Range(1, 2)}, "no column 'nothing'. Columns: 'mass'"),
        ({"mass": Range("a", None)}, "cannot end at 'a'"),
        ({"day": Range("no day", None)}, "cannot end at 'no day'"),
        ({"day": Range(3.0, None)}, "cannot end at 3.0"),
    ],
)
def test_what_cannot_be_filtered_says_why(asked: dict[str, Condition], said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        mask(TABLE, asked)


@given(st.dictionaries(st.text(max_size=5), conditions, max_size=4))
def test_filters_come_back_from_their_json(asked: dict[str, Condition]) -> None:
    assert from_json(to_json(asked)) == asked


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "{", '{"a":1}', '{"a":{}}', '{"a":{"range":[1]}}', '{"a":{"range":[NaN,1]}}',
     '{"a":{"range":[true,1]}}', '{"a":{"values":"x"}}', '{"a":{"range":[1,2],"values":[]}}',
     "[" * 50_000, '{"a":' * 20_000, " " * 200_000],
)  # fmt: skip
def test_other_json_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="These filters cannot be read"):
        from_json(text)


@given(
    st.lists(st.floats(-5, 5) | st.just(float("nan")), max_size=30),
    st.floats(-5, 5),
    st.floats(-5, 5),
)
def test_a_range_is_what_pandas_calls_between(values: list[float], low: float, high: float) -> None:
    series = pd.Series(values, dtype=float)
    kept = mask(pd.DataFrame({"x": series}), {"x": Range(low, high)})
    assert np.array_equal(kept, series.between(low, high))


KEYS = ["a", "old", "b", "c", "d"]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("cafe", [0, 1]), ("CAFÉ noir", [1]), ("old", [1, 3, 4]), ('"old town"', [3]),
        ("town old", [3, 4]), ("paris", [1, 3]), ("", []), ('""', []), ("  ", []), ("nowhere", []),
        ('old "', []), ("ÅRE", [0]), ("are", [0]),
    ],
)  # fmt: skip
def test_full_text_search(query: str, rows: list[int]) -> None:
    assert found(TABLE, KEYS, query).tolist() == rows


def test_the_best_hits_are_first_and_no_phrase_spans_two_columns() -> None:
    table = pd.DataFrame({"t": ["x", "x x x", "x x", "서울 도시"], "u": ["y", "", "", "ガ"]})
    text = SearchText(table, ["k0", "k1", "k2", "x"])
    assert text.found("x").tolist() == [3, 1, 2, 0]
    assert text.found('"x y"').tolist() == []
    assert text.found("서울").tolist() == [3]
    assert text.found("ガ").tolist() == [3]
    assert text.found("<b> [a](b) .* \\").tolist() == []


def test_damaged_and_mixed_text_is_searched_too() -> None:
    table = pd.DataFrame({"t": pd.Series(["\ud800 half", None, 3], dtype=object)})
    assert found(table, ["a", "b", "c"], "half").tolist() == [0]


@given(st.lists(st.text("abé ", max_size=8), min_size=1, max_size=20), st.text("abé ", max_size=4))
def test_search_is_all_words_as_python_finds_them(texts: list[str], query: str) -> None:
    table, keys = pd.DataFrame({"t": texts}), [f"#{row}" for row in range(len(texts))]
    words = query.replace("é", "e").split()
    expected = [
        row for row, text in enumerate(texts)
        if words and all(word in text.replace("é", "e") for word in words)
    ]  # fmt: skip
    # A column of few labels, or of none, is searched all the same.
    assert sorted(found(table, keys, query).tolist()) == expected
