"""What a small CBOW guesses for one blank, from before the first step to the end of its training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embedviz.network.pictures import ACCENT, CONTRAST, QUIET, percent
from embedviz.network.softmax import softmax
from embedviz.network.toy_training import ToyTraining
from embedviz.plots.courses import Course, Track

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FIRST, _LAST = 3, 5


@dataclass(frozen=True, eq=False)
class ToyGuesses:
    """The guesses for one word of the typed sentence.

    Attributes
    ----------
    target : int
        The right word's id.
    probabilities : ndarray of shape (steps + 1, V)
        By step.
    fitting : tuple of int
        All words that stand in this very blank somewhere in the text, between the same context
        words: the right one among them. Nothing that CBOW sees tells them apart.
    """

    target: int
    probabilities: NDArray[np.float64]
    fitting: tuple[int, ...]

    def rank(self, step: int) -> int:
        """The right word's place at a step, from 1; the first of those that are equal."""
        now = self.probabilities[step]
        return 1 + int((now > now[self.target]).sum())

    def best(self, step: int, k: int) -> list[int]:
        """The ids of the k most probable words, the best first."""
        order = np.argsort(-self.probabilities[step], kind="stable")
        return [int(row) for row in order[:k]]

    @property
    def compared(self) -> list[int]:
        """Words whose bars are drawn at every step: the best of the last step, the right one, and
        the best of the first; in the order of the last."""
        last = self.probabilities[-1]
        chosen = {*self.best(-1, _LAST), self.target, *self.best(0, _FIRST)}
        return sorted(chosen, key=lambda row: -last[row])


def toy_guesses(training: ToyTraining, center: int) -> ToyGuesses:
    """The guesses at every step for the typed sentence's word ``center``, from 0."""
    example = training.examples[center]
    context = list(example.context)
    every = training.path.parameters
    logits = np.stack([weights.W[context].mean(axis=0) @ weights.W_out for weights in every])
    seen = sorted(example.context)  # as CBOW sees it: a bag
    fitting = {other.target for other in training.examples if sorted(other.context) == seen}
    probabilities = np.stack([softmax(row) for row in logits])
    return ToyGuesses(example.target, probabilities, tuple(sorted(fitting)))


def guess_bars(
    guesses: ToyGuesses, words: Sequence[str], step: int, x_title: str, height: int = 300
) -> go.Figure:
    """A bar for each of the compared words at a step, and a dash where it was before the first one.

    The right word's bar stands out. The axis reaches to the largest of any step: bars keep their
    meaning while they move.
    """
    import plotly.graph_objects as go

    rows = guesses.compared
    names = [escape(words[row]) for row in rows]
    now, before = guesses.probabilities[step, rows], guesses.probabilities[0, rows]
    figure = go.Figure()
    figure.add_bar(
        x=now, y=names, orientation="h", text=[percent(value) for value in now],
        textposition="outside", cliponaxis=False, hovertemplate="%{y}: %{x:.4f}<extra></extra>",
        marker={"color": [CONTRAST if row == guesses.target else ACCENT for row in rows]},
    )  # fmt: skip
    figure.add_scatter(
        x=before, y=names, mode="markers", hoverinfo="skip",
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": QUIET}},
    )  # fmt: skip
    most = float(guesses.probabilities[:, rows].max())
    figure.update_layout(
        height=height, margin={"l": 0, "r": 6, "t": 6, "b": 0}, showlegend=False, bargap=0.3,
        xaxis={"title": {"text": x_title}, "range": [0, most * 1.2], "tickformat": ".0%", "nticks": 5},
        yaxis={"autorange": "reversed", "type": "category", "dtick": 1},
    )  # fmt: skip
    return figure


def guess_bars_course(guesses: ToyGuesses, steps: Sequence[int]) -> Course:
    """How :func:`guess_bars` goes along ``steps``."""
    values = guesses.probabilities[np.ix_(steps, guesses.compared)]
    return (
        Track(0, "x", values),
        Track(0, "text", [[percent(value) for value in row] for row in values]),
    )
