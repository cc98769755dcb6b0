"""Small histograms that are brushed or clicked to filter; Vega-Lite keeps the brush on a rerun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from embedviz.metadata.filters import Condition, Range, Values
from embedviz.metadata.histograms import Histogram

ALL, KEPT, SELECTED = "#8A93A0", "#4F7FE0", "#EE6677"
"""The colors of the three kinds of bars, on light and dark alike."""

_PLOT_HEIGHT = 80
_ROW_HEIGHT = 18
_DAY = 86_400_000  # in milliseconds
_PADDING = {"left": 2, "right": 6, "top": 2, "bottom": 2}
Spec = dict[str, Any]


def chart_of(bins: Histogram, condition: Condition | None) -> tuple[pd.DataFrame, Spec]:
    """Data and Vega-Lite description of a histogram on which ``condition`` is set at first."""
    if bins.edges is None:
        return _label_data(bins), _label_spec(bins, condition)
    ends = _axis_numbers(bins.edges)
    dates = bins.edges.dtype.kind == "M"
    return _bin_data(bins, ends), _bin_spec(ends, dates, bins.days, condition)


def condition_of(selection: Mapping[str, Any], bins: Histogram, missing: bool) -> Condition | None:
    """What the selection on a chart asks for; None if there is none, or it says nothing known."""
    if bins.edges is None:
        picked = [one.get("at") for one in selection.get("pick", []) if isinstance(one, Mapping)]
        rows = sorted({row for row in picked if isinstance(row, int) and row >= 0})
        chosen = tuple(bins.labels[row] for row in rows if row < len(bins.labels))
        absent = len(bins.labels) + bool(bins.others)
        return Values(chosen, absent in rows) if chosen or absent in rows else None
    ends = selection.get("brush", {}).get("low", [])
    if len(ends) != 2 or not all(isinstance(end, int | float) for end in ends):
        return None
    low, high = sorted(map(float, ends))
    if bins.edges.dtype.kind == "M":
        if bins.days and np.ceil(low / _DAY) <= np.floor(high / _DAY):
            low, high = np.ceil(low / _DAY) * _DAY, np.floor(high / _DAY) * _DAY
            return Range(_iso(low)[:10], _iso(high)[:10], missing)
        return Range(_iso(low), _iso(high), missing)
    return Range(*_rounded(low, high, bins.edges), missing)


def _rounded(low: float, high: float, edges: NDArray[Any]) -> tuple[float, float]:
    """The ends to a ten-thousandth of the whole, finer than a pixel of the chart."""
    span = float(edges[-1]) - float(edges[0])
    if not 0 < span < np.inf:
        return low, high
    digits = 4 - int(np.floor(np.log10(span)))
    return round(low, digits), round(high, digits)


def _axis_numbers(edges: NDArray[Any]) -> NDArray[np.float64]:
    """Numbers as they are, dates as milliseconds since 1970: what the browser counts in."""
    if edges.dtype.kind != "M":
        return np.asarray(edges, np.float64)
    return edges.astype("datetime64[ms]").astype(np.int64).astype(np.float64)


def _iso(milliseconds: float) -> str:
    return str(np.datetime64(round(milliseconds / 1000), "s"))


def _bin_data(bins: Histogram, ends: NDArray[np.float64]) -> pd.DataFrame:
    low, high = ends[:-1], ends[1:]
    inner = (high - low) * 0.28
    columns = {"low": low, "high": high, "inner_low": low + inner, "inner_high": high - inner}
    counts = {"all": bins.all, "kept": bins.kept, "selected": bins.selected, "zero": 0}
    return pd.DataFrame(columns | counts)


def _bin_spec(
    ends: NDArray[np.float64], dates: bool, days: bool, condition: Condition | None
) -> Spec:
    brush: Spec = {
        "name": "brush", "select": {"type": "interval", "encodings": ["x"]}, "views": ["all"],
    }  # fmt: skip
    if isinstance(condition, Range):
        brush["value"] = {"x": _shown_ends(condition, ends, dates)}
    # Vega would put hours between two days that have none.
    few_days = days and ends[-1] - ends[0] <= 5 * _DAY
    ticks: Any = {"interval": "utcday", "step": 1} if few_days else 5
    axis = {"title": None, "tickCount": ticks, "grid": False, "labelFlush": True}
    scale = {"type": "utc" if dates else "linear", "domain": [ends[0], ends[-1]], "nice": False}
    x = {"type": "temporal" if dates else "quantitative", "axis": axis, "scale": scale}

    def layer(name: str, color: str, low: str, high: str) -> Spec:
        return {
            "name": name,
            "mark": {"type": "rect", "color": color, "opacity": 0.45 if name == "all" else 1},
            "encoding": {
                "x": {"field": low} | x,
                "x2": {"field": high},
                "y": {"field": name, "type": "quantitative", "axis": None},
                "y2": {"field": "zero"},
            },
        }

    layers = [
        layer("all", ALL, "low", "high"),
        layer("kept", KEPT, "low", "high"),
        layer("selected", SELECTED, "inner_low", "inner_high"),
    ]
    return {"height": _PLOT_HEIGHT, "padding": _PADDING, "params": [brush], "layer": layers}


def _shown_ends(condition: Range, ends: NDArray[np.float64], dates: bool) -> list[float]:
    shown = [float(ends[0]), float(ends[-1])]
    for at, end in enumerate((condition.low, condition.high)):
        if isinstance(end, str) and dates:
            shown[at] = float(np.datetime64(end, "ms").astype(np.int64))
        elif isinstance(end, int | float):
            shown[at] = float(end)
    return shown


def _label_data(bins: Histogram) -> pd.DataFrame:
    names = list(bins.labels)
    if bins.others:
        names.append(_other_than(names, f"… {bins.others:,} more"))
    counts = [bins.all, bins.kept, bins.selected]
    if bins.missing[0]:
        names.append(_other_than(names, "missing"))
        pairs = zip(counts, bins.missing, strict=True)
        counts = [np.append(counted, absent) for counted, absent in pairs]
    columns = dict(zip(("all", "kept", "selected"), counts, strict=True))
    return pd.DataFrame({"at": range(len(names)), "label": names} | columns | {"zero": 0})


def _other_than(names: list[str], name: str) -> str:
    # A width of nothing tells our own name from a label that reads the same.
    while name in names:
        name += "\u200b"
    return name


def _label_spec(bins: Histogram, condition: Condition | None) -> Spec:
    pick: Spec = {
        "name": "pick", "select": {"type": "point", "fields": ["at"], "toggle": "true"},
        "views": ["rows"],
    }  # fmt: skip
    if isinstance(condition, Values):
        pick["value"] = [{"at": row} for row in _picked(bins, condition)]
    bars = [
        _label_bars("all", ALL, 0.8),
        _label_bars("kept", KEPT, 0.8),
        _label_bars("selected", SELECTED, 0.35),
    ]
    count = len(bins.labels) + bool(bins.others) + bool(bins.missing[0])
    height = _ROW_HEIGHT * max(count, 1) + 4
    layers = [*bars, _label_rows()]
    return {"height": height, "padding": _PADDING, "params": [pick], "layer": layers}


def _label_axis() -> Spec:
    axis = {
        "title": None, "labelLimit": 110, "ticks": False, "domain": False, "labelOverlap": False,
    }  # fmt: skip
    return {"field": "label", "type": "nominal", "sort": None, "axis": axis}


def _label_bars(name: str, color: str, size: float) -> Spec:
    return {
        "name": name,
        "mark": {
            "type": "bar", "color": color, "height": {"band": size},
            "opacity": 0.45 if name == "all" else 1,
        },
        "encoding": {
            "y": _label_axis(), "x": {"field": name, "type": "quantitative", "axis": None},
            "x2": {"field": "zero"},
        },
    }  # fmt: skip


def _label_rows() -> Spec:
    """Over the bars, so that a row is clicked anywhere, however short its bar is."""
    fields = ("label", "all", "kept", "selected")
    return {
        "name": "rows",
        "mark": {"type": "bar", "opacity": 0.001, "cursor": "pointer", "height": {"band": 1}},
        "encoding": {
            "y": _label_axis(), "x": {"value": 0}, "x2": {"value": "width"},
            "tooltip": [{"field": field} for field in fields],
        },
    }  # fmt: skip


def _picked(bins: Histogram, condition: Values) -> list[int]:
    rows = [row for row, label in enumerate(bins.labels) if label in condition.chosen]
    if condition.missing and bins.missing[0]:
        rows.append(len(bins.labels) + bool(bins.others))
    return rows
