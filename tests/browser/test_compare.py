"""Two maps as a person uses them: point, click and select in one, and see it in the other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT
from tests.browser.driving import Server, settled, until

pytestmark = pytest.mark.browser
APP = ROOT / "app.py"
A, B = "compare-a", "compare-b"
# The key under the mouse in A is the one pointed out in B.
SAME_KEY = """() => {
    const [a, b] = document.querySelectorAll(".ev-map");
    const key = a.querySelector(".ev-tip strong")?.textContent;
    return Boolean(key) && key === b.querySelector(".ev-pointed")?.textContent;
}"""


def opened(page: Page, address: str, link: str = "") -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/compare{link}")
    for key in (A, B):
        until(page, "key => window.__embedviz?.[key]?.view", arg=key)
    expect(page.get_by_text("Procrustes residual").first).to_be_visible()
    expect(page.get_by_text("trustworthiness")).to_have_count(2)
    settled(page)


def pixel(page: Page, key: str, row: int) -> tuple[float, float]:
    x, y = page.evaluate("([key, row]) => window.__embedviz[key].pixelOf(row)", [key, row])
    return x, y


def select_the_middle(page: Page, key: str) -> None:
    """A box around the middle of the map."""
    shown = page.locator(".ev-map").nth(0 if key == A else 1)
    shown.locator("[data-tool=box]").click()
    box = shown.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 40, y - 40)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.move(x + 40, y + 40, steps=4)
    page.mouse.up()


def test_a_click_in_one_map_asks_both(server: Server, page: Page) -> None:
    opened(page, server(APP))
    x, y = pixel(page, A, 0)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    expect(page.get_by_text("nearest are the same in A and B").first).to_be_visible()
    settled(page)
    asked = page.get_by_role("textbox", name="Ask about").input_value()
    assert asked.startswith("digit ")
    link = f"compare_ask={asked.replace(' ', '+')}"
    expect(page).to_have_url(re.compile(re.escape(link)))


def test_a_selection_in_one_map_is_that_of_the_other(server: Server, page: Page) -> None:
    opened(page, server(APP))
    select_the_middle(page, A)
    expect(page.get_by_text("selected items, the most moved first").first).to_be_visible()
    settled(page)
    chips = [page.locator(".ev-map").nth(at).get_by_text("selected ✕") for at in (0, 1)]
    for chip in chips:
        expect(chip).to_be_visible()
    assert chips[0].inner_text() == chips[1].inner_text()
    chips[1].click()
    expect(page.get_by_text("All 1,797 items, the most moved first").first).to_be_visible()
    for chip in chips:
        expect(chip).to_have_count(0)


def test_the_key_under_the_mouse_is_ringed_in_the_other_map(server: Server, page: Page) -> None:
    opened(page, server(APP))
    before = page.locator(".ev-map").nth(1).screenshot()
    x, y = pixel(page, A, 5)
    page.mouse.move(x, y)
    until(page, SAME_KEY)
    assert page.locator(".ev-map").nth(1).screenshot() != before


def test_a_link_brings_both_sides_back_in_a_fresh_session(server: Server, page: Page) -> None:
    link = (
        "?compare_a=GloVe: 5,000 words&compare_b=GloVe: 5,000 words, all but the top 3"
        "&compare_ask=king&compare_below=Animation"
    )
    opened(page, server(APP), link)
    expect(page.get_by_text("of its 10 nearest are the same").first).to_be_visible()
    assert page.get_by_role("textbox", name="Ask about").input_value() == "king"
    expect(page.locator(".stPlotlyChart .updatemenu-button").first).to_be_visible()
