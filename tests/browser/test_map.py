"""The map in a real browser: what is sent, what is clicked, what stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Server, settled, until
from tests.browser.map_driving import MAP, Driver

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def driver(page: Page, server: Server, map_app: Path) -> Driver:
    return Driver(page, server(map_app))


def test_a_real_point_of_100_000_is_clicked(driver: Driver) -> None:
    driver.open(n=100_000)
    row = driver.lonely(range(100_000))
    driver.hover(row)
    tip = driver.page.locator(".ev-tip")
    expect(tip).to_contain_text(f"row {row}")
    driver.click(row)
    driver.says(f"^CLICKED {row}$")
    driver.says(f"clicked {row}$")
    # A point in the thick of it: the nearest to the mouse, not the topmost, is meant.
    x, y = driver.ask("map.pixelOf(77)")
    driver.page.mouse.click(x, y)
    nearest = driver.ask(
        f"""{{
          let best = -1, least = Infinity;
          for (let row = 0; row < map.points.n; row++) {{
            const [a, b] = map.pixelOf(row);
            const distance = Math.hypot(a - Math.round({x}), b - Math.round({y}));
            if (distance < least) [best, least] = [row, distance];
          }}
          return best;
        }}"""
    )
    clicked = driver.page.get_by_text(re.compile(r"^CLICKED \d+$"))
    expect(clicked).not_to_have_text(f"CLICKED {row}")
    got = int((clicked.text_content() or "").split()[1])
    assert _distance(driver, got, (x, y)) <= _distance(driver, nearest, (x, y)) + 1


def test_texts_of_many_points_come_compressed(driver: Driver) -> None:
    driver.open(n=20_000)
    assert driver.ask("[0, 7, 19999].map(row => map.points.key(row))") == [
        HOSTILE, "word7", "word19999",
    ]  # fmt: skip
    assert re.fullmatch(r"row 19999\nof group \d", driver.ask("map.points.hover(19999)"))
    assert driver.received < 450_000  # 800,000 with the texts as they are


def test_a_browser_without_decompression_gets_the_texts_as_they_are(driver: Driver) -> None:
    driver.page.add_init_script("delete window.DecompressionStream")
    driver.open(n=20_000)
    assert driver.ask("map.points.key(7)") == "word7"
    assert driver.ask("map.points.hover(7)").startswith("row 7\n")
    driver.choose("dim", 3)
    until(driver.page, f"{MAP}.data.dimensions === 3")
    driver.wait()
    assert driver.ask("map.points.key(7)") == "word7"


def _distance(driver: Driver, row: int, at: tuple[float, float]) -> float:
    x, y = driver.ask(f"map.pixelOf({row})")
    return float(((x - at[0]) ** 2 + (y - at[1]) ** 2) ** 0.5)


def test_colors_change_without_the_points_and_without_moving_the_view(driver: Driver) -> None:
    driver.open(n=20_000)
    zoomed = driver.zoom()
    driver.received = 0
    driver.recolor("x")
    once = driver.received
    assert 20_000 < once < 40_000  # a byte per point and the page's own messages
    assert driver.numbers() == zoomed
    driver.recolor("group")
    driver.received = 0
    driver.recolor("x")
    assert driver.received < 8_000  # these colors are still there
    assert driver.numbers() == zoomed
    assert driver.ask("map.counts.points") == 1
    wanted = driver.ask("[...map.plot.data[0].marker.color.slice(0, 50)]")
    assert len(set(wanted)) > 10
    assert all(0 <= code <= 254 for code in wanted)


def test_the_lasso_selects_what_it_encloses_and_escape_clears(driver: Driver) -> None:
    driver.open(n=2_000)
    driver.page.locator("[data-tool=lasso]").click()
    before = driver.numbers()
    driver.received = 0
    # A triangle, so that a bounding box would give another answer.
    corners = ((0.15, 0.1), (0.85, 0.1), (0.15, 0.9), (0.15, 0.12))
    driver.drag(*corners)
    inside = driver.ask(
        """{
          const {width, height, left, top} = map.plot.getBoundingClientRect();
          const rows = [];
          for (let row = 0; row < map.points.n; row++) {
            const [x, y] = map.pixelOf(row);
            const [u, v] = [(x - left) / width - 0.15, (y - top) / height - 0.1];
            if (u > 0 && v > 0 && u / 0.7 + v / 0.8 < 1) rows.push(row);
          }
          return rows;
        }"""
    )
    driver.says("selected [0-9]+$")
    text = driver.page.get_by_text(re.compile(r"^SELECTED \d+ ")).text_content() or ""
    count = int(text.split()[1])
    assert abs(count - len(inside)) <= 6  # the drawn line is in whole pixels
    assert count > 100
    driver.wait()
    assert driver.received < 10_000
    assert driver.numbers() == before
    # The unselected wear the faded half of the scale.
    shown = driver.ask("[...map.plot.data[0].marker.color].filter(code => code < 10).length")
    assert shown == count
    driver.recolor("half")
    driver.says(f"^SELECTED {count} ")
    driver.page.locator(".ev-stage").focus()
    driver.page.keyboard.press("Escape")
    driver.says("^SELECTED 0 ")
    driver.says("cleared$")


def test_a_box_selects_and_other_keys_end_the_selection(driver: Driver) -> None:
    driver.open(n=500)
    driver.page.locator("[data-tool=box]").click()
    driver.drag((0.02, 0.02), (0.98, 0.98))
    driver.says("^SELECTED 500 ")
    driver.choose("n", 2_000)
    driver.says("^SELECTED 0 ")
    driver.wait()
    expect(driver.page.locator(".ev-chip button")).to_have_count(0)


def test_a_drag_is_no_click(driver: Driver) -> None:
    driver.open(n=500)
    x, y = driver.hover(driver.lonely(range(500)))
    before = driver.numbers()
    driver.page.mouse.down()
    driver.page.mouse.move(x + 30, y + 10, steps=4)
    driver.page.mouse.up()
    moved = driver.still()
    settled(driver.page)
    driver.says("^HEARD ?$")
    assert moved != before
    driver.page.locator("[data-tool=home]").click()
    assert driver.still() == pytest.approx(before)


def test_space_is_clicked_turned_and_keeps_its_camera(driver: Driver) -> None:
    driver.open(n=2_000, dim=3)
    row = driver.lonely(range(2_000))
    driver.hover(row)
    expect(driver.page.locator(".ev-tip")).to_contain_text(f"row {row}")
    driver.click(row)
    driver.says(f"^CLICKED {row}$")
    home = driver.numbers()
    driver.drag((0.5, 0.5), (0.62, 0.56))
    turned = driver.still()
    assert turned != pytest.approx(home, abs=1e-3)
    driver.recolor("x")
    assert driver.numbers() == pytest.approx(turned, abs=1e-6)
    row = driver.lonely(range(300, 2_000))
    driver.click(row)
    driver.says(f"clicked {row}$")
    assert driver.ask("map.counts.points") == 1


@pytest.mark.parametrize("dimensions", [2, 3])
def test_focus_marks_and_labels(driver: Driver, dimensions: int) -> None:
    driver.open(n=500, dim=dimensions)
    driver.page.get_by_label("word", exact=True).fill("9")
    driver.page.keyboard.press("Enter")
    expect(driver.page.locator(".ev-overlay text", has_text=re.compile("^word9$"))).to_be_visible()
    driver.wait()
    box = driver.page.locator(".ev-plot").bounding_box()
    assert box is not None
    center = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    driver.still()
    assert driver.ask("map.pixelOf(9)") == pytest.approx(center, abs=12)
    assert driver.page.locator(".ev-overlay circle").count() >= 9
    assert driver.page.locator(".ev-overlay polygon").count() == 1  # the arrow's head
    assert driver.ask("map.counts") == {"points": 1, "look": 0}


def test_hostile_words_are_text(driver: Driver) -> None:
    driver.open(n=500, word=0, color="half", titled="true")
    driver.hover(0)
    expect(driver.page.locator(".ev-tip strong")).to_have_text(HOSTILE)
    label = driver.page.locator(".ev-overlay text", has_text="onerror")
    expect(label).to_have_text(HOSTILE)
    expect(driver.page.locator(".ev-legend")).to_contain_text(HOSTILE)
    expect(driver.page.locator(".ev-plot .xtitle")).to_have_text("PC 1 <b>")
    assert driver.page.locator(".ev-map img").count() == 0


def test_what_the_browser_lacks_it_asks_for(driver: Driver) -> None:
    driver.open(n=500, claim="true")
    assert driver.ask("map.counts.points") == 1
    driver.click(driver.lonely(range(500)))
    driver.says("clicked [0-9]+$")


def test_away_and_back_nothing_is_sent_and_the_view_stays(driver: Driver) -> None:
    driver.open(n=2_000)
    zoomed = driver.zoom()
    driver.page.get_by_text("hidden").click()
    until(driver.page, "!document.querySelector('.ev-map') && !window.__embedviz?.['the-map']")
    driver.received = 0
    driver.page.get_by_text("hidden").click()
    driver.wait()
    assert driver.received < 15_000
    assert driver.numbers() == pytest.approx(zoomed)


def test_the_legend_fades_the_others_and_the_theme_follows(driver: Driver) -> None:
    driver.open(n=500)
    entry = driver.page.locator(".ev-legend button").first
    count = int(entry.locator(".ev-count").text_content() or 0)
    entry.click()
    until(driver.page, f"{MAP}.counts.look === 1")
    assert (
        driver.ask("[...map.plot.data[0].marker.color].filter(code => code < 10).length") == count
    )
    light = driver.ask("map.theme.background")
    driver.page.emulate_media(color_scheme="dark")
    until(driver.page, f"{MAP}.theme.background !== '{light}'")
    assert driver.ask("map.counts.points") == 1


def test_the_map_fits_its_container_and_names_itself(driver: Driver) -> None:
    driver.open(n=500)
    stage = driver.page.locator(".ev-stage")
    expect(stage).to_have_attribute("aria-label", "A map of 500 made-up words")
    driver.page.set_viewport_size({"width": 800, "height": 900})
    until(driver.page, f"Math.abs({MAP}.plot._fullLayout.width - {MAP}.plot.clientWidth) < 2")
    box = stage.bounding_box()
    assert box is not None
    assert box["width"] < 800


def test_the_picture_is_downloaded(driver: Driver, tmp_path: Path) -> None:
    driver.open(n=500, word=3)
    with driver.page.expect_download() as download:
        driver.page.locator("[data-tool=picture]").click()
    path = tmp_path / "map.png"
    download.value.save_as(path)
    assert download.value.suggested_filename == "embedviz-map.png"
    from PIL import Image

    with Image.open(path) as image:
        width, _ = image.size
        assert width == 2 * driver.ask("map.plot.clientWidth")
        assert len(set(image.convert("RGB").resize((60, 30)).getdata())) > 10
