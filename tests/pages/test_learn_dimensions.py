"""The lesson on dimensions, without a browser: its four parts, their numbers, links and languages."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import embedviz as ev
from embedviz.projections import PROJECTIONS
from embedviz.projections.base import Scale
from embedviz.projections.tsne import TSNE_METHOD
from embedviz.trust import concentration, intrinsic_dimension, scree
from embedviz.trust.known_shapes import shape_data
from embedviz.trust.map_panels import panels
from embedviz.trust.random_points import random_points
from embedviz.ui.learn.dimensions import shaping
from embedviz.ui.learn.dimensions.card import card
from embedviz.ui.learn.texts import LANGUAGES, texts
from embedviz.ui.server import jobs
from tests.pages.conftest import text_of

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


def test_the_card_is_live_and_without_words():
    figure = card()
    peaks = [max(trace.y) for trace in figure.data]
    assert peaks == sorted(peaks)  # the more dimensions, the narrower
    assert not figure.layout.showlegend
    assert not figure.layout.xaxis.visible
