"""Two arrows in the plane whose tips can be dragged, or moved with the keyboard."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from embedviz.metric_agreement.pictures import METRIC_COLORS

_HERE = Path(__file__).parent
_MARGIN = 1.15
LONGEST = 3.0
TURN = 180.0

_component = st.components.v2.component(
    "embedviz_two_arrows",
    html='<div class="two-arrows"></div>',
    css=(_HERE / "arrows.css").read_text(encoding="utf-8"),
    js=(_HERE / "arrows.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Polar:
    """An arrow from the origin: its length, and degrees from the x axis."""

    length: float
    degrees: float


Moved = Callable[[Polar, Polar], None]


@dataclass(frozen=True)
class ArrowTexts:
    """What stands in the picture: the arrows' names, the numbers, and what is read aloud."""

    a: str
    b: str
    euclidean: str
    cosine: str
    dot: str
    alt: str
    handle: str


def show_arrows(key: str, a: Polar, b: Polar, said: ArrowTexts, on_move: Moved) -> None:
    """Draw the arrows with their distance, their angle and the shadow of b on a.

    ``on_move`` is called with both arrows before the rerun that a drag causes: some times a second
    while it lasts, and at its end. Lengths come rounded to 0.01, angles to half a degree.
    """
    received = f"{key}-received"

    def moved() -> None:
        message = (st.session_state.get(key) or {}).get("moved")
        arrows = arrows_of(message)
        if arrows is not None and message is not None:
            st.session_state[received] = message["number"]
            on_move(*arrows)

    data = {
        "a": asdict(a),
        "b": asdict(b),
        "reach": _MARGIN * max(a.length, b.length, 0.5) if _is_small(a, b) else LONGEST,
        "longest": LONGEST,
        "said": asdict(said),
        "colors": dict(METRIC_COLORS),
        # The number of the browser's message that this answers: it ignores older ones.
        "number": st.session_state.get(received, 0),
    }
    _component(key=key, data=data, height="content", on_moved_change=moved)


def arrows_of(message: Any) -> tuple[Polar, Polar] | None:
    """The two arrows that a browser sent, brought into their limits; None if it is none."""
    if not isinstance(message, Mapping) or not isinstance(message.get("number"), int):
        return None
    found = [_arrow_of(message.get(name)) for name in ("a", "b")]
    return None if None in found else (found[0], found[1])  # type: ignore[return-value]


def _arrow_of(value: Any) -> Polar | None:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return None
    if not all(isinstance(x, int | float) and abs(x) < math.inf for x in value):
        return None
    length = round(float(min(max(value[0], 0.0), LONGEST)), 2)
    degrees = round(2 * float(min(max(value[1], -TURN), TURN))) / 2
    return Polar(length, degrees)


def _is_small(a: Polar, b: Polar) -> bool:
    """Whether the picture should come nearer to be read."""
    return max(a.length, b.length) < LONGEST / 2
