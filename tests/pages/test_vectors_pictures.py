"""Tables show pictures: those in the data at once, those at addresses on a click, paths never."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

DATA = "data:image/png;base64,iVBORw0KGgo="


def _app(values: list[str]) -> None:
    import pandas as pd
    import streamlit as st

    from embedviz.ui.vectors.picture_columns import shown_pictures

    table, config = shown_pictures(pd.DataFrame({"image": values}), ["image", "gone"], "show")
    st.dataframe(table, column_config=config)


def _opened(*values: str) -> AppTest:
    at = AppTest.from_function(_app, args=(list(values),), default_timeout=180).run()
    assert not at.exception
    return at


def _kind(at: AppTest) -> str:
    config = json.loads(at.dataframe[0].proto.columns)["image"]
    return config["type_config"]["type"]


def test_data_is_drawn_without_being_asked_for_and_nothing_else_is_sent() -> None:
    at = _opened(DATA, "https://example.org/a.png", "a/b.png")
    assert _kind(at) == "image"
    assert at.dataframe[0].value["image"].isna().tolist() == [False, True, True]
    at.toggle(key="show").set_value(True).run()
    assert at.dataframe[0].value["image"].isna().tolist() == [False, False, True]


def test_addresses_are_text_until_the_person_asks() -> None:
    at = _opened("https://example.org/a.png", "HTTP://example.org/b.png")
    assert _kind(at) == "text"
    at.toggle(key="show").set_value(True).run()
    assert _kind(at) == "image"


def test_paths_and_other_schemes_stay_text() -> None:
    at = _opened("a/b.png", "javascript:alert(1).png", "data:text/html,x.png")
    assert (_kind(at), len(at.toggle)) == ("text", 0)
