"""Long work on a page: never a frozen page, never computed twice, always a way to stop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from itertools import count
from typing import Any

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.jobs import Job
from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.ui.messages import plain, show_error
from embedviz.ui.server import jobs
from embedviz.ui.session import session

Work = Callable[[OnProgress, Cancel], Any]
Watch = Callable[[Progress], None]
_SHORT = 0.1  # seconds that a run of the page waits: short work then needs no second run
_KEEPING = 60.0  # seconds that work whose stop keeps something has to hand it over


def work(
    title: str,
    key: Hashable,
    do: Work,
    *,
    watch: Watch | None = None,
    stop_label: str = "Stop",
    stop_keeps: str = "",
) -> Any | None:
    """The result of ``do``, or None while it is under way (its progress stands here then).

    Parameters
    ----------
    title : str
        What is being done, for the progress line.
    key : hashable
        What decides the result; the same key is computed once per session.
    do : callable
        Called with ``on_progress`` and ``cancel`` away from the page's thread.
    watch : callable, optional
        Draws more than a bar from the latest progress.
    stop_keeps : str
        What a stop leaves, in words; empty if nothing is kept.
    """
    mine = session()
    if key in mine.results:
        mine.results.move_to_end(key)
        return mine.results[key]
    if key in mine.finished:
        _ended_without_result(title, key)
        return None
    job = _job(title, key, do, grace=_KEEPING if stop_keeps else None)
    if not _settled(job, key):
        _progress_of(job.id, count(), watch, stop_label, stop_keeps)
        return None
    if key not in mine.results:
        _ended_without_result(title, key)
    return mine.results.get(key)


def cancel_others(group: str, keep: Hashable, also: Collection[Hashable] = ()) -> None:
    """Stop this session's work of the same ``group`` (its key's first part), but for these."""
    for key, job_id in list(_running().items()):
        if isinstance(key, tuple) and key[0] == group and key != keep and key not in also:
            job = jobs().get(job_id, session().owner)
            if job is not None:
                job.cancel()
            _running().pop(key, None)


def _running() -> dict[Hashable, str]:
    return st.session_state.setdefault("embedviz_running", {})  # type: ignore[no-any-return]


def _job(title: str, key: Hashable, do: Work, grace: float | None) -> Job:
    """The job that is at work on ``key``, or has just ended, or a new one."""
    mine = session()
    job = jobs().get(_running().get(key, ""), mine.owner)
    if job is None:
        job = jobs().submit(do, title, mine.owner, stop_grace=grace)
        _running()[key] = job.id
    return job


def _settled(job: Job, key: Hashable) -> bool:
    """True once the job has ended; its result or its reason is then the session's."""
    mine = session()
    if not job.wait(_SHORT):
        return False
    _running().pop(key, None)
    if job.state == "done":
        mine.keep(key, job.result)
    else:
        mine.finished[key] = "abandoned" if job.abandoned else job.state
        if job.error is not None:
            mine.keep(("error", key), job.error)
    return True


def _ended_without_result(title: str, key: Hashable) -> None:
    mine = session()
    error = mine.results.get(("error", key))
    if mine.finished[key] == "failed" and isinstance(error, EmbedvizError):
        show_error(error)
    elif mine.finished[key] == "failed":
        st.error(
            f"{plain(title)} failed for a reason that embedviz did not foresee. The server's log says more."
        )
    elif mine.finished[key] == "abandoned":
        st.info(f"{plain(title)} was stopped: for some minutes no page asked about it.")
    else:
        st.info(f"{plain(title)} was stopped.")
    if st.button("Start again", key=f"again-{hash(key)}"):
        mine.finished.pop(key, None)
        mine.results.pop(("error", key), None)
        st.rerun()


@st.fragment(run_every=0.5)
def _progress_of(
    job_id: str, runs: Iterator[int], watch: Watch | None, stop_label: str, stop_keeps: str
) -> None:
    job = jobs().get(job_id, session().owner)
    ended = job is None or not job.alive
    # Not in the page's own run: a timer's request that waits then (it was sent before this page
    # came) would be joined with the new run, and its old widget values would win over those that
    # the page has just set.
    if next(runs) and ended:
        st.rerun()
    if job is None:
        return
    job.touch()
    # Side by side, the button as wide as its label: work may stand in a narrow column.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(max(job.progress.fraction or 0.0, 0.0), 1.0), text=_line(job))
        label = "Stopping…" if job.stopping else stop_label
        st.button(
            label, key=f"stop-{job_id}", help=stop_keeps or None,
            disabled=job.stopping, on_click=job.cancel,
        )  # fmt: skip
    if watch is not None:
        watch(job.progress)


def _line(job: Job) -> str:
    if job.position:
        return f"{plain(job.title)}: waiting, number {job.position} in the queue of this machine"
    message = f": {plain(job.progress.message)}" if job.progress.message else " …"
    return f"{plain(job.title)}{message}"
