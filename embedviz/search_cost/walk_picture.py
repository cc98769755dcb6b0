"""A search in an HNSW graph on a map: where it came from, what it looked at, what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.palettes import OTHER

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.search_cost.graph import HnswGraph
    from embedviz.search_cost.walk import Hop, Walk

ACCENT, CONTRAST, FOUND = "#2f5fd0", "#d55e00", "#0f8a6d"
_HEIGHT = 300
_ACROSS, _DOWN = 560, 240  # pixels that the map has at the least, beside and below the legend
_ROOM = (0.12, 0.1)  # of the map's width and height, around the points: names stand there too
_LETTER, _LINE = 0.62, 1.25  # a letter's width and a line's height, in sizes of the type
_GAP = 9  # pixels between a point's middle and its name
# By how far the name's box lies beside its point: in halves of its width and of its height.
_SIDES: dict[str, tuple[int, int]] = {
    "top center": (0, 1), "bottom center": (0, -1), "middle right": (1, 0), "middle left": (-1, 0),
    "top right": (1, 1), "top left": (-1, 1), "bottom right": (1, -1), "bottom left": (-1, -1),
}  # fmt: skip
_Box = tuple[float, float, float, float]


def walk_map(
    places: NDArray[Any],
    target: NDArray[Any],
    keys: Sequence[str],
    graph: HnswGraph,
    walk: Walk,
    hops: int,
    names: Mapping[str, str],
    type_size: int = 13,
) -> go.Figure:
    """The first ``hops`` hops of a walk.

    Named are the query, the words found, the node of this hop, those of the upper floors and the
    first on the ground, each on a side where its name covers no other; the words on the way that
    have no such side have their names on hovering alone.

    Parameters
    ----------
    places : ndarray of shape (n, 2)
    target : ndarray of shape (2,)
        Where the query stands.
    keys : sequence of str, length n
    names : mapping
        What to call the ``"rest"``, the ``"floor"``'s nodes, the ``"seen"``, the ``"path"``, the
        node ``"here"``, the ``"query"`` and the ``"found"``.
    type_size : int
        Of the names, in pixels.
    """
    import plotly.graph_objects as go

    done = walk.hops[:hops]
    seen = [node for node in walk.seen(hops) if node not in {hop.node for hop in done}]
    here = done[-1] if done else None
    figure = go.Figure()
    figure.add_trace(_points(places, keys, range(len(keys)), names["rest"], OTHER, 4, 0.35))
    floor = here.floor if here else graph.floors - 1
    standing = graph.on(floor).tolist() if floor else []
    figure.add_trace(_points(places, keys, standing, names["floor"], OTHER, 8, 0.9))
    figure.add_trace(_links(places, here))
    figure.add_trace(_points(places, keys, seen, names["seen"], ACCENT, 7, 0.75))
    found = walk.found if hops >= len(walk.hops) else ()
    on_the_way = [node for node in _named(done, graph.entry) if node not in found]
    ranges = _ranges(np.vstack([places, target]))
    points = [target, *places[list(found)], *places[on_the_way]]
    labels = [names["query"], *(keys[node] for node in (*found, *on_the_way))]
    sides = _sides_of(np.array(points), labels, ranges, type_size)
    side = dict(zip((*found, *on_the_way), sides[1:], strict=True))
    on_path = {node: side[node] for node in on_the_way}
    figure.add_trace(_path(places, keys, done, on_path, names["path"]))
    figure.add_trace(_rings(places, keys, found, side, names["found"]))
    node = here.node if here else graph.entry
    figure.add_trace(_here(places, keys, node, "" if done else side[node], names["here"]))
    figure.add_trace(_star(target, names["query"], sides[0], type_size))
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "range": ranges[0]},
        yaxis={"visible": False, "range": ranges[1]},
        legend={"orientation": "h", "y": 1.0, "x": 0, "yanchor": "bottom"},
    )
    return figure


def _points(
    places: NDArray[Any],
    keys: Sequence[str],
    rows: Sequence[int],
    name: str,
    color: str,
    size: int,
    opacity: float,
) -> Any:
    import plotly.graph_objects as go

    at = places[list(rows)]
    return go.Scatter(
        x=at[:, 0], y=at[:, 1], mode="markers", name=name, opacity=opacity,
        text=[escape(keys[row]) for row in rows], hovertemplate="%{text}<extra></extra>",
        marker={"size": size, "color": color},
    )  # fmt: skip


def _links(places: NDArray[Any], here: Any) -> Any:
    """Thin lines from the node of this hop to the neighbors that it asked."""
    import plotly.graph_objects as go

    x: list[float | None] = []
    y: list[float | None] = []
    for node in here.compared if here else ():
        x += [float(places[here.node, 0]), float(places[node, 0]), None]
        y += [float(places[here.node, 1]), float(places[node, 1]), None]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"color": ACCENT, "width": 1.5}, opacity=0.8,
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _named(done: Sequence[Hop], entry: int) -> list[int]:
    """The node of this hop, those of the upper floors, and the first on the ground floor."""
    if not done:
        return [entry]
    ground = next((place for place, hop in enumerate(done) if not hop.floor), len(done))
    return list(dict.fromkeys([done[-1].node, *(hop.node for hop in done[: ground + 1])]))


def _ranges(points: NDArray[Any]) -> tuple[list[float], list[float]]:
    """Of both axes, with room for the names of the points at the border."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(high - low, 1e-9) * _ROOM
    across, up = np.stack([low - room, high + room], axis=1).tolist()
    return across, up


def _sides_of(
    points: NDArray[Any],
    labels: Sequence[str],
    ranges: tuple[list[float], list[float]],
    type_size: int,
) -> list[str]:
    """On which side of its point (m, 2) each name stands, the first first; empty for nowhere."""
    low, high = np.array(ranges).T
    at = (points - low) / (high - low) * (_ACROSS, _DOWN)
    taken: list[_Box] = [(x - 6, y - 6, x + 6, y + 6) for x, y in at]
    chosen = []
    for place, (point, label) in enumerate(zip(at, labels, strict=True)):
        others = taken[:place] + taken[place + 1 :]
        boxes = {side: name_box(point, label, side, type_size) for side in _SIDES}
        free = [
            side for side, box in boxes.items()
            if box[0] >= 0 and box[1] >= 0 and box[2] <= _ACROSS and box[3] <= _DOWN
            and not any(overlap(box, other) for other in others)
        ]  # fmt: skip
        chosen.append(free[0] if free and label else "")
        if chosen[-1]:
            taken.append(boxes[chosen[-1]])
    return chosen


def name_box(point: NDArray[Any], label: str, side: str, type_size: int) -> _Box:
    """Left, bottom, right and top of a name that stands on one side of its point, in pixels."""
    across, up = _SIDES[side]
    width, height = _LETTER * type_size * len(label), _LINE * type_size
    x = float(point[0]) + across * (_GAP + width / 2)
    y = float(point[1]) + up * (_GAP + height / 2)
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def overlap(a: _Box, b: _Box) -> bool:
    """Whether two boxes have room in common."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _path(
    places: NDArray[Any],
    keys: Sequence[str],
    done: Sequence[Hop],
    side: Mapping[int, str],
    name: str,
) -> Any:
    """The nodes whose links were followed, joined in their order; each is named at most once."""
    import plotly.graph_objects as go

    nodes = [hop.node for hop in done]
    named = [
        bool(side.get(node)) and nodes.index(node) == place for place, node in enumerate(nodes)
    ]
    at = places[nodes]
    return go.Scatter(
        x=at[:, 0], y=at[:, 1], mode="lines+markers+text", name=name,
        text=[escape(keys[n]) if shown else "" for n, shown in zip(nodes, named, strict=True)],
        hovertext=[escape(keys[node]) for node in nodes], hoverinfo="text",
        textposition=[side.get(node) or "top center" for node in nodes],
        line={"color": CONTRAST, "width": 2}, marker={"size": 8, "color": CONTRAST},
    )  # fmt: skip


def _here(places: NDArray[Any], keys: Sequence[str], node: int, side: str, name: str) -> Any:
    """The ring around the node of this hop; before the first hop it has the node's name."""
    import plotly.graph_objects as go

    return go.Scatter(
        x=[places[node, 0]], y=[places[node, 1]], mode="markers+text" if side else "markers",
        name=name, text=[escape(keys[node]) if side else ""], textposition=side or "top center",
        hovertext=[escape(keys[node])], hoverinfo="text",
        marker={"size": 17, "color": "rgba(0,0,0,0)", "line": {"width": 3, "color": CONTRAST}},
    )  # fmt: skip


def _rings(
    places: NDArray[Any],
    keys: Sequence[str],
    rows: Sequence[int],
    side: Mapping[int, str],
    name: str,
) -> Any:
    import plotly.graph_objects as go

    at = places[list(rows)]
    return go.Scatter(
        x=at[:, 0], y=at[:, 1], mode="markers+text", name=name,
        textposition=[side[row] or "top center" for row in rows],
        text=[escape(keys[row]) if side[row] else "" for row in rows],
        hovertext=[escape(keys[row]) for row in rows], hoverinfo="text",
        textfont={"color": FOUND},
        marker={"size": 13, "color": "rgba(0,0,0,0)", "line": {"width": 3, "color": FOUND}},
    )  # fmt: skip


def _star(target: NDArray[Any], name: str, side: str, type_size: int) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[target[0]], y=[target[1]], mode="markers+text", name=name, hoverinfo="name",
        text=[name if side else ""], textposition=side or "top center", textfont={"size": type_size},
        marker={"size": 18, "symbol": "star", "color": "#ccaa00", "line": {"width": 1, "color": "white"}},
    )  # fmt: skip
