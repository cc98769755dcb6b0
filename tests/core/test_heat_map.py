"""Why two pictures match: shares that add up to the cosine, and that lie on what is shared."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data
from sklearn.metrics.pairwise import cosine_similarity

from embedviz.errors import InvalidParameterError
from embedviz.images import heat_map
from embedviz.images.heat_map import WHOLE, MatchMaps, match_maps, overlay, seen
from embedviz.images.network import Network
from embedviz.plots.palettes import rgb, sequential
from embedviz.registry import open_encoder
from tests.counts import examples

CAT = Image.fromarray(data.chelsea()).crop((60, 0, 360, 300)).resize((110, 110))
GRAVEL = Image.fromarray(data.gravel()).convert("RGB").resize((256, 256))
BRICK = Image.fromarray(data.brick()).convert("RGB").resize((256, 256))
CORNERS = {"upper left": (20, 20), "lower right": (126, 126), "upper right": (126, 20)}
LOW, HIGH = (rgb(sequential(256)[end]) for end in (0, -1))


@pytest.fixture(scope="module")
def lite0() -> Network:
    return open_encoder("efficientnet-lite0")


def scene(background: Image.Image, place: tuple[int, int]) -> Image.Image:
    picture = background.copy()
    picture.paste(CAT, place)
    return picture


def peak_in_picture(heat: np.ndarray, box: tuple[float, ...], size: int = 256) -> tuple[float, ...]:
    down, across = np.unravel_index(heat.argmax(), heat.shape)
    x, y = (across + 0.5) / heat.shape[1], (down + 0.5) / heat.shape[0]
    left, upper, right, lower = box
    return size * (left + x * (right - left)), size * (upper + y * (lower - upper))


def test_the_shares_add_up_to_the_cosine_of_the_search(lite0):
    pictures = [Image.fromarray(data.coffee()), Image.fromarray(data.chelsea())]
    maps = match_maps(lite0, *pictures)
    vectors = lite0.embed(
        "image", np.stack([lite0.prepare("image", picture) for picture in pictures])
    )
    cosine = cosine_similarity(vectors.astype(np.float64))[0, 1]
    assert maps.exact
    assert maps.cosine == pytest.approx(cosine, abs=1e-5)
    for heat in (maps.a, maps.b):
        assert heat.shape == (7, 7)
        assert heat.dtype == np.float32
        assert heat.sum() == pytest.approx(cosine, abs=1e-5)
    turned = match_maps(lite0, *reversed(pictures))
    np.testing.assert_allclose(turned.a, maps.b, atol=1e-6)
    same = match_maps(lite0, pictures[0], pictures[0])
    assert same.cosine == pytest.approx(1)
    np.testing.assert_array_equal(same.a, same.b)


@pytest.mark.parametrize("first", CORNERS)
@pytest.mark.parametrize("second", CORNERS)
def test_the_peaks_lie_on_what_both_show(lite0, first, second):
    maps = match_maps(lite0, scene(GRAVEL, CORNERS[first]), scene(BRICK, CORNERS[second]))
    for heat, box, corner in (
        (maps.a, maps.seen_a, CORNERS[first]),
        (maps.b, maps.seen_b, CORNERS[second]),
    ):
        for at, edge in zip(peak_in_picture(heat, box), corner, strict=True):
            assert edge <= at <= edge + CAT.width
        assert heat.max() > 2 * heat.mean()


@settings(max_examples=examples(40, 400))
@given(
    seed=st.integers(0, 10_000),
    channels=st.integers(1, 8),
    sizes=st.lists(st.integers(1, 5), min_size=4, max_size=4),
)
def test_any_features_are_taken_apart_without_a_remainder(seed, channels, sizes):
    rng = np.random.default_rng(seed)
    a, b = (rng.normal(size=(channels, *size)) for size in (sizes[:2], sizes[2:]))
    heat_a, heat_b, cosine = heat_map._shares(a, b)
    means = [features.mean(axis=(1, 2)) for features in (a, b)]
    assert cosine == pytest.approx(cosine_similarity(means)[0, 1], abs=1e-9)
    assert heat_a.sum() == pytest.approx(cosine, abs=1e-4)
    assert heat_b.sum() == pytest.approx(cosine, abs=1e-4)
    place = heat_a.shape[0] - 1, heat_a.shape[1] - 1
    by_hand = a[:, place[0], place[1]] @ means[1] / a[0].size
    by_hand /= np.linalg.norm(means[0]) * np.linalg.norm(means[1])
    assert heat_a[place] == pytest.approx(by_hand, abs=1e-4)


def test_features_of_nothing_have_no_share():
    nothing, something = np.zeros((3, 2, 2)), np.ones((3, 2, 2))
    heat_a, heat_b, cosine = heat_map._shares(nothing, something)
    assert cosine == 0
    assert not heat_a.any()
    assert not heat_b.any()


def test_features_that_the_search_does_not_average_say_so(lite0):
    """A network whose vectors are made from its maps by more layers, as VGG-16's are."""
    longer = SimpleNamespace(
        encoder=lite0.encoder,
        layer=SimpleNamespace(pooled=False),
        prepare=lite0.prepare,
        feature_maps=lite0.feature_maps,
    )
    pictures = scene(GRAVEL, CORNERS["upper left"]), scene(BRICK, CORNERS["upper right"])
    maps, exact = match_maps(longer, *pictures), match_maps(lite0, *pictures)
    assert not maps.exact
    assert maps.cosine == exact.cosine
    assert "its number differs" in maps.explanation
    assert "differs" not in exact.explanation
    assert f"{exact.cosine:.3f}" in exact.explanation


@pytest.mark.parametrize("size", [(256, 256), (640, 480), (300, 900), (40, 20), (1, 1)], ids=str)
def test_the_box_is_what_the_network_sees(lite0, size):
    """Whatever lies outside of it changes nothing; what lies inside does."""
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8))
    box = seen(lite0, picture)
    width, height = ((box[i + 2] - box[i]) * side for i, side in enumerate(size))
    assert width == pytest.approx(height)
    assert width == pytest.approx(min(size) * 224 / 256)
    left, upper, right, lower = (at * side for at, side in zip(box, (*size, *size), strict=True))
    prepared = lite0.prepare("image", picture)
    reach = min(size) / 256 * 3 + 3  # as far as the filter that shrinks may look
    around = np.s_[
        max(0, int(upper - reach)) : int(lower + reach) + 1,
        max(0, int(left - reach)) : int(right + reach) + 1,
    ]
    black = np.zeros((size[1], size[0], 3), np.uint8)
    black[around] = np.asarray(picture)[around]
    np.testing.assert_array_equal(lite0.prepare("image", Image.fromarray(black)), prepared)
    for x, y in ((left, upper), (right - 1, lower - 1)):  # just inside two corners
        spotted = np.asarray(picture).copy()
        spotted[max(0, round(y)), max(0, round(x))] ^= 128
        assert (lite0.prepare("image", Image.fromarray(spotted)) != prepared).any()


def test_an_unknown_preprocessing_is_taken_to_see_all():
    network = SimpleNamespace(encoder=SimpleNamespace(preprocessing=object()))
    assert seen(network, BRICK) == WHOLE


def test_the_overlay_colors_what_was_seen_and_dims_the_rest():
    picture = Image.new("RGB", (80, 40), (200, 100, 50))
    heat = np.zeros((2, 2), np.float32)
    heat[1, 1] = 1
    drawn = np.asarray(overlay(picture, heat, 1.0, seen=(0.25, 0, 0.75, 1)))
    assert drawn.shape == (40, 80, 3)
    assert tuple(drawn[20, 5]) == tuple(drawn[20, 79]) == (70, 35, 18)
    np.testing.assert_allclose(drawn[0, 20], LOW, atol=4)  # bicubic swings a little
    assert tuple(drawn[39, 59]) == HIGH
    half = np.asarray(overlay(picture, heat, 0.5, seen=(0.25, 0, 0.75, 1)))
    np.testing.assert_allclose(half[39, 59], np.mean([HIGH, (200, 100, 50)], axis=0), atol=0.51)
    plain = np.asarray(overlay(picture, heat, 0.0))
    np.testing.assert_array_equal(plain, np.asarray(picture))


def test_what_takes_away_is_as_dark_as_what_adds_nothing():
    heat = np.array([[-5.0, 0.0]], np.float32)
    drawn = np.asarray(overlay(BRICK, heat, 1.0))
    assert {tuple(pixel) for pixel in drawn.reshape(-1, 3)} == {LOW}


def test_one_scale_for_both_pictures():
    weak, strong = np.full((3, 3), 0.5, np.float32), np.full((3, 3), 1.0, np.float32)
    maps = MatchMaps(weak, strong, 0.9, True, WHOLE, WHOLE)
    assert maps.peak == 1.0
    first, second = (np.asarray(one) for one in maps.overlays(BRICK, GRAVEL.resize((50, 30)), 1.0))
    assert first.shape == (256, 256, 3)
    assert second.shape == (30, 50, 3)
    assert tuple(second[10, 10]) == HIGH
    assert tuple(first[10, 10]) == rgb(sequential(256)[128])
    alone = np.asarray(overlay(BRICK, weak, 1.0))
    assert tuple(alone[10, 10]) == HIGH


def test_the_smallest_picture_has_an_overlay():
    drawn = overlay(Image.new("L", (1, 1)), np.ones((7, 7)), seen=(0.0625, 0.0625, 0.9375, 0.9375))
    assert drawn.size == (1, 1)
    assert drawn.mode == "RGB"


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_opacity_is_a_share(opacity):
    with pytest.raises(InvalidParameterError, match="between 0 and 1"):
        overlay(BRICK, np.ones((2, 2)), opacity)
