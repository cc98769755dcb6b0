"""A Streamlit server for a script and one Chromium, which must find nothing to complain about."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.browser.driving import PATIENCE, Server, Tab

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What Chromium says about itself, not about the page: software WebGL is slow to read back.
HARMLESS = ("GPU stall due to ReadPixels", "Automatic fallback to software WebGL")


VIEWPORT = {"width": 1024, "height": 820}
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run a browser test that failed once more; the summary names it as rerun."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start Streamlit for a script, once per script; gives its address."""
    with contextlib.ExitStack() as running:
        addresses: dict[Path, str] = {}

        def address_of(script: Path) -> str:
            if script not in addresses:
                addresses[script] = running.enter_context(served(script))
            return addresses[script]

        yield address_of


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    if CHROMIUM is None:
        if os.environ.get("EMBEDVIZ_REQUIRE_BROWSER") == "1":
            pytest.fail("EMBEDVIZ_REQUIRE_BROWSER=1, but no chromium is on the PATH.")
        pytest.skip("No chromium on the PATH.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def map_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script with only a map, in a folder of its own: it puts its static files beside itself."""
    script = Path(__file__).with_name("map_app.py")
    return Path(shutil.copy(script, tmp_path_factory.mktemp("map")))


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Tab]:
    """Opens a tab, a new session for Streamlit; all are those of one person.

    One page opens them all. So they share a renderer, which has read and compiled Streamlit's and
    Plotly's scripts already: opened otherwise, a tab takes twice the time.
    """
    context = fresh_context(browser)
    openers: list[Page] = []

    def opener() -> Page:
        """The page that opens them; another one after a crash, which takes them all."""
        if not openers:
            page = context.new_page()
            # A page of the site that all servers are of; nobody is asked for it.
            page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
            page.goto("http://127.0.0.1/")
            page.on("crash", lambda _: openers.clear())
            openers.append(page)
        return openers[0]

    def opened() -> Page:
        page = opener()
        with context.expect_page() as event:
            page.evaluate("void window.open('about:blank', '', 'popup')")
        event.value.set_viewport_size(VIEWPORT)
        return event.value

    yield opened
    context.close()


def fresh_context(browser: Browser, **options: Any) -> BrowserContext:
    """Another person's browser: nothing is stored in it."""
    context = browser.new_context(**{"viewport": VIEWPORT} | options)
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def page(tab: Tab) -> Iterator[Page]:
    """A tab; afterwards the test fails for any script error and any request to elsewhere."""
    opened = tab()
    problems: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # On a page's own link Streamlit first looks for its server beside that page.
        probing = "/_stcore/" in message.location.get("url", "")
        harmless = probing or any(text in message.text for text in HARMLESS)
        if message.type == "error" and not harmless:
            problems.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        url = urlparse(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname != "127.0.0.1":
            problems.append(f"request to elsewhere: {request.url}")

    opened.on("console", on_console)
    opened.on("pageerror", lambda error: problems.append(f"page error: {error}"))
    opened.on("request", on_request)
    opened.on("dialog", lambda dialog: (problems.append("a dialog opened"), dialog.dismiss()))
    yield opened
    with contextlib.suppress(Error):  # where no page was opened, nothing is stored
        opened.evaluate("localStorage.clear()")
    opened.close()
    assert problems == []


@contextlib.contextmanager
def served(script: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableStaticServing": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "full",
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *flags],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_health(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it waits for a connection that the browser keeps
            process.kill()
            process.wait()


def _wait_for_health(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return
        time.sleep(0.05)
    pytest.fail(f"Streamlit did not start on port {port} (exit code {process.poll()}).")
