"""Pictures of skip-gram: its pairs, its guesses, what subsampling leaves, and the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.network.subsampling import thinned_from
from embedviz.plots.courses import Course, Track

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT, CONTRAST, FADED = "#2f5fd0", "#d55e00", "rgba(128, 136, 150, 0.35)"
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
_LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
_ARC = np.linspace(0.0, np.pi, 24)


def pair_arcs(
    words: Sequence[str], pairs: NDArray[np.int64], center: int, height: int = 170
) -> go.Figure:
    """A sentence with an arc for each (center, context) pair; those of one center stand out.

    ``pairs`` of shape (m, 2) are positions, as :func:`embedviz.network.pairs.window_pairs` gives.
    """
    import plotly.graph_objects as go

    own = pairs[:, 0] == center
    figure = go.Figure()
    for chosen, color, width in ((pairs[~own], FADED, 1.0), (pairs[own], CONTRAST, 3.0)):
        x, y = _arcs(chosen)
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"color": color, "width": width}, hoverinfo="skip"
        )
    context = set(pairs[own, 1].tolist())
    colors = [_role(i, center, context) for i in range(len(words))]
    figure.add_scatter(
        x=list(range(len(words))), y=[0.0] * len(words), mode="markers+text",
        text=[f"<b>{escape(w)}</b>" if i == center else escape(w) for i, w in enumerate(words)],
        textposition="bottom center", marker={"color": colors, "size": 13}, hoverinfo="skip",
        cliponaxis=False,
    )  # fmt: skip
    top = float(np.abs(np.diff(pairs, axis=1)).max(initial=1)) / 2 + 0.15
    figure.update_layout(height=height, margin=_MARGIN, showlegend=False)
    figure.update_xaxes(visible=False, range=[-0.6, max(len(words), 2) - 0.4], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-0.38 * top, top], fixedrange=True)
    return figure


def guesses(
    words: Sequence[str],
    probabilities: NDArray[np.float64],
    shares: NDArray[np.float64],
    targets: Sequence[int],
    names: tuple[str, str],
    height: int = 270,
    most: float | None = None,
) -> go.Figure:
    """What the center word predicts for each word of the vocabulary, all of shape (V,).

    ``names`` are what the bars (the prediction) and the dashes (each word's share of the true
    context words) are called; the bars of ``targets`` stand out. ``most`` is what the axis reaches
    to, so that bars keep their meaning from step to step; the largest of these otherwise.
    """
    import plotly.graph_objects as go

    labels = [escape(word) for word in words]
    bars = go.Bar(
        x=labels, y=probabilities, name=names[0],
        marker={"color": [CONTRAST if i in targets else ACCENT for i in range(len(words))]},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    dashes = go.Scatter(
        x=labels, y=shares, name=names[1], mode="markers",
        marker={"symbol": "line-ew", "size": 16, "line": {"width": 3, "color": "#8A93A0"}},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure = go.Figure([bars, dashes])
    figure.update_layout(height=height, margin=_MARGIN, legend=_LEGEND, bargap=0.25)
    figure.update_xaxes(tickangle=-45, type="category", fixedrange=True)
    top = most or float(max(probabilities.max(), shares.max()))
    figure.update_yaxes(range=[0, min(1.02, top * 1.15)], fixedrange=True)
    return figure


def guesses_course(probabilities: NDArray[np.float64], steps: Sequence[int]) -> Course:
    """How :func:`guesses` goes along ``steps``, with one ``most`` for all.

    ``probabilities`` is of shape (steps + 1, V).
    """
    return (Track(0, "y", probabilities[list(steps)]),)


def loss_to_floor(
    losses: Sequence[float], step: int, floor: float, titles: Mapping[str, str], height: int = 270
) -> go.Figure:
    """The loss up to ``step`` of a training whose ``losses`` are known to its end.

    ``titles``: "x", "y", and "floor", the name of the loss that none can fall below.
    """
    import plotly.graph_objects as go

    steps = list(range(len(losses)))
    figure = go.Figure()
    figure.add_scatter(
        x=steps, y=list(losses), mode="lines", line={"color": FADED, "width": 1.5},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=steps[: step + 1], y=list(losses[: step + 1]), mode="lines",
        line={"color": ACCENT, "width": 3}, hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[step], y=[losses[step]], mode="markers", marker={"color": CONTRAST, "size": 11},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_hline(
        y=floor, line={"color": CONTRAST, "dash": "dash", "width": 1.5},
        annotation={"text": escape(titles["floor"])}, annotation_position="bottom left",
    )  # fmt: skip
    figure.update_layout(height=height, margin=_MARGIN, showlegend=False)
    figure.update_xaxes(title_text=titles["x"], fixedrange=True)
    figure.update_yaxes(title_text=titles["y"], rangemode="tozero", fixedrange=True)
    return figure


def keep_curve(
    words: Sequence[str],
    shares: NDArray[np.float64],
    keep: NDArray[np.float64],
    threshold: float,
    titles: Mapping[str, str],
    height: int = 300,
) -> go.Figure:
    """The probability to keep a word by its share of the text, one point for each word.

    ``titles``: "x", "y", and "threshold" and "thinned", what the lines at t and where the thinning
    begins (:func:`embedviz.network.subsampling.thinned_from`) are called.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=shares, y=keep, mode="markers+lines", marker={"color": ACCENT, "size": 6},
        line={"color": ACCENT, "width": 1}, text=[escape(word) for word in words],
        hovertemplate="%{text}: %{x:.3%} · %{y:.1%}<extra></extra>",
    )  # fmt: skip
    for i in _apart(shares, keep < 0.995):
        figure.add_annotation(
            x=float(np.log10(shares[i])), y=float(keep[i]), text=escape(words[i]),
            showarrow=False, xshift=6, yshift=9, xanchor="left",
        )  # fmt: skip
    if threshold > 0:
        for name, at, color, side in (
            ("threshold", threshold, "#8A93A0", "right"),
            ("thinned", thinned_from(threshold), CONTRAST, "left"),
        ):
            figure.add_vline(x=at, line={"color": color, "dash": "dash"})
            figure.add_annotation(  # on a logarithmic axis a note stands at the exponent, a line not
                x=float(np.log10(at)), y=0.02, text=escape(titles[name]), showarrow=False,
                xanchor=side, xshift=4 if side == "left" else -4, font={"color": color},
            )  # fmt: skip
    figure.update_layout(height=height, margin=_MARGIN, showlegend=False)
    low = min(float(shares.min()), threshold or 1.0)
    reach = [np.log10(low) - 0.15, np.log10(float(shares.max())) + 0.35]
    figure.update_xaxes(title_text=titles["x"], type="log", tickformat="~%", dtick=1, range=reach)
    figure.update_yaxes(title_text=titles["y"], range=[0, 1.1], tickformat=".0%", fixedrange=True)
    return figure


def pair_distances(
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    window: int,
    titles: Mapping[str, str],
    height: int = 300,
) -> go.Figure:
    """How far apart the words of the pairs stood in the whole text, with and without thinning.

    ``before`` and ``after`` are counts by distance from 0; ``titles``: "x", "y", "before",
    "after" and "window". What lies beyond three windows is left out of the picture.
    """
    import plotly.graph_objects as go

    last = 3 * window
    figure = go.Figure()
    for counts, name, color in ((before, "before", "#8A93A0"), (after, "after", ACCENT)):
        share = counts[1 : last + 1] / max(int(counts.sum()), 1)
        figure.add_bar(
            x=list(range(1, len(share) + 1)), y=share, name=titles[name], marker={"color": color},
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(
        x=window + 0.5, line={"color": CONTRAST, "dash": "dash"},
        annotation={"text": escape(titles["window"])}, annotation_position="top right",
    )  # fmt: skip
    figure.update_layout(height=height, margin=_MARGIN, legend=_LEGEND, bargap=0.15)
    figure.update_xaxes(title_text=titles["x"], range=[0.4, last + 0.6], fixedrange=True)
    figure.update_yaxes(title_text=titles["y"], tickformat=".0%", fixedrange=True)
    return figure


def band_bars(
    bands: Sequence[str],
    values: Mapping[str, Sequence[float]],
    titles: Mapping[str, str],
    chance: float | None = None,
    height: int = 320,
) -> go.Figure:
    """A bar for each algorithm (the keys of ``values``) in each band of frequency.

    ``titles``: "x", "y", and "chance", what the line at ``chance`` is called.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, shares), color in zip(values.items(), (ACCENT, CONTRAST), strict=False):
        figure.add_bar(
            x=list(bands), y=list(shares), name=escape(name), marker={"color": color},
            text=[f"{share:.1%}" for share in shares], textposition="outside", cliponaxis=False,
            hovertemplate="%{x}: %{y:.1%}<extra>" + escape(name) + "</extra>",
        )  # fmt: skip
    if chance is not None:
        figure.add_scatter(
            x=list(bands), y=[chance] * len(bands), mode="lines", name=escape(titles["chance"]),
            line={"color": "#8A93A0", "dash": "dash"}, hoverinfo="skip",
        )  # fmt: skip
    figure.update_layout(height=height, margin=_MARGIN | {"t": 24}, legend=_LEGEND, bargap=0.3)
    figure.update_xaxes(title_text=titles["x"], type="category", tickangle=0, fixedrange=True)
    figure.update_yaxes(title_text=titles["y"], tickformat=".0%", fixedrange=True)
    return figure


def _arcs(pairs: NDArray[np.int64]) -> tuple[list[Any], list[Any]]:
    """Half circles between the positions of each pair, parted by gaps."""
    x: list[Any] = []
    y: list[Any] = []
    for a, b in pairs.tolist():
        middle, radius = (a + b) / 2, abs(a - b) / 2
        x += [*(middle + radius * np.cos(_ARC)), None]
        y += [*(radius * np.sin(_ARC)), None]
    return x, y


def _role(position: int, center: int, context: set[int]) -> str:
    if position == center:
        return ACCENT
    return CONTRAST if position in context else "#8A93A0"


def _apart(shares: NDArray[np.float64], among: NDArray[np.bool_], most: int = 8) -> list[int]:
    """A few points whose names do not overlap: a quarter of a power of ten apart."""
    chosen: list[int] = []
    for i in np.argsort(-shares).tolist():
        if among[i] and all(abs(np.log10(shares[i] / shares[j])) > 0.25 for j in chosen):
            chosen.append(i)
    return chosen[:most]
