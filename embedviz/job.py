"""One piece of long work, as everybody who waits for it sees it."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from embedviz.errors import CancelledError, EmbedvizError
from embedviz.progress import Cancel, OnProgress, Progress

if TYPE_CHECKING:
    from embedviz.jobs import Jobs

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
    stop_grace : float
        Seconds that the work has to answer a stop.
    """

    def __init__(
        self,
        runner: Jobs,
        work: Work,
        title: str,
        owner: str,
        key: str | None,
        stop_grace: float,
    ) -> None:
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
        self.stop_grace = stop_grace
        # What follows is for the runner, which guards it with its lock.
        self.runner = runner
        self.work: Work | None = work
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.touched = time.monotonic()
        self.stop_asked = 0.0

    @property
    def alive(self) -> bool:
        """True while queued or running."""
        return self.state in ("queued", "running")

    @property
    def stopping(self) -> bool:
        """True once a stop was asked for."""
        return self.stop.is_set()

    @property
    def position(self) -> int:
        """Its place in the queue: 1 is next; 0 once it runs or has ended."""
        return self.runner.position(self)

    def cancel(self) -> None:
        """Ask it to stop; without effect once it has ended. Returns at once."""
        self.runner.cancel(self)

    def touch(self) -> None:
        """Say that somebody still waits for it."""
        self.touched = time.monotonic()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; False if it has not within ``timeout`` seconds."""
        return self.ended.wait(timeout)

    def __repr__(self) -> str:
        return f"Job({self.title!r}, {self.state})"


def outcome(job: Job, work: Work) -> tuple[State, Any, BaseException | None]:
    """Do ``work`` in this thread for ``job``: how it ended, what it gave, what it raised."""

    def on_progress(progress: Progress) -> None:
        # A detached job has ended: what its work still says is not heard.
        if job.alive:
            job.progress = progress

    try:
        return "done", work(on_progress, job.stop), None
    except CancelledError:
        return "stopped", None, None
    except BaseException as error:
        if not isinstance(error, EmbedvizError):
            _log.exception("A job failed: %s", job.title)
        # The traceback would keep everything that the work held in memory.
        return "failed", None, error.with_traceback(None)
