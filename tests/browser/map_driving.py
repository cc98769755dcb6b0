"""The map in a real browser, in the words of its tests."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.browser.driving import at_rest, settled, until

MAP = "window.__embedviz?.['the-map']"


class Driver:
    """One page with the map, in the words of these tests."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.received = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, frame: str | bytes) -> None:
        self.received += len(frame)

    def open(self, **options: Any) -> None:
        self.page.goto(f"{self.address}/?{urlencode(options)}")
        self.wait()

    def wait(self) -> None:
        settled(self.page)
        until(self.page, MAP)
        self.page.evaluate(f"{MAP}.idle()")

    def ask(self, script: str) -> Any:
        return self.page.evaluate(f"(map => {script})({MAP})")

    def choose(self, label: str, value: object) -> None:
        box = self.page.get_by_test_id("stSelectbox").filter(
            has=self.page.get_by_text(label, exact=True)
        )
        box.locator("input").click()
        self.page.get_by_role("option", name=str(value), exact=True).click()

    def recolor(self, color: str) -> None:
        before = self.ask("map.counts.look")
        self.choose("color", color)
        until(self.page, f"{MAP}.counts.look > {before}")
        self.wait()

    def hover(self, row: int) -> tuple[float, float]:
        x, y = self.ask(f"map.pixelOf({row})")
        self.page.mouse.move(x - 3, y)
        self.page.mouse.move(x, y)
        return x, y

    def click(self, row: int) -> None:
        self.page.mouse.click(*self.hover(row))

    def drag(self, *shares: tuple[float, float]) -> None:
        box = self.page.locator(".ev-plot").bounding_box()
        assert box is not None
        for i, (x, y) in enumerate(shares):
            at = (box["x"] + x * box["width"], box["y"] + y * box["height"])
            self.page.mouse.move(*at, steps=4 if i else 1)
            if i == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def says(self, text: str) -> None:
        expect(self.page.get_by_text(re.compile(text)).first).to_be_visible()

    def numbers(self) -> list[float]:
        """The view as a flat list."""
        text = json.dumps(self.ask("map.view.state()"))
        return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)]

    def still(self) -> list[float]:
        """The view, once it has stopped moving."""
        return at_rest(self.page, self.numbers)

    def zoom(self) -> list[float]:
        """Turn the wheel over the middle of the map; gives the view after it."""
        home = self.numbers()
        self.page.locator(".ev-plot").hover()
        self.page.mouse.wheel(0, -300)
        zoomed = self.still()
        assert zoomed != home
        return zoomed

    def lonely(self, among: range) -> int:
        """A row in view with no other point within 8 pixels."""
        row = self.ask(
            f"""{{
              const frame = map.plot.getBoundingClientRect();
              const pixels = Array.from({{length: map.points.n}}, (_, row) => map.pixelOf(row));
              const crowd = new Map();  // how many points lie in or beside each 8-pixel cell
              const cell = (x, y) => `${{Math.floor(x / 8)}},${{Math.floor(y / 8)}}`;
              for (const [x, y] of pixels) {{
                for (const dx of [-8, 0, 8]) for (const dy of [-8, 0, 8]) {{
                  const at = cell(x + dx, y + dy);
                  crowd.set(at, (crowd.get(at) ?? 0) + 1);
                }}
              }}
              for (let row = {among.start}; row < {among.stop}; row++) {{
                const [x, y] = pixels[row];
                if (x < frame.left + 40 || x > frame.right - 40) continue;
                if (y < frame.top + 60 || y > frame.bottom - 20) continue;
                if (crowd.get(cell(x, y)) === 1) return row;
              }}
              return -1;
            }}"""
        )
        assert row >= 0
        return int(row)
