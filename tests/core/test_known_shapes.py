"""Shapes whose truth is known: made as told, measured alike in data and map, panels compared."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import procrustes

import embedviz as ev
from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.progress import Progress
from embedviz.projections.projection import Projection
from embedviz.projections.tsne import TSNE_METHOD
from embedviz.trust.known_shapes import KNOWN_SHAPES, shape_data
from embedviz.trust.map_panels import panels
from embedviz.trust.map_pictures import group_colors, panel_grid, small_map, torn_map
from embedviz.trust.survival import MEASURES, Survived, survived
from tests.counts import examples

SHORT = {"n_iter": 60, "early_exaggeration_iter": 60, "initialization": "random"}
# What each kind of data was made to be: measure → value, and how near a sample comes.
TRUTH = {
    "spreads": {"together": (1, 0.02), "spread_ratio": (10, 2), "unmixed": (1, 0.01)},
    "counts": {"together": (1, 0.02), "spread_ratio": (1, 0.3), "unmixed": (1, 0.01)},
    "distances": {"together": (1, 0.02), "distance_ratio": (5, 0.3), "unmixed": (1, 0.01)},
    "noise": {"clumping": (1, 0.05)},
    "inside": {"together": (1, 0.02), "spread_ratio": (50, 3), "unmixed": (0.5, 0.05)},
    "line": {"tears": (0, 0.1), "order": (1, 1e-3)},
    "rings": {"together": (1, 0.01), "ring_tears": (0, 0.1), "unmixed": (1, 0.01)},
}


def test_every_shape_is_listed_here():
    assert {name: set(values) for name, values in TRUTH.items()} == {
        name: set(shape.measures) for name, shape in KNOWN_SHAPES.items()
    }


@pytest.mark.parametrize("name", KNOWN_SHAPES)
def test_a_shape_is_what_it_was_made_to_be(name):
    data = shape_data(name)
    assert 100 <= len(data.space) <= 200
    for measure, (value, near) in TRUTH[name].items():
        assert MEASURES[measure](data.space.vectors, data.labels) == pytest.approx(value, abs=near)
    again = shape_data(name)
    assert again.space.vectors_fingerprint == data.space.vectors_fingerprint
    np.testing.assert_array_equal(again.labels, data.labels)
    # Every perplexity that the panels show must fit.
    assert max(TSNE_METHOD.scale.values) <= (len(data.space) - 1) / 3


def test_an_unknown_shape_lists_the_known():
    with pytest.raises(InvalidParameterError, match=r"'spreads'.*'rings'"):
        shape_data("star")


@pytest.mark.parametrize("name", MEASURES)
@given(seed=st.integers(0, 30), scale=st.floats(1e-2, 1e2))
@settings(max_examples=examples(8, 80))
def test_a_measure_does_not_know_scale_place_and_direction(name, seed, scale):
    rng = np.random.default_rng(seed)
    points, labels = rng.normal(size=(45, 2)), np.repeat([0, 1, 2], 15)
    if name in ("order", "tears"):
        labels = np.arange(45)
    turned = points @ np.linalg.qr(rng.normal(size=(2, 2)))[0] * scale + 7 * scale
    # Clumping compares with clouds that are drawn anew: nearly the same.
    near = 0.15 if name == "clumping" else 1e-6
    measure = MEASURES[name]
    assert measure(turned, labels) == pytest.approx(measure(points, labels), rel=near)


def test_tears_and_clumps_by_hand():
    line = np.stack([np.arange(40.0), np.zeros(40)], axis=1)
    places = np.arange(40)
    assert MEASURES["tears"](line, places) == 0
    cut = line + np.where(places[:, None] >= 25, [500.0, 0.0], [0.0, 0.0])
    assert MEASURES["tears"](cut, places) == 1
    assert MEASURES["order"](cut, places) == 1  # torn, yet in order
    shuffled = np.random.default_rng(0).permutation(40)
    assert MEASURES["tears"](line[shuffled], places[shuffled]) == 0  # the labels say the order
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    same = np.zeros(40, np.int64)
    assert MEASURES["ring_tears"](ring, same) == 0
    opened = line  # a ring laid out as a line is torn once: from the last point to the first
    assert MEASURES["ring_tears"](opened, same) == 1
    rng = np.random.default_rng(1)
    clumps = np.repeat(rng.normal(size=(30, 2)), 5, axis=0) + 0.01 * rng.normal(size=(150, 2))
    assert MEASURES["clumping"](clumps, same) > 3
    assert MEASURES["clumping"](rng.normal(size=(150, 2)), same) == pytest.approx(1, abs=0.15)
    assert MEASURES["clumping"](np.zeros((9, 2)), same[:9]) >= 0  # all in one place


def _shreds(count: int, each: int, apart: float = 30.0) -> np.ndarray:
    """Tight clouds on a line, far from each other for their own width."""
    rng = np.random.default_rng(count)
    points = rng.normal(size=(count * each, 2))
    points[:, 0] += apart * np.repeat(np.arange(count), each)
    return points


@pytest.mark.parametrize(
    ("count", "each", "expected"),
    [(1, 60, 1.0), (2, 30, 0.5), (3, 20, 1 / 3), (6, 10, 1 / 6), (15, 4, 1 / 15)],
)
def test_togetherness_is_the_largest_piece_of_a_group(count, each, expected):
    points = _shreds(count, each)
    same = np.zeros(len(points), np.int64)
    assert MEASURES["together"](points, same) == pytest.approx(expected, abs=0.06)
    # The nearest point, which was the measure before, does not see a shred.
    assert MEASURES["unmixed"](points, same) == 1
    # Of two groups the one that is torn counts, whichever it is.
    whole = np.random.default_rng(0).normal(size=(50, 2)) - 500
    both = np.concatenate([whole, points])
    labels = np.repeat([0, 1], [50, len(points)])
    assert MEASURES["together"](both, labels) == pytest.approx(expected, abs=0.06)
    assert MEASURES["together"](both, 1 - labels) == pytest.approx(expected, abs=0.06)


def test_togetherness_by_hand():
    together = MEASURES["together"]
    line = np.stack([np.arange(40.0), np.zeros(40)], axis=1)
    same = np.zeros(40, np.int64)
    assert together(line, same) == 1
    for gap, expected in ((4.9, 1.0), (5.1, 0.75)):  # in median edges
        cut = line + np.where(np.arange(40)[:, None] >= 30, [gap - 1, 0.0], [0.0, 0.0])
        assert together(cut, same) == expected
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert together(ring, same) == 1
    # Another group inside of it, or between its points, takes nothing from it.
    mixed = np.concatenate([line, line + np.array([0.5, 0.0])])
    assert together(mixed, np.repeat([0, 1], 40)) == 1
    assert MEASURES["unmixed"](mixed, np.repeat([0, 1], 40)) < 0.1
    far = np.concatenate([line[:39], [[1e4, 0.0]]])
    assert together(far, same) == 39 / 40  # one point that flew away is one point
    assert together(np.zeros((9, 2)), same[:9]) == 1  # all in one place
    copies = np.repeat([[0.0, 0.0], [1.0, 0.0]], 5, axis=0)
    assert together(copies, same[:10]) == 0.5
    assert together(line[:1], same[:1]) == 1
    assert together(np.concatenate([line, [[90.0, 9.0]]]), np.append(same, 7)) == 1


@given(seed=st.integers(0, 1000), n=st.integers(24, 150), d=st.integers(2, 12))
@settings(max_examples=examples(15, 200))
def test_a_cloud_is_one_piece(seed, n, d):
    cloud = np.random.default_rng(seed).normal(size=(n, d))
    assert MEASURES["together"](cloud, np.zeros(n, np.int64)) >= 0.85


def test_shreds_of_a_low_perplexity_are_told_from_whole_groups():
    found = panels(
        shape_data("spreads"), scales=(2, 30), cache=False, initialization="random", n_iter=200
    )
    torn_ones, whole = (
        [MEASURES["together"](one.projection.coordinates, found.data.labels) for one in maps]
        for maps in (found.of(2), found.of(30))
    )
    assert max(torn_ones) < 0.5
    assert min(whole) > 0.95
    place = found.data.shape.measures.index("together")
    assert [one.survived[place].told for one in found.panels] == [False, False, True, True]


def test_told_means_right_to_a_tenth():
    assert Survived("width", 10, 10.9).told
    assert not Survived("width", 10, 11.1).told
    assert Survived("tears", 0, 0.1).told
    assert not Survived("tears", 0, 1).told


def test_a_perfect_map_survives_and_another_spaces_map_is_refused():
    data = shape_data("spreads")
    flat = Projection(data.space.vectors, data.space, "mine")
    assert all(one.told and one.on_map == one.truth for one in survived(data, flat))
    other = shape_data("counts").space.take(np.arange(20))
    with pytest.raises(InvalidParameterError, match="20 points"):
        survived(data, Projection(other.vectors, other, "mine"))


def test_panels_are_projects_maps_with_their_quality_and_agreement():
    data = shape_data("distances")
    reports: list[Progress] = []
    found = panels(
        data, scales=(5, 30), seeds=(0, 3), on_progress=reports.append, cache=False, **SHORT
    )
    assert [(one.scale, one.seed) for one in found.panels] == [(5, 0), (5, 3), (30, 0), (30, 3)]
    drawn = ev.project(data.space, "tsne", seed=3, perplexity=30, cache=False, **SHORT)
    last = found.panels[-1]
    np.testing.assert_array_equal(last.projection.coordinates, drawn.coordinates)
    assert last.quality.recall == ev.quality(data.space, drawn, k=10).recall
    assert last.survived == survived(data, drawn)
    for scale in (5, 30):
        first, second = (one.projection.coordinates for one in found.of(scale))
        assert found.agreement[scale] == pytest.approx(1 - procrustes(first, second)[2], abs=1e-6)
    fractions = [one.fraction for one in reports if one.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert [len(one.details) for one in reports if one.message.endswith("of 4")] == [1, 2, 3, 4]


def test_panels_stop_and_refuse():
    data = shape_data("rings")
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        panels(data, cancel=stop)
    for wrong in ({"method": "pca"}, {"seeds": (0,)}, {"scales": (60,)}, {"perplexity": "x"}):
        with pytest.raises(InvalidParameterError):
            panels(data, cache=False, **wrong)


def test_pictures_of_maps():
    data = shape_data("line")
    assert len(set(group_colors(data.labels))) > 20  # along a path
    groups = group_colors(shape_data("rings").labels)
    assert len(set(groups)) == 2
    coordinates = data.space.vectors[:, :2] * 50
    grid = panel_grid([coordinates, None], groups, ["a", "<b>"], ["r"])
    assert [len(trace.x) for trace in grid.data] == [152, 0]
    assert np.abs(grid.data[0].x).max() <= 1 + 1e-6
    assert "&lt;b&gt;" in {note.text for note in grid.layout.annotations}
    assert len(small_map(coordinates, groups).data[0].x) == 152
    names = ["<x>"] * 152
    figure = torn_map(coordinates, groups, names, 3, np.array([1, 2]), np.array([], np.intp))
    assert "<x>" not in str([trace.text for trace in figure.data])
    ends = [trace for trace in figure.data if trace.mode == "lines"]
    assert [len(trace.x) for trace in ends] == [0, 6]  # none torn; two kept, each with a gap
    names = [f"n{row}" for row in range(152)]
    far, ranked = np.array([5, 6], np.intp), ["n5: rank 40", "n6: rank 60"]
    figure = torn_map(coordinates, groups, names, 3, np.array([1]), far, ranked)
    assert "n5: rank 40" in str([trace.text for trace in figure.data])
    assert list(figure.data[4].text) == ["n1"]
    for row in (0, 75, 151):  # at each end of the line and in its middle the name stays inside
        drawn = torn_map(coordinates, groups, names, row, far, far)
        sides = {0: "right", 75: "center", 151: "left"}
        assert drawn.data[-1].textposition.endswith(sides[row])
