"""Lesson 5, finding the top k, as a student uses it."""

from __future__ import annotations

import faiss
import numpy as np
import pytest

import embedviz as ev
from embedviz.search_cost import growth, ivf, trial_of
from embedviz.ui.learn.search import growing
from embedviz.ui.session import Owned
from tests.pages.conftest import text_of

N = 1_000


@pytest.fixture(scope="module")
def glove():
    return ev.load("glove-6b-50d")


def metric(at, label):
    return next(item.value for item in at.metric if item.label == label)


def slider(at, key):
    return next(item for item in at.get("select_slider") if item.key == f"learn_search-{key}")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_more_cells_find_more_and_the_numbers_are_the_cores(open_page, glove, lang):
    at = open_page("learn_search", lang=lang, n=str(N))
    trial = trial_of(glove.vectors[: N + 100])
    built = ivf(trial.vectors, 32)
    shown = []
    for nprobe in (1, 8):
        slider(at, "nprobe").set_value(nprobe).run()
        assert not at.exception
        found = built.structure.search(
            trial.queries, 10, params=faiss.SearchParametersIVF(nprobe=nprobe)
        )[1]
        truth = trial.truth[:, :10]
        right = sum(len(set(a) & set(b)) for a, b in zip(found, truth, strict=True))
        assert metric(at, "recall@10") == f"{right / truth.size:.1%}"
        compared = built.comparisons(trial.queries, 10, nprobe)
        assert f"{compared:,.0f}" in [item.value for item in at.metric]
        shown.append(right)
    assert shown[0] < shown[1]
    assert at.query_params["nprobe"] == "8"


def test_a_graph_is_built_and_stands_beside_the_cells(open_page, settle):
    at = open_page("learn_search", n=str(N))
    before = metric(at, "comparisons")
    method = next(item for item in at.segmented_control if item.key == "learn_search-method")
    method.set_value("hnsw").run()
    settle(at, lambda at: at.metric)
    slider(at, "ef").set_value(64).run()
    assert float(metric(at, "recall@10").rstrip("%")) > 97
    assert metric(at, "comparisons") != before
    table = at.dataframe[0].value
    assert list(table["method"]) == ["Brute force", "HNSW", "IVF"]
    assert table["parameters"][1] == "M = 16, efConstruction = 40"


def test_a_link_restores_the_state(open_page, settle):
    at = open_page("learn_search", method="hnsw", n=str(N), ef="128", M="8", k="5", lang="ko")
    settle(at, lambda at: at.metric)
    assert slider(at, "ef").value == 128
    assert metric(at, "recall@5")
    assert "M = 8, efConstruction = 40" in list(at.dataframe[0].value["매개변수"])


@pytest.mark.parametrize(
    "link",
    [
        {"n": "999"}, {"nprobe": "<b>9</b>"}, {"data": "mine-0123456789ab"}, {"method": "annoy"},
        {"part": "nothing"},
    ],
)  # fmt: skip
def test_a_link_with_a_bad_value_says_so_and_shows_the_rest(open_page, link):
    at = open_page("learn_search", **{"n": str(N), **link})
    (asked,) = link.values()
    said = text_of(at)
    assert "which this lesson does not have" in said
    assert asked.replace("<b>", "").replace("</b>", "")[:4].strip("-") in said.replace("\\", "")
    assert at.metric
    assert not at.error


def test_handwritten_digits_and_what_the_session_brought(open_page):
    at = open_page("learn_search", data="digits")
    assert "n = 1,697 vectors" in text_of(at)
    vectors = np.random.default_rng(0).standard_normal((90, 6))
    space = ev.EmbeddingSpace([f"*thing* {row}" for row in range(90)], vectors, name="Things")
    tiny = ev.EmbeddingSpace(map(str, range(5)), vectors[:5], name="Five")
    mine = at.session_state["embedviz_session"]
    mine.own("mine-things", Owned(space, "made here", kind="vectors"), 100)
    mine.own("mine-tiny", Owned(tiny, "made here", kind="vectors"), 100)
    at.run()
    box = next(item for item in at.selectbox if item.key == "learn_search-data")
    assert "Things" in box.options
    assert "Five" not in box.options
    box.set_value("mine-things").run()
    assert not at.exception
    assert "18 queries among n = 72 vectors" in text_of(at)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_growth_is_measured_and_its_counted_slopes_are_the_cores(
    open_page, settle, glove, monkeypatch, lang
):
    monkeypatch.setattr(growing, "_SIZES", (400, 800, 1_600))
    at = open_page("learn_search", part="growth", cost="comparisons", lang=lang)
    settle(at, lambda at: at.metric)
    result = growth(glove.vectors[:10_050], (400, 800, 1_600), 10, growing.EF, growing.NPROBE)
    predicted = [item.value for item in at.metric]
    assert predicted[0] == "1,000,000"
    slope, factor = result.slope("ivf", "comparisons")
    assert predicted[1] == f"{factor * 1e6**slope:,.0f}"
    assert "1.00" in at.metric[0].label
    slider(at, "predicted").set_value(10**8).run()
    assert at.metric[0].value == "100,000,000"


@pytest.mark.parametrize(("lang", "label"), [("en", "looked at"), ("ko", "본 단어")])
def test_hop_by_hop_more_is_looked_at(open_page, lang, label):
    at = open_page("learn_search", part="walk", count="500", lang=lang)
    (hops,) = [item for item in at.slider if item.key == "learn_search-hop"]
    last = hops.value
    assert last == hops.max > 5
    seen = []
    for hop in (0, 1, last // 2, last):
        (hops,) = [item for item in at.slider if item.key == "learn_search-hop"]
        hops.set_value(hop).run()
        assert not at.exception
        seen.append(int(metric(at, label).split(" /")[0]))
    assert seen == sorted(set(seen))
    assert seen[0] == 0
    assert seen[-1] < 250


def test_a_wide_beam_finds_the_exact_neighbors(open_page, glove):
    at = open_page("learn_search", part="walk", word="piano", beam="64", count="500")
    words = glove.take(range(30, 530))
    for word in ev.neighbors(words, glove.vectors[glove.index("piano")], k=5).keys:
        assert f"**{word}**" in text_of(at)


@pytest.mark.parametrize("word", ["", "asdfqwer", "<img src=x onerror=alert(1)>", "$$**~~"])
def test_a_word_that_is_none_gets_an_error_in_words(open_page, word):
    at = open_page("learn_search", part="walk", count="500")
    at.text_input[0].set_value(word).run()
    assert not at.exception
    (error,) = at.error
    assert "is not in" in error.value
    assert "\\<img" in error.value or "<img" not in word
    at.text_input[0].set_value("Piano").run()
    assert not at.error
