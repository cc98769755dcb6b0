"""Letting go of uploaded files: Streamlit keeps them in memory until the browser session ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def let_go(file_ids: Iterable[str]) -> None:
    """Free these files of this session; an uploader that still shows them would be empty.

    Giving an uploader another key takes it off the page and leaves its files where they are.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    files: Any = context.uploaded_file_mgr  # its protocol does not name what all of them can
    for file_id in file_ids:
        files.remove_file(session_id=context.session_id, file_id=file_id)
