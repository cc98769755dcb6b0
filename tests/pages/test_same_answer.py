"""What a page says, lists, draws and colors is one answer."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import embedviz as ev
from embedviz.metrics import METRICS
from embedviz.ui.session import Owned, Session, new_id
from embedviz.words.analogy_plane import plane
from embedviz.words.parallelogram import parallelogram
from tests.pages.conftest import text_of


def best_drawn(at) -> list[str]:
    """The words that the parallelogram marks as the best answer."""
    (spec,) = [
        json.loads(chart.proto.spec)
        for chart in at.get("plotly_chart")
        if "where the sum lands" in chart.proto.spec
    ]
    (trace,) = [one for one in spec["data"] if one["name"].startswith("the best answer")]
    return list(trace["text"])


@pytest.mark.parametrize("text", ["king - man + woman", "king", "0.5*king + queen - man"])
@pytest.mark.parametrize("keep", [False, True])
def test_headline_list_picture_and_caption_have_one_answer(open_page, text, keep):
    link = {"sum": text} | ({"keep": "true"} if keep else {})
    at = open_page("analogies", **link)
    headline = next(m.value for m in at.markdown if m.value.startswith("### "))
    word = headline.split(":primary[")[1].rstrip("]").replace("\\", "")
    listed = next(frame.value["word"].iloc[0] for frame in at.dataframe if "score" in frame.value)
    caption = next(c.value for c in at.caption if "Best by" in c.value).replace("\\", "")
    assert listed.removesuffix(" (input)") == word
    assert best_drawn(at) == [word]
    assert f"Best by 3CosAdd: {word}, " in caption
    lists = [
        f.value["word"].iloc[0].removesuffix(" (input)") for f in at.dataframe if "score" in f.value
    ]
    other = [c.value for c in at.caption if c.value.startswith("By 3CosAdd; ")]
    assert len(other) == (
        set(lists) != {word}
    )  # where methods differ, the headline says whose it is
    inside = word in text.replace("*", " ").split()
    assert keep or not inside
    assert ("itself a word of the sum" in caption) == inside


def test_the_plane_marks_the_best_answer_among_the_words_of_the_sum(glove):
    answers = ev.analogy(glove, ["king", "woman"], ["man"], exclude_inputs=False).keys
    found = plane(glove, ["king", "woman"], ["man"], answers)
    assert found.keys[found.best] == answers[0] == "king"
    drawn = {trace.name: list(trace.text or ()) for trace in parallelogram(found).data}
    assert drawn["words of the sum"] == ["woman", "man"]
    assert drawn["the best answer, a word of the sum"] == ["king"]
    assert set(drawn["near the landing point"]) == set(answers) - {"king", "woman", "man"}
    usual = plane(glove, ["king", "woman"], ["man"], ["queen", "throne"])
    assert usual.keys[usual.best] == "queen"


def test_words_mapped_alone_are_not_called_more_frequent(open_page, glove):
    """The neighbors that "Map only these" leaves out may be more frequent than those it draws."""
    at = open_page("words", word="king", n="100", model="glove-6b-50d")
    at.session_state["only_words"] = ("glove-6b-50d", ("zeppelin", "king", "unicorn"))
    at.run()
    said = text_of(at)
    assert "A map of the 3 selected words alone" in said
    assert "rarer" not in said
    assert "10 of these are not among the drawn words" in said


@pytest.mark.parametrize("near", list(METRICS))
def test_the_table_has_the_nearness_of_every_drawn_word(open_page, glove, near):
    link = {"word": "king", "n": "100", "table": "true", "color": "Nearness to the word"}
    at = open_page("words", near=METRICS[near].label, **link)
    table = next(f.value for f in at.dataframe if "frequency rank" in f.value)
    drawn = glove.take(range(100))
    expected = METRICS[near].between(
        glove.vectors[glove.index("king")].astype(float), drawn.vectors
    )
    assert table["nearness to king"].to_numpy() == pytest.approx(expected)


def _table_of_images(metric: str) -> None:
    """A script of its own: the table under the map, without the rest of the page."""
    import numpy as np
    import pandas as pd
    import streamlit as st

    from embedviz.images.kind import IMAGE
    from embedviz.projections import project
    from embedviz.space import EmbeddingSpace
    from embedviz.ui.explorer.projected import Drawn
    from embedviz.ui.items.coloring import Situation
    from embedviz.ui.items.explore import _as_table

    st.session_state["image_table"] = True
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    blank = {"label": [""] * 30, "hash": [""] * 30, "path": [""] * 30}
    space = EmbeddingSpace([f"i{row}" for row in range(30)], vectors, pd.DataFrame(blank))
    query = space.vectors[3].astype(float)
    _as_table(
        IMAGE, Drawn(project(space, "pca", cache=False)), Situation(space, query, metric, None)
    )


@pytest.mark.parametrize("metric", list(METRICS))
def test_the_table_has_the_nearness_of_every_image(metric):
    at = AppTest.from_function(_table_of_images, kwargs={"metric": metric}).run()
    assert not at.exception, at.exception
    vectors = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    expected = METRICS[metric].between(vectors[3].astype(float), vectors)
    assert at.dataframe[0].value["nearness"].to_numpy() == pytest.approx(expected)


def test_points_selected_to_ask_with_are_no_answers(open_page):
    rng = np.random.default_rng(0)
    space = ev.EmbeddingSpace([f"k{i}" for i in range(9)], rng.normal(size=(9, 4)), None, "nine")
    at = open_page("vectors", vectors="Already here")
    mine, identity = Session(), new_id()
    mine.own(identity, Owned(space, "here", None, "vectors"), 100)
    at.session_state["embedviz_session"] = mine
    at.run()
    at.selectbox(key="vectors_here").set_value("nine (mine)").run()
    at.segmented_control(key="vectors_ask").set_value("example").run()
    state = at.session_state["vectors_state"][identity]

    def answers():
        at.run()
        assert not at.exception, at.exception
        return [list(f.value["key"]) for f in at.dataframe if "cosine similarity" in f.value]

    state.select([1, 2, 5])
    (found,) = answers()
    mean = space.vectors[[1, 2, 5]].mean(axis=0, dtype=float)
    everything = ev.neighbors(space, mean, k=9)
    assert found == [key for key in everything.keys if key not in ("k1", "k2", "k5")]
    assert "The selected points are left out." in text_of(at)
    at.toggle(key="vectors_ask_selected_too").set_value(True)
    assert answers() == [list(everything.keys)]
    assert "left out" not in text_of(at)
    at.toggle(key="vectors_ask_selected_too").set_value(False)
    state.select(range(9))
    assert answers() == []
    assert "no other is left" in text_of(at)


def test_the_import_header_follows_the_chosen_column(open_page):
    frame = pd.DataFrame({
        "name": [f"n{i}" for i in range(6)],
        "short": [[float(i), 1.0] for i in range(6)],
        "embedding": [[float(i), 1.0, 2.0, 3.0, 4.0] for i in range(6)],
    })  # fmt: skip
    file = io.BytesIO()
    frame.to_parquet(file)
    at = open_page("vectors", vectors="Your files")
    at.file_uploader[0].set_value([("two.parquet", file.getvalue(), "")]).run()
    assert "6 rows × 5 dimensions" in text_of(at)
    at.multiselect[0].set_value(["short"]).run()
    assert "6 rows × 2 dimensions" in text_of(at)
    assert "× 5 dimensions" not in text_of(at)
    at.multiselect[0].set_value(["name"]).run()
    assert not at.exception
    assert "dimensions" not in text_of(at)  # no vector, no header: the reason stands there
    assert len(at.error) == 1


def own_words(at, *spaces):
    mine = Session()
    for space in spaces:
        mine.own(new_id(), Owned(space, "here"), 100)
    at.session_state["embedviz_session"] = mine
    at.run()
    at.selectbox(key="model").set_value(f"{spaces[0].name} (mine)").run()
    assert not at.exception, at.exception
    return at


def test_a_method_without_an_answer_leaves_the_others_theirs(open_page):
    """From a word to another of the same vector is no direction: PairDirection alone has no answer."""
    vectors = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1], [1, 1, 0]]
    space = ev.EmbeddingSpace(["b", "a", "c", "d", "e"], vectors, None, "five")
    at = own_words(open_page("analogies", sum="b - a + c"), space)
    best = ev.analogy(space, ["b", "c"], ["a"]).keys[0]
    assert any(f"≈ :primary[{best}]" in m.value for m in at.markdown)
    assert best_drawn(at) == [best]
    assert not at.error
    assert any(c.value.startswith("Not here: ") and "no direction" in c.value for c in at.caption)


@pytest.mark.parametrize(
    ("vectors", "why"),
    [(np.ones((6, 3)), "are the same"), (np.arange(1.0, 7)[:, None], "one number each")],
)
def test_words_that_make_no_map_are_asked_all_the_same(open_page, vectors, why):
    space = ev.EmbeddingSpace([f"w{i}" for i in range(6)], vectors, None, "flat")
    at = own_words(open_page("words", word="w1", k="3"), space)
    assert why in text_of(at)
    table = next(f.value for f in at.dataframe if "cosine similarity" in f.value)
    assert list(table["word"]) == list(ev.neighbors(space, "w1", k=3).keys)


def test_three_points_are_not_said_to_be_measured_later(open_page):
    at = open_page("vectors", vectors="Already here")
    space = ev.EmbeddingSpace(["a", "b", "c"], [[0, 1], [1, 0], [2, 2]], None, "three")
    mine = Session()
    mine.own(new_id(), Owned(space, "here", None, "vectors"), 100)
    at.session_state["embedviz_session"] = mine
    at.run()
    at.selectbox(key="vectors_here").set_value("three (mine)").run()
    assert at.selectbox(key="vectors_color").value == "@one"
    assert "measured yet" not in text_of(at)
