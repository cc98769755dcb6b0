"""Edits of a table, and a selection as a file."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from embedviz.errors import InvalidParameterError
from embedviz.metadata.editing import (
    renamed_column,
    with_cells,
    with_flag,
    with_value,
)
from embedviz.metadata.selection_files import rows_as_csv, rows_as_parquet, rows_as_table
from embedviz.space import EmbeddingSpace

ROWS = np.array([0, 2])


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [1, 2, 3], "x": np.array([1, 2, 3], np.float32), "t": ["a", "b", None],
            "day": pd.to_datetime(["2026-01-01"] * 3), "ok": [True, False, True],
            "c": pd.Categorical(["u", "v", "u"]), "mixed": [1, "a", None],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("n", "7", [7, 2, 7]), ("n", "7.5", [7.5, 2, 7.5]), ("n", "", [None, 2, None]),
        ("n", "10,000", [10_000, 2, 10_000]), ("x", "2.5", [2.5, 2, 2.5]), ("x", "", [None, 2, None]),
        ("t", "<b>é</b>", ["<b>é</b>", "b", "<b>é</b>"]), ("t", "", [None, "b", None]),
        ("ok", "no", [False, False, False]), ("ok", "", [None, False, None]),
        ("c", "new", ["new", "v", "new"]), ("mixed", "z", ["z", "a", "z"]),
        ("another", "z", ["z", None, "z"]),
    ],
)  # fmt: skip
def test_a_value_for_some_rows(name: str, text: str, expected: list[object]) -> None:
    before = table()
    edited = with_value(before, ROWS, name, text)
    got = [None if pd.isna(value) else value for value in edited[name]]
    assert got == expected
    pd.testing.assert_frame_equal(before, table())
    others = [column for column in before if column != name]
    pd.testing.assert_frame_equal(edited[others], before[others])


def test_dates_in_their_own_time_zone() -> None:
    edited = with_value(table(), ROWS, "day", "2025-12-31")
    assert edited["day"].dt.strftime("%Y-%m-%d").tolist() == [
        "2025-12-31",
        "2026-01-01",
        "2025-12-31",
    ]
    zoned = table().assign(day=lambda t: t["day"].dt.tz_localize("Asia/Seoul"))
    assert (
        str(with_value(zoned, ROWS, "day", "2025-12-31")["day"].iloc[0])
        == "2025-12-31 00:00:00+09:00"
    )
    assert with_value(table(), ROWS, "day", "")["day"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("n", "many", "holds numbers; 'many' is none"), ("n", "inf", "holds numbers"),
        ("day", "someday", "holds dates"), ("ok", "perhaps", "holds true or false"),
        ("  ", "x", "1 to 200 characters"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(name: str, text: str, said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        with_value(table(), ROWS, name, text)


def test_single_cells_are_all_written_or_none() -> None:
    edited = with_cells(table(), {0: {"n": "5", "t": "z"}, 1: {"n": 6}})
    assert (edited["n"].tolist(), edited["t"].iloc[0]) == ([5, 6, 3], "z")
    with pytest.raises(InvalidParameterError):
        with_cells(table(), {0: {"n": "5"}, 1: {"n": "x"}})


def test_a_selection_as_a_column_and_other_names() -> None:
    edited = with_flag(table(), ROWS, "  my   choice ")
    assert edited["my choice"].tolist() == [True, False, True]
    assert next(iter(renamed_column(edited, "n", "count"))) == "count"
    assert renamed_column(edited, "n", "n ") is edited
    with pytest.raises(InvalidParameterError, match="'t' already"):
        renamed_column(edited, "n", "t")
    with pytest.raises(InvalidParameterError, match="no column 'q'"):
        renamed_column(edited, "q", "r")
    with pytest.raises(InvalidParameterError, match="already"):
        with_flag(edited, ROWS, "my choice")


def test_a_selection_as_csv_and_parquet() -> None:
    metadata = pd.DataFrame({"x": ["=1+1", "é\n", None], "l": [[1], [2], None], "key": [1, 2, 3]})
    space = EmbeddingSpace(["k0", "한국", "k2"], np.arange(6).reshape(3, 2), metadata)
    coordinates = np.arange(6, dtype=np.float32).reshape(3, 2)
    rows = np.array([1, 0])
    chosen = rows_as_table(space, rows, coordinates)
    assert list(chosen) == ["key", "x", "l", "key", "x_", "y"]
    back = pd.read_csv(BytesIO(rows_as_csv(chosen, space.vectors[rows])), encoding="utf-8-sig")
    assert back["key"].tolist() == ["한국", "k0"]
    assert back["x"].tolist() == ["é\n", "'=1+1"]
    assert back[["v0", "v1"]].to_numpy().tolist() == [[2, 3], [0, 1]]
    read = pq.read_table(BytesIO(rows_as_parquet(chosen, space.vectors[rows])))
    assert read["vector"].to_pylist() == [[2, 3], [0, 1]]
    assert read["x_"].to_pylist() == [2, 0]
    assert read["l"].to_pylist() == ["[2]", "[1]"]
