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
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from embedviz.errors import CancelledError, EmbedvizError
from embedviz.progress import Cancel, OnProgress, Progress

State = Literal["queued", "running", "done", "failed", "stopped"]
Work = Callable[[OnProgress, Cancel], Any]
_log = logging.getLogger(__name__)

# How often the queue looks at what time alone changes: stops overdue, jobs abandoned.
_TICK = 0.1


class Jobs:
    """A queue of jobs, of which one runs at a time; first come, first served.

    All threads are daemons: they never keep the program from ending.

    Parameters
    ----------
    abandon_after : float
        A job that nobody has touched for so many seconds is stopped.
    stop_grace : float
        Seconds that work has to answer a stop before it is detached.
    keep_seconds, keep_finished
        How long, and how many, ended jobs are kept with their results.
    """

    def __init__(
        self,
        abandon_after: float = 60.0,
        stop_grace: float = 1.0,
        keep_seconds: float = 600.0,
        keep_finished: int = 20,
    ) -> None:
        self.abandon_after = abandon_after
        self.stop_grace = stop_grace
        self.keep_seconds = keep_seconds
        self.keep_finished = keep_finished
        # Reentrant: what a job asks of its runner may come from within the runner.
        self._changed = threading.Condition(threading.RLock())
        self._jobs: dict[str, Job] = {}
        self._queue: deque[Job] = deque()
        self._current: Job | None = None
        self._dispatcher: threading.Thread | None = None
        self._closed = False

    def submit(
        self,
        work: Work,
        title: str,
        owner: str,
        key: str | None = None,
        stop_grace: float | None = None,
    ) -> Job:
        """Queue ``work``; the same ``owner`` and ``key`` while alive give the same job.

        ``stop_grace`` replaces the runner's for this job: ``math.inf`` for work that must be
        allowed to finish its step, such as an epoch whose result is kept.
        """
        with self._changed:
            if self._closed:
                raise EmbedvizError("No new work is taken: the program is ending.")
            self._forget_old()
            same = self._same(owner, key)
            if same is not None:
                same.touch()
                return same
            grace = self.stop_grace if stop_grace is None else stop_grace
            job = Job(self, work, title, owner, key, grace)
            self._jobs[job.id] = job
            self._queue.append(job)
            if self._dispatcher is None:
                self._dispatcher = threading.Thread(target=self._dispatch, daemon=True)
                self._dispatcher.start()
            self._changed.notify_all()
            return job

    def get(self, job_id: str, owner: str) -> Job | None:
        """The job, touched by the question; None if it is forgotten or somebody else's."""
        with self._changed:
            self._forget_old()
            job = self._jobs.get(job_id)
            if job is None or job.owner != owner:
                return None
            job.touch()
            return job

    def of(self, owner: str) -> list[Job]:
        """The jobs of ``owner``, oldest first, ended ones too; touches none."""
        with self._changed:
            self._forget_old()
            return [job for job in self._jobs.values() if job.owner == owner]

    def forget(self, owner: str) -> None:
        """Stop and drop all jobs of ``owner``, with their results."""
        for job in self.of(owner):
            self.cancel(job)
            with self._changed:
                self._jobs.pop(job.id, None)

    def position(self, job: Job) -> int:
        """The place of ``job`` in the queue: 1 is next; 0 once it runs or has ended."""
        with self._changed:
            return self._queue.index(job) + 1 if job in self._queue else 0

    def cancel(self, job: Job) -> None:
        """Ask ``job`` to stop; a queued one ends at once."""
        with self._changed:
            if job.alive and not job.stop.is_set():
                job.stop_asked = time.monotonic()
                job.stop.set()
                if job.state == "queued":
                    self._end(job, "stopped")
                self._changed.notify_all()

    def shutdown(self, timeout: float = 2.0) -> None:
        """Take no more work, stop what there is, wait up to ``timeout`` seconds for it."""
        with self._changed:
            self._closed = True
            alive = [job for job in self._jobs.values() if job.alive]
            for job in alive:
                self.cancel(job)
            self._changed.notify_all()
        deadline = time.monotonic() + timeout
        for job in alive:
            job.wait(max(0.0, deadline - time.monotonic()))

    def _same(self, owner: str, key: str | None) -> Job | None:
        if key is None:
            return None
        for job in self._jobs.values():
            if (job.owner, job.key) == (owner, key) and job.alive and not job.stopping:
                return job
        return None

    def _dispatch(self) -> None:
        """The queue's own thread: starts what is next and ends what is overdue."""
        with self._changed:
            while not (self._closed and self._current is None):
                self._stop_overdue()
                self._forget_old()
                if self._current is None and self._queue:
                    self._start(self._queue.popleft())
                busy = self._current is not None or self._queue
                self._changed.wait(_TICK if busy else 60.0)

    def _start(self, job: Job) -> None:
        self._current = job
        job.state, job.started = "running", time.time()
        job.progress = Progress(None, "starting")
        threading.Thread(target=self._run, args=(job, job.work), daemon=True).start()

    def _run(self, job: Job, work: Work) -> None:
        state, result, error = _outcome(job, work)
        with self._changed:
            if job.alive:
                job.result, job.error = result, error
                self._end(job, state)
            self._changed.notify_all()

    def _end(self, job: Job, state: State) -> None:
        job.state, job.finished = state, time.time()
        job.work = None
        if job in self._queue:
            self._queue.remove(job)
        if self._current is job:
            self._current = None
        job.ended.set()

    def _stop_overdue(self) -> None:
        """Stop what nobody asks about; let go of what does not answer a stop."""
        now = time.monotonic()
        for job in list(self._jobs.values()):
            if job.alive and not job.stopping and now - job.touched > self.abandon_after:
                job.abandoned = True
                self.cancel(job)
        job_now = self._current
        if job_now and job_now.stopping and now - job_now.stop_asked > job_now.stop_grace:
            job_now.detached = True
            self._end(job_now, "stopped")

    def _forget_old(self) -> None:
        ended = [job for job in self._jobs.values() if not job.alive]
        too_many = len(ended) - self.keep_finished
        for place, job in enumerate(sorted(ended, key=lambda job: job.finished or 0.0)):
            if place < too_many or time.time() - (job.finished or 0.0) > self.keep_seconds:
                del self._jobs[job.id]


class Job:
    """One piece of long work, as everybody who waits for it sees it.

    Made by :meth:`Jobs.submit`, read from any thread.

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


def _outcome(job: Job, work: Work) -> tuple[State, Any, BaseException | None]:
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
