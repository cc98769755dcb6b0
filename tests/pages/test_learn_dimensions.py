"""The lesson on dimensions, without a browser: its four parts, their numbers, links and languages."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import skew

import embedviz as ev
from embedviz.projections import PROJECTIONS
from embedviz.projections.base import Scale
from embedviz.projections.tsne import TSNE_METHOD
from embedviz.trust import concentration, intrinsic_dimension, scree
from embedviz.trust.known_shapes import shape_data
from embedviz.trust.map_panels import panels
from embedviz.trust.random_points import random_points, with_dimensions
from embedviz.ui.learn.dimensions import shaping
from embedviz.ui.learn.dimensions.card import card
from embedviz.ui.learn.dimensions.data import DIMENSIONS
from embedviz.ui.learn.texts import LANGUAGES, texts
from embedviz.ui.server import jobs
from tests.pages.conftest import meaning_of, text_of

PAGE = "learn_dimensions"


@pytest.fixture(autouse=True)
def no_map_is_still_drawn():
    """What a test did not wait for is stopped: Python must not end while a library computes."""
    yield
    for job in list(jobs()._jobs.values()):
        jobs().cancel(job)
        job.wait(30)


def said(language: str, name: str, **values) -> str:
    return texts("dimensions", language)(name, **values)


@pytest.fixture
def quick_panels(monkeypatch):
    """Two maps in place of ten; what other tests drew does not count."""
    few = dataclasses.replace(TSNE_METHOD, scale=Scale("perplexity", (30,)))
    monkeypatch.setitem(PROJECTIONS, few.name, few)
    shaping._shared.clear()
    yield
    shaping._shared.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slider_moves_what_the_core_measures(open_page, language):
    at = open_page(PAGE, lang=language)
    for d in (100, 1000):
        at.select_slider(key=f"{PAGE}-d").set_value(d).run()
        assert not at.exception
        found = concentration(random_points("gaussian", 500, d))
        shown = text_of(at)
        assert said(language, "nearest", d=d, times=found.contrast + 1, n=500) in shown
        assert f"| {d:,} | {found.mean:.2f} | {found.std:.2f} | {found.spread:.3f} |" in shown
    assert said(language, "no_more", most=50, d=1000) in shown
    assert at.query_params["d"] in ("1000", ["1000"])


def test_intrinsic_dimension_is_the_cores(open_page):
    at = open_page(PAGE, real="digits")
    vectors = ev.sample("digits").vectors[:1000]
    found = intrinsic_dimension(vectors)
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown["TwoNN"] == f"{found.two_nn:.1f}"
    assert shown["Likelihood"] == f"{found.maximum_likelihood:.1f}"
    assert shown["Chávez"] == f"{concentration(vectors[:500]).chavez:.1f}"


def test_a_link_restores_the_state_in_any_language(open_page):
    at = open_page(PAGE, lang="ko", d="300", real="digits", noise="uniform", how="random")
    assert at.select_slider(key=f"{PAGE}-d").value == 300
    found = concentration(random_points("uniform", 500, 300))
    assert said("ko", "nearest", d=300, times=found.contrast + 1, n=500) in text_of(at)
    assert said("ko", "real.digits") in text_of(at)


@pytest.mark.parametrize(
    "link",
    [
        {"d": "4"},
        {"real": "<script>"},
        {"part": "nothing"},
        {"part": "keeps", "kept": "999"},
        {"part": "tears", "of_words": "qqqzzz"},
    ],
)
def test_a_link_with_a_bad_value_says_so_and_opens(open_page, link):
    at = open_page(PAGE, **link)
    name, asked = list(link.items())[-1]
    told = at.info[0].value.replace("\\", "")
    assert name in told
    assert asked in told
    assert not at.error


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pca_keeps_follows_the_slider(open_page, language):
    at = open_page(PAGE, lang=language, part="keeps")
    space = ev.sample("words").take(np.arange(1000))
    found = scree(space.vectors)
    for kept in (2, 20):
        at.slider(key=f"{PAGE}-kept").set_value(kept).run()
        drawn = ev.project(space, "pca", n_components=kept)
        recall = ev.quality(space, drawn, k=15, parts=("recall",)).recall
        line = said(
            language, "kept_now", kept=kept, most=50, variance=found.cumulative[kept - 1],
            recall=recall, k=15,
        )  # fmt: skip
        assert line in text_of(at)
    hubs = ev.hubness(space, 15, "euclidean")  # as many neighbors as in the other chart
    assert at.metric[0].value == f"{hubs.skewness:.2f}"
    assert f"(in how many lists of 15): “{hubs.hubs[0]}”" in text_of(at) or language == "ko"


def test_fewer_dimensions_than_components_kept_begin_anew(open_page):
    at = open_page(PAGE, part="keeps", kept="40")
    assert at.slider(key=f"{PAGE}-kept").value == 40
    at.button_group(key=f"{PAGE}-real").set_value("wine").run()
    assert not at.exception
    assert at.slider(key=f"{PAGE}-kept").value == 2
    assert at.slider(key=f"{PAGE}-kept").max == 13


@pytest.mark.parametrize("language", LANGUAGES)
def test_maps_tell_which_neighbors_they_tore_away(open_page, settle, language):
    at = open_page(PAGE, lang=language, part="tears", real="wine", of_wine="wine 5")
    settle(at, lambda at: "| **t-SNE** |" in text_of(at))
    space = ev.sample("wine")
    for method, label in (("pca", "PCA"), ("tsne", "t-SNE")):
        drawn = ev.project(space, method)
        away = ev.torn(space, drawn, "wine 5", 15, "euclidean")
        measured = ev.quality(space, drawn, 15, "euclidean")
        line = said(
            language, "of_point", kept=away.kept, lost=len(away.keys), k=15,
            first=away.ranks_on_map.min(), last=away.ranks_on_map.max(),
        )  # fmt: skip
        assert line in text_of(at)
        assert (
            f"| **{label}** | {away.kept} | {measured.trustworthiness:.3f} | "
            f"{measured.continuity:.3f} | {measured.recall:.3f} |"
        ) in text_of(at)
    assert said(language, "umap.off") in text_of(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_shapes_are_judged_by_what_was_measured(open_page, settle, quick_panels, language):
    at = open_page(PAGE, lang=language, part="shapes", shape="spreads")
    settle(at, lambda at: said(language, "agreement") in text_of(at))
    found = panels(shape_data("spreads"), initialization="random")
    widths = [panel.survived[1].on_map for panel in found.panels]
    assert not any(panel.survived[1].told for panel in found.panels)
    line = said(
        language, "verdict.lost", what=said(language, "measure.spread_ratio"),
        truth=found.panels[0].survived[1].truth, low=min(widths), high=max(widths), told=0, of=2,
    )  # fmt: skip
    assert line in text_of(at)
    assert f"| {found.agreement[30]:.2f} |" in text_of(at)
    at.button_group(key=f"{PAGE}-shape").set_value("noise").run()
    assert said(language, "truth.noise", n=152) in text_of(at)


# --- what the sentences claim, against an oracle of this file: at the beginning and at other states


def told(at, part: str, language: str = "en") -> str:
    """The three sentences of the part in sight, as one string."""
    sentences = meaning_of(at, texts("dimensions", language), part)
    assert len(sentences) == 3, sentences
    return " ".join(sentences)


def spread_by_hand(points) -> float:
    distances = pdist(np.asarray(points, np.float64))
    return float(distances.std() / distances.mean())


@pytest.mark.parametrize(
    "link",
    [{}, {"d": "2"}, {"d": "1000", "real": "wine"}, {"d": "10", "noise": "uniform"},
     {"d": "1", "real": "digits", "how": "random"}],
    ids=["begin", "two", "thousand", "ten", "one"],
)  # fmt: skip
def test_how_much_near_says_follows_the_dimensions(open_page, link):
    at = open_page(PAGE, **link)
    assert not at.error
    d = int(link.get("d", 100))
    said = told(at, "concentration")
    between = squareform(pdist(random_points(link.get("noise", "gaussian"), 500, d)))
    np.fill_diagonal(between, np.nan)
    times = np.median(np.nanmax(between, axis=1) / np.nanmin(between, axis=1))
    assert f"{times:,.1f} times as far" in said
    assert ("says little" in said) == (times < 2)
    assert ("nothing goes wrong yet" in said) == (times >= 10)
    assert ("the less" in said) == (2 <= times < 10)
    real = ev.sample(link.get("real", "words")).vectors[:500]
    taken = real if d >= real.shape[1] else with_dimensions(real, d, link.get("how", "principal"))
    alike = random_points(link.get("noise", "gaussian"), 500, min(d, real.shape[1]))
    wider = round(spread_by_hand(taken), 2) > round(spread_by_hand(alike), 2)
    assert ("suffer less" in said) == wider
    assert ("differ no more" in said) == (not wider)
    assert told(open_page(PAGE, lang="ko", **link), "concentration", "ko")
    if not link:
        assert times < 2  # it opens where something goes wrong
        assert at.query_params["d"] in ("100", ["100"])


@pytest.mark.parametrize("distribution", ["gaussian", "uniform"])
def test_distances_grow_with_the_dimensions_and_their_deviation_hardly(distribution):
    found = [concentration(random_points(distribution, 500, d)) for d in DIMENSIONS]
    means, deviations, contrasts = (
        [getattr(one, name) for one in found] for name in ("mean", "std", "contrast")
    )
    assert means == sorted(means)
    assert contrasts == sorted(contrasts, reverse=True)
    assert max(deviations) < 1.2 * min(deviations)
    assert max(means) > 30 * min(means)


def test_a_link_of_before_opens_at_two_dimensions(open_page):
    assert open_page(PAGE, real="digits").select_slider(key=f"{PAGE}-d").value == 2
    assert open_page(PAGE, d="2").select_slider(key=f"{PAGE}-d").value == 2
    assert open_page(PAGE, lang="ko").select_slider(key=f"{PAGE}-d").value == 100
    again = open_page(PAGE, d="100", real="digits")
    assert again.select_slider(key=f"{PAGE}-d").value == 100
    # A part that has no d says nothing of it for the next one.
    at = open_page(PAGE, part="keeps", real="digits")
    at.button_group(key=f"{PAGE}-part").set_value("concentration").run()
    assert at.select_slider(key=f"{PAGE}-d").value == 100


@pytest.mark.parametrize(
    ("real", "kept"), [("words", 2), ("digits", 13), ("wine", 13), ("words", 20), ("digits", 5)]
)
def test_variance_and_neighbors_are_compared_as_measured(open_page, real, kept):
    at = open_page(PAGE, part="keeps", real=real, kept=str(kept))
    said = told(at, "keeps")
    space = ev.sample(real).take(np.arange(min(1000, len(ev.sample(real)))))
    values = space.vectors - space.vectors.mean(axis=0, dtype=np.float64)
    sizes, turned = np.linalg.svd(values, full_matrices=False)[1:]
    variance = float((sizes[:kept] ** 2).sum() / (sizes**2).sum())
    drawn = ev.EmbeddingSpace(space.keys, (values @ turned[:kept].T).astype(np.float32))
    near = [
        np.argsort(squareform(pdist(one.vectors.astype(np.float64))) + np.diag([np.inf] * len(one)))
        for one in (space, drawn)
    ]
    shared = [len(set(a[:15]) & set(b[:15])) for a, b in zip(*near, strict=True)]
    recall = float(np.mean(shared)) / 15
    assert f"keep {variance:.0%}" in said
    assert f"keep {recall:.0%}" in said
    assert ("a smaller share" in said) == (round(recall, 2) < round(variance, 2))
    assert ("a larger share" in said) == (round(recall, 2) > round(variance, 2))
    full, few = (np.bincount(one[:, :15].ravel(), minlength=len(one)) for one in near)
    assert f"stands in {full.max()} of" in said
    more = round(skew(full), 1) > round(skew(few), 1)
    assert ("some points are hubs" in said) == more
    assert told(open_page(PAGE, lang="ko", part="keeps", real=real, kept=str(kept)), "keeps", "ko")


def test_what_maps_lose_is_said_by_ranks(open_page, settle):
    at = open_page(PAGE, part="tears")
    assert told(at, "tears")  # while it is drawn
    settle(at, lambda at: "| **t-SNE** |" in text_of(at))
    for state in ({}, {"k": 30}, {"of_words": "four"}):
        for name, value in state.items():
            (at.slider if name == "k" else at.selectbox)(key=f"{PAGE}-{name}").set_value(value)
        if state:
            at.run()
        said = told(at, "tears")
        k = at.slider(key=f"{PAGE}-k").value
        key = at.selectbox(key=f"{PAGE}-of_words").value
        space = ev.sample("words").take(np.arange(400))
        true = np.argsort(_from(space.vectors, space.index(key)), kind="stable")[:k]
        for method, label in (("pca", "PCA loses"), ("tsne", "t-SNE")):
            drawn = ev.project(space, method)
            ranks = np.argsort(np.argsort(_from(drawn.coordinates, space.index(key)))) + 1
            lost = ranks[true][ranks[true] > k]
            assert f"{label} {len(lost)}" in said
            assert len(lost) == 0 or f"{np.median(lost):.0f}" in said
        recall = {
            m: ev.quality(space, ev.project(space, m), k, "euclidean").recall
            for m in ("pca", "tsne")
        }
        assert max(recall.values()) < 1  # no flat map keeps all
        assert ("t-SNE more:" in said) == (recall["tsne"] > recall["pca"])
    # A neighbor that is drawn beside the word is lost all the same: the text says by what measure.
    assert "torn" not in text_of(at)


def _from(points, row: int):
    away = np.linalg.norm(np.asarray(points, np.float64) - points[row], axis=1)
    away[row] = np.inf
    return away


@pytest.fixture
def low_perplexity(monkeypatch):
    """Two maps at the perplexity that makes shreds."""
    few = dataclasses.replace(TSNE_METHOD, scale=Scale("perplexity", (2,)))
    monkeypatch.setitem(PROJECTIONS, few.name, few)
    shaping._shared.clear()
    yield
    shaping._shared.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_shapes_mean_is_told_as_measured(open_page, settle, low_perplexity, language):
    at = open_page(PAGE, lang=language, part="shapes")
    assert told(at, "shapes", language)  # while they are drawn
    for shape in ("spreads", "noise", "rings", "line"):
        at.button_group(key=f"{PAGE}-shape").set_value(shape).run()
        settle(at, lambda at: said(language, "agreement") in text_of(at))
        sentences = told(at, "shapes", language)
        data = shape_data(shape)
        found = panels(data, scales=(2,), initialization="random")
        maps = [one.projection.coordinates for one in found.panels]
        if language == "ko":
            continue
        if shape in ("spreads", "rings"):
            pieces = [min(_largest(one[data.labels == g]) for g in (0, 1)) for one in maps]
            assert ("into shreds" in sentences) == (min(pieces) < 0.9)
            assert ("so it is on all" in sentences) == (min(pieces) >= 0.9)
            assert (shape == "spreads") == (min(pieces) < 0.5)
        if shape == "spreads":
            assert f"holds {min(pieces):.0%} of a group" in sentences
            assert "0 of 2 say it rightly" in sentences
        if shape == "noise":
            assert "2 of 2 maps show clumps" in sentences
        if shape == "line":
            broken = [_broken(one) for one in maps]
            assert f"{sum(map(bool, broken))} of 2 maps break" in sentences
            assert f"in {max(broken)} places" in sentences
        assert f"{found.agreement[2]:.2f}" in sentences


def _broken(path) -> int:
    """How often the next point of a path is not among a point's five nearest."""
    between = squareform(pdist(np.asarray(path, np.float64))) + np.diag([np.inf] * len(path))
    near = np.argsort(between, axis=1)[:, :5]
    return sum(row + 1 not in near[row] for row in range(len(path) - 1))


def _largest(points) -> float:
    """The share of the points that hang together by steps of five median edges, by walking."""
    between = squareform(pdist(np.asarray(points, np.float64)))
    edges, reached = [], [0]
    while len(reached) < len(points):  # Prim's tree
        left = np.setdiff1d(np.arange(len(points)), reached)
        part = between[np.ix_(reached, left)]
        edges.append(part.min())
        reached.append(int(left[part.min(axis=0).argmin()]))
    near = between <= 5 * np.median(edges)
    sizes, unseen = [], set(range(len(points)))
    while unseen:
        walk = {unseen.pop()}
        while more := {j for i in walk for j in np.flatnonzero(near[i])} - walk:
            walk |= more
        sizes.append(len(walk))
        unseen -= walk
    return max(sizes) / len(points)


def test_the_card_is_live_and_without_words():
    figure = card()
    peaks = [max(trace.y) for trace in figure.data]
    assert peaks == sorted(peaks)  # the more dimensions, the narrower
    assert not figure.layout.showlegend
    assert not figure.layout.xaxis.visible
