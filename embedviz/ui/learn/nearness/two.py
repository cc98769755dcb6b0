"""Two arrows that the person turns and stretches, and what the three metrics make of them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.metric_agreement import TEXTBOOK, Pair, arrow, in_their_plane
from embedviz.metric_agreement.pictures import METRIC_COLORS
from embedviz.metrics import DOT, METRICS
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.arrows import (
    LONGEST,
    TURN,
    ArrowTexts,
    Moved,
    Polar,
    show_arrows,
)
from embedviz.ui.learn.nearness.numbers import metric_names, number
from embedviz.ui.learn.nearness.sweeps import sweeps
from embedviz.ui.learn.nearness.textbook import textbook
from embedviz.ui.learn.nearness.vocabulary import MODEL
from embedviz.ui.messages import plain

OWN = "own"
_TEXTBOOK_PAIRS = {
    "apple_banana": ("apple", "banana"),
    "apple_car": ("apple", "car"),
    "banana_car": ("banana", "car"),
}
_A, _B = Polar(2.8, 10.0), Polar(2.0, 60.0)
_STYLE = """<style>
.ev-three { display: grid; gap: .6rem; }
.ev-three > div { border-left: 5px solid; padding-left: .8rem; line-height: 1.35; }
.ev-three b { font-size: 1.5rem; font-variant-numeric: tabular-nums; margin-left: .5rem; }
.ev-three small { display: block; font-size: .88rem; opacity: .85; }
</style>"""


@dataclass(frozen=True, eq=False)
class Arrows:
    """The two vectors in sight: as arrows in their plane, their names, and what is measured."""

    a: Polar
    b: Polar
    names: tuple[str, str]
    pair: Pair
    own: bool


def choose_arrows(lesson: OpenLesson, beside: DeltaGenerator) -> Arrows:
    """Whose arrows, ``beside`` the choice of the part, and the sliders for one's own."""
    with beside:
        chosen = lesson.controls.choice("pair", OWN, (OWN, *_TEXTBOOK_PAIRS), labelled=False)
    if chosen != OWN:
        return _of_textbook(lesson, *_TEXTBOOK_PAIRS[chosen])
    sliders = lesson.controls.slider
    one, two_, three, four = st.columns(4)
    with one:
        a_length = sliders("a_length", _A.length, 0.0, LONGEST, 0.01)
    with two_:
        a_angle = sliders("a_angle", _A.degrees, -TURN, TURN, 0.5)
    with three:
        b_length = sliders("b_length", _B.length, 0.0, LONGEST, 0.01)
    with four:
        b_angle = sliders("b_angle", _B.degrees, -TURN, TURN, 0.5)
    pair = Pair.of(arrow(a_length, a_angle), arrow(b_length, b_angle))
    return Arrows(Polar(a_length, a_angle), Polar(b_length, b_angle), ("a", "b"), pair, own=True)


def two(lesson: OpenLesson, arrows: Arrows) -> None:
    """The picture, the three numbers, and how they go on changing."""
    picture, numbers = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with picture:
        said = _in_picture(lesson, arrows)
        show_arrows("nearness-arrows", arrows.a, arrows.b, said, _taker(lesson))
    with numbers:
        st.html(_STYLE + _numbers(lesson, arrows))
    _find(lesson, arrows)
    lesson.meaning_here()
    if arrows.own:
        sweeps(lesson, arrows.a, arrows.b)
    else:
        st.caption(lesson.texts("plane"))
    textbook(lesson)
    lesson.open_in("words", word="apple", model=MODEL)


def _find(lesson: OpenLesson, arrows: Arrows) -> None:
    """What the sentences say: the three numbers, and which way each goes as b is stretched."""
    pair = arrows.pair
    lesson.find(
        a=plain(arrows.names[0]), b=plain(arrows.names[1]), directed=pair.angle is not None,
        euclidean=pair.euclidean, cosine=pair.cosine, dot=pair.dot,
    )  # fmt: skip
    if (gain := pair.along_b) is not None:
        lesson.find(
            acute=gain > 0, right=gain == 0, obtuse=gain < 0, nearest_at=gain,
            shorter=gain > pair.lengths[1], longer=0 < gain <= pair.lengths[1],
        )  # fmt: skip


def _of_textbook(lesson: OpenLesson, first: str, second: str) -> Arrows:
    vectors = TEXTBOOK[first], TEXTBOOK[second]
    a, b = (
        Polar(float(np.hypot(x, y)), float(np.rad2deg(np.arctan2(y, x))))
        for x, y in in_their_plane(*vectors)
    )
    names = lesson.texts(f"fruit.{first}"), lesson.texts(f"fruit.{second}")
    return Arrows(a, b, names, Pair.of(*vectors), own=False)


def _taker(lesson: OpenLesson) -> Moved:
    """What a drag does: the arrows become the person's own, where they were left."""

    def take(a: Polar, b: Polar) -> None:
        keep = lesson.controls.set
        keep("pair", OWN)
        for name, arrow_ in (("a", a), ("b", b)):
            keep(f"{name}_length", arrow_.length)
            keep(f"{name}_angle", arrow_.degrees)

    return take


def _in_picture(lesson: OpenLesson, arrows: Arrows) -> ArrowTexts:
    pair = arrows.pair
    a, b = arrows.names
    angle = "" if pair.angle is None else f"{number(pair.angle, 1)}°"
    return ArrowTexts(
        a,
        b,
        euclidean=number(pair.euclidean),
        cosine=angle,
        dot="" if pair.along is None else number(pair.along),
        alt=lesson.texts(
            "arrows.alt", a=a, b=b, euclidean=number(pair.euclidean), angle=angle or "—"
        ),
        handle=lesson.texts("arrows.handle"),
    )


def _numbers(lesson: OpenLesson, arrows: Arrows) -> str:
    said, pair = lesson.texts, arrows.pair
    a, b = arrows.names
    values = {
        "a": a,
        "b": b,
        "la": number(pair.lengths[0]),
        "lb": number(pair.lengths[1]),
        "cos": number(pair.cosine, 3),
        "angle": "—" if pair.angle is None else f"{number(pair.angle, 1)}°",
        "along": "—" if pair.along is None else number(pair.along),
    }
    blocks = []
    for metric, name in metric_names(said).items():
        how = "none" if pair.angle is None and METRICS[metric].form == "angle" else metric
        blocks.append(
            f'<div style="border-color: {METRIC_COLORS[metric]}">{escape(name)}'
            f"<b>{number(pair.scores[metric], 3)}</b>"
            f"<small>{escape(said(f'worked.{how}', **values))}</small>"
            f"<small>{escape(said(_reading(metric, pair)))}</small></div>"
        )
    return f'<div class="ev-three" aria-live="polite">{"".join(blocks)}</div>'


def _reading(metric: str, pair: Pair) -> str:
    """The text of how the number is read; whether longer counts as nearer depends on the angle."""
    if metric != DOT.name or pair.along_b is None:
        return f"read.{metric}"
    way = "acute" if pair.along_b > 0 else "obtuse" if pair.along_b < 0 else "right"
    return f"read.{metric}.{way}"
