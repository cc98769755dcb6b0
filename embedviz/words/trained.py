"""What a training gives back: the words, what can be asked of the model, and how it went."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError
from embedviz.formats import FORMATS, write
from embedviz.formats.writing import write_whole
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel, WordModel
from embedviz.words.training_log import EpochRecord, losses_of, sample_losses_of
from embedviz.words.training_params import Algorithm, TrainingParams

_NATIVE_SUFFIXES = (".kv", ".model")


@dataclass(frozen=True, eq=False)
class TrainedWords:
    """Trained word vectors and their history.

    The loss is that of negative sampling (Mikolov et al. 2013): −log σ(±x·y) for each true pair and
    for each of its ``negative`` random ones, summed, and divided by the words trained (words of the
    vocabulary that subsampling left). A word of skip-gram has up to 2 × ``window`` pairs, one of
    CBOW a single one: losses compare between epochs of one training, not between algorithms or
    windows. gensim counts no term with |x·y| ≥ 6, looks
    logarithms up in a table (up to 2 % off), and adds up each batch of 10,000 words (of a
    corpus file: all words of a worker's epoch) in float32, which is right within 1 % for sums up to
    a million and within 5 % up to 2²²; a larger sum is not believed and gives nan. It is taken while
    the words learn, and may rise although they learn: ``sample_losses`` compare epochs.

    Attributes
    ----------
    model : WordModel
        The words; a SubwordModel for fastText with n-grams, which also knows unseen words.
    algorithm : Algorithm
        What was trained.
    params : TrainingParams
        With which settings.
    gensim_settings : mapping
        Keyword arguments that give the same vectors in gensim's own class.
    epochs : tuple of EpochRecord
        What happened in each epoch.
    stopped : bool
        True if a stop was asked for before the end: this is what was learned until then.
    seconds : float
        Time of the whole, counting the words included.
    corpus_words, corpus_sentences : int
        Size of the text, rare words included.
    missing_probes : tuple of str
        Probe words that are not in the vocabulary.
    doubts : tuple of str
        Reasons not to trust what was learned, in sentences: too few words, nothing to train on.
    """

    model: WordModel
    algorithm: Algorithm
    params: TrainingParams
    gensim_settings: Mapping[str, Any]
    epochs: tuple[EpochRecord, ...]
    stopped: bool
    seconds: float
    corpus_words: int
    corpus_sentences: int
    missing_probes: tuple[str, ...]
    doubts: tuple[str, ...]
    _wv: Any = field(repr=False)
    _kept: tuple[NDArray[np.float32], ...] = field(default=(), repr=False)

    @property
    def space(self) -> EmbeddingSpace:
        """The words by frequency; ``table["count"]`` says how often each occurs in the text."""
        return self.model.space

    @property
    def by_epoch(self) -> tuple[EmbeddingSpace, ...]:
        """The most frequent words after each epoch, if ``keep_words`` asked for them."""
        return tuple(
            EmbeddingSpace(
                self.space.keys[: len(vectors)], vectors, None,
                f"{self.space.name}, epoch {number}", self.space.origin | {"epoch": number},
            )
            for number, vectors in enumerate(self._kept, 1)
        )  # fmt: skip

    @property
    def losses(self) -> tuple[float, ...]:
        """Mean loss per trained word of each epoch; empty for fastText.

        The last one is of what was read, if the training was stopped. nan where the loss is not
        known: subsampling left no two words to train on, or the sum was too large for float32.
        """
        return losses_of(self.epochs)

    @property
    def sample_losses(self) -> tuple[float, ...]:
        """Mean loss of the same guesses, drawn from the text, after each epoch; empty for fastText.

        A guess is a true pair (of CBOW a word and the mean of its context) with its ``negative``
        random words, the same in every epoch, and every term counts: −log σ(x·y) summed with
        −log σ(−x·y'). nan if no two words stand together in the sample.
        """
        return sample_losses_of(self.epochs)

    @property
    def deterministic(self) -> bool:
        """True if the same text, settings and seed give the same vectors: one worker, not stopped.

        Several workers change the vectors in an order that the machine decides; a stop comes when
        it comes.
        """
        return self.params.workers == 1 and not self.stopped

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the vectors in the format that the suffix tells.

        ``.kv`` and ``.model`` are gensim's own KeyedVectors (with the n-grams of fastText), in one
        file. They are pickles: whoever opens one runs what is in it, so embedviz opens them only
        when told ``trusted=True``. The others are those of :func:`embedviz.write`: ``.bin``
        (word2vec binary), ``.txt`` and ``.vec`` (word2vec text), ``.npz``; they hold the words'
        vectors only.

        Raises
        ------
        FormatError
            If the suffix tells no format, the format cannot hold a word, or the file cannot be
            written.
        """
        target = Path(path)
        if target.suffix.lower() in _NATIVE_SUFFIXES:
            write_whole(target, self._wv.save, zipped=False)
            return
        if not target.suffix:
            known = [suffix for kind in FORMATS.values() if kind.write for suffix in kind.suffixes]
            raise FormatError(
                f"'{target}' has no suffix to tell the format. "
                f"Use one of {', '.join([*known, *_NATIVE_SUFFIXES])}."
            )
        write(self.space, target)


def trained_model(
    wv: Any, params: TrainingParams, name: str, origin: Mapping[str, Any]
) -> WordModel:
    """The words of gensim's ``wv``, which is written to no more: nothing is copied."""
    import pandas as pd

    keys = wv.index_to_key
    # gensim's own array: asked word by word it takes longer than an epoch of a small text.
    counts = pd.DataFrame({"count": np.array(wv.expandos["count"][: len(keys)], np.int64)})
    space = EmbeddingSpace(keys, wv.vectors, counts, name, origin, copy=False)
    max_n = getattr(params, "max_n", 0)
    if max_n == 0:
        return WordModel(space)
    return SubwordModel(space, wv.vectors_ngrams, wv.min_n, max_n)
