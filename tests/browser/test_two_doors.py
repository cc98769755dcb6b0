"""Words find pictures in the browser, wherever an encoder has a door for both."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import embedviz as ev
from embedviz.images.samples import SAMPLES
from embedviz.registry import ENCODERS
from tests.browser.driving import Server, settled
from tests.toy_things import TWO_DOORS

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "two_doors_app.py"


@pytest.fixture
def expected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the core finds for the same words."""
    monkeypatch.setitem(ENCODERS, TWO_DOORS.name, TWO_DOORS)
    space = ev.embed_images(SAMPLES["photos"].open(), TWO_DOORS.name, cache=False).space
    return list(ev.find(space, "something green", k=10).keys)


def test_words_find_pictures_and_a_picture_asks_in_turn(
    server: Server, page: Page, expected: list[str]
) -> None:
    page.goto(f"{server(APP)}/?encoder={TWO_DOORS.label}&sample=Photos")
    expect(page.get_by_text("Showing all 18 images").first).to_be_visible(timeout=60_000)
    settled(page)
    page.get_by_role("radiogroup", name="Ask with").get_by_text("Words", exact=True).click()
    box = page.get_by_role("textbox", name="In words")
    box.fill("something green")
    box.press("Enter")
    expect(page.get_by_role("heading", name="Images for “something green”")).to_be_visible()
    answers = page.locator("[class*=st-key-ask-answers] button")
    expect(answers).to_have_count(10)
    settled(page)
    assert [text.split(" · ")[1] for text in answers.all_inner_texts()] == expected
    answers.first.click()
    expect(page.get_by_role("heading", name=f"What looks like {expected[0]}")).to_be_visible()
