"""What browser tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

Server = Callable[[Path], str]
"""Serves a script and gives its address."""


def settled(page: Page) -> None:
    """Wait until Streamlit runs nothing."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
