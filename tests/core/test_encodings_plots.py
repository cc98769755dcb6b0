"""The pictures of encodings show the numbers that they are given, and nothing of a name runs."""

from __future__ import annotations

import numpy as np

from embedviz.encodings import flat_paths, representation_sizes, train_entities
from embedviz.encodings.pictures import (
    CONTRAST,
    distance_heat_map,
    error_bars,
    line_through_codes,
    loss_so_far,
    moving_map,
    size_lines,
)

HOSTILE = "<a href='x'>red</a>"
ESCAPED = "&lt;a href=&#x27;x&#x27;&gt;red&lt;/a&gt;"


def test_the_heat_map_holds_the_distances_and_begins_at_zero():
    distances = np.array([[0.0, 2.5], [2.5, 0.0]])
    figure = distance_heat_map(distances, [HOSTILE, "blue"], "distance")
    heat = figure.data[0]
    np.testing.assert_array_equal(heat.z, distances)
    assert (heat.zmin, heat.zmax) == (0, 2.5)
    assert heat.text[0][1] == f"{ESCAPED} – blue"
    assert list(figure.layout.xaxis.ticktext) == [ESCAPED, "blue"]
    assert heat.texttemplate  # two categories: the numbers stand in their cells
    many = distance_heat_map(np.zeros((9, 9)), [str(i) for i in range(9)], "distance")
    assert many.data[0].texttemplate is None
    assert many.data[0].zmax > 0  # all in one place is no scale of width 0


def test_the_line_joins_each_mean_with_what_is_said_of_it():
    codes, means, said = np.array([2.0, 1.0]), np.array([5.0, 7.0]), np.array([6.0, 6.5])
    figure = line_through_codes(codes, means, said, ["b", HOSTILE], "code", "years", ("m", "l"))
    apart, line, dots = figure.data
    assert list(apart.x) == [1.0, 1.0, None, 2.0, 2.0, None]
    assert list(apart.y) == [7.0, 6.5, None, 5.0, 6.0, None]
    assert list(line.y) == [6.5, 6.0]
    assert list(dots.text) == [ESCAPED, "b"]


def test_the_bars_are_means_of_folds_with_their_spread():
    errors = {"label": np.array([3.0, 5.0]), "one-hot": np.array([1.0, 1.0])}
    figure = error_bars(errors, "error", "label", [4.0, 4.5], "others")
    bars, others = figure.data
    assert list(bars.x) == [4.0, 1.0]
    assert list(bars.error_x.array) == [1.0, 0.0]
    assert bars.marker.color[0] == CONTRAST != bars.marker.color[1]
    assert list(others.x) == [4.0, 4.5]
    assert set(others.y) == {"label"}
    assert len(error_bars(errors, "error").data) == 1


def test_the_sizes_are_drawn_in_megabytes_with_the_chosen_n_marked():
    sizes = [representation_sizes(n) for n in (10, 100_000)]
    names = {"dense": "Dense", "embedding": "E", "sparse": "S"}
    figure = size_lines(sizes, sizes[1], names, "n", "MB")
    np.testing.assert_allclose(figure.data[0].y, [0.0004, 40_000])
    np.testing.assert_allclose(figure.data[1].y, [40_000])
    np.testing.assert_allclose(figure.data[3].y, [25.6])
    assert figure.layout.yaxis.type == figure.layout.xaxis.type == "log"


def test_the_map_moves_and_its_axes_do_not():
    training = train_entities(np.eye(3), steps=20)
    paths = flat_paths(training)
    names, groups = [HOSTILE, "b", "c"], ["x", "y", "x"]
    early, late = (moving_map(paths, at, names, groups) for at in (3, 20))
    assert early.layout.xaxis.range == late.layout.xaxis.range
    assert early.layout.yaxis.range == late.layout.yaxis.range
    way, *_, first, second = late.data
    np.testing.assert_array_equal(way.x, paths[:, 0, 0])
    np.testing.assert_array_equal(first.x, paths[20, [0, 2], 0])
    assert list(first.text) == [ESCAPED, "c"]
    assert (first.name, second.name) == ("x", "y")
    assert len(early.data[0].x) == 4
    low, high = late.layout.xaxis.range
    assert low < paths[..., 0].min() <= paths[..., 0].max() < high
    loss = loss_so_far(training.losses, 3, "step", "loss")
    np.testing.assert_array_equal(loss.data[0].y, training.losses[:4])
    assert loss.layout.xaxis.range[1] > 20
