"""CBOW with full softmax on real text, in batches: what gensim leaves out because it is slow."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.cbow import windows
from embedviz.network.trained_cbow import SMALL_TEXT, TrainedCbow
from embedviz.network.vocabulary import Vocabulary
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.words.training_params import TrainingParams

EPOCHS = 4
"""Fewer than the other two need: each step here compares all words."""

_BATCH = 64
_RATE = 0.2
# Squares of a mean gradient over a batch are tiny; a larger start would swallow the first ones.
_FLOOR = 1e-7
Weights = NDArray[np.float32]


def train_full_softmax(
    sentences: Sequence[Sequence[str]],
    params: TrainingParams = SMALL_TEXT,
    epochs: int = EPOCHS,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> TrainedCbow:
    """Train CBOW with a softmax over all words, by Adagrad (Duchi, Hazan & Singer 2011).

    Of ``params`` the vector size, the window, the minimum count and the seed are used. The same
    input gives the same network.

    Raises InvalidParameterError if fewer than two words reach ``min_count`` or none stands beside
    another, and CancelledError.
    """
    start = time.perf_counter()
    vocabulary, n_tokens = _vocabulary(sentences, params.min_count)
    context, targets = _examples(sentences, vocabulary, params.window)
    rng = np.random.default_rng(params.seed)
    V, d = len(vocabulary), params.vector_size
    W = ((rng.random((V, d)) - 0.5) / d).astype(np.float32)
    out = np.zeros((V, d), dtype=np.float32)
    seen_W, seen_out = np.full_like(W, _FLOOR), np.full_like(out, _FLOOR)
    batches = max(1, len(targets) // _BATCH)
    for epoch in range(epochs):
        for number, rows in enumerate(np.array_split(rng.permutation(len(targets)), batches)):
            if number % 20 == 0:
                stop_if(cancel, "The training")
                done = (
                    f"epoch {epoch + 1} of {epochs}: {number * _BATCH:,} of {len(targets):,} words"
                )
                report(on_progress, (epoch + number / batches) / epochs, done)
            grad_W, grad_out = batch_gradients(W, out, context[rows], targets[rows])
            _descend(W, seen_W, grad_W)
            _descend(out, seen_out, grad_out)
    return TrainedCbow(
        output="full", vocabulary=vocabulary, W=W, output_rows=out, paths=None,
        window=params.window, seconds=time.perf_counter() - start, n_tokens=n_tokens, epochs=epochs,
    )  # fmt: skip


def batch_gradients(
    W: Weights, out: Weights, context: NDArray[np.int64], targets: NDArray[np.int64]
) -> tuple[Weights, Weights]:
    """The gradients of the mean cross-entropy of some windows, for W and for W′ transposed.

    Parameters
    ----------
    W, out : ndarray of shape (V, d)
    context : ndarray of shape (b, 2 · window)
        Word ids, −1 where a window has fewer.
    targets : ndarray of shape (b,)
    """
    weights = (context >= 0).astype(W.dtype)
    weights /= weights.sum(axis=1, keepdims=True)
    h = np.einsum("bc,bcd->bd", weights, W[context])
    scores = h @ out.T
    scores -= scores.max(axis=1, keepdims=True)
    errors = np.exp(scores, out=scores)
    errors /= errors.sum(axis=1, keepdims=True)
    errors[np.arange(len(targets)), targets] -= 1
    errors /= len(targets)
    grad_W = np.zeros_like(W)
    np.add.at(grad_W, context, weights[..., None] * (errors @ out)[:, None, :])
    return grad_W, errors.T @ h


def _descend(weights: Weights, seen: Weights, gradient: Weights) -> None:
    """One step of Adagrad, in place: words that were moved often move less."""
    seen += gradient * gradient
    weights -= np.float32(_RATE) * gradient / np.sqrt(seen)


def _vocabulary(sentences: Sequence[Sequence[str]], min_count: int) -> tuple[Vocabulary, int]:
    counts = Counter(chain.from_iterable(sentences))
    kept = tuple(word for word, count in counts.most_common() if count >= min_count)
    if len(kept) < 2:
        raise InvalidParameterError(
            f"{len(kept)} of {len(counts):,} words occur {min_count} times or more; two are needed."
        )
    return Vocabulary(kept), counts.total()


def _examples(
    sentences: Sequence[Sequence[str]], vocabulary: Vocabulary, window: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    found = [
        example
        for words in sentences
        for example in windows(vocabulary.ids(w for w in words if w in vocabulary), window)
    ]
    if not found:
        raise InvalidParameterError("No word of the text has another known one beside it.")
    context = np.full((len(found), 2 * window), -1, dtype=np.int64)
    for row, example in enumerate(found):
        context[row, : len(example.context)] = example.context
    return context, np.array([example.target for example in found], dtype=np.int64)
