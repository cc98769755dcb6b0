"""Selections that the page sets, and what linked maps tell each other, in a real browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Server, settled, until
from tests.browser.map_driving import Driver

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent


# What the page is told and what Plotly draws from now on, in order, in `window.happened`.
RECORDING = """() => {
    window.happened = [];
    const noted = (owner, method, name) => {
        const plain = owner[method];
        owner[method] = function (...given) {
            window.happened.push(name);
            return plain.apply(this, given);
        };
    };
    noted(WebSocket.prototype, "send", "told");
    for (const method of ["restyle", "relayout", "react"]) noted(window.Plotly, method, method);
}"""


@pytest.fixture(scope="module")
def linked_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(HERE / "map_linked_app.py", tmp_path_factory.mktemp("linked")))


@pytest.fixture
def driver(page: Page, server: Server, map_app: Path) -> Driver:
    return Driver(page, server(map_app))


def test_the_page_selects_and_the_person_replaces_it(driver: Driver) -> None:
    driver.open(n=500, page="ten")
    chip = driver.page.locator(".ev-chip button")
    expect(chip).to_contain_text("10 selected")
    driver.says(r"^SELECTED 10 \[0, 1, 2, 3, 4\]$")
    shown = "[...map.plot.data[0].marker.color].filter(code => code < 10).length"
    assert driver.ask(shown) == 10
    driver.says("^HEARD ?$")  # taking it over told nothing
    driver.page.locator("[data-tool=box]").click()
    driver.drag((0.02, 0.14), (0.98, 0.98))  # below the chip
    driver.says("^SELECTED 4[0-9][0-9] ")
    chosen = driver.page.get_by_text(re.compile("^SELECTED")).inner_text().split()[1]
    driver.recolor("x")  # a rerun with the page's old selection
    driver.says(f"^SELECTED {chosen} ")
    expect(chip).to_contain_text(f"{chosen} selected")
    driver.choose("page", "half")
    driver.says(rf"^SELECTED (?!{chosen}|0)\d+ ")
    count = driver.page.get_by_text(re.compile("^SELECTED")).inner_text().split()[1]
    expect(chip).to_contain_text(f"{count} selected")
    chip.click()
    driver.says("^SELECTED 0 ")
    driver.says("cleared$")
    driver.recolor("group")
    driver.says("^SELECTED 0 ")
    expect(chip).to_have_count(0)
    driver.choose("page", "ten")
    expect(chip).to_contain_text("10 selected")
    driver.choose("page", "nothing")
    driver.says("^SELECTED 0 ")
    expect(chip).to_have_count(0)
    driver.says(f"HEARD selected {chosen}; cleared$")


def test_the_page_s_selection_holds_for_other_points_and_other_maps(driver: Driver) -> None:
    driver.open(n=500, page="ten")
    chip = driver.page.locator(".ev-chip button")
    driver.choose("n", 2_000)
    driver.says("^SELECTED 10 ")
    expect(chip).to_contain_text("10 selected")
    driver.wait()
    driver.page.get_by_text("hidden").click()
    expect(chip).to_have_count(0)
    driver.page.get_by_text("hidden").click()
    driver.says("^SELECTED 10 ")
    expect(chip).to_contain_text("10 selected")
    driver.choose("page", "any")  # the page sets none any more
    driver.says("^SELECTED 0 ")
    expect(chip).to_have_count(0)


def test_a_lasso_of_100_000_is_a_small_message(driver: Driver) -> None:
    sent: list[int] = []
    driver.page.on(
        "websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame)))
    )
    driver.open(n=100_000)
    driver.page.locator("[data-tool=box]").click()
    driver.wait()
    driver.page.evaluate(RECORDING)
    sent.clear()
    driver.drag((0.02, 0.02), (0.7, 0.98))
    driver.says("^SELECTED [1-9][0-9]{4} ")
    assert 16_000 < sum(sent) < 25_000  # a bit per point, and the page's widgets
    # Drawing holds the page up for most of a second: the page is told before, and it is drawn once.
    until(driver.page, "window.happened.includes('restyle')")
    driver.wait()
    happened = driver.page.evaluate("window.happened")
    assert happened[0] == "told"
    assert [name for name in happened if name != "told"] == ["restyle"]


class Linked:
    """Two linked maps on one page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        settled(page)
        for name in ("here", "there"):
            until(page, f"window.__embedviz?.['{name}']")
            page.evaluate(f"window.__embedviz['{name}'].idle()")

    def stage(self, name: str) -> str:
        return f".ev-map:nth-match(.ev-map, {1 if name == 'here' else 2})"

    def point_at(self, name: str, row: int) -> None:
        x, y = self.page.evaluate(f"window.__embedviz['{name}'].pixelOf({row})")
        self.page.mouse.move(x - 2, y)
        self.page.mouse.move(x, y)

    def pointed(self, name: str):  # type: ignore[no-untyped-def]
        return self.page.locator(".ev-map").nth(0 if name == "here" else 1).locator(".ev-pointed")

    def wait_until_same(self, tip_of: int, pointed_in: int) -> None:
        """Until the word under the mouse in one map is the one pointed out in the other.

        Both are drawn a frame after the mouse has moved, and it passes other points on its way.
        """
        until(
            self.page,
            """([tipOf, pointedIn]) => {
                const maps = document.querySelectorAll(".ev-map");
                const tip = maps[tipOf].querySelector(".ev-tip strong")?.textContent;
                return Boolean(tip) && tip === maps[pointedIn].querySelector(".ev-pointed")?.textContent;
            }""",
            arg=[tip_of, pointed_in],
        )

    def chip(self, name: str):  # type: ignore[no-untyped-def]
        return self.page.locator(".ev-map").nth(0 if name == "here" else 1).locator(".ev-chip")


@pytest.fixture
def linked(page: Page, server: Server, linked_app: Path) -> Linked:
    return Linked(page, server(linked_app))


def test_the_same_word_is_pointed_out_without_a_rerun(linked: Linked) -> None:
    run = linked.page.get_by_text(re.compile(r"^run \d+$")).inner_text()
    linked.point_at("here", 40)
    linked.wait_until_same(tip_of=0, pointed_in=1)
    expect(linked.pointed("here")).to_have_count(0)
    linked.point_at("there", 7)
    linked.wait_until_same(tip_of=1, pointed_in=0)
    expect(linked.pointed("there")).to_have_count(0)
    linked.page.mouse.move(2, 2)
    expect(linked.pointed("here")).to_have_count(0)
    expect(linked.page.get_by_text(re.compile(r"^run \d+$"))).to_have_text(run)


def test_a_word_that_is_only_here_is_not_pointed_out_there(linked: Linked) -> None:
    linked.point_at("here", 299)
    tip = linked.page.locator(".ev-map").first.locator(".ev-tip strong")
    expect(tip).to_be_visible()
    if tip.inner_text() != "word299":
        pytest.skip("another point is nearer to the mouse")
    expect(linked.pointed("there")).to_have_count(0)


def test_a_selection_in_one_appears_in_the_other_and_is_undone_in_both(linked: Linked) -> None:
    page = linked.page
    first = page.locator(".ev-map").first
    first.locator("[data-tool=box]").click()
    box = first.locator(".ev-plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 5, steps=4)
    page.mouse.up()
    expect(page.get_by_text("told 1", exact=True)).to_be_visible()
    count = linked.chip("here").inner_text()
    assert int(count.split()[0]) > 50
    expect(linked.chip("there")).to_contain_text("selected")
    settled(page)
    assert abs(int(linked.chip("there").inner_text().split()[0]) - int(count.split()[0])) <= 1
    page.get_by_role("button", name="Undo").click()
    expect(linked.chip("here")).to_be_empty()
    expect(linked.chip("there")).to_be_empty()
    expect(page.get_by_text("told 1", exact=True)).to_be_visible()  # nothing echoes
    expect(page.get_by_text("run 3", exact=True)).to_be_visible()
