"""What the server sends to the map and what it believes of what comes back; no browser needed."""

from __future__ import annotations

import base64
import shutil
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedviz.plots import Mark, Picture, categorical
from embedviz.ui.map import Shown
from embedviz.ui.map.assets import ensure_plotly_js, loader, map_script
from embedviz.ui.map.packing import PACKED_FROM
from embedviz.ui.map.selecting import Selecting
from embedviz.ui.map.sending import KEPT_VERSIONS, Sent, forget, message

PICTURE = Picture(
    coordinates=np.array([[0, 1], [2, 3], [4, 5]], dtype=np.float32),
    keys=("a", "b\ud800", "c"),
    hover=("1", "2", "3"),
    colors=categorical("aab"),
    faded=np.array([True, False, True]),
    sizes=np.array([3, 14, 5]),
)
HEAVY = {"points", "colors", "faded", "sizes"}


def heavy(picture: Picture, sent: Sent) -> set[str]:
    return HEAVY & set(message(picture, "map", 500, None, sent))


def test_each_heavy_part_goes_once() -> None:
    sent: Sent = {}
    assert heavy(PICTURE, sent) == HEAVY
    assert heavy(PICTURE, sent) == set()
    assert heavy(replace(PICTURE, marks=(Mark((0.0, 1.0), "a"),)), sent) == set()
    assert heavy(replace(PICTURE, colors=categorical("abb")), sent) == {"colors"}
    assert heavy(replace(PICTURE, colors=None, faded=None, sizes=None), sent) == set()
    assert heavy(PICTURE, sent) == set()  # the browser still has the first colors
    forget(sent, ["points", "no such part"])
    assert heavy(PICTURE, sent) == {"points"}


def test_what_the_browser_has_forgotten_goes_again() -> None:
    sent: Sent = {}
    shifted = [replace(PICTURE, coordinates=PICTURE.coordinates + i) for i in range(6)]
    for picture in shifted[:KEPT_VERSIONS]:
        assert "points" in heavy(picture, sent)
    assert heavy(shifted[0], sent) == set()  # used again: now the last to be forgotten
    assert "points" in heavy(shifted[KEPT_VERSIONS], sent)
    assert heavy(shifted[0], sent) == set()
    assert "points" in heavy(shifted[1], sent)


def test_both_sides_keep_equally_many() -> None:
    assert f"const KEPT_VERSIONS = {KEPT_VERSIONS};" in map_script()


def test_the_points_travel_exactly() -> None:
    data = message(PICTURE, "map", 500, ("a", (0.0, 1.0)), {})
    table = data["points"]
    assert np.array_equal(
        np.stack([table["x"].to_numpy(), table["y"].to_numpy()], axis=1), PICTURE.coordinates
    )
    assert str(table.schema.field("x").type) == "float"
    assert table["key"].to_pylist() == ["a", "b?", "c"]
    assert data["colors"]["code"].to_pylist() == PICTURE.colors.codes.tolist()  # type: ignore[union-attr]
    assert data["faded"]["faded"].to_pylist() == [1, 0, 1]
    assert data["sizes"]["size"].to_pylist() == [3, 14, 5]
    assert data["focus"] == {"version": "a", "at": [0.0, 1.0]}


def many(n: int, **parts: Any) -> Picture:
    at = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    keys = ["", "a\ud800", "\0\n", "\ufeffé" * 500, *(f"item {row}" for row in range(4, n))]
    return Picture(at, keys, **parts)


def texts_in(table: Any) -> list[str]:
    joined = zlib.decompress(table["byte"].to_numpy().tobytes())
    return [text.decode() for text in joined.split(b"\xff")]


def test_many_texts_travel_compressed() -> None:
    picture = many(PACKED_FROM)
    hover = [f"group: a\nrow: {row}" for row in range(len(picture))]
    data = message(replace(picture, hover=hover), "map", 500, None, {})
    assert data["points"].column_names == ["x", "y"]
    assert texts_in(data["packed_hover"]) == hover
    assert texts_in(data["packed_keys"]) == ["", "a?", *picture.keys[2:]]
    assert "packed_hover" not in message(picture, "map", 500, None, {})


def test_a_browser_that_cannot_unpack_gets_texts_as_they_are() -> None:
    picture, sent = many(PACKED_FROM), Sent()
    assert "packed_keys" in message(picture, "map", 500, None, sent)
    forget(sent, ["unpacked", "points"])
    for shown in (picture, replace(picture, coordinates=picture.coordinates + 1)):
        data = message(shown, "map", 500, None, sent)
        assert "packed_keys" not in data
        assert data["points"]["key"].to_pylist()[2:] == list(picture.keys[2:])


def test_a_selection_of_the_page_goes_once() -> None:
    sent: Sent = {}

    def sends(*select: Any) -> Any:
        selecting = Selecting.of(select, PICTURE.keys_version, len(PICTURE))
        return message(PICTURE, "map", 500, None, sent, selecting).get("chosen")

    assert sends("first", [0, 2]) == {"bits": "BQ==", "n": 3}
    assert sends("first", [0, 2]) is None
    assert sends("second", [1]) is not None
    assert sends("nothing", None) is None
    assert sends("undone", [0, 2]) is None  # the browser has these rows
    forget(sent, ["chosen"])
    assert sends("undone", [0, 2]) is not None


def rows_text(*rows: int) -> str:
    return base64.b64encode(np.array(rows, dtype="<u4").tobytes()).decode()


def test_clicks_and_selections_are_read() -> None:
    shown = Shown({}, keys="k", rows=5)
    assert shown.clicked({"row": 4, "keys": "k"}) == 4
    selected = shown.selected({"keys": "k", "rows": rows_text(4, 0, 4)})
    assert selected is not None
    assert selected.tolist() == [0, 4]


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        {},
        {"row": 5, "keys": "k", "rows": rows_text(9)},
        {"row": -1, "keys": "k", "rows": rows_text()},
        {"row": "1", "keys": "k", "rows": "?"},
        {"row": True, "keys": "k", "rows": "QQ=="},
        {"row": 1.5, "keys": "k", "rows": 7},
        {"row": 1, "keys": "of other points", "rows": rows_text(1)},
    ],
)
def test_a_browser_is_not_believed(value: Any) -> None:
    shown = Shown({}, keys="k", rows=5)
    assert shown.clicked(value) is None
    assert shown.selected(value) is None


def outline_text(*numbers: float) -> str:
    return base64.b64encode(np.array(numbers, dtype="<f8").tobytes()).decode()


@pytest.mark.parametrize(
    "outline",
    [
        None,
        7,
        "?",
        "QQ==",
        outline_text(1, 2, 3),
        outline_text(1, 2, 3, 4),
        outline_text(1, 2, 3, 4, 5, float("nan")),
    ],
)
def test_a_damaged_outline_is_none(outline: Any) -> None:
    shown = Shown({}, keys="k", rows=5)
    assert shown.outlined({"keys": "k", "outline": outline}) is None
    assert shown.outlined({"keys": "k"}) is None


def test_an_outline_is_read() -> None:
    shown = Shown({}, keys="k", rows=5)
    corners = shown.outlined({"keys": "k", "outline": outline_text(1, 2, 3, 4, 5, 0.1)})
    assert corners is not None
    assert corners.tolist() == [[1, 2], [3, 4], [5, 0.1]]
    assert shown.outlined({"keys": "of others", "outline": outline_text(1, 2, 3, 4, 5, 6)}) is None


def test_assets_are_copied_once_and_mended(tmp_path: Path) -> None:
    target = ensure_plotly_js(tmp_path / "static")
    assert target.name == "plotly.min.js"
    assert target.read_bytes().startswith(b"/**\n* plotly.js v")
    first = target.stat().st_mtime_ns
    script = target.with_name("embedviz-map.js")
    script.write_text("of an older version")
    ensure_plotly_js(tmp_path / "static")
    assert target.stat().st_mtime_ns == first
    assert script.read_text() == map_script()
    assert "embedviz-map.js?v=" in loader()
    assert sorted(path.name for path in target.parent.iterdir()) == [script.name, target.name]


def test_a_page_with_the_map_runs_without_a_browser(tmp_path: Path) -> None:
    script = shutil.copy(Path(__file__).with_name("map_app.py"), tmp_path)
    app = AppTest.from_file(script, default_timeout=30).run()
    assert not app.exception
    assert [text.value for text in app.text][:2] == ["CLICKED None", "SELECTED 0 []"]
