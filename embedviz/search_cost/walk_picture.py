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
_NEAR = (0.15, 0.06)  # of the map's width and height: names would stand on each other


def walk_map(
    places: NDArray[Any],
    target: NDArray[Any],
    keys: Sequence[str],
    graph: HnswGraph,
    walk: Walk,
    hops: int,
    names: Mapping[str, str],
) -> go.Figure:
    """The first ``hops`` hops of a walk.

    Parameters
    ----------
    places : ndarray of shape (n, 2)
    target : ndarray of shape (2,)
        Where the query stands.
    keys : sequence of str, length n
    names : mapping
        What to call the ``"rest"``, the ``"floor"``'s nodes, the ``"seen"``, the ``"path"``, the
        node ``"here"``, the ``"query"`` and the ``"found"``.
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
    figure.add_trace(_path(places, keys, done, found, names["path"]))
    figure.add_trace(_rings(places, keys, found, names["found"]))
    figure.add_trace(_here(places, keys, here.node if here else graph.entry, names["here"]))
    figure.add_trace(_star(target, names["query"]))
    figure.update_layout(
        height=440,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False},
        yaxis={"visible": False},
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


def _path(
    places: NDArray[Any], keys: Sequence[str], done: Sequence[Hop], found: Sequence[int], name: str
) -> Any:
    """The nodes whose links were followed, joined in their order.

    Named are those of the upper floors, the first on the ground, and the last; a node that was
    found has its name from there.
    """
    import plotly.graph_objects as go

    nodes = [hop.node for hop in done]
    ground = next((place for place, hop in enumerate(done) if not hop.floor), len(done))
    named: dict[int, int] = {}
    for place, node in enumerate(nodes):
        if (place <= ground or place == len(nodes) - 1) and not _beside(places, node, found):
            named.setdefault(node, place)
    at = places[nodes]
    return go.Scatter(
        x=at[:, 0], y=at[:, 1], mode="lines+markers+text", name=name,
        text=[escape(keys[n]) if named.get(n) == place else "" for place, n in enumerate(nodes)],
        hovertext=[escape(keys[node]) for node in nodes], hoverinfo="text",
        textposition="top center", line={"color": CONTRAST, "width": 2},
        marker={"size": 8, "color": CONTRAST},
    )  # fmt: skip


def _beside(places: NDArray[Any], node: int, found: Sequence[int]) -> bool:
    """Whether a node's name would stand on that of one that was found, or is one."""
    away = np.abs(places[list(found)] - places[node]) / np.ptp(places, axis=0)
    return bool((away < _NEAR).all(axis=1).any())


def _here(places: NDArray[Any], keys: Sequence[str], node: int, name: str) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[places[node, 0]], y=[places[node, 1]], mode="markers", name=name,
        hovertext=[escape(keys[node])], hoverinfo="text",
        marker={"size": 17, "color": "rgba(0,0,0,0)", "line": {"width": 3, "color": CONTRAST}},
    )  # fmt: skip


def _rings(places: NDArray[Any], keys: Sequence[str], rows: Sequence[int], name: str) -> Any:
    import plotly.graph_objects as go

    at = places[list(rows)]
    said = [escape(keys[row]) for row in rows]
    return go.Scatter(
        x=at[:, 0], y=at[:, 1], mode="markers+text", name=name,
        textposition=_apart(at, np.ptp(places, axis=0)), text=said, hovertext=said, hoverinfo="text",
        textfont={"color": FOUND},
        marker={"size": 13, "color": "rgba(0,0,0,0)", "line": {"width": 3, "color": FOUND}},
    )  # fmt: skip


def _apart(at: NDArray[Any], whole: NDArray[Any]) -> list[str]:
    """Where each name stands: below its ring, and beside it where another ring is near."""
    positions = []
    for place, here in enumerate(at):
        away = np.abs(np.delete(at, place, axis=0) - here) / whole
        near = (away < _NEAR).all(axis=1)
        if not near.any():
            positions.append("bottom center")
            continue
        others = np.delete(at, place, axis=0)
        nearest = others[np.argmin((away**2).sum(axis=1))]
        positions.append(f"middle {'left' if here[0] <= nearest[0] else 'right'}")
    return positions


def _star(target: NDArray[Any], name: str) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[target[0]], y=[target[1]], mode="markers+text", name=name, hoverinfo="name",
        text=[name], textposition="top center", textfont={"size": 15},
        marker={"size": 18, "symbol": "star", "color": "#ccaa00", "line": {"width": 1, "color": "white"}},
    )  # fmt: skip
