"""Training word vectors: CBOW, skip-gram and fastText, by gensim."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from embedviz.arguments import checked
from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.words.probes import checked_probes
from embedviz.words.sample_loss import SentenceSample
from embedviz.words.sentences import (
    Sentences,
    StoppableSentences,
    check_vocabulary,
    in_plain_utf8,
    scanned,
    source_of,
)
from embedviz.words.trained import TrainedWords, trained_model
from embedviz.words.training_doubts import doubts_of
from embedviz.words.training_log import (
    EpochRecord,
    TrainingLog,
    TrainingSnapshot,
    TrainingStopped,
)
from embedviz.words.training_params import (
    ALGORITHMS,
    DEFAULT_ALGORITHM,
    Algorithm,
    FastTextParams,
    TrainingParams,
    algorithm_named,
)
from embedviz.words.training_watch import watched

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "EpochRecord",
    "FastTextParams",
    "TrainedWords",
    "TrainingParams",
    "TrainingSnapshot",
    "train_words",
]


@checked
def train_words(
    sentences: Sentences | None = None,
    *,
    algorithm: str = DEFAULT_ALGORITHM,
    corpus_file: str | os.PathLike[str] | None = None,
    probes: Iterable[str] = (),
    name: str = "",
    keep_words: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    **params: Any,
) -> TrainedWords:
    """Learn a vector for each word of a text.

    The vectors are bit for bit those of gensim's Word2Vec or FastText with the settings in
    ``TrainedWords.gensim_settings`` when ``workers=1``. One thing differs: gensim drops what is
    beyond the first 10,000 words of a sentence, and here it goes on as another sentence.

    Parameters
    ----------
    sentences : iterable of lists of str
        Read once to count words and once per epoch, so not a generator. An embedviz Corpus fits.
    algorithm : str
        A name in ``ALGORITHMS``: "cbow", "skip-gram" or "fasttext".
    corpus_file : path, optional
        Instead of sentences, a UTF-8 text file of one sentence per line, words separated by single
        spaces. Several workers read it faster, but a stop waits for the end of the epoch.
    probes : iterable of str
        Words whose nearest neighbors are noted after each epoch.
    name : str
        The name of the space; by default the algorithm and the vector size.
    keep_words : int
        Keep the vectors of so many of the most frequent words after each epoch, for
        ``TrainedWords.by_epoch``.
    on_progress : callable, optional
        Told about twice a second, and at each epoch's end, in the calling thread; ``details`` is a
        TrainingSnapshot once training has begun.
    cancel : optional
        A stop keeps what was learned: each worker finishes its batch of at most 10,000 words, and
        the result says ``stopped``.
    **params
        The fields of TrainingParams (vector_size, window, min_count, negative, sample, epochs,
        alpha, min_alpha, workers, seed); for fastText also min_n, max_n and bucket.

    Raises
    ------
    InvalidParameterError
        For settings out of range, sentences that are not lists of words, or a text of which
        fewer than two words reach ``min_count``.
    FormatError
        If the corpus file is not UTF-8 text.
    CancelledError
        If a stop came before anything was learned.

    References
    ----------
    Mikolov, Sutskever, Chen, Corrado & Dean 2013, "Distributed Representations of Words and
    Phrases and their Compositionality"; Bojanowski, Grave, Joulin & Mikolov 2017, "Enriching Word
    Vectors with Subword Information"; gensim (Řehůřek & Sojka 2010).
    """
    start = time.perf_counter()
    method = algorithm_named(algorithm)
    chosen = method.make_params(params)
    watched_words = checked_probes(probes)
    given = None if corpus_file is None else Path(corpus_file)
    source_of(sentences, given)
    stop_if(cancel, "The training")
    log = TrainingLog(chosen.epochs, method.reports_loss, on_progress, cancel, _checked(keep_words))
    settings = method.gensim_settings(chosen)
    model = watched(method.gensim_type(), log.watch)(**settings)
    with in_plain_utf8(given) as path:
        source = source_of(sentences, path)
        sample = SentenceSample(chosen.seed)
        _count_words(model, source, sample, on_progress, cancel)
        counts = dict(model.raw_vocab)
        model.prepare_vocab()
        model.prepare_weights()
        if method.reports_loss:
            log.guesses = sample.guesses(model, np.random.default_rng(chosen.seed))
        log.probes = tuple(word for word in watched_words if word in model.wv.key_to_index)
        _run(model, StoppableSentences(source, log.watch), path, method, log)
    stopped = _was_stopped(log.history, chosen.epochs)
    origin = _origin(method, chosen, len(log.history), stopped)
    return TrainedWords(
        model=trained_model(
            model.wv, chosen, name or f"{method.name} {chosen.vector_size}d", origin
        ),
        algorithm=method,
        params=chosen,
        gensim_settings=settings,
        epochs=tuple(log.history),
        stopped=stopped,
        seconds=time.perf_counter() - start,
        corpus_words=model.corpus_total_words,
        corpus_sentences=model.corpus_count,
        missing_probes=tuple(word for word in watched_words if word not in log.probes),
        doubts=doubts_of(counts, chosen, sample.longest, log.history, bool(np.any(model.syn1neg))),
        _wv=model.wv,
        _kept=tuple(log.kept),
    )


def _checked(keep_words: int) -> int:
    if isinstance(keep_words, bool) or not isinstance(keep_words, int) or keep_words < 0:
        raise InvalidParameterError(f"keep_words={keep_words!r}: a whole number, 0 or more.")
    return keep_words


def _count_words(
    model: Any,
    source: Sentences,
    sample: SentenceSample,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> None:
    """The first part of gensim's ``build_vocab``, with a look at the counts before they are used."""
    report(on_progress, None, "reading the text")
    words, sentences = model.scan_vocab(sample.passing(scanned(source, on_progress, cancel)))
    model.corpus_total_words, model.corpus_count = words, sentences
    check_vocabulary(model.raw_vocab, model.min_count)
    stop_if(cancel, "Reading the text")


def _run(
    model: Any, sentences: Sentences, path: Path | None, method: Algorithm, log: TrainingLog
) -> None:
    corpus = {"corpus_iterable": sentences} if path is None else {"corpus_file": str(path)}
    try:
        model.train(
            **corpus,
            total_examples=model.corpus_count,
            total_words=model.corpus_total_words,
            epochs=model.epochs,
            start_alpha=model.alpha,
            end_alpha=model.min_alpha,
            compute_loss=method.reports_loss,
            callbacks=(log,),
        )
    except TrainingStopped:
        if not log.history:
            raise CancelledError("The training was stopped before a word was learned.") from None
        if hasattr(model.wv, "adjust_vectors"):
            # What gensim does at the end of a training that is not left early.
            model.wv.adjust_vectors()


def _was_stopped(history: list[EpochRecord], epochs: int) -> bool:
    return len(history) < epochs or not history[-1].complete


def _origin(
    method: Algorithm, params: TrainingParams, epochs: int, stopped: bool
) -> Mapping[str, Any]:
    import gensim

    return {
        "encoder": f"gensim {gensim.__version__} {method.gensim_class}",
        "algorithm": method.name,
        "settings": asdict(params),
        "epochs_trained": epochs,
        "stopped": stopped,
    }
