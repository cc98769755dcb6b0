"""Which words of a large vocabulary to draw: the most frequent, and the ones asked for."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class DrawnWords:
    """Rows of a space to draw.

    Attributes
    ----------
    rows : ndarray of shape (m,), intp
        The first ``frequent`` rows of the space, then the asked ones that are not among them.
    frequent : int
        How many of the most frequent words.
    added : tuple of str
        Asked words that came on top.
    unknown : tuple of str
        Asked words that the space does not have.
    """

    rows: NDArray[np.intp]
    frequent: int
    added: tuple[str, ...]
    unknown: tuple[str, ...]


def drawn_words(space: EmbeddingSpace, frequent: int, asked: Iterable[str] = ()) -> DrawnWords:
    """The ``frequent`` first words of ``space`` (word vectors come most frequent first) + ``asked``."""
    frequent = min(frequent, len(space))
    wanted = dict.fromkeys(asked)
    added = [word for word in wanted if word in space and space.index(word) >= frequent]
    unknown = tuple(word for word in wanted if word not in space)
    extra = np.fromiter((space.index(word) for word in added), dtype=np.intp, count=len(added))
    rows = np.concatenate([np.arange(frequent, dtype=np.intp), extra])
    return DrawnWords(rows, frequent, tuple(added), unknown)


def words_in(text: str, known: Container[str] = ()) -> tuple[str, ...]:
    """Words typed or pasted, separated by white space, commas or semicolons; each once.

    What is ``known`` as it stands between spaces (GloVe has "10,000") is one word.
    """
    found: list[str] = []
    for token in text.split():
        found += [token] if token in known else re.findall(r"[^,;]+", token)
    return tuple(dict.fromkeys(found))
