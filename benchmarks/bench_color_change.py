"""In Chromium: the color of 20,000 points is changed. Click to paint, and bytes to the browser."""

from __future__ import annotations

import contextlib
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.side_by_side import ratio, seconds, table

HERE = Path(__file__).parent
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
]
ROUNDS = 5


def main() -> None:
    """The map component beside ``st.plotly_chart``, the same points, alternating in one browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("\n## Color change in Chromium: skipped, no chromium on the PATH")
        return
    from playwright.sync_api import sync_playwright

    with served(HERE / "color_change_app.py") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        kinds = ("plotly_chart", "map")
        pages = {kind: _open(browser, f"{address}/?kind={kind}") for kind in kinds}
        widths = {}
        for kind, (page, _) in pages.items():
            page.bring_to_front()
            _zoom(page)
            widths[kind] = _width(page)
        times: dict[str, list[float]] = {kind: [] for kind in pages}
        sizes: dict[str, list[int]] = {kind: [] for kind in pages}
        for _ in range(ROUNDS):
            for kind, (page, received) in pages.items():
                page.bring_to_front()
                received.clear()
                times[kind].append(_change(page))
                sizes[kind].append(sum(received))
        kept = {
            kind: abs(_width(page) / widths[kind] - 1) < 0.01 for kind, (page, _) in pages.items()
        }
        browser.close()
    middle = {kind: statistics.median(values) for kind, values in times.items()}
    rows = {
        kind: {
            "click to paint": seconds(middle[kind]),
            "bytes": f"{statistics.median(sizes[kind]):,.0f}",
            "zoom kept": "yes" if kept[kind] else "no",
        }
        for kind in pages
    }
    rows["ratio"] = {"click to paint": ratio(middle["plotly_chart"], middle["map"])}
    table("Color change of 20,000 points in Chromium (aim: 3 times faster, zoom kept)", rows)


@contextlib.contextmanager
def served(script: Path, *arguments: str) -> Iterator[str]:
    """A Streamlit server for a script; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _open(browser: Any, address: str) -> tuple[Any, list[int]]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    received: list[int] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: received.append(len(data))))
    page.goto(address)
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot')?._fullData?.length", timeout=60_000
    )
    page.wait_for_timeout(3000)
    return page, received


# The color that is drawn now, whatever draws it: codes or strings of the first points.
_DRAWN = """() => {
  const map = window.__embedviz?.map;
  if (map) return map.root.dataset.ready;
  const plot = document.querySelector('.js-plotly-plot'), trace = plot?._fullData?.[0];
  return trace ? JSON.stringify(Array.from(trace.marker.color.slice?.(0, 50) ?? [])) : '';
}"""


def _change(page: Any) -> float:
    before = page.evaluate(_DRAWN)
    started = time.perf_counter()
    page.get_by_role("button", name="Next color").click()
    page.wait_for_function(
        f"old => {{ const now = ({_DRAWN})(); return now && now !== old; }}", arg=before
    )
    # Two frames later it has been painted.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    taken = time.perf_counter() - started
    page.wait_for_timeout(1500)
    return taken


_BOX = (0.35, 0.35, 0.65, 0.65)


def _zoom(page: Any) -> None:
    """Drag a box, as a person does (the map's own tool for that is chosen first)."""
    zoom_tool = page.get_by_role("button", name="Zoom", exact=False)
    if zoom_tool.count():
        zoom_tool.first.click()
    box = page.locator(".js-plotly-plot").bounding_box()
    left, top, right, bottom = _BOX
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_timeout(1000)


def _width(page: Any) -> float:
    low, high = page.evaluate("document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range")
    return float(high - low)


if __name__ == "__main__":
    main()
