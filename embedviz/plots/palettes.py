"""Colors that everyone can tell apart, on a light page and on a dark one."""

from __future__ import annotations

from functools import cache

import numpy as np

CATEGORICAL: tuple[str, ...] = (
    "#7F6BD6",
    "#CCBB44",
    "#EE6677",
    "#66CCEE",
    "#117733",
    "#AA4499",
    "#8C8C00",
    "#CC79A7",
    "#4800F0",
    "#A80000",
    "#604848",
    "#4830C0",
)
"""Twelve colors, the first from the sets of Paul Tol and of Okabe and Ito, chosen so that the two
nearest stay apart (CIELAB distance above 18) for normal, protan and deutan eyes (Machado et al.
2009)."""

OTHER = "#8A93A0"
MISSING = "#BCC2CB"
PLAIN = "#7088B5"
"""The color of points when nothing is said with color."""

# Viridis (van der Walt and Smith 2015) at ten equal steps; between them it is nearly straight.
_VIRIDIS = (
    "#440154", "#482878", "#3e4989", "#31688e", "#26828e",
    "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
)  # fmt: skip
# Its darkest end vanishes on a dark page and its brightest on a white one.
_VISIBLE = (0.16, 0.96)


@cache
def sequential(steps: int) -> tuple[str, ...]:
    """``steps`` hex colors from low to high: the part of viridis that shows on both themes."""
    anchors = np.array([rgb(color) for color in _VIRIDIS], dtype=np.float64)
    at = np.linspace(*_VISIBLE, steps) * (len(anchors) - 1)
    channels = [np.interp(at, np.arange(len(anchors)), anchors[:, i]) for i in range(3)]
    return tuple(
        f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(np.stack(channels, axis=1)).astype(int)
    )


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of ``#rrggbb``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
