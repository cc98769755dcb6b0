"""The same question to real images, under each metric."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from embedviz.images.embedding import EmbeddedImages
from embedviz.images.retrieval import precision_at_k
from embedviz.images.samples import SAMPLES
from embedviz.metric_agreement import SideBySide, side_by_side, unit_space
from embedviz.plots.metric_agreement import METRIC_COLORS
from embedviz.space import EmbeddingSpace
from embedviz.ui.images.encoder_choice import OFFLINE, EncoderChoice
from embedviz.ui.images.grid import in_page
from embedviz.ui.images.image_set import ImageSet, Listed
from embedviz.ui.images.seen import seen
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.answers import agreement_table, length_table
from embedviz.ui.learn.nearness.numbers import metric_names, number
from embedviz.ui.messages import plain
from embedviz.ui.session import session

_SAMPLE = SAMPLES["photo-patches"]
_ENCODER = EncoderChoice(OFFLINE, "features")
_STYLE = """<style>
.ev-near { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.4rem, 1fr)); gap: .4rem;
  margin-bottom: .5rem; }
.ev-near figure { margin: 0; }
.ev-near img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px;
  border: 3px solid transparent; }
.ev-near img.own { border-color: #d55e00; }
.ev-near figcaption { font-size: .78rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.ev-near h6 { grid-column: 1 / -1; margin: 0; padding: 0 0 0 .5rem; border-left: 5px solid; }
</style>"""


@dataclass(frozen=True)
class Asked:
    """A patch by its photo and number, how many answers, and whether lengths are taken away."""

    photo: str
    patch: int
    k: int
    unit: bool


def choose_image(lesson: OpenLesson) -> Asked:
    """The image first, then what else can be moved."""
    from embedviz.images.sample_photos import PHOTOS

    controls = lesson.controls
    photos = {photo.name: photo for photo in PHOTOS}
    first, second, third, fourth = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    with first:
        photo = controls.select("photo", "coffee", tuple(photos))
    with second:
        patch = controls.slider("patch", 6, 1, min(item.count for item in PHOTOS), 1)
    with third:
        unit = controls.toggle("unit")
    with fourth:
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
    picture, numbers = st.columns([3, 2], gap="medium")
    with picture:
        st.html(_STYLE + _rows(lesson, embedded, found))
    with numbers:
        agreement_table(lesson, found)
        length_table(lesson, found, float(np.median(space.norms)), len(space))
        _precision(lesson, space, asked)
        if asked.unit:
            st.success(lesson.texts("unit.same"))


def _sample() -> ImageSet:
    def files() -> Listed:
        return _SAMPLE.open(), []

    return ImageSet(f"sample:{_SAMPLE.name}", _SAMPLE.label, True, files, help=_SAMPLE.help)


def _unit(space: EmbeddingSpace) -> EmbeddingSpace:
    key = ("nearness-unit", space.vectors_fingerprint)
    return session().kept(key, lambda: unit_space(space))


def _rows(lesson: OpenLesson, embedded: EmbeddedImages, found: SideBySide) -> str:
    said = lesson.texts
    lines = [f'<h6 style="border-color: #d55e00">{escape(said("image.asked", key=found.key))}</h6>']
    lines.append(_tile(embedded, found.key, "", own=False))
    for metric, name in metric_names(said).items():
        answers = found.found[metric]
        lines.append(f'<h6 style="border-color: {METRIC_COLORS[metric]}">{escape(name)}</h6>')
        for key, score in zip(answers.keys, answers.scores, strict=True):
            only = sum(key in other.keys for other in found.found.values()) == 1
            lines.append(_tile(embedded, key, number(float(score)), own=only))
    return f'<div class="ev-near">{"".join(lines)}</div>'


def _tile(embedded: EmbeddedImages, key: str, score: str, own: bool) -> str:
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
    lines = [f"| {said('same.metric')} | {said('same.share', k=asked.k)} |", "|:--|--:|"]
    for metric, name in metric_names(said).items():
        key = ("nearness-precision", space.vectors_fingerprint, asked.k, metric)
        measured = session().kept(key, partial(precision_at_k, space, k=asked.k, metric=metric))
        lines.append(f"| {plain(name)} | {measured.precision:.1%} |")
    st.markdown("\n".join(lines))
    st.caption(said("same.caption", n=f"{len(space):,}"))
