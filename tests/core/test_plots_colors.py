"""Colors: what each code means, that people can tell them apart, and legends that tell the truth."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.colors import sample_colorscale, sequential

from embedviz.errors import InvalidParameterError
from embedviz.plots import Colors, categorical, continuous, palettes
from embedviz.plots.palettes import CATEGORICAL, MISSING, OTHER, rgb

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
EYES = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}


def linear(color: str) -> np.ndarray:
    share = np.array(rgb(color)) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a: str, b: str) -> float:
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (a, b))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eyes", EYES)
def test_categories_differ_for_all_eyes(eyes: str) -> None:
    seen = [lab(EYES[eyes] @ linear(color)) for color in CATEGORICAL]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 18


@pytest.mark.parametrize("background", ["#ffffff", "#12161d"])
def test_every_color_shows_on_both_themes(background: str) -> None:
    for color in (*CATEGORICAL, OTHER, palettes.PLAIN, *palettes.sequential(255)):
        assert contrast(color, background) > 1.3, color


def test_sequential_is_viridis_and_gets_lighter() -> None:
    steps = palettes.sequential(255)
    wanted = sample_colorscale(sequential.Viridis, list(np.linspace(0.16, 0.96, 255)))
    for got, text in zip(steps, wanted, strict=True):
        expected = [float(part) for part in text[4:-1].split(",")]
        assert np.abs(np.array(rgb(got)) - expected).max() <= 1.01
    lightness = [lab(linear(color))[0] for color in steps]
    assert np.all(np.diff(lightness) > -0.3)
    assert lightness[-1] - lightness[0] > 55


@given(st.lists(st.sampled_from([*"abcdefghijkl", "", None]), max_size=60))
def test_categorical_tells_each_points_value(values: list[str | None]) -> None:
    colors = categorical(values, "letters")
    counts = Counter(value for value in values if value)
    label_of = {entry.code: entry.label for entry in colors.categories}
    shown = {label for label, _ in counts.most_common(len(CATEGORICAL))}
    for value, code in zip(values, colors.codes, strict=True):
        rest = f"{len(counts) - len(shown)} other"
        assert label_of[code] == (value if value in shown else rest if value else "missing")
    assert sum(entry.count for entry in colors.categories) == len(values)
    sizes = [entry.count for entry in colors.categories if entry.label in shown]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_value_keeps_its_meaning_when_it_is_not_text() -> None:
    colors = categorical([True, False, True, float("nan"), None, 3, "3"])
    assert [entry.label for entry in colors.categories] == ["True", "3", "False", "missing"]
    assert colors.palette[colors.codes[3]] == MISSING == colors.palette[colors.codes[4]]


numbers = st.lists(
    st.floats(allow_infinity=False, min_value=-1e300, max_value=1e300), min_size=1, max_size=40
)


@given(numbers)
def test_continuous_keeps_the_order(values: list[float]) -> None:
    colors = continuous(values)
    array = np.array(values)
    missing = np.isnan(array)
    assert (colors.codes[missing] == 255).all()
    assert colors.missing == missing.sum()
    codes = colors.codes[~missing].astype(int)
    order = np.argsort(array[~missing], kind="stable")
    assert np.all(np.diff(codes[order]) >= 0)
    if codes.size and np.ptp(array[~missing] / 2) > 0:
        assert (codes.min(), codes.max()) == (0, 254)


def test_logarithm_is_the_scale_of_the_logarithms() -> None:
    values = np.array([1, 10, 31, 1000, np.nan, 400_000])
    by_log = continuous(values, log=True)
    assert (by_log.codes == continuous(np.log10(values)).codes).all()
    assert [tick.label for tick in by_log.ticks] == ["1", "10", "100", "1,000", "10,000", "100,000"]
    assert by_log.ticks[3].position == pytest.approx(3 / math.log10(400_000))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_stand_where_they_say(low: float, span: float) -> None:
    high = low + span
    ticks = continuous([low, high]).ticks
    assert 1 <= len(ticks) <= 7
    for tick in ticks:
        value = float(tick.label.replace(",", ""))
        shown_to = 10.0 ** -len(tick.label.partition(".")[2])
        assert low + tick.position * (high - low) == pytest.approx(value, abs=shown_to)


def test_one_value_has_the_middle_color_and_one_tick() -> None:
    colors = continuous([7.0, 7.0])
    assert colors.codes.tolist() == [127, 127]
    assert [(tick.position, tick.label) for tick in colors.ticks] == [(0.5, "7")]
    assert continuous([np.nan]).ticks == ()


def test_what_cannot_be_colored_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="infinite"):
        continuous([1.0, np.inf])
    with pytest.raises(InvalidParameterError, match="the lowest is 0"):
        continuous([0.0, 1.0], log=True)
    with pytest.raises(InvalidParameterError, match="1 to 12"):
        categorical("abc", limit=13)
    with pytest.raises(InvalidParameterError, match="beyond the palette"):
        Colors(np.array([2], dtype=np.uint8), ("#000000", "#ffffff"))
    with pytest.raises(InvalidParameterError, match="uint8"):
        Colors(np.array([0]), ("#000000",))


def test_version_follows_the_looks() -> None:
    first = categorical(["a", "b", "b"], "letters")
    assert first.version == categorical(["a", "b", "b"], "letters").version
    others = (categorical(["b", "a", "b"], "letters"), categorical(["a", "b", "b"], "signs"))
    assert first.version not in {other.version for other in others}
