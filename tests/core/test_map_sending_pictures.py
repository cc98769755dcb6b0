"""What the server believes of a browser that asks for pictures, and what it answers."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.ui.map import Shown
from embedviz.ui.map.assets import map_script
from embedviz.ui.map.thumbnails import MOST_WANTED, Want, pictures_message, want_of

ALBUM = "keys:a"
GOOD = {"pictures": ALBUM, "rows": [3, 0, 3], "token": "t1"}


def test_a_request_is_read() -> None:
    assert want_of(GOOD, ALBUM, 5) == Want(ALBUM, (3, 0), "t1")
    most = GOOD | {"rows": list(range(MOST_WANTED))}
    assert want_of(most, ALBUM, 1000) == Want(ALBUM, tuple(range(MOST_WANTED)), "t1")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param([1, 2], id="a list"),
        pytest.param(GOOD | {"rows": [5]}, id="beyond the last row"),
        pytest.param(GOOD | {"rows": [-1]}, id="negative"),
        pytest.param(GOOD | {"rows": [True]}, id="a bool"),
        pytest.param(GOOD | {"rows": [1.0]}, id="a float"),
        pytest.param(GOOD | {"rows": ["1"]}, id="a text"),
        pytest.param(GOOD | {"rows": [[1]]}, id="nested"),
        pytest.param(GOOD | {"rows": []}, id="no rows"),
        pytest.param(GOOD | {"rows": {"0": 1}}, id="a dict of rows"),
        pytest.param(GOOD | {"rows": [0] * (MOST_WANTED + 1)}, id="too many"),
        pytest.param(GOOD | {"pictures": "other keys:a"}, id="of other keys"),
        pytest.param(GOOD | {"pictures": None}, id="of no keys"),
        pytest.param(GOOD | {"token": None}, id="without a token"),
        pytest.param(GOOD | {"token": "t" * 1000}, id="a long token"),
    ],
)
def test_a_browser_is_not_believed(value: Any) -> None:
    assert want_of(value, ALBUM, 5) is None


def test_a_map_without_pictures_takes_no_requests() -> None:
    assert want_of(GOOD | {"pictures": ""}, "", 5) is None


def test_a_request_is_answered_once() -> None:
    calls: list[Sequence[int]] = []

    def thumbnails(rows: Sequence[int]) -> dict[int, bytes]:
        calls.append(rows)
        return {row: b"jpeg %d" % row for row in rows if row != 2}

    shown = Shown({}, keys="keys", rows=5)
    assert shown.answer(thumbnails, "a") == {"pictures": {"version": ALBUM, "answered": ""}}
    shown.want = Want(ALBUM, (4, 2), "t1")
    answer = shown.answer(thumbnails, "a")
    assert answer["pictures"] == {"version": ALBUM, "answered": "t1"}
    assert answer["thumbs"].to_pylist() == [
        {"row": 4, "image": b"jpeg 4"},
        {"row": 2, "image": None},  # so that it is not asked for again
    ]
    assert calls == [(4, 2)]
    again = shown.answer(thumbnails, "a")
    assert again == {"pictures": {"version": ALBUM, "answered": "t1"}}
    assert len(calls) == 1


def test_a_failing_source_keeps_the_request() -> None:
    def fails(rows: Sequence[int]) -> dict[int, bytes]:
        raise OSError("no such store")

    shown = Shown({}, keys="keys", rows=5, want=Want(ALBUM, (1,), "t1"))
    with pytest.raises(OSError, match="no such store"):
        shown.answer(fails, "a")
    assert "thumbs" in shown.answer(lambda rows: dict.fromkeys(rows, b"jpeg"), "a")


def test_a_request_for_other_keys_is_dropped() -> None:
    def thumbnails(rows: Sequence[int]) -> dict[int, bytes]:
        raise AssertionError(f"asked for {rows}")

    want = Want("earlier keys:a", (1,), "t1")
    said = pictures_message(ALBUM, want, thumbnails, "t0")
    assert said == {"pictures": {"version": ALBUM, "answered": "t0"}}


def test_without_thumbnails_nothing_is_said() -> None:
    shown = Shown({}, keys="keys", rows=5, pictures=ALBUM)
    assert shown.answer(None, "a") == {}
    assert shown.pictures == ""


def test_the_browser_asks_for_fewer_than_are_refused() -> None:
    assert "const MOST_ASKED = 150;" in map_script()
    assert MOST_WANTED >= 150


def test_a_page_with_pictures_runs_without_a_browser(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "browser" / "map_pictures_app.py"
    app = AppTest.from_file(shutil.copy(source, tmp_path), default_timeout=300).run()
    assert not app.exception
    assert app.text[0].value.startswith("ASKED 0 times")
