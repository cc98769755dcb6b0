"""What is taken away, opened as a person does: the page from disk, the link in a fresh session."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, fresh_context
from tests.browser.driving import settled, until

pytestmark = pytest.mark.browser
APP = ROOT / "tests" / "browser" / "export_app.py"
HOSTILE = "<img src=x onerror=alert(1)></script>"


def opened(page: Page, address: str) -> None:
    page.goto(address)
    until(page, "window.__embedviz?.['things-map']?.view")
    settled(page)


def test_the_web_page_works_from_disk_without_a_network(
    page: Page, browser: Browser, server, tmp_path: Path
):
    opened(page, server(APP))
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename == "things-pca.html"
    file = tmp_path / "things-pca.html"
    download.value.save_as(file)

    alone = fresh_context(browser, offline=True, viewport={"width": 1280, "height": 720})
    asked: list[str] = []
    problems: list[str] = []
    tab = alone.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    tab.on("dialog", lambda dialog: (problems.append("a dialog opened"), dialog.dismiss()))
    tab.goto(file.as_uri())
    tab.wait_for_selector("body[data-ready=yes]")
    assert tab.evaluate("map._fullData[0].x.length") == 120
    expect(tab.get_by_role("heading", name="Things")).to_be_visible()
    expect(tab.get_by_text("PCA of 120 vectors with 5 dimensions")).to_be_visible()

    tab.get_by_label("Find").fill("IMG onerror")
    expect(tab.get_by_text("1 found")).to_be_visible()
    tab.get_by_role("button", name=HOSTILE, exact=True).click()
    until(tab, "map._fullData.at(-1).x.length === 1")
    assert tab.evaluate("map._fullData.at(-1).x[0] === map._fullData[0].x[0]")
    tab.get_by_label("Find").fill("kind: two")
    expect(tab.get_by_text("40 found")).to_be_visible()
    assert tab.locator("img").count() == 0
    assert asked == [file.as_uri()]
    assert problems == []
    alone.close()


def test_a_link_opens_the_view_in_a_fresh_session(page: Page, browser: Browser, server):
    opened(page, server(APP))
    page.get_by_role("button", name="Select two").click()
    expect(page.get_by_text("selected: item 3, item 5")).to_be_visible()
    expect(page).to_have_url(re.compile("vectors_selected=item"))
    page.get_by_text("Link", exact=True).click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith("http://127.0.0.1:")

    fresh = fresh_context(browser)
    tab = fresh.new_page()
    opened(tab, link)
    expect(tab.get_by_text("selected: item 3, item 5")).to_be_visible()
    assert tab.get_by_test_id("stCode").inner_text().strip().startswith("http://127.0.0.1:")
    fresh.close()


def test_new_points_are_drawn_on_the_map(page: Page, server):
    opened(page, server(APP))
    page.get_by_text("Add points", exact=True).click()
    page.get_by_role("textbox", name="Vectors of 5 numbers").fill("mine 0 0 1 2 0")
    page.get_by_role("button", name="Place them").click()
    expect(page.get_by_text("1 new point (pasted) drawn hollow.")).to_be_visible()
    settled(page)
    expect(page.locator(".ev-map").get_by_text("mine", exact=True)).to_be_attached()
