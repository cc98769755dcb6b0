"""What browser tests share."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Page

T = TypeVar("T")

# No test waits for the clock: each waits for what it expects, and this is when it gives up.
PATIENCE = 180_000

Server = Callable[[Path], str]
"""Serves a script and gives its address."""

Tab = Callable[[], Page]
"""Opens a tab."""


def settled(page: Page) -> None:
    """Wait until Streamlit runs nothing."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def map_of(page: Page, key: str) -> None:
    """Wait until a map stands and is drawn, and the page runs no more."""
    until(page, "key => window.__embedviz?.[key]?.view", key)
    settled(page)
    page.evaluate("key => window.__embedviz[key].idle()", key)


def still(page: Page, key: str) -> None:
    """Wait until the points of a map, and the pictures on it, have stopped moving."""
    script = """key => {
        const map = window.__embedviz[key];
        const rows = Array.from({length: Math.min(20, map.points.n)}, (_, row) => row);
        return [rows.map(row => map.pixelOf(row)), map.pictures ? map.drawnPictures() : []];
    }"""
    at_rest(page, lambda: page.evaluate(script, key))


def at_rest(page: Page, look: Callable[[], T]) -> T:
    """Look again and again until nothing has changed since the last look; gives what is seen.

    Between two looks a map has the time that it waits itself before it draws and asks.
    """
    end = time.monotonic() + PATIENCE / 1000
    before, now = None, look()
    while now != before:
        assert time.monotonic() < end, "it does not come to rest"
        page.wait_for_timeout(300)
        before, now = now, look()
    return now


def until(page: Page, script: str, arg: Any = None) -> None:
    """Wait until a script in the page gives something true.

    Playwright would ask at every frame, which takes the core from what is waited for.
    """
    page.wait_for_function(script, arg=arg, polling=50)
