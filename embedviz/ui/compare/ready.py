"""Sets that are always here and show something beside each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from embedviz.space import EmbeddingSpace
from embedviz.ui.server import packaged_model
from embedviz.ui.vectors.vector_set import VectorSet
from embedviz.word_model import as_space

Opener = Callable[[], VectorSet | None]

PIXELS, SHORT = "Digits: 64 pixels", "Digits: 8 principal components"
GLOVE, WITHOUT_TOP = "GloVe: 5,000 words", "GloVe: 5,000 words, all but the top 3"

EXAMPLES: dict[str, tuple[str, str]] = {
    "Digits, 64 pixels or 8 numbers": (PIXELS, SHORT),
    "GloVe, all but the top": (GLOVE, WITHOUT_TOP),
    "One set, two maps": (PIXELS, PIXELS),
}
"""What the page offers to try: a label, and the two sets."""

_WORDS = 5_000


def ready_sets() -> dict[str, Opener]:
    """Sets by the name that the page and its link show; nothing is opened yet."""
    return {name: lambda name=name: _set(name) for name in _MADE}  # type: ignore[misc]


@st.cache_resource(show_spinner="Opening the samples…", max_entries=8)
def _set(name: str) -> VectorSet:
    make, how, reading = _MADE[name]
    return VectorSet(f"compare:{name}", name, make().renamed(name), True, how, reading)


def _pixels() -> EmbeddingSpace:
    from embedviz.projections.first_import import import_scikit_learn

    import_scikit_learn()
    from sklearn.datasets import load_digits

    digits = load_digits()
    keys = [f"digit {row}" for row in range(len(digits.data))]
    return EmbeddingSpace(keys, digits.data, pd.DataFrame({"digit": digits.target}), "Digits")


def _short() -> EmbeddingSpace:
    from embedviz.projections import project
    from embedviz.projections.pca import PCA_METHOD

    pixels = _set(PIXELS).space
    coordinates = project(pixels, PCA_METHOD.name, n_components=8, cache=False).coordinates
    return EmbeddingSpace(pixels.keys, coordinates, pixels.table)


def _glove() -> EmbeddingSpace:
    words = as_space(packaged_model("glove-6b-50d")).take(np.arange(_WORDS))
    about = {
        "frequency rank": np.arange(1, _WORDS + 1),
        "letters": [len(word) for word in words.keys],
    }
    return words.with_table(pd.DataFrame(about))


def _without_top() -> EmbeddingSpace:
    from embedviz.comparison import all_but_the_top

    return all_but_the_top(_set(GLOVE).space, 3)


_GLOVE_CODE = 'ev.load("glove-6b-50d").take(range(5000))'
_MADE: dict[str, tuple[Callable[[], EmbeddingSpace], str, str]] = {
    PIXELS: (_pixels, "1,797 handwritten digits of 8 × 8 pixels (scikit-learn).", ""),
    SHORT: (
        _short,
        "The same digits as 8 numbers: their strongest principal components.",
        "",
    ),
    GLOVE: (_glove, "The 5,000 most frequent words of GloVe 6B, 50 dimensions.", _GLOVE_CODE),
    WITHOUT_TOP: (
        _without_top,
        "The same words without their mean and three strongest directions, which mostly carry how "
        "frequent a word is (Mu & Viswanath 2018).",
        f"embedviz.comparison.all_but_the_top({_GLOVE_CODE}, 3)",
    ),
}
