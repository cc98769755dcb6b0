"""In Chromium: about 10,000 of 100,000 points are selected. Release of the mouse to the panel."""

from __future__ import annotations

import shutil
import statistics
import time
from typing import Any

from benchmarks.bench_color_change import FLAGS, HERE, served
from benchmarks.side_by_side import ratio, seconds, table

ROUNDS = 3
_HALF = 0.41  # half the box's side; of normally spread points a tenth lies within
_CORNERS = """half => {
  const plot = document.querySelector(".js-plotly-plot");
  const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
  return [-half, half].map(at => [
    box.left + xaxis._offset + xaxis.d2p(at), box.top + yaxis._offset + yaxis.d2p(at)]);
}"""


def main() -> None:
    """The map component beside ``st.plotly_chart(on_select=…)``, a box of the same size."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("\n## Selecting in Chromium: skipped, no chromium on the PATH")
        return
    from playwright.sync_api import sync_playwright

    with served(HERE / "lasso_app.py") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        rows = {}
        middle = {}
        for kind in ("plotly_chart", "map"):
            page, sent = _open(browser, f"{address}/?kind={kind}")
            times = [_select(page, kind, turn) for turn in range(ROUNDS)]
            middle[kind] = statistics.median(times)
            rows[kind] = {
                "to the panel": seconds(middle[kind]),
                "points": _told(page).removeprefix("SELECTED "),
                "bytes up": f"{max(sent):,}",
            }
            page.close()
        browser.close()
    rows["ratio"] = {"to the panel": ratio(middle["plotly_chart"], middle["map"])}
    table("Selecting among 100,000 points in Chromium (aim: faster)", rows)


def _open(browser: Any, address: str) -> tuple[Any, list[int]]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sent: list[int] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(len(data))))
    page.goto(address)
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot')?._fullData?.length", timeout=60_000
    )
    page.wait_for_timeout(3000)
    return page, sent


def _told(page: Any) -> str:
    return str(page.get_by_test_id("stText").inner_text())


def _select(page: Any, kind: str, turn: int) -> float:
    if kind == "map":
        page.get_by_role("button", name="Select the points in a box").click()
    # Another box each time, so that the number of points changes.
    before = _told(page)
    at = page.evaluate(_CORNERS, _HALF + 0.02 * turn)
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=5)
    started = time.perf_counter()
    page.mouse.up()
    page.wait_for_function(
        "old => { const now = document.body.innerText.match(/SELECTED \\d+/)?.[0];"
        " return now && now !== old && now !== 'SELECTED 0'; }",
        arg=before,
        timeout=120_000,
    )
    taken = time.perf_counter() - started
    page.wait_for_timeout(1500)
    return taken


if __name__ == "__main__":
    main()
