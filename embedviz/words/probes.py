"""Probe words: who their neighbors are at each epoch, and how far these moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

PROBE_NEIGHBORS = 10

ProbeNeighbors = Mapping[str, tuple[str, ...]]


def checked_probes(probes: Iterable[str]) -> tuple[str, ...]:
    """The probe words, each once, in the given order; raises InvalidParameterError."""
    if isinstance(probes, str):
        raise InvalidParameterError(
            f"probes must be a sequence of words, got the one string {probes!r}. "
            f"Pass [{probes!r}] for one word."
        )
    words = tuple(dict.fromkeys(probes))
    for word in words:
        if not isinstance(word, str):
            raise InvalidParameterError(f"Each probe must be a word, got {word!r}.")
    return words


def probe_neighbors(
    words: Sequence[str], rows: Mapping[str, int], keys: Sequence[str], vectors: NDArray[Any]
) -> dict[str, tuple[str, ...]]:
    """The nearest ``PROBE_NEIGHBORS`` words of each word by cosine, nearest first, without itself.

    ``vectors`` is of shape (n, d); ``rows`` says where each of the ``keys`` is in it.
    """
    if not words:
        return {}
    lengths = np.linalg.norm(vectors, axis=1)
    # A vector of length 0 has no direction: its cosine is 0.
    units = vectors / np.where(lengths > 0, lengths, 1)[:, np.newaxis]
    found = {}
    for word in words:
        scores = units @ units[rows[word]]
        scores[rows[word]] = -np.inf
        order = np.argsort(-scores, kind="stable")[: min(PROBE_NEIGHBORS, len(keys) - 1)]
        found[word] = tuple(keys[row] for row in order)
    return found


def moved(before: ProbeNeighbors, now: ProbeNeighbors) -> dict[str, float]:
    """How far each word's neighbors moved: 1 − the share of them that were there before.

    0 if they are the same words in any order, 1 if all are new.
    """
    return {
        word: 1.0 - len(set(near) & set(before[word])) / len(near)
        for word, near in now.items()
        if word in before and near
    }
