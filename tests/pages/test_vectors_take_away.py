"""Take away and add points, run by AppTest on a page of their own."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from matplotlib import font_manager
from streamlit.testing.v1 import AppTest

import embedviz as ev
from tests.pages.conftest import ROOT, text_of

APP = ROOT / "tests" / "browser" / "export_app.py"


@pytest.fixture
def page():
    def opened(**link: str) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=180)
        for name, value in link.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception, at.exception
        return at

    return opened


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception, at.exception
    return at


def downloads(at: AppTest) -> list[str]:
    return [item.proto.label for item in at.get("download_button")]


def test_a_file_is_made_only_when_it_is_asked_for(page, settle):
    at = page()
    assert downloads(at) == []
    press(at, "Make the file")
    settle(at, lambda at: downloads(at) == ["Download"])
    assert "things\\-pca\\.html" in text_of(at)
    assert "120 points, as drawn here" in text_of(at)
    at.selectbox(key="vectors_export").set_value("coordinates").run()
    assert not at.exception
    assert downloads(at) == []  # another file is another question


@pytest.mark.parametrize("name", ["png", "svg", "pdf", "coordinates", "npz"])
def test_each_format_can_be_made(page, settle, name):
    at = page(vectors_export=name)
    at.selectbox(key="vectors_export").set_value(name).run()
    press(at, "Make the file")
    settle(at, lambda at: downloads(at) == ["Download"])


def test_letters_that_no_font_has_are_said_with_what_has_none_of_the_boxes(
    page, settle, monkeypatch
):
    own = Path(font_manager.__file__).parent
    faces = [
        face for face in font_manager.fontManager.ttflist if Path(face.fname).is_relative_to(own)
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", faces)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_, **__: [])
    at = page()
    for name, boxes in (("png", True), ("svg", False)):
        at.selectbox(key="vectors_export").set_value(name).run()
        next(box for box in at.text_input if box.label == "Title").set_value("고양이").run()
        press(at, "Make the file")
        settle(at, lambda at: downloads(at) == ["Download"])
        said = text_of(at)
        assert ("boxes stand in their place" in said) is boxes
        assert not boxes or "고, 양, 이" in said


def test_a_size_that_is_not_possible_is_one_sentence(page):
    at = page()
    at.selectbox(key="vectors_export").set_value("png").run()
    for key in ("vectors_width_mm", "vectors_height_mm"):
        at.number_input(key=key).set_value(2000).run()
    at.number_input(key="vectors_dpi").set_value(1200).run()
    assert not at.exception
    assert "million pixels" in text_of(at)


def test_the_script_says_what_it_reads_and_draws(page):
    at = page()
    press(at, "Select two")
    at.radio(key="vectors_take").set_value("Script").run()
    assert not at.exception
    script = at.code[0].value
    compile(script, "view.py", "exec")
    assert "space = ev.read('things.npz')" in script
    assert "color='kind'" in script
    assert "selected=['item 3', 'item 5']" in script


def test_the_link_carries_the_view_and_opens_it_in_a_fresh_session(page):
    at = page()
    press(at, "Select two")
    at.radio(key="vectors_take").set_value("Link").run()
    asked = {name: values[0] for name, values in parse_qs(urlparse(at.code[0].value).query).items()}
    assert asked["vectors"] == "things"
    assert asked["vectors_selected"] == "item 3,item 5"
    fresh = page(**asked)
    assert "selected: item 3, item 5" in [text.value for text in fresh.text]


def test_a_link_that_selects_what_is_not_here_says_so(page):
    at = page(vectors_selected="item 3,nothing")
    assert "selected: item 3" in [text.value for text in at.text]
    assert "selects 1 point that these vectors do not have, for example 'nothing'" in text_of(at)
    assert "cannot be read" in text_of(page(vectors_selected="["))


def add_points(at: AppTest, text: str) -> AppTest:
    at.segmented_control(key="tool").set_value("Add points").run()
    at.text_area(key="vectors_add_text").set_value(text)
    return press(at, "Place them")


def test_pasted_vectors_are_placed_where_transform_puts_them(page, settle):
    at = add_points(page(), "mine 1 2 3 4 5\n0, 0, 0, 0, 1")
    settle(at, lambda at: "2 new points" in text_of(at))
    table = at.dataframe[0].value
    assert list(table["new point"]) == ["mine", "point 2"]
    assert "exact" in text_of(at)
    press(at, "Take them off the map")
    assert "2 new points" not in text_of(at)


def test_vectors_of_another_model_are_refused_in_one_sentence(page):
    at = add_points(page(), "1 2 3")
    assert "Line 1 has 3 numbers; the vectors of this map have 5" in text_of(at).replace("\\", "")


def test_points_of_a_file_are_placed(page, settle):
    file = io.BytesIO()
    space = ev.EmbeddingSpace(["a", "b"], np.eye(2, 5), name="two")
    ev.write(space, file, format="npz")
    at = page()
    at.segmented_control(key="tool").set_value("Add points").run()
    at.segmented_control(key="vectors_add-2").set_value("A file").run()
    at.file_uploader[0].set_value([("two.npz", file.getvalue(), "application/zip")]).run()
    assert not at.exception, at.exception
    settle(at, lambda at: "2 new points" in text_of(at))
    assert "from two\\.npz" in text_of(at)
