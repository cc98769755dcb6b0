"""Pictures of the lesson on image networks: precision, gradients by layer, a thousand probabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.palettes import OTHER

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT, CONTRAST = "#2f5fd0", "#d55e00"
_FEW_POWERS = 3
_MARGIN = {"l": 62, "r": 12, "t": 8, "b": 40}
_LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}


def precision_bars(
    shares: Mapping[str, Sequence[float]],
    names: Sequence[str],
    chance: float,
    marked: int,
) -> go.Figure:
    """Grouped bars: for each of ``names`` one bar of each series, with a line at ``chance``.

    ``shares`` has at most two series, from contrast to accent; the group ``marked`` is in full
    color.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, values), color in zip(shares.items(), (CONTRAST, ACCENT), strict=False):
        figure.add_bar(
            x=list(names), y=list(values), name=escape(name),
            text=[f"{value:.0%}" for value in values], textposition="outside", cliponaxis=False,
            marker={"color": color, "opacity": _opacities(len(names), marked)},
            hovertemplate="%{x}: %{y:.1%}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.add_hline(y=chance, line={"color": OTHER, "dash": "dot", "width": 1.5})
    figure.update_layout(
        height=235, margin={**_MARGIN, "l": 4}, legend=_LEGEND, bargap=0.25,
        yaxis={"range": [0, 1.12], "visible": False},
    )  # fmt: skip
    return figure


def precision_by_depth(
    names: Sequence[str],
    shares: Sequence[float],
    at: int,
    chance: float,
    chance_name: str,
    title: str,
) -> go.Figure:
    """A line over the layers from the pixels on; the one at ``at`` is marked."""
    import plotly.graph_objects as go

    sizes = [15 if place == at else 8 for place in range(len(names))]
    colors = [CONTRAST if place == at else ACCENT for place in range(len(names))]
    line = go.Scatter(
        x=list(names), y=list(shares), mode="lines+markers+text", showlegend=False,
        text=[f"{share:.0%}" for share in shares], textposition="top center", cliponaxis=False,
        line={"color": ACCENT, "width": 2.5}, marker={"size": sizes, "color": colors},
        hovertemplate="%{x}: %{y:.1%}<extra></extra>",
    )  # fmt: skip
    figure = go.Figure(line)
    _chance_line(figure, chance, chance_name, "top right")
    figure.update_layout(
        height=190, margin=_MARGIN, legend=_LEGEND,
        yaxis={"range": [0, 1.2], "tickformat": ".0%", "dtick": 0.25, "title": {"text": title}},
        xaxis={"range": [-0.3, len(names) - 0.7]},
    )  # fmt: skip
    return figure


def by_layer(
    lines: Mapping[str, NDArray[np.float64]],
    x_title: str,
    y_title: str,
    x: Sequence[int] | None = None,
    dashed: Mapping[str, NDArray[np.float64]] | None = None,
    marked: int | None = None,
) -> go.Figure:
    """Sizes over many powers of ten, by layer or by depth: at most two lines, contrast and accent.

    ``dashed`` are the same two after training; ``marked`` is a place on the x-axis. What is 0 or no
    number has no place on a logarithmic axis and leaves a gap.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for series, dash in ((lines, "solid"), (dashed or {}, "dot")):
        for (name, values), color in zip(series.items(), (CONTRAST, ACCENT), strict=False):
            places = list(range(1, len(values) + 1)) if x is None else list(x)
            shown = np.where(np.isfinite(values) & (values > 0), values, np.nan)
            figure.add_scatter(
                x=places, y=[None if np.isnan(one) else float(one) for one in shown],
                name=escape(name), mode="lines+markers", showlegend=dash == "solid",
                marker={"size": 6 if dash == "solid" else 4},
                line={"color": color, "width": 2.5, "dash": dash},
                hovertemplate="%{x}: %{y:.2e}<extra>%{fullData.name}</extra>",
            )  # fmt: skip
    if marked is not None:
        figure.add_vline(x=marked, line={"color": OTHER, "dash": "dot", "width": 1.5})
    figure.update_layout(
        height=330, margin=_MARGIN, legend=_LEGEND,
        xaxis={"title": {"text": x_title}},
        yaxis={
            "type": "log", "exponentformat": "power", "title": {"text": y_title},
            **_whole_powers([*lines.values(), *(dashed or {}).values()]),
        },
    )  # fmt: skip
    return figure


def _whole_powers(every: Sequence[NDArray[np.float64]]) -> dict[str, object]:
    """The range from power to power where there are few: the axis would say 2 and 5 of them."""
    values = np.concatenate([np.asarray(one, np.float64) for one in every])
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return {}
    low, high = math.floor(math.log10(values.min())), math.ceil(math.log10(values.max()))
    if high - low > _FEW_POWERS:
        return {}
    return {"range": [low - 0.1, max(high, low + 1) + 0.1], "dtick": 1}


def curves(
    lines: Mapping[str, tuple[Sequence[int], Sequence[float]]],
    x_title: str,
    y_title: str,
    highest: float,
    share: bool = False,
    chance: tuple[str, float] | None = None,
) -> go.Figure:
    """At most two curves over the training steps, from 0 to ``highest``; ``share`` as percents."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, (steps, values)), color in zip(lines.items(), (CONTRAST, ACCENT), strict=False):
        figure.add_scatter(
            x=list(steps), y=list(values), name=escape(name), mode="lines",
            line={"color": color, "width": 2},
            hovertemplate="%{x}: %{y:.3f}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    if chance is not None:
        _chance_line(figure, chance[1], chance[0], "top right")
    figure.update_layout(
        height=240, margin=_MARGIN, legend=_LEGEND,
        xaxis={"title": {"text": x_title}},
        yaxis={"range": [0, highest], "title": {"text": y_title},
               "tickformat": ".0%" if share else None},
    )  # fmt: skip
    return figure


def thousand_probabilities(
    probabilities: NDArray[np.float64],
    names: Sequence[str],
    marked: int,
    x_title: str,
    y_title: str,
) -> go.Figure:
    """Every class's probability at its number; the class ``marked`` in contrast."""
    import plotly.graph_objects as go

    numbers = np.arange(len(probabilities))
    others = np.delete(numbers, marked)
    figure = go.Figure()
    for places, color in ((others, ACCENT), (np.array([marked]), CONTRAST)):
        figure.add_bar(
            x=places, y=probabilities[places], width=4, showlegend=False,
            marker={"color": color, "line": {"width": 0}},
            hovertext=[f"{at}: {escape(names[at])}" for at in places.tolist()],
            hovertemplate="%{hovertext}: %{y:.4f}<extra></extra>",
        )  # fmt: skip
    top = float(probabilities.max())
    figure.update_layout(
        height=210, margin=_MARGIN, barmode="overlay",
        xaxis={"title": {"text": x_title}, "range": [-5, len(probabilities) + 4]},
        yaxis={"title": {"text": y_title}, "range": [0, top * 1.15]},
    )  # fmt: skip
    return figure


def best_of(
    names: Sequence[str], values: Sequence[float], marked: int, form: str = ".1%"
) -> go.Figure:
    """Horizontal bars, the first on top, each with its value; the one at ``marked`` in contrast."""
    import plotly.graph_objects as go

    places = list(range(len(names)))
    colors = [CONTRAST if place == marked else ACCENT for place in places]
    bars = go.Bar(
        x=list(values), y=places, orientation="h", marker={"color": colors},
        text=[format(value, form) for value in values], textposition="outside", cliponaxis=False,
        hoverinfo="skip",
    )  # fmt: skip
    layout: dict[str, Any] = {
        "height": 34 + 27 * len(names),
        "margin": {"l": 0, "r": 60, "t": 4, "b": 4},
        "xaxis": {"visible": False, "range": [0, max([*values, 1e-9]) * 1.05]},
        "yaxis": {
            "automargin": True, "autorange": "reversed", "tickvals": places,
            "ticktext": [escape(name) for name in names],
        },
    }  # fmt: skip
    return go.Figure(bars, layout)


def _opacities(count: int, marked: int) -> list[float]:
    return [1.0 if place == marked else 0.45 for place in range(count)]


def _chance_line(figure: go.Figure, chance: float, name: str, place: str) -> None:
    figure.add_hline(
        y=chance, line={"color": OTHER, "dash": "dot", "width": 1.5}, annotation_position=place,
        annotation={"text": f"{escape(name)} {chance:.0%}", "font": {"color": OTHER}},
    )  # fmt: skip
