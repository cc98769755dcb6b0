"""The marks and lines of a picture, in Plotly's terms.

Plotly draws WebGL points above everything but annotations, so labels are annotations, and so are
arrows in the plane (in space an arrow is a thick line: annotations there point from pixels).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from embedviz.plots.picture import Line, LineKind, Mark, MarkKind, Picture
from embedviz.plots.themes import FigureTheme

# A group has a label and no dot.
_SIZES: dict[MarkKind, int] = {"query": 14, "neighbor": 9, "selected": 9, "new": 10}
_WIDTHS: dict[LineKind, float] = {"neighbor": 1.0, "arrow": 2.5, "side": 1.5, "torn": 1.5}
_DASHED: tuple[LineKind, ...] = ("side", "torn")


def line_traces(picture: Picture, look: FigureTheme) -> list[dict[str, Any]]:
    """One trace for each kind of line; a gap (NaN) stands between two lines."""
    traces = []
    colors: dict[LineKind, str] = {"arrow": look.accent, "torn": look.warning}
    for kind, width in _WIDTHS.items():
        lines = [line for line in picture.lines if line.kind == kind]
        if not lines or (kind == "arrow" and picture.dimensions == 2):
            continue
        gap = (float("nan"),) * picture.dimensions
        places = [place for line in lines for place in (line.start, line.end, gap)]
        look_of_line = {
            "color": colors.get(kind, look.text),
            "width": width,
            "dash": "dash" if kind in _DASHED else "solid",
        }
        traces.append(
            _places(places, picture.dimensions)
            | {"mode": "lines", "opacity": 1.0 if kind in colors else 0.5, "line": look_of_line}
        )
    return traces


def mark_traces(picture: Picture, look: FigureTheme) -> list[dict[str, Any]]:
    """One trace for each kind of mark."""
    return [
        _marks([mark for mark in picture.marks if mark.kind == kind], kind, picture, look)
        for kind in _SIZES
        if any(mark.kind == kind for mark in picture.marks)
    ]


def mark_annotations(picture: Picture, look: FigureTheme) -> list[dict[str, Any]]:
    """The labels of a picture, after its arrows if it lies in the plane."""
    # The last lies on top: names of groups give way to those of points, and later to earlier ones.
    labels = [_group_label(m, look) for m in reversed(picture.marks) if _is_group(m) and m.label]
    labels += [_label(mark, look) for mark in picture.marks if mark.label and not _is_group(mark)]
    if picture.dimensions == 3:
        return labels
    return [_arrow(line, look) for line in picture.lines if line.kind == "arrow"] + labels


def _marks(
    marks: list[Mark], kind: MarkKind, picture: Picture, look: FigureTheme
) -> dict[str, Any]:
    hollow = kind == "new"
    marker = {
        "symbol": "circle-open" if hollow else "circle",
        "size": _SIZES[kind],
        "color": look.accent if kind in ("query", "selected") else look.text,
        "line": {"width": 1.5, "color": look.text if hollow else look.background},
    }
    places = _places([mark.coordinates for mark in marks], picture.dimensions)
    return places | {"mode": "markers", "marker": marker, "name": kind}


def _label(mark: Mark, look: FigureTheme) -> dict[str, Any]:
    main = mark.kind == "query"
    return _label_at(mark, look) | {
        "yshift": 10 + _SIZES[mark.kind] / 2,
        "font": {"color": look.text, "size": 14 if main else 12, "weight": 700 if main else 400},
        "opacity": 0.85,
    }


def _label_at(mark: Mark, look: FigureTheme) -> dict[str, Any]:
    return {
        **dict(zip("xyz", mark.coordinates, strict=False)),
        "text": escape(mark.label),
        "showarrow": False,
        "bgcolor": look.background,
        "borderpad": 1,
    }


def _group_label(mark: Mark, look: FigureTheme) -> dict[str, Any]:
    """Over its region, without a dot."""
    font = {"color": look.text, "size": 16, "weight": 700}
    return _label_at(mark, look) | {"font": font, "opacity": 0.9}


def _is_group(mark: Mark) -> bool:
    return mark.kind == "group"


def _arrow(line: Line, look: FigureTheme) -> dict[str, Any]:
    (x, y), (ax, ay) = line.end, line.start
    ends = {"x": x, "y": y, "ax": ax, "ay": ay, "axref": "x", "ayref": "y"}
    head = {"showarrow": True, "arrowhead": 2, "arrowwidth": _WIDTHS["arrow"], "standoff": 5}
    return {**ends, **head, "arrowcolor": look.accent, "text": ""}


def _places(places: Sequence[tuple[float, ...]], dimensions: int) -> dict[str, Any]:
    x, y, *z = np.ascontiguousarray(np.array(places, dtype=np.float32).reshape(-1, dimensions).T)
    where: dict[str, Any] = {"x": x, "y": y, "hoverinfo": "skip", "showlegend": False}
    return where | ({"type": "scatter3d", "z": z[0]} if z else {"type": "scattergl"})
