"""The Vectors page in a browser: real points clicked and caught, a file opened, a link restored."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

import embedviz as ev
from embedviz.vector_samples import SAMPLES
from tests.browser.conftest import ROOT, fresh_context
from tests.browser.driving import map_of, settled, still

pytestmark = pytest.mark.browser
APP = ROOT / "app.py"
KEY = "vectors-map"
LINK = "/vectors?vectors_sample=Wines"


def shows_map(page: Page) -> None:
    map_of(page, KEY)
    page.locator(".ev-map").first.scroll_into_view_if_needed()
    still(page, KEY)


def pixel(page: Page, row: int) -> list[float]:
    return page.evaluate("([key, row]) => window.__embedviz[key].pixelOf(row)", [KEY, row])


def selected(page: Page) -> list[int]:
    """What the browser shows as selected, by the chip on the map."""
    chip = page.locator(".ev-chip button")
    return [int(text.split()[0].replace(",", "")) for text in chip.all_text_contents()]


def around(page: Page, rows: np.ndarray) -> None:
    """A box over these rows' places on the map."""
    page.get_by_role("button", name="Select the points in a box").click()
    places = np.array([pixel(page, int(row)) for row in rows])
    low, high = places.min(axis=0) - 3, places.max(axis=0) + 3
    page.mouse.move(*low)
    page.mouse.down()
    page.mouse.move(*high, steps=6)
    page.mouse.up()


def test_a_click_asks_a_box_selects_and_undo_brings_back(page: Page, server) -> None:
    space = SAMPLES["wine"].open()
    page.set_viewport_size({"width": 1280, "height": 1200})  # the whole map, without scrolling
    page.goto(server(APP) + LINK)
    expect(page.get_by_text(re.compile("How far to trust it")).first).to_be_visible()
    shows_map(page)
    x, y = pixel(page, 20)
    page.mouse.move(x - 2, y)
    page.mouse.click(x, y)
    box = page.get_by_label("Key", exact=True).first
    expect(box).not_to_have_value("")
    settled(page)
    key = box.input_value()
    cells = page.locator("[data-testid=stDataFrame]").first.locator("td[aria-colindex='1']")
    expect(cells.first).to_have_text(ev.neighbors(space, key, k=10).keys[0])

    coordinates = ev.project(space, "pca", cache=False).coordinates
    rows = np.argsort(coordinates[:, 0])[:12]
    around(page, rows)
    expect(page.locator(".ev-chip button")).to_be_visible()
    settled(page)
    (caught,) = selected(page)
    assert caught >= 12
    page.get_by_text("Selection", exact=True).first.click()
    expect(page.get_by_text(re.compile(f"{caught} .*selected")).first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".ev-chip button")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".ev-chip button")).to_have_text(re.compile(f"^{caught} selected"))


def test_what_filters_fade_is_not_caught(page: Page, server) -> None:
    space = SAMPLES["wine"].open()
    page.set_viewport_size({"width": 1280, "height": 1200})
    kept = space.table["cultivar"] == "class_0"
    asked = quote('{"cultivar":{"values":["class_0"]}}')
    page.goto(server(APP) + LINK + f"&vectors_filters={asked}")
    expect(page.get_by_text(re.compile(f"{kept.sum()} pass the filters")).first).to_be_visible()
    shows_map(page)
    around(page, np.arange(len(space)))
    expect(page.locator(".ev-chip button")).to_have_text(re.compile(f"^{kept.sum()} selected"))


def test_a_link_restores_the_view_in_a_fresh_session(browser, page: Page, server) -> None:
    page.goto(server(APP) + LINK + "&vectors_key=wine+4&vectors_torn=true&vectors_tool=Take+away")
    shows_map(page)
    page.get_by_text("Link", exact=True).first.click()
    settled(page)
    link = page.get_by_test_id("stCode").first.inner_text().strip()
    assert "vectors_key=wine" in link
    assert "Wines" in link
    other = fresh_context(browser).new_page()
    other.goto(link)
    shows_map(other)
    expect(other.get_by_label("Key", exact=True).first).to_have_value("wine 4")
    expect(other.get_by_text("Nearest to wine 4").first).to_be_visible()
    other.context.close()


def test_a_hostile_table_is_opened_and_is_text_everywhere(
    page: Page, server, tmp_path: Path
) -> None:
    hostile = "<img/src=x/onerror=alert(1)>"
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(40, 5)), columns=[f"x{i}" for i in range(5)])
    table.insert(0, "id", [hostile, "$x^2$", "**b**", *(f"thing {i}" for i in range(37))])
    table.insert(1, "kind", [hostile if i % 3 else "한국어" for i in range(40)])
    table.loc[7, "x2"] = np.nan
    file = tmp_path / "hostile.csv"
    table.to_csv(file, index=False)
    page.goto(server(APP) + "/vectors?vectors=Your+files")
    expect(page.get_by_test_id("stFileUploader").first).to_be_visible()
    settled(page)
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Open them").click()
    expect(page.get_by_text(re.compile("Showing all 39 vectors")).first).to_be_visible()
    shows_map(page)
    box = page.get_by_label("Key", exact=True).first
    box.fill(hostile)
    box.press("Enter")
    expect(page.get_by_text(f"Nearest to {hostile}").first).to_be_visible()
    settled(page)
    assert page.locator("img[src=x]").count() == 0
