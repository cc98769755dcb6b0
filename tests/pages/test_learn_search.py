"""Lesson 5, finding the top k, as a student uses it."""

from __future__ import annotations

import math
import re

import faiss
import numpy as np
import pytest

import embedviz as ev
from embedviz.indexes.faiss_threads import faiss_searching
from embedviz.search_cost import Growth, Measured, Sized, growth, hnsw, ivf, trial_of
from embedviz.ui.learn.search import growing
from embedviz.ui.learn.texts import texts
from embedviz.ui.session import Owned
from tests.pages.conftest import meaning_of, text_of

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
    at = open_page("learn_search", part="growth", lang=lang)
    settle(at, lambda at: at.metric)
    result = growth(glove.vectors[:10_050], (400, 800, 1_600), 10, growing.EF, growing.NPROBE)
    told = meaning_of(at, texts("search", lang), "growth")
    assert len(told) == 3
    for n in (10**5, 10**6, 10**8):
        slider(at, "predicted").set_value(n).run()
        assert at.metric[0].value == f"{n:,}"
        for item, method in zip(at.metric, ("brute", "ivf", "hnsw"), strict=True):
            line = result.line(method, "comparisons")
            assert f"{line.slope:.2f} ± {line.error:.2f}" in item.label
            wide = line.spread(n) > 2
            assert item.value == ("–" if wide else f"{line.factor * n**line.slope:,.0f}")
            assert f"{line.slope:.2f} ± {line.error:.2f}" in " ".join(told)
    points = [size.by_method for size in result.sizes]
    for method in ("ivf", "hnsw"):
        assert f"{points[0][method].recall:.0%}" in told[2]
        assert f"{points[-1][method].recall:.0%}" in told[2]


def test_times_tell_of_their_noise_and_a_line_that_nothing_holds_is_not_read_on(
    open_page, settle, monkeypatch
):
    noisy = {
        100: (9e-6, 3e-6, 8e-6), 200: (9.5e-6, 2e-6, 9e-6), 400: (9e-6, 4e-6, 2e-5),
        800: (8e-6, 3e-6, 7e-6),
    }  # fmt: skip

    def disturbed(*_: object) -> Growth:
        sizes = tuple(
            Sized(
                n,
                {
                    name: Measured(4, 0.9, seconds, seconds, n**0.5, 50, 10, 1)
                    for name, seconds in zip(("brute", "ivf", "hnsw"), taken, strict=True)
                },
                dict.fromkeys(("brute", "ivf", "hnsw"), 0.0),
            )
            for n, taken in noisy.items()
        )
        return Growth(sizes, 32, 4, dict.fromkeys(("brute", "ivf", "hnsw"), 0.0))

    monkeypatch.setattr(growing, "growth", disturbed)
    at = open_page("learn_search", part="growth", cost="seconds")
    settle(at, lambda at: at.metric)
    assert [item.value for item in at.metric] == ["–"] * 3
    assert "it falls, which is noise" in text_of(at)  # brute force, 9 to 8 µs
    assert "too uncertain there" in text_of(at)
    told = meaning_of(at, texts("search", "en"), "growth")
    assert "Times also hold whatever else" in told[1]
    assert "√n" not in " ".join(told)


@pytest.mark.parametrize("link", [{}, {"n": "3000"}, {"method": "hnsw"}, {"k": "1"}])
def test_more_effort_buys_recall_and_costs_comparisons_as_the_sentence_says(
    open_page, settle, glove, link
):
    state = {"n": str(N), **link}
    at = open_page("learn_search", **state)
    settle(at, lambda at: at.metric)
    told = meaning_of(at, texts("search", "en"), "curve")
    assert len(told) == 3
    n, k = int(state["n"]), int(state.get("k", 10))
    trial = trial_of(glove.vectors[: n + 100])
    if "method" in link:
        built, low, high, name = hnsw(trial.vectors), k, 512, "efSearch"
    else:
        cells = 1 << round(math.log2(math.isqrt(n)))
        built, low, high, name = ivf(trial.vectors, cells), 1, cells, "nprobe"
    found = []
    for effort in (low, high):
        with faiss_searching() as module:
            options = built.options(module, k, effort)
            _, answer = built.structure.search(trial.queries, k, params=options)
        found.append((trial.recall(answer, k), built.comparisons(trial.queries, k, effort)))
    (recall, compared), (best, most) = found
    assert recall < best
    assert compared < most
    assert "misses none" in told[0]
    assert told[2].startswith("More effort buys recall")
    assert f"{name} {low} finds {recall:.1%} with {compared:,.0f}" in told[2]
    assert f"{high} finds {best:.1%} with {most:,.0f}" in told[2]


@pytest.mark.parametrize("link", [{}, {"count": "500"}, {"word": "piano", "beam": "32"}])
def test_the_walks_sentences_hold_at_every_hop(open_page, glove, link):
    at = open_page("learn_search", part="walk", **link)
    said = texts("search", "en")
    (hops,) = [item for item in at.slider if item.key == "learn_search-hop"]
    assert hops.value == 0
    n, word = int(link.get("count", 1000)), link.get("word", "tennis")
    told = meaning_of(at, said, "walk")
    assert len(told) == 3
    upper, ground = map(float, re.findall(r"\b\d\.\d\d\b", told[0]))
    assert ("longer links" in told[0]) is (upper > ground)
    assert "Before the first hop" in told[1]
    hops.set_value(hops.max).run()
    told = meaning_of(at, said, "walk")
    assert len(told) == 3
    rows = [row for row in range(30, 30 + n + 1) if glove.keys[row] != word][:n]
    near = ev.neighbors(glove.take(rows), glove.vectors[glove.index(word)], k=5).keys
    shown = next(item.value for item in at.markdown if item.value.startswith("Found: "))
    right = sum(f"**{key}**" in shown for key in near)
    assert ("all of the true 5" if right == 5 else f"found {right} of the true 5") in told[2]


@pytest.mark.parametrize(("lang", "label"), [("en", "looked at"), ("ko", "본 단어")])
def test_hop_by_hop_more_is_looked_at(open_page, lang, label):
    at = open_page("learn_search", part="walk", count="500", lang=lang)
    (hops,) = [item for item in at.slider if item.key == "learn_search-hop"]
    last = hops.max
    assert hops.value == 0
    assert last > 5
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
    (hops,) = [item for item in at.slider if item.key == "learn_search-hop"]
    hops.set_value(hops.max).run()
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
