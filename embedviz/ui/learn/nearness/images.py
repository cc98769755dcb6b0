"""The same question to real images, under each metric."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.kind import IMAGE
from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import Embedded, embed_sample
from embedviz.items.retrieval import Retrieval, precision_at_k
from embedviz.metric_agreement import (
    MostAnswered,
    SideBySide,
    most_answered,
    side_by_side,
    unit_space,
)
from embedviz.metric_agreement.pictures import METRIC_COLORS
from embedviz.metrics import COSINE, DOT, EUCLIDEAN
from embedviz.progress import Cancel, OnProgress
from embedviz.registry import open_encoder
from embedviz.space import EmbeddingSpace
from embedviz.ui.items.grid import in_page
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.answers import agreement_table, found_of, length_table
from embedviz.ui.learn.nearness.facts import facts
from embedviz.ui.learn.nearness.numbers import ORDER, metric_names, number
from embedviz.ui.learn.work import work
from embedviz.ui.session import session

_SAMPLE = SAMPLES["photo-patches"]
_ENCODER, _LAYER = "efficientnet-lite0", "features"
_IN_A_ROW = 8
_STYLE = """<style>
.ev-near { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: .25rem; }
.ev-near figure { margin: 0; }
.ev-near img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 5px;
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
        photo = controls.select("photo", "camera", tuple(photos), was="coffee")
    first, second, third = st.columns(3, vertical_alignment="bottom")
    with first:
        patch = controls.slider("patch", 8, 1, min(item.count for item in PHOTOS), 1, was=6)
    with second:
        unit = controls.toggle("unit")
    with third:
        k = controls.slider("k", 8, 3, 15, 1)
    return Asked(photo, patch, k, unit)


def images(lesson: OpenLesson, asked: Asked) -> None:
    """The image, and what each metric finds most like it."""
    embedded = _seen(lesson)
    if embedded is None:
        return
    space = _unit(embedded.space) if asked.unit else embedded.space
    key = f"{asked.photo}/patch {asked.patch:02}.png"
    found = side_by_side(space, key, asked.k)
    lesson.open_in("images", sample=_SAMPLE.label, encoder="EfficientNet-Lite0", image=key)
    answers, right = st.columns([5, 3], gap="medium")
    with answers:
        st.html(_STYLE + _rows(lesson, embedded, found))
    with right:
        question, lengths = st.columns([1, 3], gap="small")
        with question:
            st.html(_STYLE + _question(lesson, embedded, key))
        with lengths:
            length_table(lesson, found, float(np.median(space.norms)), len(space))
        _precision(lesson, space, asked)
    _find(lesson, space, found, asked)
    lesson.meaning_here()
    st.caption(lesson.texts("own.caption"))
    if asked.unit:
        st.success(lesson.texts("unit.same"))
    agreement_table(lesson, found)


def _seen(lesson: OpenLesson) -> Embedded | None:
    """The images as the network sees them; None while it looks (that stands here then)."""

    def do(on_progress: OnProgress, cancel: Cancel) -> Embedded:
        model = open_encoder(_ENCODER, _LAYER)
        return embed_sample(IMAGE, _SAMPLE, model, on_progress=on_progress, cancel=cancel)

    title = lesson.texts("looking")
    done: Embedded | None = work(title, ("learn_nearness", _SAMPLE.name), do)
    return done


def _find(lesson: OpenLesson, space: EmbeddingSpace, found: SideBySide, asked: Asked) -> None:
    """What the sentences say: of this question, and of all images asked once."""
    length = {metric: round(_answers(space, metric, asked.k).mean_length, 2) for metric in ORDER}
    share = {metric: round(_share(space, metric, asked.k).precision, 3) for metric in ORDER}
    norms = space.norms
    lesson.find(
        **found_of(found),
        unit=asked.unit, n=len(space), asked_length=float(norms[space.index(found.key)]),
        shortest=float(norms.min()), longest=float(norms.max()),
        all_longer=length[DOT.name] > length[COSINE.name],
        cosine_best=share[COSINE.name] > max(share[DOT.name], share[EUCLIDEAN.name]),
        **{f"{metric}_all": mean for metric, mean in length.items()},
        **{f"{metric}_share": part for metric, part in share.items()},
    )  # fmt: skip


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
        f'<figcaption title="{escape(key)}">{caption}</figcaption></figure>'
    )


def _hashes(space: EmbeddingSpace) -> list[str]:
    key = ("nearness-hashes", space.fingerprint)
    return session().kept(key, lambda: [str(content) for content in space.table["hash"]])


def _precision(lesson: OpenLesson, space: EmbeddingSpace, asked: Asked) -> None:
    """Which metric finds patches of the same photo most often: over all images, not only this."""
    said = lesson.texts
    lines = []
    for metric, name in metric_names(said).items():
        share = _share(space, metric, asked.k).precision
        lines.append((name, f"{share:.1%}", number(_answers(space, metric, asked.k).mean_length)))
    facts(
        (said("same.metric"), said("same.share", k=asked.k), said("same.length")),
        lines,
        list(METRIC_COLORS.values()),
    )
    st.caption(said("same.caption", n=f"{len(space):,}"))


def _share(space: EmbeddingSpace, metric: str, k: int) -> Retrieval:
    key = ("nearness-precision", space.vectors_fingerprint, k, metric)
    return session().kept(key, lambda: precision_at_k(space, k=k, metric=metric))


def _answers(space: EmbeddingSpace, metric: str, k: int) -> MostAnswered:
    key = ("nearness-answers", space.vectors_fingerprint, k, metric)
    return session().kept(key, lambda: most_answered(space, metric, queries=len(space), k=k))
