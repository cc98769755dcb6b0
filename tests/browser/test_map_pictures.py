"""Pictures as points in a real browser: where they are drawn, what is asked for, what stays."""

from __future__ import annotations

import json
import re
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.driving import Server, at_rest, settled, until

pytestmark = pytest.mark.browser

MAP = "window.__embedviz?.['pictures-map']"
HOSTILE = "<img src=x onerror=alert(1)>"
MOST = 150


class Driver:
    """One page with a map of pictures, in the words of these tests."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.received = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, frame: str | bytes) -> None:
        self.received += len(frame)

    def open(self, **options: Any) -> None:
        self.page.goto(f"{self.address}/?{urlencode(options)}")
        until(self.page, f"{MAP}?.view")
        settled(self.page)

    def ask(self, script: str) -> Any:
        return self.page.evaluate(f"(map => {script})({MAP})")

    def rest(self) -> list[dict[str, float]]:
        """What is drawn, once nothing moves and nothing is asked for any more."""

        def look() -> tuple[list[dict[str, float]], str, Any]:
            settled(self.page)
            return self.ask("map.drawnPictures()"), self.asked(), self.ask("map.view.state()")

        drawn, _, _ = at_rest(self.page, look)
        assert self.page.locator(".ev-map").get_attribute("data-pictures") == str(len(drawn))
        return drawn

    def rows(self) -> set[int]:
        return {int(box["row"]) for box in self.rest()}

    def asked(self) -> str:
        return self.page.get_by_text(re.compile("^ASKED ")).text_content() or ""

    def asks(self, before: str) -> None:
        """Wait until more was asked for than ``before``."""
        expect(self.page.get_by_text(re.compile("^ASKED "))).not_to_have_text(before)

    def page_says(self, text: str) -> None:
        expect(self.page.get_by_text(re.compile(f"^PAGE .*{text}"))).to_be_visible()

    def choose(self, label: str, value: object) -> None:
        box = self.page.get_by_test_id("stSelectbox").filter(
            has=self.page.get_by_text(label, exact=True)
        )
        ran = self.page.get_by_text(re.compile("^PAGE run"))
        before = ran.inner_text()
        box.locator("input").click()
        self.page.get_by_role("option", name=str(value), exact=True).click()
        expect(ran).not_to_have_text(before)
        settled(self.page)

    def zoom(self) -> None:
        self.page.locator(".ev-plot").hover()
        self.page.mouse.wheel(0, -300)

    def magnify(self, times: float) -> None:
        """As far as many turns of the wheel."""
        self.ask(
            f"""{{
              const closer = ([low, high]) => {{
                const [middle, half] = [(low + high) / 2, (high - low) / 2 / {times}];
                return [middle - half, middle + half];
              }};
              const {{ x, y }} = map.view.state();
              const change = {{ "xaxis.range": closer(x), "yaxis.range": closer(y) }};
              return map.Plotly.relayout(map.plot, change).then(() => null);
            }}"""
        )

    def at(self, box: dict[str, float], dx: float = 0, dy: float = 0) -> tuple[float, float]:
        """On the page: the middle of a drawn picture and a share of its size aside."""
        frame = self.page.locator(".ev-plot").bounding_box()
        assert frame is not None
        x, y = (box[axis] + by * box["size"] for axis, by in (("x", dx), ("y", dy)))
        return frame["x"] + x, frame["y"] + y

    def in_the_open(self, drawn: list[dict[str, float]]) -> dict[str, float]:
        """A drawn picture of full height and width that neither toolbar nor edge covers."""
        frame = self.page.locator(".ev-plot").bounding_box()
        assert frame is not None
        return next(
            box
            for box in drawn
            if box["row"] % 3 == 0
            and 80 < box["x"] < frame["width"] - 80
            and 80 < box["y"] < frame["height"] - 80
        )


def color_of(row: int) -> tuple[int, int, int]:
    return (row * 37 % 200 + 40, row * 91 % 200 + 40, row * 53 % 200 + 40)


def overlapping(drawn: list[dict[str, float]]) -> list[tuple[float, float]]:
    return [
        (a["row"], b["row"])
        for a, b in combinations(drawn, 2)
        if max(abs(a["x"] - b["x"]), abs(a["y"] - b["y"])) < (a["size"] + b["size"]) / 2
    ]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script in a folder of its own: it puts its static files beside itself."""
    script = Path(__file__).with_name("map_pictures_app.py")
    return Path(shutil.copy(script, tmp_path_factory.mktemp("app")))


@pytest.fixture
def driver(page: Page, server: Server, app: Path) -> Driver:
    return Driver(page, server(app))


def test_pictures_are_drawn_where_there_is_room_and_zooming_in_draws_others(driver: Driver) -> None:
    driver.open(n=300)
    drawn = driver.rest()
    assert 20 <= len(drawn) <= MOST
    assert overlapping(drawn) == []
    assert all(44 <= box["size"] <= 72 for box in drawn)
    asked = re.match(r"ASKED (\d+) times, (\d+) rows, 0 twice, at most (\d+)$", driver.asked())
    assert asked is not None
    assert int(asked[2]) == len(drawn) == int(asked[3])
    # Each lies on its own point.
    frame = driver.page.locator(".ev-plot").bounding_box()
    assert frame is not None
    for box in drawn[:10]:
        x, y = driver.ask(f"map.pixelOf({box['row']})")
        assert (x - frame["x"], y - frame["y"]) == pytest.approx((box["x"], box["y"]))
    before = driver.asked()
    driver.zoom()
    driver.asks(before)
    near = driver.rest()
    assert overlapping(near) == []
    assert {box["row"] for box in near} - {box["row"] for box in drawn}
    # A picture that is still in view has not given way to another.
    left = {box["row"] for box in drawn} - {box["row"] for box in near}
    for row in left:
        x, y = driver.ask(f"map.pixelOf({row})")
        inside = frame["x"] < x < frame["x"] + frame["width"]
        assert not (inside and frame["y"] < y < frame["y"] + frame["height"])
    assert " 0 twice" in driver.asked()


def test_the_picture_of_a_row_is_that_rows_picture(driver: Driver, tmp_path: Path) -> None:
    driver.open(n=300, color="none")
    box = driver.in_the_open(driver.rest())
    with driver.page.expect_download() as download:
        driver.page.locator("[data-tool=picture]").click()
    path = tmp_path / "map.png"
    download.value.save_as(path)
    with Image.open(path) as image:
        downloaded = image.convert("RGB").getpixel((round(2 * box["x"]), round(2 * box["y"])))
    assert downloaded == pytest.approx(color_of(int(box["row"])), abs=6)
    shown = driver.ask(
        f"""[...map.pictures.canvas.getContext("2d")
          .getImageData({box["x"]} * devicePixelRatio, {box["y"]} * devicePixelRatio, 1, 1).data]"""
    )
    assert shown[:3] == pytest.approx(color_of(int(box["row"])), abs=6)


def test_far_out_many_points_are_dots_and_few_pictures(driver: Driver) -> None:
    driver.open(n=5_000)
    far = driver.rest()
    assert 4 <= len(far) <= 40
    before = driver.asked()
    driver.magnify(4)
    driver.asks(before)
    near = driver.rest()
    assert overlapping(near) == []
    assert len(near) > 1.5 * len(far)
    most = re.search(r"at most (\d+)$", driver.asked())
    assert most is not None
    assert int(most[1]) <= MOST


def test_deep_inside_pictures_grow(driver: Driver) -> None:
    driver.open(n=300)
    driver.magnify(12)
    drawn = driver.rest()
    assert drawn
    assert max(box["size"] for box in drawn) > 60


def test_a_click_on_a_picture_means_its_row_and_reruns_the_whole_page(driver: Driver) -> None:
    driver.open(n=300)
    drawn = driver.rest()
    driver.page_says("run 1, clicked None")  # asking for pictures reran the fragment only
    box = driver.in_the_open(drawn)
    # Near a corner: another point may be nearer there, but the picture is what is seen.
    driver.page.mouse.click(*driver.at(box, 0.42, -0.42))
    driver.page_says(f"run 2, clicked {int(box['row'])}, ")
    assert driver.rows() == {int(other["row"]) for other in drawn}


def test_outside_of_a_fragment_it_works_too(driver: Driver) -> None:
    driver.open(n=300, fragment="false")
    box = driver.in_the_open(driver.rest())
    driver.page.mouse.click(*driver.at(box))
    driver.page_says(f"clicked {int(box['row'])}, ")
    driver.page.locator("[data-tool=box]").click()
    frame = driver.page.locator(".ev-plot").bounding_box()
    assert frame is not None
    driver.page.mouse.move(frame["x"] + 5, frame["y"] + 5)
    driver.page.mouse.down()
    driver.page.mouse.move(
        frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] - 5, steps=4
    )
    driver.page.mouse.up()
    driver.page_says("selected [1-9]")


def test_the_tip_shows_the_picture_and_hostile_names_stay_text(driver: Driver) -> None:
    driver.open(n=300, word=0)  # the query's picture always has a place
    box = next(box for box in driver.rest() if box["row"] == 0)
    x, y = driver.at(box)
    driver.page.mouse.move(x - 5, y)
    driver.page.mouse.move(x, y)
    tip = driver.page.locator(".ev-tip")
    expect(tip.locator("strong")).to_have_text(HOSTILE)
    expect(tip.locator("canvas")).to_be_visible()
    expect(driver.page.locator(".ev-overlay text", has_text="onerror")).to_have_text(HOSTILE)
    assert driver.page.locator(".ev-map img").count() == 0
    expect(driver.page.locator(".ev-frame-query")).to_have_count(1)


def test_hovering_over_a_dot_brings_its_picture(driver: Driver) -> None:
    driver.open(n=5_000)
    drawn = driver.rows()
    row = driver.ask(
        """{
          const drawn = map.drawnPictures();
          const frame = map.plot.getBoundingClientRect();
          for (let row = 0; row < map.points.n; row++) {
            const [x, y] = map.pixelOf(row).map((value, i) => value - [frame.left, frame.top][i]);
            if (x < 60 || y < 80 || x > frame.width - 60 || y > frame.height - 60) continue;
            const free = drawn.every((box) => Math.hypot(box.x - x, box.y - y) > 80);
            if (free) return row;
          }
        }"""
    )
    assert row not in drawn
    x, y = driver.ask(f"map.pixelOf({row})")
    driver.page.mouse.move(x - 3, y)
    driver.page.mouse.move(x, y)
    expect(driver.page.locator(".ev-tip canvas")).to_be_visible()
    assert driver.rows() == drawn


def test_colors_toggle_and_reruns_send_no_picture_again(driver: Driver) -> None:
    driver.open(n=300)
    rows = driver.rows()
    asked = driver.asked()
    for color in ("x", "group", "none"):
        driver.received = 0
        driver.choose("color", color)
        assert driver.rows() == rows
        assert driver.received < 9_000
    button = driver.page.locator("[data-tool=pictures]")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert driver.rows() == set()
    expect(button).to_have_attribute("aria-pressed", "false")
    driver.choose("color", "x")
    assert driver.rows() == set()  # the choice outlasts a rerun
    button.click()
    assert driver.rows() == rows
    assert driver.asked() == asked
    driver.choose("version", "b")  # other pictures for the same keys
    driver.asks(asked)
    assert driver.rows() == rows


def test_a_chosen_category_is_pictured_and_the_others_fade(driver: Driver) -> None:
    driver.open(n=300)
    before = driver.rest()
    driver.page.locator(".ev-legend button").first.click()
    after = driver.rest()
    assert overlapping(after) == []
    code = driver.ask("[...map.colors.codes]")
    chosen = driver.ask("map.colors.legend.categories[0].code")
    count = [sum(code[int(box["row"])] == chosen for box in drawn) for drawn in (before, after)]
    assert count[1] >= count[0] > 0
    alpha = """(boxes, chosen) => boxes.map((box) => map.pictures.canvas.getContext("2d")
      .getImageData(box.x * devicePixelRatio, box.y * devicePixelRatio, 1, 1).data[3])"""
    alphas = driver.ask(f"({alpha})({json.dumps(after)})")
    inside = [
        (code[int(box["row"])] == chosen, value) for box, value in zip(after, alphas, strict=True)
    ]
    assert all(value == 255 for is_chosen, value in inside if is_chosen)
    assert all(value < 100 for is_chosen, value in inside if not is_chosen)


def test_never_asked_for_again_what_has_no_picture(driver: Driver) -> None:
    driver.open(n=300, broken="true")
    drawn = driver.rest()
    assert drawn
    # Only whole JPEGs are drawn; the others stay dots and leave their place to others.
    assert all(box["row"] % 3 == 0 for box in drawn)
    assert " 0 twice" in driver.asked()
    asked = driver.asked()
    driver.choose("color", "x")
    driver.rest()
    assert driver.asked() == asked


def test_what_the_tab_forgot_is_asked_for_again(driver: Driver) -> None:
    driver.open(n=300)
    rows = driver.rows()
    asked = driver.asked()
    driver.ask("(map.pictures.album.pictures.clear(), map.pictures.refresh())")
    driver.asks(asked)
    assert driver.rows() == rows
    assert f" {2 * len(rows)} rows, {len(rows)} twice" in driver.asked()


def test_nothing_is_asked_for_during_a_drag(driver: Driver) -> None:
    driver.open(n=300)
    driver.magnify(1.6)
    driver.rest()
    asked = driver.asked()
    x, y = driver.at(driver.in_the_open(driver.rest()))
    driver.page.mouse.move(x, y)
    driver.page.mouse.down()
    driver.page.mouse.move(x + 150, y + 120, steps=6)
    driver.page.wait_for_timeout(900)  # four times what a map at rest waits before it asks
    settled(driver.page)
    assert driver.asked() == asked
    driver.page.mouse.up()
    driver.asks(asked)


def test_space_has_pictures_too(driver: Driver) -> None:
    driver.open(n=300, dim=3, word=5)
    drawn = driver.rest()
    assert 5 <= len(drawn) <= 60
    assert overlapping(drawn) == []
    assert 5 in {box["row"] for box in drawn}
    box = driver.in_the_open(drawn)
    driver.page.mouse.click(*driver.at(box, 0.2, 0.2))
    driver.page_says(f"clicked {int(box['row'])}, ")
    frame = driver.page.locator(".ev-plot").bounding_box()
    assert frame is not None
    middle = (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    driver.page.mouse.move(*middle)
    driver.page.mouse.down()
    driver.page.mouse.move(middle[0] + 150, middle[1] + 60, steps=8)
    turning = driver.ask("map.drawnPictures()")
    assert 0 < len(turning) <= 60
    driver.page.mouse.up()
    turned = driver.rest()
    assert overlapping(turned) == []
    assert [(b["x"], b["y"]) for b in turned] != [(b["x"], b["y"]) for b in drawn]
    assert " 0 twice" in driver.asked()


def test_a_map_without_thumbnails_has_none(driver: Driver) -> None:
    driver.open(n=300, without="true")
    assert driver.rest() == []
    assert driver.asked().startswith("ASKED 0 times")
    expect(driver.page.locator("[data-tool=pictures]")).to_have_count(0)
    expect(driver.page.locator("[data-tool=pan]")).to_have_count(1)
