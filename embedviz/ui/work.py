"""Long work on a page: never a frozen page, never computed twice, always a way to stop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class WorkTexts:
    """What long work says of itself; a lesson gives it in its own language.

    ``{title}`` is the work's, ``{position}`` its place in the queue.
    """

    stop: str = "Stop"
    stopping: str = "Stopping…"
    again: str = "Start again"
    stopped: str = "{title} was stopped."
    abandoned: str = "{title} was stopped: for some minutes no page asked about it."
    failed: str = (
        "{title} failed for a reason that embedviz did not foresee. The server's log says more."
    )
    waiting: str = "{title}: waiting, number {position} in the queue of this machine"
    progress: Callable[[str], str] = str
    """What the core reports ("iteration 250 of 750"), said in this language."""
    error: Callable[[EmbedvizError], str] = str
    """What an error of the core says, in this language."""


_ENGLISH = WorkTexts()


def work(
    title: str,
    key: Hashable,
    do: Work,
    *,
    watch: Watch | None = None,
    stop_keeps: str = "",
    texts: WorkTexts = _ENGLISH,
    place: str = "",
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
    place : str
        The part of a lesson that it belongs to: :func:`cancel_left` stops it once that is left.
    """
    mine = session()
    if key in mine.results:
        mine.results.move_to_end(key)
        return mine.results[key]
    if key in mine.finished:
        _ended_without_result(title, key, texts)
        return None
    if place:
        _places()[key] = place
    job = _job(title, key, do, grace=_KEEPING if stop_keeps else None)
    if not _settled(job, key):
        _progress_of(job.id, count(), watch, stop_keeps, texts)
        return None
    if key not in mine.results:
        _ended_without_result(title, key, texts)
    return mine.results.get(key)


def cancel_others(group: str, keep: Hashable, also: Collection[Hashable] = ()) -> None:
    """Stop this session's work of the same ``group`` (its key's first part), but for these."""
    for key, job_id in list(_running().items()):
        if isinstance(key, tuple) and key[0] == group and key != keep and key not in also:
            job = jobs().get(job_id, session().owner)
            if job is not None:
                job.cancel()
            _running().pop(key, None)


def cancel_left(place: str) -> None:
    """Stop this session's work that belongs to another place, so that it holds nobody up."""
    for key, theirs in list(_places().items()):
        if theirs != place:
            job = jobs().get(_running().pop(key, ""), session().owner)
            if job is not None:
                job.cancel()
            _places().pop(key)


def _places() -> dict[Hashable, str]:
    return st.session_state.setdefault("embedviz_places", {})  # type: ignore[no-any-return]


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
    _places().pop(key, None)
    if job.state == "done":
        mine.keep(key, job.result)
    else:
        mine.finished[key] = "abandoned" if job.abandoned else job.state
        if job.error is not None:
            mine.keep(("error", key), job.error)
    return True


def _ended_without_result(title: str, key: Hashable, texts: WorkTexts) -> None:
    mine = session()
    error = mine.results.get(("error", key))
    if mine.finished[key] == "failed" and isinstance(error, EmbedvizError):
        show_error(error, texts.error)
    elif mine.finished[key] == "failed":
        st.error(texts.failed.format(title=plain(title)))
    elif mine.finished[key] == "abandoned":
        st.info(texts.abandoned.format(title=plain(title)))
    else:
        st.info(texts.stopped.format(title=plain(title)))
    if st.button(texts.again, key=f"again-{hash(key)}"):
        mine.finished.pop(key, None)
        mine.results.pop(("error", key), None)
        st.rerun()


@st.fragment(run_every=0.5)
def _progress_of(
    job_id: str,
    runs: Iterator[int],
    watch: Watch | None,
    stop_keeps: str,
    texts: WorkTexts,
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
        st.progress(min(max(job.progress.fraction or 0.0, 0.0), 1.0), text=_line(job, texts))
        label = texts.stopping if job.stopping else texts.stop
        st.button(
            label, key=f"stop-{job_id}", help=stop_keeps or None,
            disabled=job.stopping, on_click=job.cancel,
        )  # fmt: skip
    if watch is not None:
        watch(job.progress)


def _line(job: Job, texts: WorkTexts) -> str:
    if job.position:
        return texts.waiting.format(title=plain(job.title), position=job.position)
    message = f": {plain(texts.progress(job.progress.message))}" if job.progress.message else " …"
    return f"{plain(job.title)}{message}"
