"""Cold start to first paint, memory after the Words page, and that no torch is imported for it."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from benchmarks.bench_color_change import FLAGS, served
from benchmarks.side_by_side import seconds, table

APP = Path(__file__).parents[1] / "app.py"


def main() -> None:
    """A fresh server; the clock starts before the process does."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("\n## Cold start: skipped, no chromium on the PATH")
        return
    import psutil
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        started = time.perf_counter()
        with served(APP) as address:
            page = browser.new_page()
            page.goto(address)
            page.get_by_role("heading", name="See what an embedding knows").wait_for(timeout=60_000)
            first = time.perf_counter() - started
            page.goto(f"{address}/words?word=king")
            page.get_by_text("Nearest to king").wait_for(timeout=60_000)
            words = time.perf_counter() - started
            page.wait_for_timeout(3000)
            (server,) = [
                p for p in psutil.Process().children() if "streamlit" in " ".join(p.cmdline())
            ]
            memory = server.memory_info().rss / 2**20
            # Linux: a loaded torch would be mapped into the server's memory.
            torch = any("torch" in Path(m.path).name for m in server.memory_maps())
        browser.close()
    rows = {
        "embedviz": {
            "start to first paint": seconds(first),
            "start to neighbors of king": seconds(words),
            "server memory": f"{memory:,.0f} MB",
            "torch": "loaded" if torch else "not loaded",
        }
    }
    table(f"Cold start (Python {sys.version.split()[0]}, Streamlit in its own process)", rows)


if __name__ == "__main__":
    main()
