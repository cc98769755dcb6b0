"""Pictures of a word network: words on the move, the loss, what it predicts, what a step costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.courses import Course, Track, growing_line, moving_points

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT, CONTRAST, QUIET = "#2f5fd0", "#d55e00", "#8a93a0"
_MARGIN = {"l": 0, "r": 6, "t": 6, "b": 0}
_SIDES = ("top center", "bottom center", "middle right", "middle left")


def moving_words(
    maps: NDArray[np.float64], step: int, words: Sequence[str], followed: Sequence[int]
) -> go.Figure:
    """Words on their plane at one step, with the way that the followed ones came.

    Parameters
    ----------
    maps : ndarray of shape (steps + 1, V, 2)
        The axes span all steps, so that only words move.
    followed : sequence of int
        Words drawn in the contrast color, with their path so far.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for word in followed:
        way = maps[: step + 1, word]
        line = {"color": CONTRAST, "width": 1.5}
        figure.add_scatter(
            x=way[:, 0], y=way[:, 1], mode="lines", line=line, opacity=0.45, hoverinfo="skip"
        )
    others = _others(len(words), followed)
    sides = _sides(maps[step], _spread(maps), [*followed, *others])
    for group, color, size in ((others, ACCENT, 7), (list(followed), CONTRAST, 10)):
        figure.add_scatter(
            x=maps[step, group, 0], y=maps[step, group, 1], mode="markers+text",
            text=[escape(words[row]) for row in group],
            textposition=[sides[row] for row in group],
            marker={"color": color, "size": size}, hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        height=300, margin=_MARGIN, showlegend=False, xaxis=_span(maps[..., 0]),
        yaxis=_span(maps[..., 1]),
    )  # fmt: skip
    return figure


def moving_words_course(
    maps: NDArray[np.float64], followed: Sequence[int], steps: Sequence[int]
) -> Course:
    """How :func:`moving_words` goes along ``steps``."""
    others = _others(maps.shape[1], followed)
    ways = [
        growing_line(trace, maps[:, word, 0], maps[:, word, 1], steps)
        for trace, word in enumerate(followed)
    ]
    sides = [_sides(maps[step], _spread(maps), [*followed, *others]) for step in steps]
    points = [
        (
            *moving_points(trace, maps[np.ix_(steps, group)]),
            Track(trace, "textposition", [[chosen[row] for row in group] for chosen in sides]),
        )
        for trace, group in enumerate((others, list(followed)), start=len(followed))
    ]
    return tuple(track for tracks in (*ways, *points) for track in tracks)


def _others(n: int, followed: Sequence[int]) -> list[int]:
    return [word for word in range(n) if word not in set(followed)]


def _spread(maps: NDArray[np.float64]) -> float:
    return float(np.ptp(maps.reshape(-1, 2), axis=0).max())


def _sides(places: NDArray[np.float64], spread: float, order: Sequence[int]) -> dict[int, str]:
    """Where words stand close together, their names go to different sides."""
    chosen: dict[int, str] = {}
    for row in order:
        taken = [
            side
            for other, side in chosen.items()
            if np.abs(places[other] - places[row]).max() < 0.09 * spread
        ]
        chosen[row] = next((side for side in _SIDES if side not in taken), _SIDES[row % 4])
    return chosen


def _span(values: NDArray[np.float64]) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    room = 0.12 * (high - low or 1.0)
    return {"range": [low - room, high + room], "showticklabels": False, "zeroline": False}


def loss_by_step(
    losses: Sequence[float], step: int, x_title: str, y_title: str, height: int = 150
) -> go.Figure:
    """The whole training's loss in gray, what was trained so far in the accent color."""
    return _curve(losses, step, x_title, y_title, ACCENT, [0.0, max(losses) * 1.08], height)


def cosine_by_step(
    cosines: Sequence[float], step: int, x_title: str, y_title: str, height: int = 150
) -> go.Figure:
    """Two words' cosine over the whole training in gray, and so far in the contrast color."""
    return _curve(cosines, step, x_title, y_title, CONTRAST, [-1.05, 1.12], height)


def _curve(
    values: Sequence[float], step: int, x_title: str, y_title: str, color: str,
    span: list[float], height: int,
) -> go.Figure:  # fmt: skip
    import plotly.graph_objects as go

    numbers = list(range(len(values)))
    now = list(values[: step + 1])
    hover = "%{x}: %{y:.3f}<extra></extra>"
    figure = go.Figure()
    figure.add_scatter(
        x=numbers, y=list(values), mode="lines", line={"color": QUIET, "width": 1, "dash": "dot"},
        hovertemplate=hover,
    )  # fmt: skip
    figure.add_scatter(
        x=numbers[: step + 1], y=now, mode="lines", line={"color": color, "width": 3},
        hovertemplate=hover,
    )  # fmt: skip
    figure.add_scatter(
        x=[step], y=now[-1:], mode="markers", marker={"color": color, "size": 10},
        hovertemplate=hover,
    )  # fmt: skip
    figure.update_layout(
        height=height, margin=_MARGIN, showlegend=False,
        xaxis={"title": {"text": x_title}}, yaxis={"title": {"text": y_title}, "range": span},
    )  # fmt: skip
    return figure


def curve_course(values: Sequence[float], steps: Sequence[int]) -> Course:
    """How :func:`loss_by_step` and :func:`cosine_by_step` go along ``steps``."""
    return (
        *growing_line(1, range(len(values)), values, steps),
        Track(2, "x", [[step] for step in steps]),
        Track(2, "y", [[values[step]] for step in steps]),
    )


def word_probabilities(
    words: Sequence[str],
    probabilities: Sequence[float],
    x_title: str,
    marked: Sequence[str] = (),
    height: int = 300,
    most: float | None = None,
) -> go.Figure:
    """A bar for each word, the first on top, with its probability; marked words stand out.

    ``most`` is what the axis reaches to: the same for bars that stand side by side. Otherwise it
    reaches to the largest.
    """
    import plotly.graph_objects as go

    shown = [float(value) for value in probabilities]
    bars = go.Bar(
        x=shown, y=[escape(word) for word in words], orientation="h",
        marker={"color": [CONTRAST if word in marked else ACCENT for word in words]},
        text=[percent(value) for value in shown], textposition="outside", cliponaxis=False,
        hovertemplate="%{y}: %{x:.4f}<extra></extra>",
    )  # fmt: skip
    reach = max([*shown, 1e-9]) if most is None else most
    figure = go.Figure(bars)
    figure.update_layout(
        height=height, margin=_MARGIN,
        xaxis={
            "title": {"text": x_title}, "range": [0, reach * 1.25], "tickformat": ".0%", "nticks": 4
        },
        yaxis={"autorange": "reversed", "type": "category", "dtick": 1},
    )  # fmt: skip
    return figure


def percent(value: float) -> str:
    """A probability as it stands at a bar."""
    return f"{value:.1%}" if value >= 0.0005 else "<0.1%"


def cost_by_words(
    sizes: Sequence[int],
    seconds: Mapping[str, Sequence[float]],
    chosen: int,
    x_title: str,
    y_title: str,
    disturbed: Mapping[str, Sequence[bool]] | None = None,
    height: int = 340,
) -> go.Figure:
    """Milliseconds of one step against the number of words V, both axes logarithmic.

    Parameters
    ----------
    seconds : mapping of str to sequence of float
        By the name in the legend, for each size.
    chosen : int
        The size that a line marks.
    disturbed : mapping of str to sequence of bool, optional
        Which of the times other work made uncertain: their points are hollow.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, values), color in zip(seconds.items(), (CONTRAST, ACCENT, "#117733"), strict=False):
        figure.add_scatter(
            x=list(sizes), y=[1000 * value for value in values], mode="lines+markers",
            name=escape(name), line={"color": color, "width": 2.5},
            marker={"size": 8, "symbol": [
                "circle-open" if uncertain else "circle"
                for uncertain in (disturbed or {}).get(name, [False] * len(values))
            ]},
            hovertemplate="V = %{x:,}: %{y:.3g} ms<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=chosen, line={"color": QUIET, "width": 1.5, "dash": "dash"})
    figure.update_layout(
        height=height, margin=_MARGIN, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"type": "log", "title": {"text": x_title}, "dtick": 1},
        yaxis={"type": "log", "title": {"text": y_title}, "dtick": 1},
    )  # fmt: skip
    return figure
