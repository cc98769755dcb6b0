"""The Compare page: two sides chosen, measured in full, asked, and taken away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.comparison import all_but_the_top, compare
from embedviz.ui.session import Owned
from tests.pages.conftest import text_of

GLOVE, WITHOUT_TOP = "GloVe: 5,000 words", "GloVe: 5,000 words, all but the top 3"
PIXELS = "Digits: 64 pixels"


def numbers(at):
    return {metric.label: metric.value for metric in at.metric}


def plain_text(at) -> str:
    return text_of(at).replace("\\", "")


def moved(at) -> pd.DataFrame:
    return next(item.value for item in at.dataframe if "movement" in item.value.columns)


def near(at) -> list[list[str]]:
    """The two lists of neighbors."""
    tables = (item.value for item in at.dataframe)
    return [list(table.iloc[:, 0]) for table in tables if "nearest" in table.columns[0]]


@pytest.fixture(scope="module")
def words(glove):
    space = glove.take(np.arange(5000))
    return space, all_but_the_top(space, 3)


def test_the_sample_pair_is_measured_in_the_full_spaces(open_page, settle):
    at = settle(open_page("compare"), numbers)
    from sklearn.datasets import load_digits

    pixels = load_digits().data.astype(np.float32)
    space = ev.EmbeddingSpace([f"digit {row}" for row in range(len(pixels))], pixels)
    short = ev.project(space, "pca", n_components=8, cache=False).coordinates
    expected = compare(space, ev.EmbeddingSpace(space.keys, short))
    assert numbers(at) == {
        "Neighbors in common": f"{expected.mean_overlap:.1%}",
        "Linear CKA": f"{expected.cka:.3f}",
        "Procrustes residual": f"{expected.procrustes_residual:.3f}",
    }
    said = plain_text(at)
    assert "All 1,797 common keys are compared and drawn" in said
    assert "chance alone would give 0.6%" in said
    assert "The 8 dimensions count as filled up with zeros to 64" in said
    assert list(moved(at)["key"]) == list(expected.moved)
    settle(at, lambda at: plain_text(at).count("trustworthiness") == 2)


def test_a_link_asks_a_word_of_both(open_page, settle, words):
    at = open_page(
        "compare", compare_a=GLOVE, compare_b=WITHOUT_TOP, compare_ask="king", compare_k="7"
    )
    settle(at, numbers)
    expected = [list(ev.neighbors(space, "king", k=7).keys) for space in words]
    assert near(at) == expected
    same = len(set(expected[0]) & set(expected[1]))
    assert f"king: {same} of its 7 nearest are the same" in plain_text(at).replace("*", "")
    assert moved(at)["key"][0] == compare(*words, k=7).moved[0]


def test_an_unknown_key_offers_spellings_and_breaks_nothing(open_page, settle):
    at = open_page("compare", compare_a=GLOVE, compare_b=WITHOUT_TOP, compare_ask="kingg")
    settle(at, numbers)
    assert "'kingg' is not in" in at.error[0].value.replace("\\", "")
    assert "king" in at.error[0].value


def test_one_set_compares_its_two_maps(open_page, settle):
    at = open_page("compare", compare_a=PIXELS, compare_b=PIXELS, compare_b_method="PCA")
    settle(at, numbers)
    assert numbers(at)["Neighbors in common"] == "100.0%"
    assert numbers(at)["Procrustes residual"] == "0.000"
    assert "same in both maps" in plain_text(at)
    at.toggle(key="compare_b_pca_normalize").set_value(True)
    at.button(key="FormSubmitter:compare_b_params-pca-Draw the map").click().run()
    settle(at, numbers)
    assert numbers(at)["Neighbors in common"] != "100.0%"


def test_a_name_that_is_not_here_is_said(open_page):
    at = open_page("compare", compare_a="somebody's own")
    assert "somebody's own" in plain_text(at)
    assert at.selectbox(key="compare_a").value == PIXELS


def test_an_example_sets_both_sides(open_page, settle):
    at = open_page("compare")
    at.button(key="try-GloVe, all but the top").click().run()
    assert [at.selectbox(key=f"compare_{side}").value for side in "ab"] == [GLOVE, WITHOUT_TOP]
    settle(at, numbers)


def test_the_animation_has_both_maps(open_page, settle):
    at = settle(open_page("compare", compare_below="Animation"), numbers)
    assert len(at.get("plotly_chart")) == 1


def test_own_sets_hostile_labels_and_keys_that_differ(open_page, settle):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 5))
    keys = [f"<img src=x onerror=alert({row})>" for row in range(60)]
    table = pd.DataFrame({"**kind**": ["a", "b"] * 30})
    first = ev.EmbeddingSpace(keys, vectors, table, "first <b>")
    second = ev.EmbeddingSpace([*keys[5:], "x", "y"], rng.normal(size=(57, 5)), name="second")
    at = open_page("compare")
    owner = at.session_state["embedviz_session"]
    for space in (first, second):
        owner.own(f"mine-{space.name}", Owned(space, "made here", kind="vectors"), 100)
    at.run()
    names = at.selectbox(key="compare_a").options
    mine = [next(name for name in names if word in name) for word in ("first", "second")]
    at.selectbox(key="compare_a").set_value(mine[0])
    at.selectbox(key="compare_b").set_value(mine[1])
    at.text_input(key="compare_ask").set_value(keys[7]).run()
    settle(at, lambda at: numbers(at) and len(near(at)) == 2)
    assert "All 55 common keys are compared and drawn; 5 stand only in A and 2 only in B" in (
        plain_text(at)
    )
    assert "**kind**" in at.selectbox(key="compare_color").options
    at.selectbox(key="compare_color").set_value("**kind**").run()
    assert not at.exception
    assert near(at)[0] == list(ev.neighbors(first.take(range(5, 60)), keys[7]).keys)


def test_sets_without_common_keys_are_a_sentence(open_page):
    at = open_page("compare", compare_a=PIXELS, compare_b=GLOVE)
    assert "Only 0 keys stand in both" in at.error[0].value.replace("\\", "")
    assert at.selectbox(key="compare_b").value == GLOVE
