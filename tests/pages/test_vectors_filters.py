"""Filters, search, selections and edits on the Vectors page, with a small set of every kind."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.metadata import Contains, Range, Values


def app() -> None:
    """The panels as the page runs them: before the map, from one state."""
    from dataclasses import replace

    import numpy as np
    import pandas as pd
    import streamlit as st

    from embedviz.projections import project
    from embedviz.space import EmbeddingSpace
    from embedviz.ui.explorer.projected import Drawn
    from embedviz.ui.explorer.settings import MapSettings
    from embedviz.ui.vectors import coloring
    from embedviz.ui.vectors.filters import filter_panel, kept_rows
    from embedviz.ui.vectors.scene import Scene
    from embedviz.ui.vectors.selection import selection_panel
    from embedviz.ui.vectors.set_state import edited, state_of
    from embedviz.ui.vectors.vector_set import VectorSet

    @st.cache_resource
    def made() -> object:
        rows = np.arange(60)
        table = pd.DataFrame(
            {
                "class": rows % 10, "mass": np.where(rows == 7, np.nan, rows / 2),
                "day": pd.date_range("2026-01-01", periods=60), "place": ["Åre", "<b>x</b>"] * 30,
                "title": [f"Café {row}" for row in rows], "ok": rows < 6, "@trust": rows,
                "photo": [f"https://example.org/{row}.png" for row in rows],
            }
        )  # fmt: skip
        vectors = np.random.default_rng(0).normal(size=(60, 5))
        space = EmbeddingSpace([f"k{row}" for row in rows], vectors, table, "Mine")
        return VectorSet("sample:t", "T", space, True, link={"vectors": "Samples"}), project(
            space, "pca", cache=False
        )

    vectors, projection = made()
    st.session_state["state"] = state = state_of(vectors)

    def scene_now() -> Scene:
        space = edited(vectors)
        settings = MapSettings("pca", 2, 0, ())
        kept = kept_rows(vectors, space, state)
        return Scene(vectors, space, state, settings, Drawn(projection), None, kept)

    scene = scene_now()
    color, size = coloring.choose_color(scene), coloring.choose_size(scene)
    beside = st.radio("Beside", ["Filter", "Selection"], key="beside")
    (filter_panel if beside == "Filter" else selection_panel)(scene)
    scene = replace(scene_now(), state=state)
    st.session_state["kept"] = scene.kept
    st.session_state["table"] = scene.table
    st.session_state["colors"] = coloring.colors_for(scene, color)
    st.session_state["sizes"] = coloring.sizes_for(scene, size)
    st.text(coloring.color_note(scene, color))
    st.text(coloring.size_note(scene, size))


@pytest.fixture
def opened():
    def run(**link: str) -> AppTest:
        at = AppTest.from_function(app, default_timeout=180)
        for name, value in link.items():
            at.query_params[name] = value
        return checked(at.run())

    return run


def checked(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def texts(at: AppTest) -> list[str]:
    return [text.value for text in at.text]


def test_filters_come_from_the_link_and_go_back_into_it(opened) -> None:
    asked = '{"class":{"values":["3"]},"mass":{"range":[0.0,20.0]}}'
    at = opened(vectors_filters=asked)
    assert at.session_state["state"].filters == {"class": Values(("3",)), "mass": Range(0.0, 20.0)}
    assert at.session_state["kept"].sum() == 4
    assert "4 of 60 vectors pass; the others fade." in texts(at)
    assert at.query_params["vectors_filters"] == asked
    checked(at.button(key="vectors_select_kept").click().run())
    assert at.session_state["state"].selected.tolist() == [3, 13, 23, 33]
    checked(at.button(key="vectors_chip-class").click().run())
    assert at.session_state["state"].filters == {"mass": Range(0.0, 20.0)}
    checked(at.button(key="vectors_chip-mass").click().run())
    assert at.session_state["kept"] is None
    assert "vectors_filters" not in at.query_params


@pytest.mark.parametrize(
    ("asked", "said"),
    [("nonsense", "The link's filters are not used"), ('{"gone":{"contains":"x"}}', "no such column"),
     ('{"mass":{"range":["x",null]}}', "cannot end at")],
)  # fmt: skip
def test_filters_that_cannot_be_used_are_told(opened, asked: str, said: str) -> None:
    at = opened(vectors_filters=asked)
    assert any(said in warning.value.replace("\\", "") for warning in at.warning)
    assert at.session_state["kept"] is None


def test_filters_that_are_typed(opened) -> None:
    at = opened()
    at.multiselect(key="vectors_filter_columns").set_value(["mass", "day", "place", "title"])
    checked(at.toggle(key="vectors_filter_typed").set_value(True).run())
    checked(at.text_input(key="vectors_low-mass").set_value("10").run())
    checked(at.text_input(key="vectors_high-day").set_value("2026-02-01").run())
    checked(at.text_input(key="vectors_contains-title").set_value("cafe 2").run())
    checked(at.multiselect(key="vectors_labels-place").set_value([1]).run())
    assert at.session_state["state"].filters == {
        "mass": Range(10.0, None), "day": Range(None, "2026-02-01T00:00:00"),
        "title": Contains("cafe 2"), "place": Values(("<b>x</b>",)),
    }  # fmt: skip
    assert at.session_state["kept"].nonzero()[0].tolist() == [21, 23, 25, 27, 29]
    checked(at.text_input(key="vectors_low-mass").set_value("ten").run())
    assert "That is no limit" in at.warning[0].value
    checked(at.checkbox(key="vectors_missing-mass").set_value(True).run())
    assert at.session_state["state"].filters["mass"] == Range(10.0, None, True)


def test_search_select_undo_invert(opened) -> None:
    at = opened(vectors_search="cafe 5")
    checked(at.radio(key="beside").set_value("Selection").run())
    checked(at.button(key="vectors_select_found").click().run())
    assert at.session_state["state"].selected.tolist() == [5, 15, 25, 35, 45, *range(50, 60)]
    checked(at.text_input(key="vectors_search").set_value("k7").run())
    checked(at.button(key="vectors_add_found").click().run())
    assert 7 in at.session_state["state"].selected
    checked(at.button(key="vectors_undo").click().run())
    assert 7 not in at.session_state["state"].selected
    checked(at.button(key="vectors_redo").click().run())
    checked(at.button(key="vectors_invert").click().run())
    assert len(at.session_state["state"].selected) == 60 - 16
    checked(at.button(key="vectors_clear").click().run())
    assert not len(at.session_state["state"].selected)
    assert "select something first" not in " ".join(c.value for c in at.caption)


def with_selection(opened) -> AppTest:
    at = opened(vectors_search="cafe 5", vectors_color="class", vectors_size="mass")
    checked(at.radio(key="beside").set_value("Selection").run())
    return checked(at.button(key="vectors_select_found").click().run())


def act(at: AppTest, action: str) -> AppTest:
    at.session_state["vectors_selection_action"] = action
    return checked(at.run())


def test_a_selection_becomes_a_column(opened) -> None:
    at = act(with_selection(opened), "Save")
    at.text_input(key="vectors_selection_name").set_value("mine")
    checked(next(b for b in at.button if b.label == "Save 15 as a column").click().run())
    assert at.session_state["table"]["mine"].sum() == 15
    at.text_input(key="vectors_selection_name").set_value("mass")
    checked(next(b for b in at.button if b.label == "Save 15 as a column").click().run())
    assert "already" in at.error[0].value


def test_a_value_for_all_selected_and_another_name(opened) -> None:
    at = act(with_selection(opened), "Set")
    at = checked(at.selectbox(key="vectors_set_column").set_value("mass").run())
    at.text_input(key="vectors_set_value").set_value("heavy")
    checked(next(b for b in at.button if b.label == "Set for 15 selected").click().run())
    assert "holds numbers" in at.error[0].value
    at.text_input(key="vectors_set_value").set_value("99")
    checked(next(b for b in at.button if b.label == "Set for 15 selected").click().run())
    assert (at.session_state["table"]["mass"] == 99).sum() == 15
    at.session_state["state"].filters = {"mass": Range(99.0, None)}
    at = act(at, "Rename")
    at = checked(at.selectbox(key="vectors_rename").set_value("mass").run())
    at.text_input(key="vectors_rename_to").set_value("weight")
    checked(next(b for b in at.button if b.label == "Rename").click().run())
    assert at.session_state["kept"].sum() == 15
    assert at.session_state["vectors_size"] == "weight"
    assert any(text.startswith("Area of a point: weight") for text in texts(at))


@pytest.mark.parametrize(
    ("color", "size", "title", "note"),
    [
        ("class", "@same", "class", ""), ("mass", "mass", "mass", ""), ("day", "day", "day", ""),
        ("place", "ok", "place", ""), ("ok", "class", "ok", ""), ("@@trust", "@@trust", "@trust", ""),
        ("title", "@length", "title (mostly different texts)", ""), ("@length", "@same", "vector length", ""),
        ("@one", "@same", None, ""), ("@trust", "@trust", None, "not measured"),
        ("@groups", "@same", None, "none are found yet"),
    ],
)  # fmt: skip
def test_colors_and_sizes(opened, color: str, size: str, title: str | None, note: str) -> None:
    at = opened()
    at.session_state["vectors_color"], at.session_state["vectors_size"] = color, size
    checked(at.run())
    colors, sizes = at.session_state["colors"], at.session_state["sizes"]
    assert (None if colors is None else colors.title) == title
    assert note in " ".join(texts(at))
    assert (sizes is None) == (size in ("@same", "@trust"))


def test_hubness_is_counted_once_for_color_and_size(opened, settle) -> None:
    at = opened(vectors_color="Hubness", vectors_size="Hubness")
    settle(at, lambda at: at.session_state["colors"] is not None)
    assert at.session_state["sizes"] is not None


def test_a_color_that_is_not_there_is_told(opened) -> None:
    at = opened(vectors_color="gone")
    assert "gone" in at.info[0].value
    assert at.session_state["colors"].title == "class"


@pytest.mark.parametrize(
    ("kept", "said"),
    [(0, "0 pass"), (1, "1 passes"), (2, "2 pass"), (1200, "1,200 pass")],
)
def test_the_caption_counts_one_row_as_one(kept: int, said: str) -> None:
    from embedviz.ui.vectors.filters import passing

    assert passing(kept) == f" {said} the filters."
