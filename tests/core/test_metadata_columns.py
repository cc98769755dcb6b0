"""What columns hold, how their values are spread, what they look like as colors and sizes."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.column_values import coded, moments_of, numbers_of
from embedviz.errors import InvalidParameterError
from embedviz.metadata import bins_of, kinds_of, sized
from embedviz.metadata.class_colors import class_colors

N = 60
COLUMNS = {
    "class": ([row % 10 for row in range(N // 2)] * 2, "category"),
    "class with gaps": ([None, 1, 2] * 20, "category"),
    "count": (list(range(N)), "number"),
    "weight": ([row / 7 for row in range(N)], "number"),
    "place": (["Åre", "서울", None] * 20, "category"),
    "title": ([f"title {row}" for row in range(N)], "text"),
    "long": (["x" * 200, "y" * 200] * 30, "text"),
    "photo": ([f"photos/{row}.JPG" for row in range(N)], "image"),
    "address": ([f"https://e.org/{row}.png?s=1" for row in range(N)], "image"),
    "page": ([f"https://e.org/{row}" for row in range(N)], "text"),
    "image url": ([f"https://e.org/{row}" for row in range(N)], "image"),
    "ok": ([True, False] * 30, "flag"),
    "ok with gaps": ([True, None, False] * 20, "flag"),
    "day": ([datetime.date(2026, 1, 1)] * N, "date"),
    "moment": (pd.date_range("2026-01-01", periods=N, tz="Europe/Oslo"), "date"),
    "lists": ([[1, 2]] * N, "category"),
    "empty": ([None] * N, "text"),
    "digits as text": ([f"{row}" for row in range(N)], "text"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_the_kind_of_a_column(name: str) -> None:
    values, kind = COLUMNS[name]
    assert kinds_of(pd.DataFrame({name: pd.Series(values)})) == {name: kind}


def test_pandas_categories_are_categories_and_no_rows_are_no_trouble() -> None:
    table = pd.DataFrame({"a": pd.Categorical(["x", "y"]), "b": [1.5, 2.5], "c": ["u", "v"]})
    assert kinds_of(table)["a"] == "category"
    assert kinds_of(table.iloc[:0]) == {"a": "category", "b": "number", "c": "text"}
    for name, kind in kinds_of(table.iloc[:0]).items():
        assert bins_of(table[name].iloc[:0], kind).all.sum() == 0


def test_whole_numbers_are_labels_without_a_point_in_ascending_order() -> None:
    found = coded(pd.Series([10.0, 2.0, np.nan, 10.0]))
    assert found.labels == ("2", "10")
    assert found.codes.tolist() == [1, 0, -1, 1]
    assert found.counts.tolist() == [1, 2]


def test_labels_of_anything() -> None:
    found = coded(pd.Series(["b", "", None, "a", 3, "3"], dtype=object))
    assert found.labels == ("b", "a", "3")
    assert found.codes.tolist() == [0, -1, -1, 1, 2, 2]
    assert coded(pd.Series([[1], [2], [1]])).codes.tolist() == [0, 1, 0]


def test_numbers_and_moments() -> None:
    assert np.array_equal(
        numbers_of(pd.Series([1, None, "x", np.inf], dtype=object)),
        [1, np.nan, np.nan, np.nan], equal_nan=True,
    )  # fmt: skip
    oslo = pd.Series(pd.to_datetime(["2026-07-01 12:00", None])).dt.tz_localize("Europe/Oslo")
    assert [str(moment) for moment in moments_of(oslo)] == ["2026-07-01T10:00:00", "NaT"]


@given(
    st.lists(st.floats(-1e300, 1e300) | st.just(float("nan")), min_size=1, max_size=60),
    st.integers(0, 2**32 - 1),
)
def test_every_number_stands_in_one_bin(values: list[float], seed: int) -> None:
    series, rng = pd.Series(values, dtype=float), np.random.default_rng(seed)
    kept, selected = rng.random((2, len(values))) < 0.5
    bins = bins_of(series, "number", kept, selected)
    here = series.notna().to_numpy()
    totals = [bins.all.sum(), bins.kept.sum(), bins.selected.sum()]
    assert totals == [here.sum(), (here & kept).sum(), (here & selected).sum()]
    assert bins.missing == ((~here).sum(), (~here & kept).sum(), (~here & selected).sum())
    if bins.edges is not None:
        assert (np.diff(bins.edges) >= 0).all()
        assert bins.edges[0] <= series.min()
        assert bins.edges[-1] >= series.max() - 1e-12 * np.abs(series).max()


def test_bins_count_as_numpy_does() -> None:
    values = np.random.default_rng(0).normal(size=500)
    bins = bins_of(pd.Series(values), "number")
    assert np.array_equal(bins.all, np.histogram(values, bins.edges)[0])


def test_dates_and_whole_numbers_have_whole_bins() -> None:
    days = pd.Series(pd.date_range("2026-01-01", periods=48, freq="D"))
    bins = bins_of(days, "date")
    assert bins.edges is not None
    assert bins.edges.dtype == "datetime64[s]"
    assert bins.all.sum() == 48
    years = bins_of(pd.Series(range(1950, 2000)), "number")
    assert years.edges is not None
    assert (years.edges % 1 == 0).all()
    assert years.all.sum() == 50


def test_twenty_labels_and_the_others() -> None:
    values = [f"l{row}" for row in range(30)] + ["l29", None, "l28", "l29"]
    bins = bins_of(pd.Series(values), "category")
    assert bins.labels[:3] == ("l29", "l28", "l0")
    assert (len(bins.labels), bins.others, bins.all[-1], bins.missing[0]) == (20, 10, 10, 1)
    assert bins.all.sum() == 33


def test_ten_classes_each_have_a_color_of_their_own() -> None:
    colors = class_colors(pd.Series([9, 0, 1, 2, 3, 4, 5, 6, 7, 8, np.nan]), "digit")
    assert [entry.label for entry in colors.categories] == [*map(str, range(10)), "missing"]
    assert len({colors.palette[code] for code in colors.codes}) == 11
    few = class_colors(pd.Series(["b", "a", "b", None]))
    assert [(c.label, c.count) for c in few.categories] == [("b", 2), ("a", 1), ("missing", 1)]


@given(st.lists(st.floats(-1e300, 1e300) | st.just(float("nan")), max_size=40))
def test_areas_grow_evenly_with_the_values(values: list[float]) -> None:
    sizes = sized(values, "mass")
    numbers, areas = np.array(values, float), sizes.diameters.astype(float) ** 2
    assert sizes.diameters.dtype == np.float32
    assert ((sizes.diameters >= 2.999) & (sizes.diameters <= 14.001)).all()
    here = ~np.isnan(numbers)
    assert (sizes.diameters[~here] == 3).all()
    order = np.argsort(numbers[here], kind="stable")
    assert (np.diff(areas[here][order]) >= -1e-3).all()


def test_the_sentence_of_sizes() -> None:
    sizes = sized([0, 5, 10, np.nan], "mass")
    assert sizes.diameters[1] ** 2 == pytest.approx((3**2 + 14**2) / 2, rel=1e-5)
    assert sizes.legend == (
        "Area of a point: mass, smallest 0, largest 10. 1 without a value are drawn smallest."
    )
    with pytest.raises(InvalidParameterError, match="infinite"):
        sized([np.inf], "mass")
