"""What the colors of a map of images can mean."""

from __future__ import annotations

import numpy as np

from embedviz.plots.dates import dated
from embedviz.plots.picture import Colors, continuous
from embedviz.ui.colorings import Coloring, by_recall, one_color
from embedviz.ui.items.coloring import Situation, by_label, by_nearness


def _by_date(now: Situation) -> Colors | None:
    taken = now.space.table["taken"].to_numpy("datetime64[s]")
    return None if np.isnat(taken).all() else dated(taken, title="taken")


def _by_brightness(now: Situation) -> Colors:
    return continuous(now.space.table["brightness"].to_numpy(), title="brightness (0 to 1)")


COLORINGS: dict[str, Coloring[Situation]] = {
    "label": Coloring("Label", by_label, "These images have no labels."),
    "nearness": Coloring("Nearness to the picture", by_nearness, "Ask with a picture first."),
    "date": Coloring("Date taken", _by_date, "No image says when it was taken."),
    "brightness": Coloring("Brightness", _by_brightness),
    "trust": Coloring("Trust in each point", by_recall, "This map is not measured."),
    "none": Coloring("One color", one_color),
}
