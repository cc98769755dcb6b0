"""The marks and lines of a picture as Plotly traces."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.picture import LineKind, Mark, MarkKind, Picture
from embedviz.plots.themes import FigureTheme

_SIZES: dict[MarkKind, int] = {"query": 14, "neighbor": 9, "selected": 9, "new": 10}
_WIDTHS: dict[LineKind, float] = {"neighbor": 1.0, "arrow": 2.5, "side": 1.5}


def line_traces(picture: Picture, look: FigureTheme) -> list[dict[str, Any]]:
    """One trace for each kind of line; a gap (NaN) stands between two lines."""
    traces = []
    for kind, width in _WIDTHS.items():
        lines = [line for line in picture.lines if line.kind == kind]
        if not lines:
            continue
        gap = (float("nan"),) * picture.dimensions
        places = [place for line in lines for place in (line.start, line.end, gap)]
        color = look.accent if kind == "arrow" else look.text
        traces.append(
            _places(places, picture.dimensions)
            | {
                "mode": "lines",
                "opacity": 1.0 if kind == "arrow" else 0.5,
                "line": {
                    "color": color,
                    "width": width,
                    "dash": "dash" if kind == "side" else "solid",
                },
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    return traces


def mark_traces(picture: Picture, look: FigureTheme) -> list[dict[str, Any]]:
    """One trace for each kind of mark, with its labels."""
    return [
        _marks([mark for mark in picture.marks if mark.kind == kind], kind, picture, look)
        for kind in _SIZES
        if any(mark.kind == kind for mark in picture.marks)
    ]


def shown_text(text: str, dimensions: int) -> str:
    """``text`` so that Plotly shows it as it is: it would take ``<a>`` for a link.

    Plotly's 3-D text knows tags but no entities: a lookalike is the only safe ``<`` there.
    """
    return escape(text) if dimensions == 2 else text.replace("<", "‹").replace(">", "›")


def _marks(
    marks: list[Mark], kind: MarkKind, picture: Picture, look: FigureTheme
) -> dict[str, Any]:
    hollow = kind == "new"
    labels = [shown_text(mark.label, picture.dimensions) for mark in marks]
    return _places([mark.coordinates for mark in marks], picture.dimensions) | {
        "mode": "markers+text",
        "text": labels,
        "textposition": "top center",
        "textfont": {
            "color": look.text,
            "size": 14 if kind == "query" else 12,
            "weight": 700 if kind == "query" else 400,
        },
        "marker": {
            "symbol": "circle-open" if hollow else "circle",
            "size": _SIZES[kind],
            "color": look.accent if kind in ("query", "selected") else look.text,
            "line": {"width": 1.5, "color": look.text if hollow else look.background},
        },
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _places(places: Sequence[tuple[float, ...]], dimensions: int) -> dict[str, Any]:
    x, y, *z = np.ascontiguousarray(np.array(places, dtype=np.float32).reshape(-1, dimensions).T)
    kind: dict[str, str | NDArray[np.float32]] = (
        {"type": "scatter3d", "z": z[0]} if z else {"type": "scatter"}
    )
    return {**kind, "x": x, "y": y}
