"""The history of a training: one record per epoch, and a snapshot while it runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress, report
from embedviz.words.probes import ProbeNeighbors, moved, probe_neighbors
from embedviz.words.sample_loss import Guesses
from embedviz.words.training_watch import Watch

_REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch did.

    Attributes
    ----------
    epoch : int
        From 1.
    loss : float or None
        Mean loss per trained word (see :class:`TrainedWords`); None where gensim computes none,
        nan where it is not known or nothing was trained.
    sample_loss : float or None
        Mean loss of the same guesses, drawn from the text, at the end of this epoch: this one
        compares epochs. None and nan as for ``loss``.
    words : int
        Words trained: those of the vocabulary that subsampling left.
    words_per_second : float
        Words of the text read per second while training, rare and skipped ones included.
    seconds : float
        Time of the training itself, without reading the probes.
    complete : bool
        False for an epoch that was stopped before the end of the text.
    neighbors : mapping of str to tuple of str
        For each probe word its nearest 10 words by cosine at the end of this epoch.
    moved : mapping of str to float
        For each probe word 1 − the share of these neighbors that it had an epoch before; empty
        for the first epoch.
    """

    epoch: int
    loss: float | None
    words: int
    words_per_second: float
    seconds: float
    complete: bool
    neighbors: ProbeNeighbors = field(default_factory=dict)
    moved: dict[str, float] = field(default_factory=dict)
    sample_loss: float | None = None


@dataclass(frozen=True)
class TrainingSnapshot:
    """How a training stands: the ``details`` of its progress reports.

    Attributes
    ----------
    epoch, epochs : int
        The epoch at work (from 1), and how many there will be.
    loss : float or None
        Mean loss per trained word in this epoch so far; None before its first batch, for fastText,
        and for a corpus file while an epoch runs.
    words_per_second : float
        Words of the text read per second in this epoch so far.
    history : tuple of EpochRecord
        The epochs that ended, with their probes.
    """

    epoch: int
    epochs: int
    loss: float | None
    words_per_second: float
    history: tuple[EpochRecord, ...]

    @property
    def losses(self) -> tuple[float, ...]:
        """The losses of the epochs that ended; empty for fastText."""
        return losses_of(self.history)

    @property
    def sample_losses(self) -> tuple[float, ...]:
        """The losses of the same guesses after each of them; empty for fastText."""
        return sample_losses_of(self.history)


def losses_of(history: Sequence[EpochRecord]) -> tuple[float, ...]:
    """The losses of these epochs; empty where gensim computes none."""
    return tuple(record.loss for record in history if record.loss is not None)


def sample_losses_of(history: Sequence[EpochRecord]) -> tuple[float, ...]:
    """The losses on the sample after these epochs; empty where gensim computes none."""
    return tuple(record.sample_loss for record in history if record.sample_loss is not None)


class TrainingStopped(Exception):  # noqa: N818 - no error: how gensim's loop over epochs is left
    """Raised at an epoch's end, in the caller's thread, where gensim lets it through."""


class TrainingLog:
    """Keeps the history and tells it; gensim calls it as a callback, in the caller's thread."""

    def __init__(
        self,
        epochs: int,
        reports_loss: bool,
        on_progress: OnProgress | None,
        cancel: Cancel | None,
        keep_words: int = 0,
    ) -> None:
        self.watch = Watch(self._tick)
        self.kept: list[NDArray[np.float32]] = []
        self.history: list[EpochRecord] = []
        self.probes: tuple[str, ...] = ()
        self.guesses: Guesses | None = None
        self._epochs = epochs
        self._reports_loss = reports_loss
        self._on_progress = on_progress
        self._cancel = cancel
        self._keep_words = keep_words
        self._total = 0
        self._start = self._last = time.perf_counter()

    def on_train_begin(self, model: Any) -> None:
        self._total = model.corpus_total_words

    def on_epoch_begin(self, model: Any) -> None:  # noqa: ARG002 - gensim's signature
        self.watch.next_epoch()
        self._start = time.perf_counter()

    def on_epoch_end(self, model: Any) -> None:
        """Record the epoch; leave gensim's loop if a stop was asked for or something failed."""
        if self.watch.failure is not None:
            raise self.watch.failure
        if self.watch.read:
            self._record(model)
            self._tell(len(self.history), 0.0)
        if self.watch.stopping or self._stop_asked():
            raise TrainingStopped

    def on_train_end(self, model: Any) -> None:
        """Nothing: the last epoch's end said it all."""

    def _record(self, model: Any) -> None:
        watch, seconds = self.watch, time.perf_counter() - self._start
        if (self.probes or self._keep_words) and hasattr(model.wv, "adjust_vectors"):
            # fastText makes a word's vector from its pieces only when asked to.
            model.wv.adjust_vectors()
        if self._keep_words:
            self.kept.append(np.array(model.wv.vectors[: self._keep_words], np.float32))
        near = probe_neighbors(self.probes, model.wv.index_to_key, model.wv.vectors)
        before = self.history[-1].neighbors if self.history else {}
        self.history.append(
            EpochRecord(
                epoch=len(self.history) + 1,
                loss=self._mean_loss() if watch.trained else self._no_loss(),
                words=watch.trained,
                words_per_second=watch.read / seconds,
                seconds=seconds,
                complete=not watch.cut,
                neighbors=near,
                moved=moved(before, near),
                sample_loss=self._sample_loss(model),
            )
        )

    def _mean_loss(self) -> float | None:
        watch = self.watch
        if not self._reports_loss or not watch.trained:
            return None
        # No term is 0: a sum of 0 says that no word had another to be trained with.
        return watch.loss / watch.trained if watch.loss else float("nan")

    def _sample_loss(self, model: Any) -> float | None:
        if not self._reports_loss or self.guesses is None:
            return None
        return self.guesses.loss(model.wv.vectors, model.syn1neg)

    def _no_loss(self) -> float | None:
        return float("nan") if self._reports_loss else None

    def _stop_asked(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    def _tick(self) -> None:
        if self._stop_asked():
            self.watch.stopping = True
        now = time.perf_counter()
        if now - self._last >= _REPORT_SECONDS:
            self._tell(len(self.history) + 1, self.watch.read / self._total)

    def _tell(self, epoch: int, of_epoch: float) -> None:
        now = self._last = time.perf_counter()
        ended = epoch == len(self.history)
        rate = self.history[-1].words_per_second if ended else self.watch.read / (now - self._start)
        loss = self.history[-1].loss if ended else self._mean_loss()
        snapshot = TrainingSnapshot(epoch, self._epochs, loss, rate, tuple(self.history))
        fraction = min(1.0, (len(self.history) + of_epoch) / self._epochs)
        report(self._on_progress, fraction, self._message(epoch, ended, rate), snapshot)

    def _message(self, epoch: int, ended: bool, rate: float) -> str:
        done = "done" if ended else f"{self.watch.read:,} of {self._total:,} words"
        return f"epoch {epoch} of {self._epochs}: {done}, {rate:,.0f} words per second"
