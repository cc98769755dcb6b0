"""Long work away from the caller's thread: one job at a time, seen from afar, stopped at once.

A :class:`Jobs` runner has one queue for the whole machine. Work is a function
``work(on_progress, cancel)`` that reports its progress and raises CancelledError (or returns what
it has) soon after ``cancel`` is set. Work that does not answer in time is detached: its job is
``"stopped"`` and the next one starts, while its thread runs on unseen until it ends by itself, and
until then still takes processor time and any lock that it holds (UMAP while it compiles).
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Literal

from embedviz.errors import CancelledError, EmbedvizError
from embedviz.progress import Cancel, OnProgress, Progress

State = Literal["queued", "running", "done", "failed", "stopped"]
Work = Callable[[OnProgress, Cancel], Any]

_log = logging.getLogger(__name__)


class Job:
    """One piece of long work; made by :meth:`Jobs.submit`, read from any thread.

    Attributes
    ----------
    id, title, owner, key
        Its name, what people call it, whose it is, and what makes it the same as another.
    state : str
        ``"queued"``, ``"running"``, ``"done"``, ``"failed"`` or ``"stopped"``.
    progress : Progress
        The latest report.
    result : Any
        What the work returned, once ``"done"``.
    error : BaseException or None
        What the work raised, once ``"failed"``.
    stopping : bool
        True once a stop was asked for. Work may still end as ``"done"`` with what it has by then.
    detached : bool
        True if the work did not answer the stop and runs on unseen; its result is dropped.
    abandoned : bool
        True if it was stopped because nobody asked about it any more.
    submitted, started, finished : float or None
        Seconds since the epoch.
    """

    def __init__(self, runner: Jobs, work: Work, title: str, owner: str, key: str | None) -> None:
        self.id = uuid.uuid4().hex
        self.title = title
        self.owner = owner
        self.key = key
        self.state: State = "queued"
        self.progress = Progress(None, "waiting")
        self.result: Any = None
        self.error: BaseException | None = None
        self.detached = False
        self.abandoned = False
        self.submitted = time.time()
        self.started: float | None = None
        self.finished: float | None = None
        self.stop_grace = runner.stop_grace
        self._runner = runner
        self._work = work
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._touched = time.monotonic()
        self._stop_asked = 0.0

    @property
    def alive(self) -> bool:
        """True while queued or running."""
        return self.state in ("queued", "running")

    @property
    def stopping(self) -> bool:
        """True once a stop was asked for."""
        return self._stop.is_set()

    @property
    def position(self) -> int:
        """Its place in the queue: 1 is next; 0 once it runs or has ended."""
        return self._runner.position(self)

    def cancel(self) -> None:
        """Ask it to stop; without effect once it has ended. Returns at once."""
        self._runner.cancel(self)

    def touch(self) -> None:
        """Say that somebody still waits for it."""
        self._touched = time.monotonic()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; False if it has not within ``timeout`` seconds."""
        return self._ended.wait(timeout)

    def __repr__(self) -> str:
        return f"Job({self.title!r}, {self.state})"
