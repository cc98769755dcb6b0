"""In Chromium: how long a lesson takes to open, and its picture to answer the main control."""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.bench_color_change import FLAGS, served
from benchmarks.side_by_side import seconds, table

APP = Path(__file__).parents[1] / "app.py"
ROUNDS = 5
# The lesson, and what a person moves first: a slider or a row of choices.
MAIN_CONTROLS = {
    "learn_categories": "feature",
    "learn_cbow": "steps",
    "learn_skip_gram": "window",
    "learn_nearness": "pair",
    "learn_search": "nprobe",
    "learn_dimensions": "d",
    "learn_cnn": "patch",
}
_LOOK = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const panel = main.querySelector(".st-key-learn-controls");
  const words = [...main.querySelectorAll("[data-testid=stElementContainer]")]
    .filter(element => !panel?.contains(element)).map(element => element.textContent);
  const charts = [...main.querySelectorAll(".ev-chart")].map(chart => chart.dataset.drawn ?? "");
  return [...words, ...charts, ...[...main.querySelectorAll("img")].map(image => image.src)].join("|");
}"""
_OPEN = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return main?.querySelector("[data-testid=stPopover]") && !main.querySelector("[data-testid=stProgress]")
    && [...main.querySelectorAll(".ev-chart")].every(chart => chart.dataset.drawn);
}"""


def main() -> None:
    """Each lesson opened twice (the second time counts), then its main control moved."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("\n## Lessons in Chromium: skipped, no chromium on the PATH")
        return
    from playwright.sync_api import sync_playwright

    rows = {}
    with served(APP) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, control in MAIN_CONTROLS.items():
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            first, warm = _opened(page, f"{address}/{name}"), _opened(page, f"{address}/{name}")
            answers = [_answered(page, f".st-key-{name}-{control}", i) for i in range(ROUNDS)]
            rows[name.removeprefix("learn_")] = {
                "opened first": seconds(first),
                "opened warm": seconds(warm),
                "control to picture": seconds(statistics.median(answers)),
                "slowest": seconds(max(answers)),
            }
            page.close()
        browser.close()
    table("Lessons in Chromium (aims: open in 2 s warm, answer in 0.5 s)", rows)


def _opened(page: Any, address: str) -> float:
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function(_OPEN, polling="raf", timeout=180_000)
    took = time.perf_counter() - start
    page.wait_for_timeout(1500)
    return took


def _answered(page: Any, control: str, turn: int) -> float:
    """Seconds from the key press until the page shows something else."""
    if page.locator(f"{control} input[type=range]").count():
        page.locator(f"{control} input[type=range]").first.focus()
        key = "ArrowLeft" if turn % 2 else "ArrowRight"
    else:
        page.locator(f"{control} [role=radio][aria-checked=false]").first.focus()
        key = "Enter"
    before = page.evaluate(_LOOK)
    start = time.perf_counter()
    page.keyboard.press(key)
    changed = f"before => ({_LOOK})() !== before"
    page.wait_for_function(changed, arg=before, polling="raf", timeout=60_000)
    took = time.perf_counter() - start
    page.wait_for_timeout(1500)
    return took


if __name__ == "__main__":
    main()
