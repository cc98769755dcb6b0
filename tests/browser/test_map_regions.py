"""Points of different sizes, names of regions and torn lines on the map in a real browser."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Server, until
from tests.browser.map_driving import MAP, Driver

pytestmark = pytest.mark.browser


@pytest.fixture
def driver(page: Page, server: Server, map_app: Path) -> Driver:
    return Driver(page, server(map_app))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_large_point_is_hit_at_its_edge(driver: Driver, dimensions: int) -> None:
    driver.open(n=500, dim=dimensions, sized="true", color="none")
    assert driver.ask("[...map.plot.data[0].marker.size.slice(0, 3)]") == [40, 5, 5]
    # A place 16 pixels from the middle of a large point, with nothing else within 8 pixels.
    row, x, y = driver.ask(
        """{
          const frame = map.plot.getBoundingClientRect();
          const pixels = Array.from({length: map.points.n}, (_, row) => map.pixelOf(row));
          const reach = row => row % 50 ? 10 : 40;
          for (let row = 0; row < 500; row += 50) for (let turn = 0; turn < 6.2; turn += 0.4) {
            const [x, y] = [pixels[row][0] + 16 * Math.cos(turn), pixels[row][1] + 16 * Math.sin(turn)];
            if (x < frame.left + 50 || x > frame.right - 50) continue;
            if (y < frame.top + 60 || y > frame.bottom - 50) continue;
            const isFree = pixels.every(
              ([a, b], other) => other === row || Math.hypot(a - x, b - y) > reach(other));
            if (isFree) return [row, x, y];
          }
          return [-1, 0, 0];
        }"""
    )
    assert row >= 0
    driver.page.mouse.move(x - 1, y)
    driver.page.mouse.move(x, y)
    expect(driver.page.locator(".ev-tip")).to_contain_text(f"row {row}")
    driver.page.mouse.click(x, y)
    driver.says(f"^CLICKED {row}$")


def test_sizes_are_sent_once_and_keep_the_view(driver: Driver) -> None:
    driver.open(n=20_000, sized="true")
    zoomed = driver.zoom()
    driver.received = 0
    driver.recolor("x")
    assert driver.received < 45_000  # colors: a byte per point; sizes would be four more
    assert driver.ask("map.plot.data[0].marker.size.length") == 20_000
    before = driver.ask("map.counts.look")
    driver.page.get_by_text("sized", exact=True).click()
    until(driver.page, f"{MAP}.counts.look > {before}")
    driver.wait()
    assert driver.ask("map.plot.data[0].marker.size") == 4
    assert driver.numbers() == zoomed
    assert driver.ask("map.counts.points") == 1


@pytest.mark.parametrize("dimensions", [2, 3])
def test_names_of_regions_do_not_overlap_and_the_first_come_first(
    driver: Driver, dimensions: int
) -> None:
    driver.open(n=500, dim=dimensions, regions="true", word=9)
    driver.page.locator("[data-tool=home]").click()
    driver.still()
    names = driver.page.locator(".ev-overlay .ev-group")
    expect(names.first).to_be_visible()
    asked = ".ev-overlay text[font-weight='700']"  # and the word that was asked for
    boxes = driver.page.eval_on_selector_all(
        asked, "all => all.map(text => text.getBBox()).map(b => [b.x, b.y, b.width, b.height])"
    )
    assert len(boxes) == names.count() + 1
    for a, b in combinations(boxes, 2):
        across, along = (min(a[i] + a[i + 2], b[i] + b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
        assert min(across, along) < 3  # the line boxes of two rows touch
    texts = names.all_text_contents()
    first = [text for text in texts if text.startswith("region")]
    assert texts[: len(first)] == first
    assert len(first) >= 6
    # Neither dot nor ring stands for a region.
    rings = driver.page.locator(".ev-overlay circle").count()
    driver.page.get_by_text("regions", exact=True).click()
    expect(names).to_have_count(0)
    assert driver.page.locator(".ev-overlay circle").count() == rings


def test_torn_lines_warn_in_light_and_dark(driver: Driver) -> None:
    driver.open(n=500, word=3)
    torn = driver.page.locator(".ev-overlay line.ev-torn")
    expect(torn).to_have_count(1)
    light = torn.get_attribute("stroke")
    driver.page.emulate_media(color_scheme="dark")
    expect(torn).not_to_have_attribute("stroke", str(light))
    assert torn.get_attribute("stroke-dasharray")


def test_keys_move_and_zoom_and_home_shows_everything(driver: Driver) -> None:
    driver.open(n=500)
    home = driver.numbers()
    press = driver.page.keyboard.press
    driver.page.locator(".ev-stage").focus()
    press("ArrowRight")
    x0, x1, y0, y1 = driver.still()
    assert (x1 - x0, y1 - y0) == pytest.approx((home[1] - home[0], home[3] - home[2]))
    assert x0 - home[0] == pytest.approx(0.1 * (x1 - x0))
    press("ArrowUp")
    up = driver.still()
    assert up[2] > y0
    press("+")
    nearer = driver.still()
    assert nearer[1] - nearer[0] == pytest.approx(0.8 * (up[1] - up[0]))
    press("-")
    assert driver.still() == pytest.approx(up)
    press("Home")
    assert driver.still() == pytest.approx(home)
    # On a button of the toolbar the keys belong to the button.
    driver.page.locator("[data-tool=home]").focus()
    press("ArrowRight")
    assert driver.still() == pytest.approx(home)


def test_keys_turn_a_cloud(driver: Driver) -> None:
    driver.open(n=500, dim=3)
    camera = (
        "(({eye, center}) => ['x', 'y', 'z'].map(a => eye[a] - center[a]))(map.view.state().camera)"
    )
    before = driver.ask(camera)
    driver.page.locator(".ev-stage").focus()
    for key in ("ArrowRight", "ArrowUp"):
        driver.page.keyboard.press(key)
        driver.still()
    turned = driver.ask(camera)
    assert turned != pytest.approx(before, abs=1e-2)
    far = [sum(value * value for value in eye) ** 0.5 for eye in (before, turned)]
    assert far[0] == pytest.approx(far[1], rel=1e-3)
    driver.page.keyboard.press("+")
    driver.still()
    nearer = driver.ask(camera)
    assert nearer == pytest.approx([0.8 * value for value in turned], rel=1e-3)
