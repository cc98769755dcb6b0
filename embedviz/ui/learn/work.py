"""Long work of a lesson: told in the lesson's language, and stopped once its part is left."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import streamlit as st

from embedviz.ui import work as pages
from embedviz.ui.learn.core_texts import error_text, progress_text
from embedviz.ui.learn.language import common_texts

_PLACE = "learn_place"


def enter(lesson: str, part: str) -> None:
    """Say which part is in sight; work that another one began is stopped, and holds nobody up."""
    st.session_state[_PLACE] = f"{lesson}/{part}"
    pages.cancel_left(st.session_state[_PLACE])


def work(
    title: str,
    key: Hashable,
    do: pages.Work,
    *,
    watch: pages.Watch | None = None,
    stop_keeps: str = "",
) -> Any | None:
    """As :func:`embedviz.ui.work.work`, for the part in sight."""
    return pages.work(
        title, key, do,
        watch=watch, stop_keeps=stop_keeps, texts=_texts(), place=st.session_state[_PLACE],
    )  # fmt: skip


def _texts() -> pages.WorkTexts:
    """What long work says of itself, in the language in use."""
    common = common_texts()
    return pages.WorkTexts(
        stop=common("work.stop"),
        stopping=common("work.stopping"),
        again=common("work.again"),
        stopped=common("work.stopped"),
        abandoned=common("work.abandoned"),
        failed=common("work.failed"),
        waiting=common("work.waiting"),
        progress=progress_text,
        error=error_text,
    )
