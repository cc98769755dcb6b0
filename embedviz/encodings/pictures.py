"""Pictures of encodings: distances as heat maps, errors, sizes, and vectors on the move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.courses import Course, growing_line, moving_points
from embedviz.plots.palettes import CATEGORICAL, sequential

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.encodings.sizes import Sizes

ACCENT, CONTRAST = "#2f5fd0", "#d55e00"
_TIGHT = {"l": 4, "r": 4, "t": 4, "b": 4}
_MOST_NUMBERS = 6
_MORE = 35  # pixels for each category more, so that large type has its own line
_MB = 1e6


def distance_heat_map(
    distances: NDArray[np.float64],
    names: Sequence[str],
    hover: str,
    height: int = 230,
    full: float | None = None,
) -> go.Figure:
    """Distances (k, k) as colors, darkest at 0, each number in its cell if there are few.

    ``hover`` names the number: ``"distance"``. ``full`` is the distance that gets the lightest
    color, the largest one here if not given: maps side by side take the same.
    """
    import plotly.graph_objects as go

    shown = [escape(name) for name in names]
    places = list(range(len(shown)))
    colors = sequential(9)
    heat = go.Heatmap(
        z=distances, x=places, y=places, showscale=False, xgap=1, ygap=1, zmin=0,
        zmax=max(float(distances.max(initial=0)) if full is None else full, 1e-9),
        colorscale=[[i / (len(colors) - 1), color] for i, color in enumerate(colors)],
        text=[[f"{a} – {b}" for b in shown] for a in shown],
        hovertemplate="%{text}<br>" + escape(hover) + ": %{z:.2f}<extra></extra>",
    )  # fmt: skip
    few = len(shown) <= _MOST_NUMBERS
    if few:
        heat.update(texttemplate="%{z:.2~f}")
    axis: dict[str, Any] = {
        "tickmode": "array", "tickvals": places, "ticktext": shown, "showgrid": False,
        "zeroline": False, "ticks": "", "automargin": True,
    }  # fmt: skip
    return go.Figure(heat, {
        "height": height if few else height + _MORE * min(len(shown) - _MOST_NUMBERS, _MOST_NUMBERS),
        "margin": _TIGHT, "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {**axis, "tickangle": -40 if few else -90},
        "yaxis": {**axis, "autorange": "reversed"},
    })  # fmt: skip


def line_through_codes(
    codes: NDArray[np.float64],
    means: NDArray[np.float64],
    said: NDArray[np.float64],
    names: Sequence[str],
    code_title: str,
    target_title: str,
    legend: tuple[str, str],
) -> go.Figure:
    """The categories' real means (k,) over their codes (k,), and what a line through them says."""
    import plotly.graph_objects as go

    order = np.argsort(codes)
    shown = [escape(names[i]) for i in order]
    few = len(shown) <= 12
    gaps = [
        part
        for code, mean, line in zip(codes[order], means[order], said[order], strict=True)
        for part in ((code, mean), (code, line), (None, None))
    ]
    apart = go.Scatter(
        x=[x for x, _ in gaps], y=[y for _, y in gaps], mode="lines", showlegend=False,
        line={"color": CONTRAST, "width": 2 if few else 1, "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
    line = go.Scatter(
        x=codes[order], y=said[order], mode="lines", name=legend[1],
        line={"color": CONTRAST, "width": 3}, hoverinfo="skip",
    )  # fmt: skip
    dots = go.Scatter(
        x=codes[order], y=means[order], mode="markers+text" if few else "markers", text=shown,
        textposition="top center", name=legend[0], cliponaxis=False,
        marker={"color": ACCENT, "size": 11 if few else 6},
        hovertemplate="%{text}: %{x}, %{y:.1f}<extra></extra>",
    )  # fmt: skip
    ticks: dict[str, Any] = {"dtick": 1} if few else {}
    return go.Figure([apart, line, dots], {
        "height": 260, "margin": {**_TIGHT, "t": 30},
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "xaxis": {"title": {"text": code_title}, "showgrid": False, "automargin": True, **ticks},
        "yaxis": {"title": {"text": target_title}, "automargin": True},
    })  # fmt: skip


def error_bars(
    errors: Mapping[str, NDArray[np.float64]],
    title: str,
    marked: str = "",
    others: Sequence[float] = (),
    other_name: str = "",
) -> go.Figure:
    """The mean error of each name as a bar, its folds as a whisker of one standard deviation.

    ``others`` are further errors of the bar ``marked``, drawn as points on it.
    """
    import plotly.graph_objects as go

    names = [escape(name) for name in errors]
    means = [float(each.mean()) for each in errors.values()]
    bars = go.Bar(
        x=means, y=names, orientation="h", text=[f"{mean:.1f}" for mean in means],
        textposition="inside", insidetextanchor="start", textfont={"color": "white", "size": 14},
        marker={"color": [CONTRAST if name == marked else ACCENT for name in errors]},
        error_x={"array": [float(each.std()) for each in errors.values()], "thickness": 2,
                 "color": "#8A93A0"},
        hovertemplate="%{y}: %{x:.2f}<extra></extra>", showlegend=False,
    )  # fmt: skip
    drawn = [bars]
    if len(others):
        drawn.append(
            go.Scatter(
                x=list(others), y=[escape(marked)] * len(others), mode="markers", name=other_name,
                marker={"color": "white", "size": 7, "line": {"color": CONTRAST, "width": 1.5}},
                hovertemplate=escape(other_name) + ": %{x:.2f}<extra></extra>",
            )
        )  # fmt: skip
    return go.Figure(drawn, {
        "height": 260, "margin": {**_TIGHT, "t": 30}, "bargap": 0.35, "showlegend": bool(others),
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "xaxis": {"title": {"text": title}, "rangemode": "tozero", "automargin": True},
        "yaxis": {"autorange": "reversed", "automargin": True},
    })  # fmt: skip


def size_lines(
    sizes: Sequence[Sizes], at: Sizes, names: Mapping[str, str], x_title: str, y_title: str
) -> go.Figure:
    """Megabytes against n, both logarithmic; the sizes ``at`` one n are marked.

    ``names`` gives the lines by the attribute of Sizes that they draw.
    """
    import plotly.graph_objects as go

    drawn = []
    for i, (attribute, name) in enumerate(names.items()):
        color = (CONTRAST, ACCENT, CATEGORICAL[4])[i % 3]
        drawn.append(go.Scatter(
            x=[each.n for each in sizes], y=[getattr(each, attribute) / _MB for each in sizes],
            mode="lines", name=escape(name), line={"color": color, "width": 3},
            hovertemplate="n = %{x:,}: %{y:,.4~g} MB<extra></extra>",
        ))  # fmt: skip
        drawn.append(go.Scatter(
            x=[at.n], y=[getattr(at, attribute) / _MB], mode="markers", showlegend=False,
            marker={"color": color, "size": 13, "line": {"color": "white", "width": 2}},
            hovertemplate=escape(name) + ": %{y:,.4~g} MB<extra></extra>",
        ))  # fmt: skip
    return go.Figure(drawn, {
        "height": 290, "margin": {**_TIGHT, "t": 30}, "legend": {"orientation": "h", "y": 1.12},
        "xaxis": {"type": "log", "title": {"text": x_title}, "automargin": True, "dtick": 1,
                  "tickformat": ",.0f"},
        "yaxis": {"type": "log", "title": {"text": y_title}, "automargin": True, "dtick": 1,
                  "tickformat": ",~f"},
    })  # fmt: skip


def loss_so_far(
    losses: NDArray[np.float64], at: int, x_title: str, y_title: str, height: int = 200
) -> go.Figure:
    """The loss of every step up to ``at``; the axes hold the whole training."""
    import plotly.graph_objects as go

    steps = list(range(at + 1))
    line = go.Scatter(
        x=steps, y=losses[: at + 1], mode="lines", line={"color": ACCENT, "width": 3},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    end = go.Scatter(
        x=[at], y=[float(losses[at])], mode="markers", hoverinfo="skip",
        marker={"color": ACCENT, "size": 10},
    )  # fmt: skip
    return go.Figure([line, end], {
        "height": height, "margin": _TIGHT, "showlegend": False,
        "xaxis": {"title": {"text": x_title}, "range": [-2, len(losses) + 1], "automargin": True},
        "yaxis": {"title": {"text": y_title}, "automargin": True,
                  "range": [0, float(losses.max(initial=0.1)) * 1.08]},
    })  # fmt: skip


def moving_map(
    paths: NDArray[np.float64],
    at: int,
    names: Sequence[str],
    groups: Sequence[str],
    height: int = 400,
    labels: bool = True,
) -> go.Figure:
    """Where k things stand after ``at`` steps, and the way that they came.

    ``paths`` is (steps + 1, k, 2); ``groups`` says what colors each (k names). The axes hold the
    whole training, so that the things move and the picture does not.
    """
    import plotly.graph_objects as go

    colors = {
        name: CATEGORICAL[i % len(CATEGORICAL)] for i, name in enumerate(dict.fromkeys(groups))
    }
    ways = [
        go.Scatter(
            x=paths[: at + 1, i, 0], y=paths[: at + 1, i, 1], mode="lines", hoverinfo="skip",
            showlegend=False, line={"color": colors[group], "width": 1.5}, opacity=0.5,
        )
        for i, group in enumerate(groups)
    ]  # fmt: skip
    dots = []
    for group, color in colors.items():
        rows = [i for i, each in enumerate(groups) if each == group]
        dots.append(go.Scatter(
            x=paths[at, rows, 0], y=paths[at, rows, 1], name=escape(group),
            mode="markers+text" if labels else "markers", text=[escape(names[i]) for i in rows],
            textposition=[_BESIDE[i % len(_BESIDE)] for i in rows], showlegend=bool(group),
            cliponaxis=False, marker={"color": color, "size": 13},
            hovertemplate="%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>",
        ))  # fmt: skip
    return go.Figure([*ways, *dots], {
        "height": height, "margin": {**_TIGHT, "t": 30}, "legend": {"orientation": "h", "y": 1.1},
        "xaxis": _map_axis(paths[:, :, 0]),
        "yaxis": {**_map_axis(paths[:, :, 1]), "scaleanchor": "x"},
    })  # fmt: skip


def moving_map_course(
    paths: NDArray[np.float64], groups: Sequence[str], steps: Sequence[int]
) -> Course:
    """How :func:`moving_map` goes along ``steps``."""
    ways = [growing_line(i, paths[:, i, 0], paths[:, i, 1], steps) for i in range(len(groups))]
    points = []
    for trace, group in enumerate(dict.fromkeys(groups), start=len(groups)):
        rows = [i for i, each in enumerate(groups) if each == group]
        points.append(moving_points(trace, paths[np.ix_(steps, rows)]))
    return tuple(track for tracks in (*ways, *points) for track in tracks)


def loss_course(losses: NDArray[np.float64], steps: Sequence[int]) -> Course:
    """How :func:`loss_so_far` goes along ``steps``."""
    end = np.stack([np.asarray(steps, np.float64), losses[list(steps)]], axis=1)[:, None, :]
    return *growing_line(0, range(len(losses)), losses, steps), *moving_points(1, end)


# Things that are chosen alike end in one place: their names then stand on different sides.
_BESIDE = ("top center", "bottom center", "middle right", "middle left")


def _map_axis(values: NDArray[np.float64]) -> dict[str, Any]:
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    room = 0.18 * max(high - low, 0.5)
    return {"range": [low - room, high + room], "zeroline": True, "showticklabels": True}
