"""The lesson's figures: what they draw is what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from embedviz.metric_agreement import arrow, norms_by_rank, stretched
from embedviz.metric_agreement.length_pictures import answer_bars, norm_by_rank
from embedviz.metric_agreement.pictures import (
    METRIC_COLORS,
    arrows_figure,
    metric_curves,
    rank_lines,
)
from embedviz.space import EmbeddingSpace

NAMES = {"euclidean": "E", "cosine": "C", "dot": "D <b>"}


def test_a_dot_stands_on_each_curve():
    lengths = np.linspace(0.01, 3, 50)
    curves = stretched(arrow(2.0, 0.0), 60.0, lengths)
    figure = metric_curves(lengths, curves, 1.5, NAMES, "length")
    dots = {trace.marker.color: trace.y[0] for trace in figure.data if trace.mode == "markers"}
    assert dots[METRIC_COLORS["cosine"]] == pytest.approx(0.5)
    assert dots[METRIC_COLORS["dot"]] == pytest.approx(1.5)
    assert [trace.name for trace in figure.data if trace.mode == "lines"][2] == "D &lt;b&gt;"


def test_lines_join_equal_answers_and_slant_where_the_place_changed():
    lists = {"euclidean": ["a", "b", "c"], "cosine": ["a", "c", "d"], "dot": ["d", "<i>", "a"]}
    figure = rank_lines(lists, NAMES)
    segments = {}
    for trace in figure.data:
        ends = zip(trace.x[::3], trace.x[1::3], trace.y[::3], trace.y[1::3], strict=True)
        for left, right, start, stop in ends:
            segments.setdefault((round(left), round(right)), set()).add((start, stop))
    assert segments == {(0, 1): {(0, 0), (2, 1)}, (1, 2): {(0, 2), (2, 0)}}
    texts = [item.text for item in figure.layout.annotations]
    assert "<b>&lt;i&gt;</b>" in texts  # in one list only
    assert "a" in texts  # in all three
    assert "<i>c</i>" in texts
    assert len(rank_lines({"dot": []}, NAMES).data) == 0
    long = rank_lines({"dot": ["http://www.nasdaq.com"], "cosine": ["a"]}, NAMES)
    shown = [item for item in long.layout.annotations if item.hovertext == "http://www.nasdaq.com"]
    assert "http://www.nasd…" in shown[0].text  # whole under the mouse, and not over its neighbor


def test_norms_are_drawn_at_their_ranks():
    vectors = np.random.default_rng(0).normal(size=(300, 5))
    space = EmbeddingSpace([f"<b>{i}" for i in range(300)], vectors)
    measured = norms_by_rank(space)
    figure = norm_by_rank(measured, {space.keys[9]: 9}, "rank", "length", "median")
    dots, _band, median, named = figure.data
    np.testing.assert_allclose(measured.norms[np.asarray(dots.x) - 1], dots.y)
    np.testing.assert_allclose(median.y, measured.medians)
    assert (named.x[0], named.y[0], named.text[0]) == (10, measured.norms[9], "&lt;b&gt;9")
    assert figure.layout.xaxis.type == "log"


def test_bars_begin_with_the_most():
    figure = answer_bars(("you", "<i>"), np.array([7, 3]), "dot", 7, "queries")
    assert list(figure.data[0].x) == [3, 7]
    assert list(figure.data[0].text) == ["&lt;i&gt; · 3", "you · 7"]


def test_the_small_picture_has_the_shadow_at_a_right_angle():
    a, b = arrow(2.5, 10.0), arrow(1.9, 62.0)
    figure = arrows_figure(a, b)
    drop = figure.data[1]
    foot = np.array([drop.x[1], drop.y[1]])
    assert float((b - foot) @ a) == pytest.approx(0, abs=1e-12)
    assert len(arrows_figure(np.zeros(2), b).data) == 4
