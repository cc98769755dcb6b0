"""Images as a person meets them: upload, map, click, look-alikes, save, restart, still there."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

import embedviz as ev
from tests.browser.conftest import ROOT, served
from tests.browser.driving import Tab, at_rest, map_of, settled, still, until

pytestmark = pytest.mark.browser
APP = ROOT / "app.py"
KEY = "images-map"
LINK = "/images?encoder=EfficientNet-Lite0&image_method=PCA"
HOSTILE = "<img src=x onerror=alert(1)>.png"


def drawn(shape: str, seed: int) -> bytes:
    """A red disc or a striped blue square somewhere on gray: two kinds that a network tells apart."""
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", (160, 120), (128, 128, 128))
    pen = ImageDraw.Draw(picture)
    x, y = (int(value) for value in random.integers(5, 60, 2) * (1.3, 0.8))
    if shape == "disc":
        pen.ellipse((x, y, x + 55, y + 55), fill=(200 + seed, 20, 20))
    else:
        for at in range(0, 60, 8):
            pen.rectangle((x + at, y, x + at + 4, y + 60), fill=(10, 40, 200 + seed))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    files = {
        f"{shape} {seed}.png": drawn(shape, seed) for shape in ("disc", "bars") for seed in range(6)
    }
    files[HOSTILE] = drawn("disc", 9)
    files["강아지 1.png"] = drawn("bars", 9)
    files["not a picture.jpg"] = b"<html><script>alert(1)</script></html>"
    paths = []
    for name, data in files.items():
        paths.append(folder / name)
        paths[-1].write_bytes(data)
    return paths


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))


def shows_map(page: Page) -> None:
    map_of(page, KEY)
    until(page, "() => Number(document.querySelector('.ev-map')?.dataset.pictures) > 0")


# "first": while a page runs again, the old and the new copy of a text may stand there together.
def click_row(page: Page, row: int) -> None:
    page.locator(".ev-map").scroll_into_view_if_needed()
    still(page, KEY)
    x, y = page.evaluate("([key, row]) => window.__embedviz[key].pixelOf(row)", [KEY, row])
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    expect(page.get_by_text("What looks like").first).to_be_visible()
    settled(page)


def answers(page: Page, k: int = 10) -> list[str]:
    """The keys of the k look-alikes, best first, as they stand under the pictures."""
    buttons = page.locator("[class*='st-key-evgrid-answers'] [data-testid=stButton] button")
    expect(buttons).to_have_count(k)  # they come one by one
    return [text.split(" · ", 1)[1] for text in buttons.all_text_contents()]


def test_upload_click_save_restart_and_it_is_there(tab: Tab, photos, apart) -> None:
    problems: list[str] = []

    def watched(page: Page) -> Page:
        page.on("pageerror", lambda error: problems.append(f"{error}"))
        page.on("dialog", lambda dialog: (problems.append("a dialog"), dialog.dismiss()))
        return page

    with served(APP) as address:
        page = watched(tab())
        page.goto(address + LINK + "&images=Your%20images")
        expect(page.get_by_text("Photos, or a zip of photos").first).to_be_visible()
        settled(page)
        # No person is quicker than the page's first run, and the second that may follow it.
        at_rest(page, page.get_by_test_id("stMain").inner_text)
        page.locator("input[type=file]").first.set_input_files(photos)
        page.get_by_role("button", name="Look at them").first.click()
        expect(page.get_by_text("Showing all 14 images.").first).to_be_visible()
        expect(page.get_by_text("1 file set aside").first).to_be_visible()
        shows_map(page)

        row = page.evaluate(
            "key => { const p = window.__embedviz[key].points;"
            " return [...Array(p.n).keys()].find((r) => p.key(r) === 'disc 2.png'); }",
            KEY,
        )
        click_row(page, row)
        box = page.get_by_label("Image", exact=True).first
        expect(box).not_to_have_value("")
        asked = box.input_value()
        found = answers(page)
        assert len(found) == 10
        assert asked not in found
        kind = asked.split()[0]
        if kind in ("disc", "bars"):
            alike = [name.startswith(kind) or name == HOSTILE for name in found[:4]]
            assert sum(alike) >= 3

        page.get_by_label("Name of the collection").first.fill("My shapes")
        page.get_by_label("Name of the collection").first.press("Enter")
        settled(page)
        page.get_by_role("button", name="Save on the server").first.click()
        expect(page.get_by_text("14 images saved: My shapes").first).to_be_visible()
        page.close()

    assert [info.name for info in ev.collections.list()] == ["My shapes"]
    space = ev.collections.open("My shapes").space
    assert found == list(ev.look_alikes(space, key=asked, k=10).keys)

    with served(APP) as address:
        page = watched(tab())
        page.goto(address + LINK + "&images=Saved&saved=My+shapes")
        expect(page.get_by_text("Showing all 14 images.").first).to_be_visible()
        shows_map(page)
        page.get_by_label("Image", exact=True).first.fill(HOSTILE)
        page.get_by_label("Image", exact=True).first.press("Enter")
        expect(page.get_by_text(f"What looks like {HOSTILE}").first).to_be_visible()
        assert answers(page) == list(ev.look_alikes(space, key=HOSTILE, k=10).keys)
        assert page.locator("img[src=x]").count() == 0
        page.close()
    assert problems == []


def test_pictures_are_asked_for_without_running_the_page_again(page: Page, server, apart) -> None:
    page.goto(server(APP) + LINK + "&sample=Photos")
    expect(page.get_by_text("Showing all 18 images.").first).to_be_visible()
    shows_map(page)
    count = page.evaluate("Number(document.querySelector('.ev-map').dataset.pictures)")
    assert 5 <= count <= 18
    (first, *_) = page.evaluate("key => window.__embedviz[key].drawnPictures()", KEY)
    click_row(page, first["row"])
    answers(page)
