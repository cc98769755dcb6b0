"""Density under the points, in a real browser: it moves with the axes, and a closer look is finer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Server, settled, until

pytestmark = pytest.mark.browser

MAP = "window.__embedviz?.['the-map']"
LAYER = "map.layers[0]"


@pytest.fixture
def ask(page: Page, server: Server) -> Any:
    page.goto(f"{server(Path(__file__).with_name('map_density_app.py'))}/")
    settled(page)
    until(page, MAP)
    page.evaluate(f"{MAP}.idle()")
    return lambda script: page.evaluate(f"(map => {script})({MAP})")


def look_at(ask: Any, x: float, y: float, half: float) -> None:
    """As a wheel or a drag does it: through Plotly."""
    across, up = [x - half, x + half], [y - half, y + half]
    ask(f"map.Plotly.relayout(map.plot, {{'xaxis.range': {across}, 'yaxis.range': {up}}})")


def drawn_anew(page: Page) -> None:
    """Until the points of the region in view have come and are drawn."""
    until(page, f"{MAP}.counts.points > 1")
    settled(page)
    page.evaluate(f"{MAP}.idle()")


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(re.compile(text)).first).to_be_visible()


def ink(ask: Any) -> int:
    """How many pixels of the density's canvas are not empty."""
    return ask(
        f"(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        f".reduce((n, v, i) => n + (i % 4 === 3 && v > 0), 0))({LAYER}.canvas)"
    )


def test_a_closer_look_is_finer_without_the_page(page: Page, ask: Any) -> None:
    says(page, "DRAWN 5000 OF 200000")
    assert ink(ask) > 10_000
    home = ask(f"{LAYER}.density.extent")
    middle = ask("[0, 1].map(i => (map.points.extents[i][0] + map.points.extents[i][1]) / 2)")
    at = ask("[map.points.x[7], map.points.y[7]]")
    look_at(ask, *at, 0.4)
    until(page, f"{MAP}.layers[0].density.extent[1] < {home[1]} && {MAP}.counts.points > 1")
    finer = ask(f"{LAYER}.density.extent")
    assert finer[1] - finer[0] < 0.5 * (home[1] - home[0])
    drawn = page.get_by_text(re.compile("^DRAWN"))
    expect(drawn).not_to_have_text("DRAWN 5000 OF 200000")
    says(page, "RUNS 1$")
    # The view stayed where it was put, and home is still the view of all points.
    x, y = ask("[map.view.state().x, map.view.state().y]")
    assert (x[0] + x[1]) / 2 == pytest.approx(at[0], abs=0.02)
    assert (y[0] + y[1]) / 2 == pytest.approx(at[1], abs=0.02)
    page.get_by_role("button", name=re.compile("Show everything")).click()
    says(page, "DRAWN 5000 OF 200000")
    assert ask("map.view.state().x.reduce((a, b) => a + b) / 2") == pytest.approx(
        middle[0], abs=0.1
    )


def test_density_lies_where_the_points_are(page: Page, ask: Any) -> None:
    at = ask("[map.points.x[7], map.points.y[7]]")
    look_at(ask, *at, 2)
    drawn_anew(page)
    near = ask(
        "(() => { const frame = map.plot.getBoundingClientRect(), ratio = window.devicePixelRatio;"
        f"const c = {LAYER}.canvas.getContext('2d'); let hit = 0, seen = 0;"
        "for (let row = 0; row < map.points.n; row++) {"
        "const [x, y] = map.pixelOf(row).map((v, i) => (v - [frame.left, frame.top][i]) * ratio);"
        f"if (x < 5 || y < 5 || x > {LAYER}.canvas.width - 5 || y > {LAYER}.canvas.height - 5) continue;"
        "seen += 1; hit += c.getImageData(x - 1, y - 1, 3, 3).data.some((v, i) => i % 4 === 3 && v > 0);"
        "} return [hit, seen]; })()"
    )
    assert near[1] > 50
    assert near[0] == near[1]


def test_a_click_after_zooming_is_on_the_point_of_the_whole(page: Page, ask: Any) -> None:
    at = ask("[map.points.x[7], map.points.y[7]]")
    look_at(ask, *at, 0.2)
    drawn_anew(page)
    away = "Math.hypot(map.points.x[i] - {}, map.points.y[i] - {})".format(*at)
    row = ask(
        f"Array.from(map.points.x).reduce((best, _, i) => {away} < best[0] ? [{away}, i] : best, [9, -1])[1]"
    )
    key = ask(f"map.points.key({row})")
    page.mouse.click(*ask(f"map.pixelOf({row})"))
    says(page, f"HEARD clicked {key}$")
    says(page, "RUNS 2$")


def test_a_pressed_category_stays_pressed_when_zooming(page: Page, ask: Any) -> None:
    page.get_by_role("button", name=re.compile("group 2")).first.click()
    at = ask("[map.points.x[7], map.points.y[7]]")
    look_at(ask, *at, 1)
    until(page, f"{MAP}.counts.points > 1")
    expect(page.get_by_role("button", name=re.compile("group 2")).first).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_box_selects_also_what_is_not_drawn(page: Page, ask: Any) -> None:
    page.get_by_role("button", name="Select the points in a box").click()
    frame = page.locator(".ev-plot").bounding_box()
    assert frame is not None

    def drag(*shares: tuple[float, float]) -> None:
        for i, (x, y) in enumerate(shares):
            at = (frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
            page.mouse.move(*at, steps=4 if i else 1)
            if i == 0:
                page.mouse.down()
        page.mouse.up()

    drag((0.35, 0.2), (0.65, 0.8))
    says(page, "HEARD outlined")
    says(page, "SELECTED [1-9]")
    settled(page)
    page.evaluate(f"{MAP}.idle()")
    selected = page.get_by_text(re.compile("^SELECTED")).inner_text().split()[1]
    assert 5_000 < int(selected) < 200_000
    # The chip counts all of them, and of the drawn ones all inside the box are shown.
    expect(page.locator(".ev-chip")).to_contain_text(f"{int(selected):,} selected")
    drag((0.005, 0.01), (0.02, 0.03))  # nothing there
    says(page, "SELECTED 0$")
    expect(page.locator(".ev-chip")).to_be_empty()


def test_a_download_has_the_density(page: Page, ask: Any) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PNG").click()
    assert download.value.path().stat().st_size > 10_000
