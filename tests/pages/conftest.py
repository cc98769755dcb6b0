"""Pages run by Streamlit's own AppTest: no browser, the real core."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.ui.learn.texts import Texts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_page():
    """Run one page file from the top, as Streamlit does for a link's first request."""

    def opened(name: str, timeout: float = 180, **link: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=timeout)
        for parameter, value in link.items():
            at.query_params[parameter] = value
        at.run()
        assert not at.exception, at.exception
        return at

    return opened


@pytest.fixture
def settle():
    """Run a page again and again until what it waits for is there (long work goes on beside it)."""
    import time

    def until(at: AppTest, ready, seconds: float = 180) -> AppTest:
        end = time.monotonic() + seconds
        took = 0.0
        while not ready(at):
            assert time.monotonic() < end, "the page never got there"
            # A heavy page, run without a pause, would take the core from the work it waits for.
            time.sleep(max(0.05, 2 * took))
            began = time.monotonic()
            at.run()
            took = time.monotonic() - began
            assert not at.exception, at.exception
        return at

    return until


def play_to(at: AppTest, lesson: str, step: int, name: str = "steps") -> AppTest:
    """Go to a step as a player's bar does, once it has told the server where it is."""
    at.session_state[f"kept-{lesson}"][name] = step
    at.run()
    assert not at.exception, at.exception
    return at


def text_of(at: AppTest) -> str:
    """All that the page says, as one string."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    return "\n".join(element.value for kind in kinds for element in at.get(kind))


def meaning_of(at: AppTest, said: Texts, part: str) -> list[str]:
    """The sentences of a lesson's meaning that the page tells, with their figures in place."""
    name = f"explanation.{part}" if said.section(f"explanation.{part}") else "explanation"
    told = []
    for line in said.section(name).splitlines():
        words = re.split(r"\{\{[^{}]*\}\}", re.sub(r"^(\{\{(if|unless) \w+\}\} *)+", "", line))
        pattern = re.compile(".+?".join(map(re.escape, words)))
        told += [item.value for item in at.markdown if pattern.fullmatch(item.value)]
    return list(dict.fromkeys(told))
