"""A :class:`~embedviz.plots.Picture` rendered by Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.plots.colors import Colors
from embedviz.plots.figure_marks import line_traces, mark_annotations, mark_traces
from embedviz.plots.palettes import PLAIN, rgb
from embedviz.plots.picture import Picture
from embedviz.plots.themes import THEMES, FigureTheme, Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FADED = 0.15
# Steps of a continuous colorbar: Plotly draws it slowly, and more cannot be seen.
_BAR_STEPS = 33


def figure(picture: Picture, theme: Theme = "light") -> go.Figure:
    """``picture`` as a Plotly figure; raises InvalidParameterError for an unknown theme."""
    import plotly.graph_objects as go

    if theme not in THEMES:
        raise InvalidParameterError(f"Theme {theme!r} is unknown; allowed: {', '.join(THEMES)}.")
    look = THEMES[theme]
    traces = [_points(picture), *line_traces(picture, look), *mark_traces(picture, look)]
    if picture.colors is not None:
        traces += _legend(picture.colors, picture.dimensions)
    made = go.Figure(data=traces, layout=_layout(picture, look))
    # Plotly validates text one string at a time, which takes longer than all the rest. What is set
    # on the raw dict is not validated, and a list of str needs no validation.
    made._data[0]["text"] = _escaped(picture.keys)
    if len(picture.hover):
        made._data[0]["customdata"] = _escaped(picture.hover, "<br>")
    return made


def point_size(n: int, dimensions: int) -> float:
    """The diameter in pixels at which n points show without covering each other too much."""
    steps = ((500, 8.0), (2_000, 6.5), (10_000, 5.0), (40_000, 4.0))
    size = next((size for most, size in steps if n <= most), 3.0)
    return size if dimensions == 2 else max(2.0, size * 0.7)


def point_opacity(n: int) -> float:
    """How solid n points are drawn: the more, the fainter, so that density shows."""
    steps = ((500, 0.9), (2_000, 0.8), (10_000, 0.7), (40_000, 0.55))
    return next((opacity for most, opacity in steps if n <= most), 0.45)


def _points(picture: Picture) -> dict[str, Any]:
    more = "<br>%{customdata}" if len(picture.hover) else ""
    return _xyz(picture) | {
        "mode": "markers",
        "hovertemplate": f"<b>%{{text}}</b>{more}<extra></extra>",
        "showlegend": False,
        "marker": {
            "size": _size(picture),
            "opacity": point_opacity(len(picture)),
            "line": {"width": 0},
            **_marker_color(picture),
        },
    }


def _size(picture: Picture) -> float | NDArray[np.float32]:
    if picture.sizes is not None:
        return picture.sizes  # Plotly takes them as diameters, in the plane and in space
    return picture.size or point_size(len(picture), picture.dimensions)


def _xyz(picture: Picture) -> dict[str, Any]:
    x, y, *z = np.ascontiguousarray(picture.coordinates.T)
    if z:
        return {"type": "scatter3d", "x": x, "y": y, "z": z[0]}
    return {"type": "scattergl", "x": x, "y": y}


def _marker_color(picture: Picture) -> dict[str, Any]:
    """A code of one byte per point and the palette as a scale: a string per point costs seconds."""
    palette = (PLAIN,) if picture.colors is None else picture.colors.palette
    codes = np.zeros(len(picture), np.uint8) if picture.colors is None else picture.colors.codes
    if picture.faded is None:
        return {"color": codes, **_scale(palette)}
    shown = codes.astype(np.uint16) + len(palette) * np.asarray(picture.faded, dtype=np.uint16)
    return {"color": shown, **_scale((*palette, *map(_transparent, palette)))}


def _scale(palette: tuple[str, ...]) -> dict[str, Any]:
    """A Plotly color scale that gives ``palette[code]`` for each code."""
    steps = palette if len(palette) > 1 else palette * 2
    top = len(steps) - 1
    scale = [[i / top, color] for i, color in enumerate(steps)]
    return {"colorscale": scale, "cmin": 0, "cmax": top, "showscale": False}


def _transparent(color: str) -> str:
    red, green, blue = rgb(color)
    return f"rgba({red},{green},{blue},{_FADED})"


def _escaped(texts: Sequence[str], line_break: str = " ") -> list[str]:
    """Texts that Plotly shows as they are: it would make a link of ``<a>``."""
    # All at once is ten times faster than one by one; NUL is the one character in no hover text.
    together = escape("\0".join(text.replace("\0", "") for text in texts))
    return together.replace("\n", line_break).split("\0") if len(texts) else []


def _legend(colors: Colors, dimensions: int) -> list[dict[str, Any]]:
    """Traces without points, for what they add to the legend."""
    nowhere: dict[str, Any] = {"x": [None], "y": [None], "mode": "markers", "hoverinfo": "skip"}
    nowhere |= {"type": "scattergl"} if dimensions == 2 else {"type": "scatter3d", "z": [None]}
    if colors.ticks:
        return [nowhere | {"showlegend": False, "marker": _colorbar(colors)}]
    group = {"legendgroup": "colors", "legendgrouptitle": {"text": escape(colors.title)}}
    return [
        nowhere
        | group
        | {
            "name": f"{escape(entry.label)} ({entry.count:,})",
            "showlegend": True,
            "marker": {"color": colors.palette[entry.code], "size": 10},
        }
        for entry in colors.categories
    ]


def _colorbar(colors: Colors) -> dict[str, Any]:
    last = len(colors.palette) - 2  # the very last color is the gray of missing values
    steps = np.linspace(0, 1, _BAR_STEPS)
    return {
        "color": [0, 1],
        "cmin": 0,
        "cmax": 1,
        "colorscale": [[float(s), colors.palette[round(s * last)]] for s in steps],
        "showscale": True,
        "colorbar": {
            "title": {"text": escape(colors.title), "side": "right"},
            "tickvals": [tick.position for tick in colors.ticks],
            "ticktext": [tick.label for tick in colors.ticks],
            "thickness": 12,
            "len": 0.7,
            "outlinewidth": 0,
        },
    }


def _layout(picture: Picture, look: FigureTheme) -> dict[str, Any]:
    titles = picture.axis_titles or ("",) * picture.dimensions
    axes = [
        {
            "title": {"text": _axis_title(title, picture.dimensions)},
            "showticklabels": False,
            "showgrid": bool(title),
            "gridcolor": look.quiet,
            "zeroline": False,
        }
        for title in titles
    ]
    layout: dict[str, Any] = {
        "paper_bgcolor": look.background,
        "plot_bgcolor": look.background,
        "font": {"color": look.text},
        "hoverlabel": {"align": "left"},
        "margin": {"l": 24, "r": 24, "b": 24, "t": 56 if picture.title else 24},
        "title": {"text": escape(picture.title)},
        "legend": {"itemsizing": "constant"},
    }
    labels = {"annotations": mark_annotations(picture, look)}
    if picture.dimensions == 2:
        x, y = axes
        y |= {"scaleanchor": "x"}
        return layout | labels | {"xaxis": x, "yaxis": y, "dragmode": "pan"}
    space = [axis | {"showgrid": True, "showbackground": False} for axis in axes]
    scene = dict(zip(("xaxis", "yaxis", "zaxis"), space, strict=True))
    return layout | {"scene": {**scene, **labels, "aspectmode": "data"}}


def _axis_title(title: str, dimensions: int) -> str:
    """Plotly's 3-D text knows tags but no entities: a lookalike is the only safe ``<`` there."""
    return escape(title) if dimensions == 2 else title.replace("<", "‹").replace(">", "›")
