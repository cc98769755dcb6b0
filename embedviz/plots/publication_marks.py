"""The marks and lines of a picture, in matplotlib's terms."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from embedviz.plots.picture import Mark, Picture
from embedviz.plots.themes import FigureTheme

_DIAMETERS = {"query": 6.0, "neighbor": 3.5, "selected": 3.5, "new": 4.5}
_WIDTHS = {"neighbor": 0.5, "arrow": 1.2, "side": 0.7, "torn": 0.7}
_DASHED = ("side", "torn")
# XML allows none of these, and fonts have no shape for them.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_LABELS_UP_TO = 200
"""More labels of single points than this cover the points; the first ones are written."""


def draw_lines(axes: Any, picture: Picture, theme: FigureTheme) -> None:
    """Each line of the picture; an arrow in the plane has a head."""
    for line in picture.lines:
        look: dict[str, Any] = {
            "color": line_color(line.kind, theme),
            "linewidth": _WIDTHS.get(line.kind, 0.7),
            "linestyle": "--" if line.kind in _DASHED else "-",
        }
        if line.kind == "arrow" and picture.dimensions == 2:
            arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 2, **look}
            axes.annotate("", xy=line.end, xytext=line.start, arrowprops=arrow)
            continue
        ends = np.array([line.start, line.end], np.float64).T
        axes.plot(*ends, alpha=1.0 if line.kind in ("arrow", "torn") else 0.5, **look)


def line_color(kind: str, theme: FigureTheme) -> str:
    """The hex color of a kind of line."""
    if kind == "torn":
        return theme.warning
    return theme.accent if kind == "arrow" else theme.text


def draw_marks(axes: Any, picture: Picture, theme: FigureTheme) -> None:
    """Dots for marks (hollow for new points), and their labels; groups are a label alone."""
    for kind, diameter in _DIAMETERS.items():
        places = [mark.coordinates for mark in picture.marks if mark.kind == kind]
        if not places:
            continue
        fill = theme.accent if kind in ("query", "selected") else theme.text
        hollow = kind == "new"
        axes.scatter(
            *np.array(places, np.float64).T,
            s=diameter**2,
            facecolors="none" if hollow else fill,
            edgecolors=theme.text if hollow else theme.background,
            linewidths=0.8 if hollow else 0.4,
            zorder=3,
        )
    for mark in _labelled(picture):
        _label(axes, mark.coordinates, mark.label, mark.kind, theme)


def labels_drawn(picture: Picture) -> list[str]:
    """The labels that stand in the figure."""
    return [mark.label for mark in _labelled(picture)]


def _labelled(picture: Picture) -> list[Mark]:
    single = [mark for mark in picture.marks if mark.label and mark.kind != "group"]
    groups = [mark for mark in picture.marks if mark.label and mark.kind == "group"]
    return [*single[:_LABELS_UP_TO], *groups]


def _label(axes: Any, place: tuple[float, ...], label: str, kind: str, theme: FigureTheme) -> None:
    group = kind == "group"
    about: dict[str, Any] = {
        "fontsize": 9 if group else 7,
        "fontweight": "bold" if group or kind == "query" else "normal",
        "color": theme.text,
        "ha": "center",
        "va": "center" if group else "bottom",
        # A box rather than a halo: a halo would turn letters into outlines.
        "bbox": {"facecolor": theme.background, "alpha": 0.7, "pad": 0.8, "linewidth": 0},
        "zorder": 5 if group else 4,
        "clip_on": True,
    }
    text = letters(label)
    if len(place) == 3:
        axes.text(*place, text, **about)
        return
    axes.annotate(text, place, xytext=(0, 0 if group else 4), textcoords="offset points", **about)


def letters(text: str) -> str:
    """``text`` on one line, without what neither fonts nor XML know."""
    return _CONTROL.sub(" ", text).strip()
