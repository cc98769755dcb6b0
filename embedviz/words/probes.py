"""Probe words: who their neighbors are at each epoch, and how far these moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError, shown
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace

PROBE_NEIGHBORS = 10

ProbeNeighbors = Mapping[str, tuple[str, ...]]


def checked_probes(probes: Iterable[str]) -> tuple[str, ...]:
    """The probe words, each once, in the given order; raises InvalidParameterError."""
    if isinstance(probes, str):
        raise InvalidParameterError(
            f"probes must be a sequence of words, got the one string {probes!r}. "
            f"Pass [{probes!r}] for one word."
        )
    if not isinstance(probes, Iterable):
        raise InvalidParameterError(
            f"probes must be a sequence of words, got a {type(probes).__name__}."
        )
    given = tuple(probes)
    for word in given:
        if not isinstance(word, str):
            raise InvalidParameterError(f"Each probe must be a word, got {shown(word)}.")
    return tuple(dict.fromkeys(given))


def probe_neighbors(
    words: Sequence[str], keys: Sequence[str], vectors: NDArray[np.float32]
) -> dict[str, tuple[str, ...]]:
    """The nearest ``PROBE_NEIGHBORS`` words of each word by cosine, nearest first, without itself.

    ``vectors`` is of shape (n, d), one for each of the ``keys``; nothing is copied.
    """
    if not words:
        return {}
    space = EmbeddingSpace(keys, vectors, copy=False)
    found = neighbors(space, list(words), k=PROBE_NEIGHBORS, metric="cosine")
    return dict(zip(words, found.keys, strict=True))


def moved(before: ProbeNeighbors, now: ProbeNeighbors) -> dict[str, float]:
    """How far each word's neighbors moved: 1 − the share of them that were there before.

    0 if they are the same words in any order, 1 if all are new.
    """
    return {
        word: 1.0 - len(set(near) & set(before[word])) / len(near)
        for word, near in now.items()
        if word in before and near
    }
