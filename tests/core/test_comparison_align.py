"""One space or map laid onto another, and the animation between maps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import procrustes

from embedviz.comparison import align
from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.plots.animation import IN_BETWEEN, aligned, animation
from embedviz.projections import Projection, project
from embedviz.space import EmbeddingSpace
from tests.counts import examples


def space_of(vectors, keys=None) -> EmbeddingSpace:
    named = [f"k{row}" for row in range(len(vectors))] if keys is None else keys
    return EmbeddingSpace(named, vectors)


def map_of(coordinates, keys=None) -> Projection:
    coordinates = np.asarray(coordinates)
    space = space_of(coordinates, keys)
    return Projection(coordinates, space, "mine", n_components=coordinates.shape[1])


def turned(rng, d: int) -> np.ndarray:
    return np.linalg.qr(rng.normal(size=(d, d)))[0]


@settings(max_examples=examples(25, 250))
@given(seed=st.integers(0, 10_000), scale=st.floats(0.1, 10), d=st.integers(2, 8))
def test_a_turned_space_comes_back(seed, scale, d):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(40, d)) + 4
    b = a @ turned(rng, d) * scale - 2
    found = align(space_of(a), space_of(b))
    np.testing.assert_allclose(found.coordinates, a, atol=2e-3)
    assert found.scale == pytest.approx(1 / scale, rel=1e-3)
    assert found.residual == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(found.rotation @ found.rotation.T, np.eye(d), atol=1e-9)


@settings(max_examples=examples(25, 250))
@given(seed=st.integers(0, 10_000), d=st.integers(1, 6))
def test_the_fit_is_scipys(seed, d):
    rng = np.random.default_rng(seed)
    a, b = (rng.normal(size=(30, d)).astype(np.float32) for _ in "ab")
    first, second, disparity = procrustes(a.astype(float), b.astype(float))
    found = align(space_of(a), space_of(b))
    size = np.linalg.norm(a - a.mean(axis=0))
    np.testing.assert_allclose((found.coordinates - a.mean(axis=0)) / size, second, atol=1e-4)
    np.testing.assert_allclose((a - a.mean(axis=0)) / size, first, atol=1e-4)
    assert found.residual == pytest.approx(disparity, abs=1e-6)


def test_as_wide_as_the_other_for_pictures():
    rng = np.random.default_rng(1)
    a, b = map_of(rng.normal(size=(60, 2)) * 9), map_of(rng.normal(size=(60, 2)))
    best, spread = align(a, b), align(a, b, scaling="spread")
    wide = np.linalg.norm(a.coordinates - a.coordinates.mean(axis=0))
    for found, share in ((best, np.sqrt(1 - best.residual)), (spread, 1.0)):
        moved = found.coordinates - found.coordinates.mean(axis=0)
        assert np.linalg.norm(moved) == pytest.approx(wide * share, rel=1e-4)
    np.testing.assert_array_equal(best.rotation, spread.rotation)
    assert best.residual == spread.residual


def test_all_of_b_is_moved_by_the_fit_on_the_common_keys():
    rng = np.random.default_rng(2)
    a = rng.normal(size=(20, 3))
    table = pd.DataFrame({"n": range(20)})
    b = EmbeddingSpace([f"k{row}" for row in range(20)], a @ turned(rng, 3), table, "second")
    found = align(space_of(a[:12]), b)
    assert found.common == 12
    assert isinstance(found.moved, EmbeddingSpace)
    np.testing.assert_allclose(found.moved.vectors, a, atol=1e-4)
    assert (found.moved.keys, found.moved.name) == (b.keys, "second")
    assert list(found.moved.table["n"]) == list(range(20))


def test_other_dimensions_count_as_filled_up_with_zeros():
    rng = np.random.default_rng(3)
    a = rng.normal(size=(25, 5))
    a[:, 3:] = 0
    b = a[:, :3] @ turned(rng, 3)
    into_more, into_fewer = align(space_of(a), space_of(b)), align(space_of(b), space_of(a))
    assert (into_more.rotation.shape, into_fewer.rotation.shape) == ((3, 5), (5, 3))
    np.testing.assert_allclose(into_more.coordinates, a, atol=1e-4)
    np.testing.assert_allclose(into_fewer.coordinates, b, atol=1e-4)
    assert into_more.residual == pytest.approx(into_fewer.residual, abs=1e-9)


def test_a_moved_map_places_no_new_points_and_keeps_the_rest():
    rng = np.random.default_rng(4)
    space = space_of(rng.normal(size=(30, 5)))
    drawn = project(space, "pca", cache=False)
    before = drawn.coordinates.copy()
    found = align(map_of(rng.normal(size=(30, 2))), drawn)
    assert isinstance(found.moved, Projection)
    assert (found.moved.keys, found.moved.method) == (drawn.keys, "pca")
    assert "explained_variance_ratio" not in found.moved.details
    with pytest.raises(EmbedvizError, match="not made by a model"):
        found.moved.transform(space)
    np.testing.assert_array_equal(drawn.coordinates, before)
    assert drawn.transform(space).shape == (30, 2)


def test_what_cannot_be_aligned_is_a_sentence():
    rng = np.random.default_rng(5)
    some = space_of(rng.normal(size=(5, 3)))
    with pytest.raises(InvalidParameterError, match="no shape"):
        align(some, space_of(np.ones((5, 3))))
    with pytest.raises(InvalidParameterError, match="Only 2 keys"):
        align(some, space_of(np.eye(3), ["k0", "k1", "other"]))
    with pytest.raises(InvalidParameterError, match="'best', 'spread'"):
        align(some, some, scaling="none")  # type: ignore[arg-type]


@pytest.mark.parametrize("c", [2, 3])
def test_the_animation_goes_from_map_to_map(c):
    rng = np.random.default_rng(6)
    maps = [map_of(rng.normal(size=(50, c))) for _ in range(3)]
    made = animation(maps, ["one", "two", "<b>three</b>"], color=["x", "y"] * 25)
    keys, places = aligned(maps)
    assert len(made.frames) == 3 + 2 * IN_BETWEEN
    stops = [made.frames[at] for at in (0, IN_BETWEEN + 1, 2 * IN_BETWEEN + 2)]
    for frame, place in zip(stops, places, strict=True):
        np.testing.assert_array_equal(np.asarray(frame.data[0].x), place[:, 0])
        np.testing.assert_array_equal(np.asarray(frame.data[0].y), place[:, 1])
    assert keys == maps[0].keys
    steps = made.layout.sliders[0].steps
    assert [step.label for step in steps] == ["one", "two", "&lt;b&gt;three&lt;/b&gt;"]
    assert [step.args[0][0] for step in steps] == [frame.name for frame in stops]
    np.testing.assert_array_equal(np.asarray(made.data[0].x), places[0][:, 0])


def test_equal_maps_stand_still():
    rng = np.random.default_rng(7)
    first = map_of(rng.normal(size=(40, 2)))
    second = map_of(first.coordinates @ turned(rng, 2) * 3 + 1)
    for frame in animation([first, second], "ab").frames:
        np.testing.assert_allclose(np.asarray(frame.data[0].x), first.coordinates[:, 0], atol=1e-4)


def test_only_common_keys_are_animated():
    rng = np.random.default_rng(8)
    first = map_of(rng.normal(size=(6, 2)), list("abcdef"))
    second = map_of(rng.normal(size=(5, 2)), list("edcbz"))
    assert aligned([first, second])[0] == ("b", "c", "d", "e")
    assert list(animation([first, second], "AB").data[0].text) == ["b", "c", "d", "e"]


def test_maps_that_cannot_follow_each_other_are_refused():
    rng = np.random.default_rng(9)
    flat, deep = map_of(rng.normal(size=(9, 2))), map_of(rng.normal(size=(9, 3)))
    with pytest.raises(InvalidParameterError, match="two maps or more"):
        animation([flat], ["a"])
    with pytest.raises(InvalidParameterError, match="a name for each"):
        animation([flat, flat], ["a"])
    with pytest.raises(InvalidParameterError, match="2 and 3 dimensions"):
        animation([flat, deep], ["a", "b"])
    with pytest.raises(InvalidParameterError, match="colors"):
        animation([flat, dataclasses.replace(flat)], ["a", "b"], color=[1.5, 2.5])
