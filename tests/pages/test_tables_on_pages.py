"""A newcomer to a table stands in the select boxes and among the sliders without a line of a page."""

from __future__ import annotations

import numpy as np
import pytest

import embedviz as ev
from embedviz.formats import FORMATS
from embedviz.metrics import METRICS
from embedviz.projections import PROJECTIONS
from embedviz.space import EmbeddingSpace
from tests.pages.conftest import text_of
from tests.toys import TOY_FORMAT, TOY_METRIC, TOY_PROJECTION


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    monkeypatch.setitem(PROJECTIONS, TOY_PROJECTION.name, TOY_PROJECTION)
    monkeypatch.setitem(METRICS, TOY_METRIC.name, TOY_METRIC)
    monkeypatch.setitem(FORMATS, TOY_FORMAT.name, TOY_FORMAT)


def test_words_are_drawn_and_asked_by_newcomers(open_page, glove):
    at = open_page(
        "words", word="king", n="300", method=TOY_PROJECTION.label, near=TOY_METRIC.label
    )
    control = next(item for item in at.get("button_group") if item.key == "method")
    assert [option.content for option in control.proto.options][-1] == TOY_PROJECTION.label
    assert at.selectbox(key="near").options[-1] == TOY_METRIC.label
    stretch = next(
        item for item in [*at.slider, *at.number_input] if item.key == "toy-axes_stretch"
    )
    # Its own range; what this data allows of it (up to 5) is said, and is no limit for other data.
    assert (stretch.value, stretch.min, stretch.max) == (2.0, 0.5, 10.0)
    assert not [item for item in at.number_input if item.key == "seed"]  # it uses none
    table = next(item.value for item in at.dataframe if "map" in item.value.columns)
    assert list(table["word"]) == list(ev.neighbors(glove, "king", metric=TOY_METRIC.name).keys)
    assert TOY_METRIC.works_on in text_of(at)
    stretch.set_value(8.0)
    next(button for button in at.button if button.label == "Draw the map").click().run()
    assert "This data allows no more than 5: that is taken." in text_of(at)


def test_the_seed_is_offered_where_one_is_used(open_page):
    for name, method in list(PROJECTIONS.items())[:2]:
        at = open_page("words", n="250", method=method.label)
        assert any(item.key == "seed" for item in at.number_input) == PROJECTIONS[name].uses_seed


def test_a_metric_stands_among_the_settings_of_a_map(open_page):
    at = open_page("words", n="250", method="t-SNE")
    assert TOY_METRIC.name in at.selectbox(key="tsne_metric").options


def test_two_maps_are_compared_by_a_newcomer(open_page):
    at = open_page("compare")
    assert TOY_METRIC.short_label in at.selectbox(key="compare_metric").options


def test_a_file_of_a_new_format_is_opened(open_page, tmp_path):
    vectors = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    ev.write(EmbeddingSpace([f"w{row}" for row in range(40)], vectors), tmp_path / "mine.toy")
    at = open_page("vectors", vectors="Your files")
    assert TOY_FORMAT.help in at.file_uploader[0].help
    at.file_uploader[0].set_value([("mine.toy", (tmp_path / "mine.toy").read_bytes(), "")])
    at.run()
    assert not at.exception, at.exception
    assert TOY_FORMAT.label in text_of(at)


@pytest.mark.parametrize("part", ["tears", "shapes"])
def test_the_lesson_on_dimensions_opens_with_a_newcomer(open_page, part):
    open_page("learn_dimensions", part=part)


@pytest.mark.parametrize(
    "page", ["learn_nearness", "learn_cnn", "learn_search", "images", "vectors"]
)
def test_pages_open_with_newcomers(open_page, page):
    open_page(page)
