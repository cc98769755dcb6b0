"""Colors for dates: a scale whose ticks are days, months or years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from embedviz.plots.colors import Colors, Tick, continuous

_STEPS = (0.0, 0.5, 1.0)
_DAY = 86_400


def dated(dates: ArrayLike, title: str = "") -> Colors:
    """A color for each of n dates, early to late.

    Parameters
    ----------
    dates : array-like of shape (n,), datetime64
        NaT counts as missing.
    """
    moments = np.asarray(dates, dtype="datetime64[s]")
    known = ~np.isnat(moments)
    seconds = np.where(known, moments.astype(np.int64), 0).astype(np.float64)
    seconds[~known] = np.nan
    colors = continuous(seconds, title=title)
    if not known.any():
        return colors
    first, last = float(np.nanmin(seconds)), float(np.nanmax(seconds))
    steps = _STEPS if last > first else (0.5,)
    days = not np.any(seconds[known] % _DAY)
    ticks = tuple(
        Tick(at, _said(first + at * (last - first), last - first, days))
        for at in steps
        # Days have no noon: between two of them there is nothing to name.
        if not days or last - first > 3 * _DAY or not (first + at * (last - first)) % _DAY
    )
    return replace(colors, ticks=ticks)


def _said(seconds: float, span: float, days: bool) -> str:
    moment = str(np.datetime64(round(seconds), "s"))  # 2026-03-01T14:05:00
    day, clock = moment.split("T")
    if span > 3 * 365 * _DAY:
        return day[:7]
    return day if days or span > 3 * _DAY else f"{day} {clock[:5]}"
