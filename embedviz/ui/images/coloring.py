"""What the colors of a map of images can mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metrics import METRICS
from embedviz.plots.dates import dated
from embedviz.plots.picture import Colors, categorical, continuous
from embedviz.space import EmbeddingSpace
from embedviz.trust import Quality
from embedviz.ui.colorings import Coloring, by_recall, one_color


@dataclass(frozen=True)
class Situation:
    """What a coloring may draw on; ``query`` is the vector of what is asked for."""

    space: EmbeddingSpace
    query: NDArray[Any] | None
    metric: str
    trust: Quality | None


def _by_label(now: Situation) -> Colors | None:
    labels = now.space.table["label"]
    return categorical(labels.tolist(), title="label") if (labels != "").any() else None


def _by_date(now: Situation) -> Colors | None:
    taken = now.space.table["taken"].to_numpy("datetime64[s]")
    return None if np.isnat(taken).all() else dated(taken, title="taken")


def _by_brightness(now: Situation) -> Colors:
    return continuous(now.space.table["brightness"].to_numpy(), title="brightness (0 to 1)")


def _by_nearness(now: Situation) -> Colors | None:
    if now.query is None:
        return None
    metric = METRICS[now.metric]
    return continuous(metric.between(now.query, now.space.vectors), title=metric.label.lower())


COLORINGS: dict[str, Coloring[Situation]] = {
    "label": Coloring("Label", _by_label, "These images have no labels."),
    "nearness": Coloring("Nearness to the picture", _by_nearness, "Ask with a picture first."),
    "date": Coloring("Date taken", _by_date, "No image says when it was taken."),
    "brightness": Coloring("Brightness", _by_brightness),
    "trust": Coloring("Trust in each point", by_recall, "The map is not measured yet."),
    "none": Coloring("One color", one_color),
}
