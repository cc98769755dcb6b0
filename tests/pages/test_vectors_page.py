"""The Vectors page as a whole: map, questions and tools together, on a sample that needs no file."""

from __future__ import annotations

import pytest

import embedviz as ev
from tests.pages.conftest import text_of

TOOLS = ("Trust", "Groups", "Add points", "Take away", "Table")


def measured(at):
    return "How far to trust it" in text_of(at)


def test_a_sample_is_mapped_and_measured(open_page, settle):
    at = settle(open_page("vectors"), measured)
    assert "Showing all 1,797 vectors." in text_of(at)
    assert "not normalized" in text_of(at)


def test_a_key_is_asked_for_in_the_full_space(open_page):
    from embedviz.vector_samples import SAMPLES

    space = SAMPLES["digits"].open()
    key = space.keys[3]
    at = open_page("vectors", vectors_key=key)
    table = next(frame.value for frame in at.dataframe if "cosine similarity" in frame.value)
    found = ev.neighbors(space, key, k=10)
    assert list(table["key"]) == list(found.keys)
    assert table["cosine similarity"].to_numpy() == pytest.approx(found.scores)


def test_a_pasted_vector_is_asked_for(open_page):
    from embedviz.vector_samples import SAMPLES

    space = SAMPLES["digits"].open()
    at = open_page("vectors")
    at.segmented_control(key="vectors_ask").set_value("numbers").run()
    at.text_area(key="vectors_numbers").set_value(str(space.vectors[7].tolist())).run()
    table = next(frame.value for frame in at.dataframe if "cosine similarity" in frame.value)
    assert table["key"].iloc[0] == space.keys[7]
    at.text_area(key="vectors_numbers").set_value("1, 2, three").run()
    assert "is not a number" in text_of(at)
    at.text_area(key="vectors_numbers").set_value("1, 2").run()
    assert "The query has 2 numbers" in text_of(at)
    assert not at.exception


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_opens(open_page, tool):
    at = open_page("vectors", vectors_tool=tool)
    assert not at.error


@pytest.mark.parametrize("side", ["Filter", "Selection"])
def test_every_side_opens(open_page, side):
    at = open_page("vectors", vectors_side=side)
    assert not at.error


def test_stability_is_measured_and_becomes_a_color(open_page, settle):
    at = open_page(
        "vectors", vectors_sample="Wines", vectors_method="t-SNE", vectors_tool="Trust",
        vectors_trust_view="Stability", vectors_stability="true",
    )  # fmt: skip
    settle(at, lambda at: any(metric.label == "Neighbors in common" for metric in at.metric))
    box = at.selectbox(key="vectors_color")
    assert "Stability across seeds" in box.options
    box.set_value("@stability").run()
    assert not at.exception
    assert "No color by" not in text_of(at)
