"""What the colors of a map of things can mean, whatever they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import METRICS
from embedviz.plots.picture import Colors, categorical, continuous
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality


@dataclass(frozen=True)
class Situation:
    """What a coloring may draw on; ``query`` is the vector of what is asked for."""

    space: EmbeddingSpace
    query: NDArray[Any] | None
    metric: str
    trust: Quality | None


def by_label(now: Situation) -> Colors | None:
    """The label of each; None where there are none."""
    labels = now.space.table["label"]
    return categorical(labels.tolist(), title="label") if (labels != "").any() else None


def nearness(now: Situation) -> NDArray[np.float64] | None:
    """How near each is to what is asked for, of shape (n,); None where nothing is."""
    if now.query is None:
        return None
    return METRICS[now.metric].between(now.query, now.space.vectors)


def by_nearness(now: Situation) -> Colors | None:
    """The colors of :func:`nearness`."""
    scores = nearness(now)
    return None if scores is None else continuous(scores, title=METRICS[now.metric].label.lower())
