"""Pictures of a search's cost: recall against latency, and cost against the number of vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from embedviz.plots.palettes import OTHER
from embedviz.search_cost.searchers import BruteForce, Cells, Graph

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from embedviz.search_cost.curve import Measured
    from embedviz.search_cost.growth import Growth, PowerLaw

ACCENT, CONTRAST = "#2f5fd0", "#d55e00"
COLORS = {BruteForce.method: OTHER, Cells.method: "#0f8a6d", Graph.method: ACCENT}
"""A method has the same color in every picture."""
_EVERY = BruteForce.method

_MARGIN = {"l": 70, "r": 16, "t": 10, "b": 48}


def recall_curve(
    curves: Mapping[str, Sequence[Measured]],
    now: Measured,
    brute: Measured,
    names: Mapping[str, str],
    efforts: Mapping[str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """Recall against the microseconds of one query, a line a method and a large mark for ``now``.

    Parameters
    ----------
    curves : mapping
        By method; the last is the one that ``now`` is of, and has its efforts written beside it.
    names : mapping
        What each method is called; ``"now"`` is the name of the mark.
    efforts : mapping
        What the effort of a method is called: ``nprobe``, ``efSearch``.
    axes : tuple of str
        Titles of the latency and of the recall axis.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for method, points in curves.items():
        line = _line(method, points, names[method], efforts[method])
        if method != list(curves)[-1]:
            line.update(mode="lines+markers", opacity=0.6)
        figure.add_trace(line)
    figure.add_trace(
        _mark(brute, names[_EVERY], {"symbol": "diamond", "size": 12, "color": COLORS[_EVERY]})
    )
    large = {
        "symbol": "circle",
        "size": 20,
        "color": CONTRAST,
        "line": {"width": 2, "color": "white"},
    }
    figure.add_trace(_mark(now, names["now"], large))
    every = [point for points in curves.values() for point in points] + [brute, now]
    lowest = min(point.recall for point in every)
    figure.update_layout(
        height=300,
        margin=_MARGIN,
        xaxis={
            "title": {"text": axes[0]},
            "type": "log",
            "tickvals": _ticks([point.seconds * 1e6 for point in every]),
            "ticks": "outside",
        },
        yaxis={
            "title": {"text": axes[1]},
            "tickformat": ".0%",
            "range": [max(0.0, lowest - 0.04), 1.03],
        },
        legend={"orientation": "h", "y": 1.0, "x": 0, "yanchor": "bottom"},
    )
    return figure


def _ticks(values: Sequence[float]) -> list[float]:
    """1, 2, 5, 10 … around ``values``: a log axis's own ticks leave out the leading digits."""
    low, high = math.log10(min(values)), math.log10(max(values))
    steps = (1, 2, 5) if high - low > 1 else (1, 1.5, 2, 3, 4, 5, 7)
    powers = range(math.floor(low), math.ceil(high) + 1)
    return [step * 10.0**power for power in powers for step in steps]


def _line(method: str, points: Sequence[Measured], name: str, effort: str) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[point.seconds * 1e6 for point in points],
        y=[point.recall for point in points],
        customdata=[[point.effort, point.comparisons] for point in points],
        mode="lines+markers+text",
        text=[f"{point.effort:,}" for point in points],
        textposition="bottom right",
        textfont={"size": 11, "color": COLORS[method]},
        name=f"{name} ({effort})",
        line={"color": COLORS[method], "width": 2},
        marker={"size": 7},
        hovertemplate=f"{effort} %{{customdata[0]:,}}<br>%{{y:.1%}}<br>%{{x:,.0f}} µs<extra></extra>",
    )


def _mark(point: Measured, name: str, marker: Mapping[str, Any]) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[point.seconds * 1e6],
        y=[point.recall],
        mode="markers",
        name=name,
        marker=dict(marker),
        hovertemplate="%{y:.1%}<br>%{x:,.0f} µs<extra></extra>",
    )


def growth_lines(
    result: Growth, cost: str, names: Mapping[str, str], axes: tuple[str, str], predicted: int = 0
) -> go.Figure:
    """Cost of one query against n, log on log: what was measured, and the fitted straight lines.

    ``cost`` is ``"seconds"`` (without the call itself, drawn in microseconds) or
    ``"comparisons"``. Beyond what was measured a line goes on, broken, to the size ``predicted``,
    if one is given and the line's error allows it (:meth:`~embedviz.search_cost.PowerLaw.refused`).
    """
    import plotly.graph_objects as go

    scale = 1e6 if cost == "seconds" else 1.0
    figure = go.Figure()
    last = result.sizes[-1].n if result.sizes else 0
    ends: list[tuple[float, str, str]] = []
    for method, color in COLORS.items():
        sizes, costs = result.costs(method, cost)
        figure.add_trace(
            go.Scatter(
                x=sizes, y=[value * scale for value in costs], mode="markers", name=names[method],
                marker={"color": color, "size": 10}, hovertemplate="%{x:,}: %{y:,.0f}<extra></extra>",
            )
        )  # fmt: skip
        if len(sizes) > 1:
            line = result.line(method, cost)
            to = 0 if predicted and line.refused(predicted) else predicted
            for trace in _fitted(line.slope, line.factor * scale, [sizes[0], last], to, color):
                figure.add_trace(trace)
            ends.append((math.log10(line.at(max(to, last)) * scale), slope_text(line), color))
    for height, text, color in _apart(ends):
        figure.add_annotation(
            x=1.0, xref="paper", y=height, xanchor="left", xshift=6,
            text=f"<b>n<sup>{text}</sup></b>", showarrow=False, font={"color": color, "size": 16},
        )  # fmt: skip
    figure.update_layout(
        height=300,
        margin=_MARGIN | {"r": 104},
        xaxis={"title": {"text": axes[0]}, "type": "log", "dtick": 1, "ticks": "outside"},
        yaxis={"title": {"text": axes[1]}, "type": "log", "dtick": 1, "ticks": "outside"},
        legend={"orientation": "h", "y": 1.0, "x": 0, "yanchor": "bottom"},
    )
    return figure


def slope_text(line: PowerLaw) -> str:
    """``0.51 ± 0.02``; the slope alone where its error is not known."""
    text = f"{line.slope:.2f}" if math.isnan(line.error) else f"{line.slope:.2f} ± {line.error:.2f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _apart(ends: Sequence[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Labels at the ends of the lines, the lowest first, none over another."""
    placed: list[tuple[float, str, str]] = []
    room = 0.12 * (max(ends)[0] - min(ends)[0]) if ends else 0.0
    for height, text, color in sorted(ends):
        lowest = placed[-1][0] + room if placed else height
        placed.append((max(height, lowest), text, color))
    return placed


def _fitted(
    slope: float, factor: float, measured: Sequence[int], predicted: int, color: str
) -> list[Any]:
    """The line through what was measured, and its broken end with a hollow mark."""
    import plotly.graph_objects as go

    def line(ends: Sequence[int], **style: Any) -> Any:
        return go.Scatter(
            x=list(ends), y=[factor * n**slope for n in ends], hoverinfo="skip", showlegend=False,
            **style,
        )  # fmt: skip

    solid = line(measured, mode="lines", line={"color": color, "width": 2})
    beyond = [measured[-1], predicted] if predicted > measured[-1] else []
    broken = line(
        beyond, mode="lines+markers", line={"color": color, "width": 2, "dash": "dot"},
        marker={"size": [0, 11], "symbol": "circle-open", "color": color, "line": {"width": 2}},
    )  # fmt: skip
    return [solid, broken]
