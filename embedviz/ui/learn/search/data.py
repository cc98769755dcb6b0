"""The vectors that are searched: the most frequent words, samples, and what the session brought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import Embedded
from embedviz.progress import Cancel, OnProgress
from embedviz.registry import KINDS
from embedviz.search_cost.trial import LEAST
from embedviz.space import EmbeddingSpace
from embedviz.things import embed_images
from embedviz.ui.learn.controls import Controls
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.work import work
from embedviz.ui.server import packaged_model
from embedviz.ui.session import session
from embedviz.vector_samples import sample
from embedviz.word_model import as_space

MODEL = "glove-6b-50d"
QUERIES = 100
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
_WORDS, _PATCHES, _DIGITS = "words", "patches", "digits"
_DIGIT_COUNT = 1_797
_ENCODER = "efficientnet-lite0"
_PICTURES = SAMPLES["photo-patches"]


@dataclass(frozen=True)
class Vectors:
    """What is searched, and the tool that shows it.

    Attributes
    ----------
    identity : tuple of str
        Equal ones are the same vectors; a session's own name their fingerprint, so that what is
        computed of them goes with them.
    count : int
        How many there are to search, about: some of them are held out as queries.
    shared : bool
        Whether they are the server's, and what is computed of them is for everyone.
    open : callable
        The vectors, or None while they are being made (their progress stands on the page).
    tool : tuple
        A page, and its address's parameters.
    """

    identity: tuple[str, ...]
    count: int
    shared: bool
    open: Callable[[], EmbeddingSpace | None]
    tool: tuple[str, dict[str, str]]


@st.cache_resource(show_spinner=False, max_entries=8)
def words(n: int) -> EmbeddingSpace:
    """The ``n`` most frequent words of the packaged vectors."""
    return as_space(packaged_model(MODEL)).take(np.arange(n))


@st.cache_resource(show_spinner=False)
def _digits() -> EmbeddingSpace:
    return sample(_DIGITS)


def choose_vectors(lesson: OpenLesson) -> str:
    """Which vectors: a name of the lesson's, or the id of something that the session owns."""
    own = {
        identity: item.space.name
        for identity, item in session().owned.items()
        if len(item.space) >= LEAST
    }
    # Only this session knows what its sets are called: the language files cannot.
    labels = {f"data.{identity}": name for identity, name in own.items()}
    said = replace(lesson.texts, words={**lesson.texts.words, **labels})
    controls = Controls(lesson.entry.name, said)
    chosen = controls.select("data", _WORDS, [_WORDS, _PATCHES, _DIGITS, *own])
    lesson.controls.unknown.update(controls.unknown)
    return chosen


def choose_size(lesson: OpenLesson, data: str) -> int:
    """How many of the words; other sets are taken whole."""
    if data != _WORDS:
        return 0
    return lesson.controls.steps("n", 10_000, SIZES)


def vectors_of(data: str, n: int, title: str) -> Vectors:
    """What the controls name; ``title`` says that pictures are being looked at."""
    if data == _WORDS:
        # The queries are held out, so that exactly n are searched.
        return Vectors((data, str(n)), n, True, lambda: words(n + QUERIES), _words_page())
    if data == _DIGITS:
        place = ("vectors", {"vectors": "Samples", "vectors_sample": "Handwritten digits"})
        return Vectors((data,), _DIGIT_COUNT, True, _digits, place)
    if data == _PATCHES:
        return Vectors((data,), _PICTURES.count, True, lambda: _patches(title), _images_page())
    item = session().owned[data]
    space = item.space
    first = space if len(space) <= SIZES[-1] else space.take(np.arange(SIZES[-1]))
    where = KINDS[item.kind].nouns if item.kind in KINDS else item.kind
    page = (where, dict[str, str]())
    return Vectors((data, space.vectors_fingerprint), len(first), False, lambda: first, page)


def _words_page() -> tuple[str, dict[str, str]]:
    return "words", {"word": "dog", "model": MODEL}


def _images_page() -> tuple[str, dict[str, str]]:
    return "images", {"sample": _PICTURES.label, "encoder": "EfficientNet-Lite0"}


def _patches(title: str) -> EmbeddingSpace | None:
    def do(on_progress: OnProgress, cancel: Cancel) -> Embedded:
        return embed_images(
            _PICTURES.open(), _ENCODER, name=_PICTURES.label, on_progress=on_progress, cancel=cancel
        )

    seen: Embedded | None = work(title, ("learn_search", "patches"), do)
    return None if seen is None else seen.space
