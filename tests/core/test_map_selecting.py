"""Selections travel exactly and small, and of the page's and the person's the newer one counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.ui.map.selecting import Selecting, rows_message, rows_of
from embedviz.ui.map.shown import Shown


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_rows_arrive_as_they_were_sent(case: tuple[int, set[int]]) -> None:
    n, chosen = case
    rows = np.array(sorted(chosen), np.uint32)
    message = rows_message(rows, n)
    back = rows_of(message, n)
    assert back is not None
    assert back.tolist() == rows.tolist()
    (text,) = message.values()
    assert len(text) <= 4 / 3 * min(4 * len(rows), (n + 7) // 8) + 4


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"bits": "AAA="}, id="too few bits"),
        pytest.param({"bits": "AAAAAA=="}, id="too many bits"),
        pytest.param({"bits": 7}, id="a number"),
        pytest.param({"bits": None}, id="nothing"),
        pytest.param({"bits": "§§"}, id="no base64"),
        pytest.param({"rows": "AAA="}, id="half a row"),
        pytest.param({"rows": ["AAAA"]}, id="a list"),
    ],
)
def test_a_damaged_message_names_no_rows(value: dict[str, Any]) -> None:
    assert rows_of(value, 20) is None


def test_rows_beyond_the_points_are_left_out() -> None:
    selecting = Selecting.of(("v", [7, 3, 3, 9, -1]), "k", 8)
    assert selecting is not None
    assert selecting.rows.tolist() == [3, 7]
    for message in (rows_message(np.array([1, 5], np.uint32), n) for n in (8, 800)):
        kept = rows_of(message, 4)
        assert kept is not None
        assert kept.tolist() == [1]


def test_the_newer_selection_counts() -> None:
    first = Selecting.of(("v1", None), "k", 8)
    assert first is not None

    def shown(*select: Any) -> Shown:
        return Shown({}, keys="k", rows=8, selecting=Selecting.of(select or None, "k", 8, first))

    def selected(at: Shown, value: Any) -> list[int] | None:
        rows = at.selected(value)
        return None if rows is None else rows.tolist()

    lasso = {"token": "t", "keys": "k", "after": None, **rows_message(np.array([1], np.uint32), 8)}
    assert selected(shown(), lasso) == [1]
    assert selected(shown("v1", [2, 3]), lasso) == [2, 3]
    assert selected(shown("v1", None), lasso) is None
    after = lasso | {"after": first.version}
    assert selected(shown("v1", [2, 3]), after) == [1]
    assert selected(shown("v2", [2, 3]), after) == [2, 3]
    cleared = {"token": None, "keys": "k", "after": first.version, "rows": ""}
    assert selected(shown("v1", [2, 3]), cleared) is None
    assert shown("v1", [2]).selection(after) == {
        "selection": "t",
        "select": {"version": first.version, "replaced": True},
    }
    assert shown("v1", [2]).selection(None)["select"]["replaced"] is False
    assert shown().selection(lasso) == {"selection": "t"}


def test_the_same_rows_have_the_same_content() -> None:
    content = [Selecting.of((name, rows), "k", 8) for name, rows in (("a", [1, 2]), ("b", (2, 1)))]
    assert content[0] is not None
    assert content[1] is not None
    assert content[0].content == content[1].content != ""
    assert content[0].version != content[1].version


def test_an_undo_is_new_to_the_browser() -> None:
    seen = []
    before = None
    for name in ("a", "a", "b", "a"):
        before = Selecting.of((name, [1]), "k", 8, before)
        assert before is not None
        seen.append(before.version)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
