"""The same question to real images, under each metric."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.kind import IMAGE
from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import Embedded
from embedviz.items.files import Listed
from embedviz.items.retrieval import precision_at_k
from embedviz.metric_agreement import SideBySide, most_answered, side_by_side, unit_space
from embedviz.metric_agreement.pictures import METRIC_COLORS
from embedviz.space import EmbeddingSpace
from embedviz.ui.items.encoder_choice import EncoderChoice
from embedviz.ui.items.grid import in_page
from embedviz.ui.items.item_set import ItemSet
from embedviz.ui.items.seen import seen
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.answers import agreement_table, length_table
from embedviz.ui.learn.nearness.facts import facts
from embedviz.ui.learn.nearness.numbers import metric_names, number
from embedviz.ui.session import session

_SAMPLE = SAMPLES["photo-patches"]
_ENCODER = EncoderChoice("efficientnet-lite0", "features")
_IN_A_ROW = 8
_STYLE = """<style>
.ev-near { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: .3rem;
  margin-bottom: .5rem; }
.ev-near figure { margin: 0; }
.ev-near img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px;
  border: 3px solid transparent; }
.ev-near img.own { border-color: #d55e00; }
.ev-near figcaption { font-size: .78rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.ev-near h6 { grid-column: 1 / -1; margin: .1rem 0 0 0; padding: 0 0 0 .5rem; border-left: 5px solid; }
</style>"""


@dataclass(frozen=True)
class Asked:
    """A patch by its photo and number, how many answers, and whether lengths are taken away."""

    photo: str
    patch: int
    k: int
    unit: bool


def choose_image(lesson: OpenLesson, beside: DeltaGenerator) -> Asked:
    """The photo, ``beside`` the choice of the part, then what else can be moved."""
    from embedviz.images.sample_photos import PHOTOS

    controls = lesson.controls
    photos = {photo.name: photo for photo in PHOTOS}
    with beside:
        photo = controls.select("photo", "coffee", tuple(photos))
    first, second, third = st.columns(3, vertical_alignment="bottom")
    with first:
        patch = controls.slider("patch", 6, 1, min(item.count for item in PHOTOS), 1)
    with second:
        unit = controls.toggle("unit")
    with third:
        k = controls.slider("k", 8, 3, 15, 1)
    return Asked(photo, patch, k, unit)


def images(lesson: OpenLesson, asked: Asked) -> None:
    """The image, and what each metric finds most like it."""
    embedded = seen(_sample(), _ENCODER)
    if embedded is None:
        return
    space = _unit(embedded.space) if asked.unit else embedded.space
    key = f"{asked.photo}/patch {asked.patch:02}.png"
    found = side_by_side(space, key, asked.k)
    lesson.open_in("images", sample=_SAMPLE.label, encoder="EfficientNet-Lite0", image=key)
    query, answers = st.columns([1, 6], gap="small")
    with query:
        st.html(_STYLE + _question(lesson, embedded, key))
    with answers:
        st.html(_rows(lesson, embedded, found))
    if asked.unit:
        st.success(lesson.texts("unit.same"))
    agreement, lengths, precision = st.columns([5, 4, 4], gap="medium")
    with agreement:
        agreement_table(lesson, found)
    with lengths:
        length_table(lesson, found, float(np.median(space.norms)), len(space))
    with precision:
        _precision(lesson, space, asked)


def _sample() -> ItemSet:
    def files() -> Listed:
        return _SAMPLE.open(), []

    return ItemSet(IMAGE, f"sample:{_SAMPLE.name}", _SAMPLE.label, True, files, help=_SAMPLE.help)


def _unit(space: EmbeddingSpace) -> EmbeddingSpace:
    key = ("nearness-unit", space.vectors_fingerprint)
    return session().kept(key, lambda: unit_space(space))


def _rows(lesson: OpenLesson, embedded: Embedded, found: SideBySide) -> str:
    said = lesson.texts
    lines = []
    for metric, name in metric_names(said).items():
        answers = found.found[metric]
        lines.append(f'<h6 style="border-color: {METRIC_COLORS[metric]}">{escape(name)}</h6>')
        for key, score in zip(answers.keys, answers.scores, strict=True):
            only = sum(key in other.keys for other in found.found.values()) == 1
            lines.append(_tile(embedded, key, number(float(score)), own=only))
    columns = min(found.k, _IN_A_ROW)
    return f'<div class="ev-near" style="--columns: {columns}">{"".join(lines)}</div>'


def _question(lesson: OpenLesson, embedded: Embedded, key: str) -> str:
    heading = f"<h6>{escape(lesson.texts('image.asked'))}</h6>"
    return f'<div class="ev-near" style="--columns: 1">{heading}{_tile(embedded, key, " ", False)}</div>'


def _tile(embedded: Embedded, key: str, score: str, own: bool) -> str:
    space, pictures = embedded.space, embedded.pictures
    jpeg = None
    if pictures is not None:
        jpeg = pictures.thumbnail(_hashes(space)[space.index(key)])
    source = "" if jpeg is None else in_page(jpeg)
    photo = key.partition("/")[0]
    kind = ' class="own"' if own else ""
    caption = f"{escape(photo)}<br>{score}" if score else ""
    return (
        f'<figure><img src="{source}" alt="{escape(key)}"{kind}>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _hashes(space: EmbeddingSpace) -> list[str]:
    key = ("nearness-hashes", space.fingerprint)
    return session().kept(key, lambda: [str(content) for content in space.table["hash"]])


def _precision(lesson: OpenLesson, space: EmbeddingSpace, asked: Asked) -> None:
    """Which metric finds patches of the same photo most often: over all images, not only this."""
    said = lesson.texts
    lines = []
    for metric, name in metric_names(said).items():
        key = ("nearness-precision", space.vectors_fingerprint, asked.k, metric)
        measured = session().kept(key, partial(precision_at_k, space, k=asked.k, metric=metric))
        key = ("nearness-answers", space.vectors_fingerprint, asked.k, metric)
        answers = session().kept(
            key, partial(most_answered, space, metric, queries=len(space), k=asked.k)
        )
        lines.append((name, f"{measured.precision:.1%}", number(answers.mean_length)))
    facts(
        (said("same.metric"), said("same.share", k=asked.k), said("same.length")),
        lines,
        list(METRIC_COLORS.values()),
    )
    st.caption(said("same.caption", n=f"{len(space):,}"))
