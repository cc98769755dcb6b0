"""The vectors of a whole fastText vocabulary from its words and their n-grams, by blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

_WORDS_AT_ONCE = 8192
_END_OF_SENTENCE = b"</s>"


def composed(
    words: Sequence[bytes],
    word_vectors: NDArray[np.float32],
    ngram_vectors: NDArray[np.float32],
    lengths: tuple[int, int],
    *,
    bare_end: bool,
) -> Iterator[int]:
    """Make ``word_vectors`` (n, d), in place, the mean of each word's own vector and its n-grams'.

    ``words`` are the bytes of the file, ``lengths`` the shortest and longest n-gram. Yields the
    number of words done after each block. ``bare_end`` leaves ``</s>`` as it is, which fastText
    does in models of its file version 12; older models had n-grams of it.
    """
    from scipy.sparse import csr_matrix

    buckets = len(ngram_vectors)
    for start in range(0, len(words), _WORDS_AT_ONCE):
        block = words[start : start + _WORDS_AT_ONCE]
        owners, hashes = ngram_hashes(block, *lengths)
        if bare_end and _END_OF_SENTENCE in block:
            spoken = np.array([word != _END_OF_SENTENCE for word in block])[owners]
            owners, hashes = owners[spoken], hashes[spoken]
        counts = np.bincount(owners, minlength=len(block))
        ends = np.concatenate(([0], np.cumsum(counts)))
        rows = (hashes % np.uint32(buckets)).astype(np.int64)
        ones = np.ones(len(rows), dtype=np.float32)
        chosen = csr_matrix((ones, rows, ends), shape=(len(block), buckets))
        target = word_vectors[start : start + len(block)]
        with np.errstate(over="ignore", invalid="ignore"):
            target += chosen @ ngram_vectors
            target /= (counts + 1).astype(np.float32)[:, None]
        yield start + len(block)


def ngram_hashes(words: Sequence[bytes], min_n: int, max_n: int) -> tuple[NDArray[np.intp], Hashes]:
    """The n-grams of all words at once: the word (sorted) and fastText's hash of each.

    The hash is 32-bit FNV-1a over UTF-8 bytes taken as signed numbers; see
    :func:`embedviz.word_model.ngram_hash` for one n-gram.
    """
    marked = [b"<" + word + b">" for word in words]
    data = np.frombuffer(b"".join(marked), dtype=np.int8)
    widened = data.astype(np.int32).view(np.uint32)
    first = np.fromiter(accumulate(map(len, marked), initial=0), dtype=np.intp)
    # A byte 10xxxxxx goes on with the character before it.
    starts = np.flatnonzero((data.view(np.uint8) & 0xC0) != 0x80)
    owner = np.searchsorted(first, starts, side="right") - 1
    sizes = np.diff(np.append(starts, len(data)))
    value = np.full(len(starts), 2166136261, dtype=np.uint32)
    owners, found = [], []
    alive = np.arange(len(starts))
    for n in range(1, max_n + 1):
        last = alive + (n - 1)
        inside = last < len(starts)
        inside[inside] = owner[last[inside]] == owner[alive[inside]]
        alive, last = alive[inside], last[inside]
        if not len(alive):
            break
        value[alive] = _with_character(value[alive], widened, starts[last], sizes[last])
        if n >= min_n:
            kept = alive if n > 1 else alive[~_is_mark(starts, first)[alive]]
            owners.append(owner[kept])
            found.append(value[kept])
    if not owners:
        return np.empty(0, np.intp), np.empty(0, np.uint32)
    together = np.concatenate(owners)
    order = np.argsort(together, kind="stable")
    return together[order], np.concatenate(found)[order]


def _with_character(
    value: Hashes, widened: Hashes, starts: NDArray[np.intp], sizes: NDArray[np.intp]
) -> Hashes:
    """The hashes, each with the bytes of one more character."""
    for byte in range(int(sizes.max())):
        has = sizes > byte
        value[has] = (value[has] ^ widened[starts[has] + byte]) * np.uint32(16777619)
    return value


def _is_mark(starts: NDArray[np.intp], first: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether a character is the < or > that was put around a word."""
    marks = np.union1d(first[:-1], first[1:] - 1)
    return np.isin(starts, marks)
