"""The map as an SVG file, from a real browser: vectors where they can be, the same picture, safe text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Server
from tests.browser.map_driving import Driver

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)>"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def driver(page: Page, server: Server, map_app: Path) -> Driver:
    return Driver(page, server(map_app))


def downloaded(driver: Driver, folder: Path) -> ET.Element:
    with driver.page.expect_download() as download:
        driver.page.locator("[data-tool=vector]").click()
    assert download.value.suggested_filename == "embedviz-map.svg"
    download.value.save_as(folder / "map.svg")
    return ET.parse(folder / "map.svg").getroot()


def points_of(picture: ET.Element) -> list[ET.Element]:
    """The circles of points: those of marks have an outline."""
    return [circle for circle in picture.iter(f"{SVG}circle") if "stroke" not in circle.attrib]


def texts_of(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("dimensions", [2, 3])
def test_points_are_circles_and_words_are_text(
    driver: Driver, tmp_path: Path, dimensions: int
) -> None:
    driver.open(n=500, dim=dimensions, sized="true", titled="true", regions="true", word=0)
    driver.page.locator("[data-tool=home]").click()
    driver.still()
    picture = downloaded(driver, tmp_path)
    circles = points_of(picture)
    assert len(circles) == 500
    assert Counter(float(circle.get("r", 0)) for circle in circles) == {20: 10, 2.5: 490}
    colors = {circle.get("fill") for circle in circles}
    assert len(colors) == 8
    assert not list(picture.iter(f"{SVG}image"))
    texts = texts_of(picture)
    assert HOSTILE in texts
    assert {"PC 1 <b>", "PC 2 <b>"} <= set(texts)
    assert any(text.startswith("region") for text in texts)
    width = float(picture.get("width", 0))
    assert width == driver.ask("map.plot.clientWidth")
    assert picture.findtext(f"{SVG}title") == "A map of 500 made-up words"


def test_a_circle_stands_where_its_point_does(driver: Driver, tmp_path: Path) -> None:
    driver.open(n=500, color="none")
    picture = downloaded(driver, tmp_path)
    wanted = driver.ask(
        """{
          const {left, top} = map.plot.getBoundingClientRect();
          return [0, 100, 499].map(row => map.pixelOf(row)).map(([x, y]) => [x - left, y - top]);
        }"""
    )
    circles = points_of(picture)
    for row, place in zip((0, 100, 499), wanted, strict=True):
        got = [float(circles[row].get(name, 0)) for name in ("cx", "cy")]
        assert got == pytest.approx(place, abs=0.02)


def test_what_is_faded_is_fainter(driver: Driver, tmp_path: Path) -> None:
    driver.open(n=500, page="ten")
    opacity = Counter(c.get("fill-opacity") for c in points_of(downloaded(driver, tmp_path)))
    assert sorted(opacity.values()) == [10, 490]
    faint, full = sorted(opacity, key=lambda value: opacity[value], reverse=True)
    assert float(faint or 1) < 0.2 * float(full or 0)


def test_very_many_points_are_one_image_and_that_is_said(driver: Driver, tmp_path: Path) -> None:
    driver.open(n=100_000)
    picture = downloaded(driver, tmp_path)
    assert points_of(picture) == []
    (image,) = picture.iter(f"{SVG}image")
    assert str(image.get("href")).startswith("data:image/png")
    expect(driver.page.locator(".ev-status")).to_contain_text("More than 20,000 points")
