"""What the colors of the map can mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import METRICS
from embedviz.plots.picture import Colors, continuous
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality
from embedviz.ui.colorings import Coloring, by_recall, one_color
from embedviz.ui.explorer.ask import Answer


@dataclass(frozen=True)
class Situation:
    """What a coloring may draw on."""

    drawn: EmbeddingSpace
    ranks: NDArray[Any]
    answer: Answer | None
    query: NDArray[Any] | None
    trust: Quality | None


def _by_rank(now: Situation) -> Colors:
    return continuous(now.ranks + 1.0, title="frequency rank (1 = most frequent)", log=True)


def nearness(now: Situation) -> NDArray[np.float64] | None:
    """How near each drawn word is to the one asked for, of shape (n,); None where none is."""
    if now.query is None or now.answer is None:
        return None
    return METRICS[now.answer.found.metric].between(now.query, now.drawn.vectors)


def _by_nearness(now: Situation) -> Colors | None:
    scores = nearness(now)
    if scores is None or now.answer is None:
        return None
    return continuous(scores, title=METRICS[now.answer.found.metric].label.lower())


def _by_length(now: Situation) -> Colors:
    return continuous(now.drawn.norms, title="vector length")


COLORINGS: dict[str, Coloring[Situation]] = {
    "rank": Coloring("Frequency", _by_rank),
    "nearness": Coloring("Nearness to the word", _by_nearness, "Ask for a word first."),
    "trust": Coloring("Trust in each point", by_recall, "This map is not measured."),
    "length": Coloring("Vector length", _by_length),
    "none": Coloring("One color", one_color),
}
