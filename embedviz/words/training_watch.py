"""gensim's trainers, watched: an honest loss, a stop that answers, and no thread left hanging.

gensim trains in threads that report through a queue. Three of its traps shape this module:

- each batch reads ``running_training_loss``, adds to it in float32 and writes it back, so that
  workers overwrite each other's sums and large sums swallow small terms;
- whatever is raised in its threads, or by the sentences that they read, leaves it waiting forever;
- it asks nobody whether to go on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

_TICK_SECONDS = 0.1
# Beyond this a float32 sum of terms around 0.7 is off by more than 5 %, soon by any amount.
_LARGEST_SUM = 2.0**22


class Watch:
    """What the threads of one training share with the thread that called it.

    Attributes
    ----------
    stopping : bool
        No more batches are to be trained.
    cut : bool
        Something was left out of this epoch because of that.
    failure : Exception or None
        What went wrong in a thread; raised again where it can be.
    loss : float
        Sum of the losses of this epoch's batches; nan if one is too large to be right.
    trained, read : int
        Words of this epoch that were trained, and that were read to get them.
    """

    def __init__(self, on_tick: Callable[[], None]) -> None:
        self._on_tick = on_tick
        self._lock = threading.Lock()
        self.stopping = False
        self.failure: Exception | None = None
        self.next_epoch()

    def next_epoch(self) -> None:
        """Start to count at zero."""
        self.loss, self.trained, self.read, self.cut = 0.0, 0, 0, False

    def add_loss(self, loss: float) -> None:
        """Add the loss of one batch."""
        with self._lock:
            self.loss += loss if loss <= _LARGEST_SUM else float("nan")

    def add_words(self, trained: int, read: int) -> None:
        """Add the words of one batch."""
        with self._lock:
            self.trained += trained
            self.read += read

    def fail(self, error: Exception) -> None:
        """Stop, and keep the first error to be raised later."""
        self.failure = self.failure or error
        self.stopping = True

    def tick(self) -> None:
        """Let the caller's thread look around; what it raises is kept for later."""
        try:
            self._on_tick()
        except Exception as error:
            self.fail(error)

    def work(self, job: Callable[[], tuple[int, ...]], nothing: tuple[int, ...]) -> tuple[int, ...]:
        """The counts of ``job``, or ``nothing`` if it is not to run or fails.

        The last two counts are the words trained and the words read.
        """
        if self.stopping:
            self.cut = True
            return nothing
        try:
            counts = job()
        except Exception as error:
            self.fail(error)
            return nothing
        self.add_words(counts[-2], counts[-1])
        return counts


class _TickingQueue:
    """gensim's progress queue, whose reader looks around while it waits."""

    def __init__(self, inner: queue.Queue[Any], tick: Callable[[], None]) -> None:
        self._inner = inner
        self._tick = tick

    def get(self) -> Any:
        while True:
            self._tick()
            try:
                return self._inner.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                continue

    def qsize(self) -> int:
        return self._inner.qsize()


def watched(base: Any, watch: Watch) -> Any:
    """A child of gensim's class ``base`` that trains the same and tells ``watch``.

    A batch of at most 10,000 words that is being trained is finished; those that wait in gensim's
    queue are dropped, so a stop takes one batch per worker whatever the settings.
    """

    class Watched(base):  # type: ignore[misc]
        @property
        def running_training_loss(self) -> float:
            # Each batch starts at zero and gives its own sum: nothing to overwrite or to swallow.
            return 0.0

        @running_training_loss.setter
        def running_training_loss(self, loss: float) -> None:
            watch.add_loss(float(loss))

        def _do_train_job(self, *args: Any) -> tuple[int, ...]:
            return watch.work(lambda: super(Watched, self)._do_train_job(*args), (0, 0))

        def _do_train_epoch(self, *args: Any, **kwargs: Any) -> tuple[int, ...]:
            return watch.work(
                lambda: super(Watched, self)._do_train_epoch(*args, **kwargs), (0, 0, 0)
            )

        def _log_epoch_progress(self, progress_queue: Any, *args: Any, **kwargs: Any) -> Any:
            ticking = _TickingQueue(progress_queue, watch.tick)
            return super()._log_epoch_progress(ticking, *args, **kwargs)

        def _log_epoch_end(self, *args: Any) -> None:
            # After a stop the count of sentences cannot match: no warning about that.
            if not watch.stopping:
                super()._log_epoch_end(*args)

        def _log_train_end(self, *args: Any) -> None:
            """Say nothing: gensim would advise on ``batch_words``, which is fixed here."""

    return Watched
