"""What is built for the lesson: by one session for all where the vectors are everyone's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

from embedviz.progress import Cancel, OnProgress
from embedviz.ui.learn.work import work
from embedviz.ui.session import session

T = TypeVar("T")
_KEPT = 16
_lock = Lock()


@st.cache_resource(show_spinner=False)
def _everyones() -> OrderedDict[Hashable, Any]:
    return OrderedDict()


def ready(
    title: str,
    key: tuple[Hashable, ...],
    shared: bool,
    quick: bool,
    do: Callable[[OnProgress | None, Cancel | None], T],
) -> T | None:
    """What ``do`` makes: found, or made now where that is ``quick``, or None while it is made."""
    everyones = _everyones()
    with _lock:  # another session may be letting go of it
        if shared and key in everyones:
            everyones.move_to_end(key)
            return everyones[key]  # type: ignore[no-any-return]
    made: T | None = session().kept(key, lambda: do(None, None)) if quick else work(title, key, do)
    if shared and made is not None:
        with _lock:
            everyones[key] = made
            while len(everyones) > _KEPT:
                everyones.popitem(last=False)
    return made


def corrected(key: tuple[Hashable, ...], shared: bool, made: object) -> None:
    """Keep a better result in the place of the one that :func:`ready` gave."""
    if not shared:
        session().keep(key, made)
        return
    with _lock:
        if key in _everyones():
            _everyones()[key] = made


def known(key: tuple[Hashable, ...], shared: bool) -> Any | None:
    """What is under ``key`` already, or None."""
    return (_everyones() if shared else session().results).get(key)
