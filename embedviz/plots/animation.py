"""From one map to the next: the same points on the way between several pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.plots.colors import Colors
from embedviz.plots.figure import figure
from embedviz.plots.picture import Picture
from embedviz.plots.scatter import coloring
from embedviz.plots.themes import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.projections.projection import Projection

IN_BETWEEN = 11
"""Frames between two maps: WebGL points do not glide by themselves."""

_FRAME_MS = 40
_MARGIN = 0.05
Places = NDArray[np.float32]


def animation(
    projections: Sequence[Projection],
    names: Sequence[str],
    color: Colors | Iterable[object] | None = None,
    theme: Theme = "light",
    title: str = "",
) -> go.Figure:
    """An animated figure from map to map: two models, or the epochs of one training.

    Each map is laid onto the one before (orthogonal Procrustes, the same width), so that what still
    moves are the points and not the picture. Shown are the keys that all maps have.

    Parameters
    ----------
    projections : sequence of Projection
        Two or more, all in the plane or all in space.
    names : sequence of str
        What each map is called under the slider.
    color : Colors, or one value per common key, optional
        As in :func:`embedviz.plots.scatter`; in the order of the first map's keys.
    theme : {"light", "dark"}
    title : str

    Raises
    ------
    InvalidParameterError
        For fewer than two maps, other numbers of names or colors, maps of different dimensions,
        or fewer than 3 common keys.
    """
    import plotly.graph_objects as go

    _check(projections, names)
    keys, places = aligned(projections)
    picture = Picture(places[0], keys, colors=coloring(color), title=title)
    made = figure(picture, theme)
    on_the_way, stops = _on_the_way(places)
    made.frames = [
        go.Frame(name=str(number), data=[_moved(at)], traces=[0])
        for number, at in enumerate(on_the_way)
    ]
    made.update_layout(_controls(names, stops), **_whole_view(places))
    return made


def aligned(projections: Sequence[Projection]) -> tuple[tuple[str, ...], list[Places]]:
    """The keys that all maps have, in the first one's order, and where each map puts them."""
    from embedviz.comparison.alignment import align

    common = set.intersection(*(set(projection.keys) for projection in projections))
    keys = tuple(key for key in projections[0].keys if key in common)
    laid = [projections[0]]
    for projection in projections[1:]:
        moved: Any = align(laid[-1], projection, scaling="spread").moved
        laid.append(moved)
    return keys, [_rows_of(projection, keys) for projection in laid]


def _check(projections: Sequence[Projection], names: Sequence[str]) -> None:
    if len(projections) < 2 or len(names) != len(projections):
        raise InvalidParameterError(
            f"{len(projections)} maps and {len(names)} names: an animation needs two maps or more, "
            "and a name for each."
        )
    dimensions = sorted({projection.n_components for projection in projections})
    if len(dimensions) > 1 or dimensions[0] not in (2, 3):
        raise InvalidParameterError(
            f"The maps have {' and '.join(map(str, dimensions))} dimensions; they must all have 2, "
            "or all 3. Project them with the same n_components."
        )


def _rows_of(projection: Projection, keys: Sequence[str]) -> Places:
    row = {key: number for number, key in enumerate(projection.keys)}
    places: Places = projection.coordinates[[row[key] for key in keys]]
    return places


def _on_the_way(places: Sequence[Places]) -> tuple[list[Places], list[int]]:
    """All frames, and which of them are the maps themselves."""
    frames, stops = [places[0]], [0]
    # Slow at both ends: the eye keeps hold of a point that starts gently.
    shares = np.linspace(0, 1, IN_BETWEEN + 2)[1:]
    eased = (3 * shares**2 - 2 * shares**3).astype(np.float32)
    for start, end in pairwise(places):
        frames += [start + share * (end - start) for share in eased[:-1]]
        frames.append(end)
        stops.append(len(frames) - 1)
    return frames, stops


def _moved(at: Places) -> dict[str, Any]:
    kind = "scattergl" if at.shape[1] == 2 else "scatter3d"
    columns = zip("xyz", np.ascontiguousarray(at.T), strict=False)
    return {"type": kind, **dict(columns)}


def _controls(names: Sequence[str], stops: Sequence[int]) -> dict[str, Any]:
    def glide(frames: list[str] | None, milliseconds: int) -> dict[str, Any]:
        frame = {"duration": milliseconds, "redraw": True}
        how = {
            "mode": "immediate",
            "fromcurrent": True,
            "frame": frame,
            "transition": {"duration": 0},
        }
        return {"method": "animate", "args": [frames, how]}

    steps = [
        {"label": escape(name), **glide([str(stop)], 0)}
        for name, stop in zip(names, stops, strict=True)
    ]
    there = [str(number) for number in range(stops[-1] + 1)]
    buttons = [
        {"label": "▶", **glide(there, _FRAME_MS)},
        {"label": "◀", **glide(there[::-1], _FRAME_MS)},
        {"label": "❚❚", **glide([None], 0)},  # type: ignore[list-item]
    ]
    for button in buttons[:2]:
        button["args"][1]["fromcurrent"] = False
    place = {"x": 0, "y": 0, "yanchor": "top", "pad": {"t": 24}}
    return {
        "updatemenus": [
            {"type": "buttons", "direction": "right", "showactive": False, "buttons": buttons}
            | place
            | {"xanchor": "left"}
        ],
        "sliders": [
            place | {"steps": steps, "active": 0, "x": 0.25, "len": 0.75, "pad": {"t": 16, "b": 8}}
        ],
    }


def _whole_view(places: Sequence[Places]) -> dict[str, Any]:
    """Axes wide enough for every map: they stay still while the points move."""
    everything = np.concatenate(places)
    low, high = everything.min(axis=0).astype(float), everything.max(axis=0).astype(float)
    room = _MARGIN * np.maximum(high - low, 1e-9)
    spans = [{"range": [a, b]} for a, b in zip(low - room, high + room, strict=True)]
    axes = dict(zip(("xaxis", "yaxis", "zaxis"), spans, strict=False))
    return {"scene": axes} if len(spans) == 3 else axes
