"""CBOW trained by gensim on real text, with what its output layer learned: it can still be asked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.network.softmax import softmax
from embedviz.network.vocabulary import Vocabulary
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.words.sentences import (
    Sentences,
    StoppableSentences,
    check_vocabulary,
    scanned,
    source_of,
)
from embedviz.words.training_log import TrainingLog, TrainingStopped
from embedviz.words.training_params import CBOW, TrainingParams
from embedviz.words.training_watch import watched

Output = Literal["negative", "hierarchical", "full"]
OUTPUTS: tuple[Output, ...] = ("negative", "hierarchical")
SMALL_TEXT = TrainingParams(
    vector_size=50, window=3, min_count=3, sample=0.0, epochs=15, alpha=0.05
)
"""Settings for a text of some 60,000 words: seconds of training."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The way from the root of gensim's tree to each word, filled up to the longest with node 0.

    Attributes
    ----------
    nodes, turns : ndarray of shape (V, longest)
        ``turns`` is 0 or 1, and −1 beyond the path's end.
    """

    nodes: NDArray[np.int64]
    turns: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class TrainedCbow:
    """A trained CBOW network, both of its matrices.

    Attributes
    ----------
    output : "negative", "hierarchical" or "full"
        How its output layer was trained.
    vocabulary : Vocabulary
        V words, the most frequent first.
    W : ndarray of shape (V, d), float32
        Their embeddings.
    output_rows : ndarray of shape (V, d) or (V − 1, d), float32
        W′ transposed; for hierarchical softmax a row for each inner node of its tree.
    paths : Paths or None
        Of hierarchical softmax.
    window : int
    seconds : float
        What the training took, counting the words included.
    n_tokens : int
        Words of the text.
    epochs : int
        How often it was read.
    """

    output: Output
    vocabulary: Vocabulary
    W: NDArray[np.float32]
    output_rows: NDArray[np.float32]
    paths: Paths | None
    window: int
    seconds: float
    n_tokens: int
    epochs: int

    def hidden(self, context: Sequence[int]) -> NDArray[np.float32]:
        """h, the mean of the context words' rows of W; InvalidParameterError if there is none."""
        if len(context) == 0:
            raise InvalidParameterError("There is no context word that the model knows.")
        return np.asarray(self.W[list(context)].mean(axis=0))

    def probabilities(self, context: Sequence[int]) -> NDArray[np.float64]:
        """How probable each word is as the center of these context words, of shape (V,).

        For hierarchical softmax the product of the turns on its path, which sums to 1 by itself.
        For negative sampling the softmax of the scores, as gensim's ``predict_output_word`` does:
        it was trained to tell true words from noise, not to give probabilities.
        """
        scores = (self.output_rows @ self.hidden(context)).astype(np.float64)
        if self.paths is None:
            return softmax(scores)
        return np.asarray(np.exp(self._log_turns(scores).sum(axis=1)))

    def turns_to(self, word: int, context: Sequence[int]) -> list[tuple[int, int, float]]:
        """The path to a word: each node, the turn there, and how probable it is.

        Raises InvalidParameterError for a model without a tree.
        """
        if self.paths is None:
            raise InvalidParameterError("Only hierarchical softmax has paths.")
        scores = (self.output_rows @ self.hidden(context)).astype(np.float64)
        chances = np.exp(self._log_turns(scores)[word])
        return [
            (int(node), int(turn), float(chance))
            for node, turn, chance in zip(
                self.paths.nodes[word], self.paths.turns[word], chances, strict=True
            )
            if turn >= 0
        ]

    def _log_turns(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        assert self.paths is not None
        # By node once, not once for each of the many paths that run through it.
        by_turn = -np.logaddexp(0.0, np.stack([-scores, scores]))
        chosen = by_turn[np.maximum(self.paths.turns, 0), self.paths.nodes]
        return np.where(self.paths.turns < 0, 0.0, chosen)

    @cached_property
    def mean_path(self) -> float:
        """Turns to a word, over all words; 0 without a tree."""
        return 0.0 if self.paths is None else float((self.paths.turns >= 0).sum(axis=1).mean())


def train_cbow(
    sentences: Sentences,
    output: Output,
    params: TrainingParams = SMALL_TEXT,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> TrainedCbow:
    """Train CBOW; with one worker the same input gives the same network, bit for bit gensim's.

    ``params.negative`` is of no account for hierarchical softmax. With ``output="negative"`` its W
    is that of :func:`embedviz.words.training.train_words`, which
    keeps the words' vectors and no output layer.

    Raises
    ------
    InvalidParameterError
        For an unknown output layer, or a text of which fewer than two words reach ``min_count``.
    CancelledError
        If a stop was asked for.

    References
    ----------
    Mikolov, Chen, Corrado & Dean 2013; Mikolov, Sutskever, Chen, Corrado & Dean 2013;
    gensim (Řehůřek & Sojka 2010).
    """
    from gensim.models import Word2Vec

    if output not in OUTPUTS:
        raise InvalidParameterError(
            f"There is no output layer {output!r}. Use one of {', '.join(map(repr, OUTPUTS))}."
        )
    start = time.perf_counter()
    log = TrainingLog(params.epochs, False, on_progress, cancel)
    model = watched(Word2Vec, log.watch)(**_settings(params, output))
    source = source_of(sentences, None)
    _count_words(model, source, on_progress, cancel)
    _train(model, source, log)
    stop_if(cancel, "The training")
    return _network(model, output, time.perf_counter() - start)


def _settings(params: TrainingParams, output: Output) -> dict[str, Any]:
    layer = {"hs": 0} if output == "negative" else {"hs": 1, "negative": 0}
    return {**CBOW.gensim_settings(params), **layer}


def _count_words(
    model: Any, source: Sentences, on_progress: OnProgress | None, cancel: Cancel | None
) -> None:
    report(on_progress, None, "reading the text")
    model.corpus_total_words, model.corpus_count = model.scan_vocab(
        scanned(source, on_progress, cancel)
    )
    check_vocabulary(model.raw_vocab, model.min_count)
    model.prepare_vocab()
    model.prepare_weights()


def _train(model: Any, source: Sentences, log: TrainingLog) -> None:
    try:
        model.train(
            corpus_iterable=StoppableSentences(source, log.watch),
            total_examples=model.corpus_count, total_words=model.corpus_total_words,
            epochs=model.epochs, start_alpha=model.alpha, end_alpha=model.min_alpha,
            callbacks=(log,),
        )  # fmt: skip
    except TrainingStopped:
        raise CancelledError("The training was stopped.") from None


def _network(model: Any, output: Output, seconds: float) -> TrainedCbow:
    wv = model.wv
    hs = output == "hierarchical"
    return TrainedCbow(
        output=output,
        vocabulary=Vocabulary(tuple(wv.index_to_key)),
        W=wv.vectors,
        # gensim gives its tree as many rows as there are words; the last one belongs to no node.
        output_rows=model.syn1[:-1] if hs else model.syn1neg,
        paths=_paths(wv) if hs else None,
        window=model.window,
        seconds=seconds,
        n_tokens=model.corpus_total_words,
        epochs=model.epochs,
    )


def _paths(wv: Any) -> Paths:
    codes = [wv.get_vecattr(row, "code") for row in range(len(wv))]
    longest = max(map(len, codes))
    nodes = np.zeros((len(wv), longest), dtype=np.int64)
    turns = np.full((len(wv), longest), -1, dtype=np.int8)
    for row, code in enumerate(codes):
        nodes[row, : len(code)] = wv.get_vecattr(row, "point")[: len(code)]
        turns[row, : len(code)] = code
    return Paths(nodes, turns)
