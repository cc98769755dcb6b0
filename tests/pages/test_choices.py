"""What one set of data does not allow is no limit for the next, and what was chosen comes back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embedviz.params import within
from embedviz.space import EmbeddingSpace
from embedviz.ui.session import Owned, Session, new_id
from tests.pages.conftest import text_of


def space_of(n: int, d: int = 6, name: str = "", **columns) -> EmbeddingSpace:
    vectors = np.random.default_rng(n).normal(size=(n, d))
    keys = [f"k{row}" for row in range(n)]
    return EmbeddingSpace(
        keys, vectors, pd.DataFrame(columns) if columns else None, name or f"set{n}"
    )


def with_own(at: AppTest, *spaces: EmbeddingSpace, kind: str = "vectors") -> AppTest:
    mine = Session()
    for space in spaces:
        mine.own(new_id(), Owned(space, "here", None, kind), 100)
    at.session_state["embedviz_session"] = mine
    return at.run()


def show(at: AppTest, name: str, key: str = "vectors_here") -> AppTest:
    at.selectbox(key=key).set_value(f"{name} (mine)").run()
    assert not at.exception, at.exception
    return at


def test_within_moves_to_the_nearest_that_is_allowed():
    limits = {"a": (2, 9.5), "b": (1.0, 1.25)}
    assert within({"a": 15, "b": 30.0, "c": 7}, limits) == {"a": 9, "b": 1.25, "c": 7}
    assert within({"a": 1, "b": 0.5}, limits) == {"a": 2, "b": 1.0}


@pytest.fixture
def made(monkeypatch):
    """Maps are PCA's whatever is asked for; how many points and which parameters is noted here."""
    from embedviz.projections import project
    from embedviz.ui.explorer import projected

    noted: list[tuple[int, dict[str, object]]] = []

    def quickly(space, settings, *_):
        noted.append((len(space), dict(settings.params)))
        return project(space, "pca", settings.n_components, cache=False)

    monkeypatch.setattr(projected, "_project", quickly)
    return noted


def number(at: AppTest, key: str):
    return next(widget for widget in (*at.slider, *at.number_input) if widget.key == key)


@pytest.mark.parametrize(
    ("method", "name", "default", "allowed", "other"),
    [("tsne", "perplexity", 30.0, 4 / 3, 8.0), ("umap", "n_neighbors", 15, 4, 7)],
)
def test_a_clamp_is_not_left_behind(open_page, settle, made, method, name, default, allowed, other):
    key = f"vectors_{method}_{name}"
    at = with_own(open_page("vectors", vectors="Already here"), space_of(5), space_of(100))
    show(at, "set5")
    at.segmented_control(key="vectors_method").set_value(method).run()

    def taken(n: int):
        settle(at, lambda at: "is on its way" not in text_of(at))
        return [params[name] for points, params in made if points == n and name in params]

    assert taken(5) == [pytest.approx(allowed)]
    assert number(at, key).value == default
    assert "5 points allow no more" in text_of(at)
    assert key not in at.query_params
    show(at, "set100")
    assert taken(100) == [default]
    assert number(at, key).value == default
    assert "allow no more" not in text_of(at)
    assert key not in at.query_params
    number(at, key).set_value(other)
    next(button for button in at.button if button.label == "Draw the map").click().run()
    assert taken(100) == [default, other]
    show(at, "set5")
    assert number(at, key).value == other  # what was chosen is kept, here as there
    assert taken(5) == [pytest.approx(allowed)]  # the same map as before
    show(at, "set100")
    assert number(at, key).value == other
    assert taken(100) == [default, other]


def test_a_link_of_a_large_set_keeps_its_number_with_a_small_one(open_page, settle, made):
    at = open_page(
        "vectors", vectors="Already here", vectors_method="t-SNE", vectors_tsne_perplexity="40"
    )
    show(with_own(at, space_of(5)), "set5")
    assert number(at, "vectors_tsne_perplexity").value == 40
    said = "Perplexity 1.333 in place of 40: 5 points allow no more."
    settle(at, lambda at: said in text_of(at))


def test_groups_start_from_the_default_of_each_set(open_page):
    at = open_page("vectors", vectors="Already here", vectors_tool="Groups")
    with_own(at, space_of(6), space_of(200, 80), space_of(300, 10))
    reduce_to, smallest = (
        "vectors_groups_hdbscan_reduce_to",
        "vectors_groups_hdbscan_min_cluster_size",
    )
    show(at, "set200")
    assert at.number_input(key=reduce_to).value == 50
    show(at, "set6")
    assert at.number_input(key=reduce_to).value == 0
    assert at.number_input(key=smallest).value == 15
    assert "This data allows no more than 3: that is taken." in text_of(at)
    next(button for button in at.button if button.label == "Find groups").click().run()
    assert not at.error
    show(at, "set200")
    assert (at.number_input(key=reduce_to).value, at.number_input(key=smallest).value) == (50, 15)
    at.number_input(key=reduce_to).set_value(20)
    next(button for button in at.button if button.label == "Find groups").click().run()
    show(at, "set300")
    assert at.number_input(key=reduce_to).value == 20  # chosen


def test_trust_of_a_small_set_leaves_the_number_of_neighbors(open_page, settle):
    at = with_own(open_page("vectors", vectors="Already here"), space_of(7), space_of(90))
    settle(show(at, "set7"), lambda at: any("2 neighbors" in m.label for m in at.metric))
    assert at.number_input(key="vectors_trust_k").value == 15
    assert "2 are taken" in text_of(at)
    settle(show(at, "set90"), lambda at: any("15 neighbors" in m.label for m in at.metric))
    assert "vectors_trust_k" not in at.query_params


def test_compared_neighbors_of_a_small_pair_leave_the_number(open_page, settle):
    at = with_own(
        open_page("compare"),
        space_of(4),
        space_of(4, 5, "other"),
        space_of(40),
        space_of(40, 5, "more"),
    )
    for side, name in (("compare_a", "set4"), ("compare_b", "other")):
        at.selectbox(key=side).set_value(f"{name} (mine)")
    at.run()
    settle(at, lambda at: len(at.metric) == 3)
    assert at.number_input(key="compare_k").value == 10
    assert "Of each item's 3 nearest" in text_of(at)
    for side, name in (("compare_a", "set40"), ("compare_b", "more")):
        at.selectbox(key=side).set_value(f"{name} (mine)")
    at.run()
    settle(at, lambda at: "Of each item's 10 nearest" in text_of(at))


def test_words_of_a_small_model_leave_how_many_are_drawn(open_page):
    at = with_own(open_page("words", n="250"), space_of(100, name="small"), kind="words")
    show(at, "small", "model")
    assert "Showing all 100 words." in text_of(at)
    assert at.select_slider(key="n").value == 250
    at.selectbox(key="model").set_value("glove-6b-50d").run()
    assert "Showing 250 of 400,000 words" in text_of(at)


def test_a_link_that_counts_all_words_of_a_model_still_does(open_page):
    at = open_page("words", n="243")
    assert at.select_slider(key="n").value == 250


@pytest.mark.parametrize("page", ["vectors", "compare"])
def test_color_by_names_what_is_there(open_page, page):
    """The select box is told what it shows: the browser would keep the column of the set before."""
    key, here = {
        "vectors": ("vectors_color", "vectors_here"),
        "compare": ("compare_color", "compare_a"),
    }[page]
    digits = space_of(30, name="digits", digit=[*range(10)] * 3, even=[True, False] * 15)
    words = space_of(30, 5, "words")
    at = with_own(open_page(page, vectors="Already here"), digits, words)
    if page == "compare":
        show(at, "words", "compare_b")
    show(at, "digits", here)
    at.selectbox(key=key).set_value("even").run()
    show(at, "words", here)
    box = at.selectbox(key=key)
    assert box.value not in ("digit", "even")
    assert box.proto.set_value
    assert key not in at.query_params
    show(at, "digits", here)
    assert at.selectbox(key=key).value == "even"  # what was chosen comes back where it is


def test_training_settings_nobody_chose_follow_the_text_for_every_algorithm(open_page, settle):
    from embedviz.words.sample_corpora import CORPORA

    at = open_page("train", corpus=CORPORA["lee"].label)

    def ready(at):
        return any(button.label == "Train" for button in at.button)

    settle(at, ready)
    at.segmented_control(key="algorithm").set_value("cbow").run()
    assert at.number_input(key="cbow_epochs").value == CORPORA["lee"].settings["epochs"]
    at.segmented_control(key="algorithm").set_value("skip-gram").run()
    at.selectbox(key="corpus").set_value("tiny").run()
    settle(at, lambda at: "29 words" in text_of(at) and ready(at))
    at.segmented_control(key="algorithm").set_value("cbow").run()
    for name, value in CORPORA["tiny"].settings.items():
        widgets = [*at.slider, *at.number_input]
        assert next(w for w in widgets if w.key == f"cbow_{name}").value == value


def test_few_points_begin_with_another_method_and_many_with_their_own():
    """As on the Images page, where the first method depends on how many there are."""

    def page() -> None:
        import numpy as np
        import streamlit as st

        from embedviz.projections import first_keeping
        from embedviz.space import EmbeddingSpace
        from embedviz.ui.explorer.settings import map_settings

        n = st.number_input("n", 3, 100, 4, key="points")
        space = EmbeddingSpace([f"k{row}" for row in range(n)], np.eye(n, 5))
        st.text(map_settings(space, first_keeping("neighbors", n).name).method)

    at = AppTest.from_function(page).run()
    assert at.text[0].value == "pca"
    at.number_input(key="points").set_value(60).run()
    assert at.text[0].value == "tsne"
    at.segmented_control(key="method").set_value("umap").run()
    at.number_input(key="points").set_value(4).run()
    assert at.text[0].value == "umap"  # chosen


def test_a_collection_is_named_as_its_own_set():
    def page() -> None:
        import numpy as np
        import streamlit as st

        from embedviz.images.kind import IMAGE
        from embedviz.space import EmbeddingSpace
        from embedviz.ui.items.item_set import ItemSet
        from embedviz.ui.items.keep import _target

        name = st.text_input("set", "Cats", key="set")
        space = EmbeddingSpace(["a"], np.ones((1, 2)))
        st.text(_target(ItemSet(IMAGE, name, name, False), space, ())[0])

    at = AppTest.from_function(page).run()
    assert at.text[0].value == "Cats"
    at.text_input(key="save-name").set_value("My cats").run()
    assert at.text[0].value == "My cats"
    at.text_input(key="set").set_value("Dogs").run()
    assert at.text[0].value == "Dogs"


def test_a_lessons_default_belongs_to_its_data():
    """The number of cells that suits n vectors, say: nobody chose it, so other data has its own."""

    def page() -> None:
        import streamlit as st

        from embedviz.ui.learn.controls import Controls

        class Said:
            def __call__(self, name: str) -> str:
                return name

            def has(self, _name: str) -> bool:
                return False

        controls = Controls("lesson", Said())
        usual = controls.choice("usual", 8, [8, 32])
        st.text(str(controls.slider("cells", usual, 1, 64, 1)))

    at = AppTest.from_function(page).run()
    cells, usual = "lesson-cells", "lesson-usual"
    at.segmented_control(key=usual).set_value(32).run()
    assert (at.text[0].value, at.slider(key=cells).value) == ("32", 32)
    assert "cells" not in at.query_params
    at.slider(key=cells).set_value(20).run()
    at.segmented_control(key=usual).set_value(8).run()
    assert (at.text[0].value, at.slider(key=cells).value) == ("20", 20)  # chosen
    assert at.query_params["cells"] == "20"
