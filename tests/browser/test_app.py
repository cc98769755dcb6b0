"""The app as a person meets it: links, a click on a real point, a sum, a training, a hostile file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import embedviz as ev
from embedviz.ui.learn.texts import texts
from embedviz.ui.lessons import LESSONS
from embedviz.ui.navigation import PAGES
from tests.browser.conftest import ROOT, served
from tests.browser.driving import map_of, settled

pytestmark = pytest.mark.browser
APP = ROOT / "app.py"
TITLES = {
    "home": "See what an embedding knows",
    "words": "Words",
    "analogies": "Analogies",
    "train": "Train",
    "images": "Images",
    "vectors": "Vectors",
    "compare": "Compare",
    "learn": "Learn: the ideas behind embeddings",
    "glossary": "Terms and figures",
}
# A server of its own for each page costs six seconds: the menu's pages and two of the lessons.
FRESH = [*(name for name in TITLES if PAGES[name].in_menu), "learn_categories", "learn_cnn"]


def main_of(page: Page):
    return page.get_by_test_id("stMain")


def neighbors_table(page: Page) -> list[str]:
    """The words of the neighbors' table, from the text that a screen reader gets."""
    cells = page.locator("[data-testid=stDataFrame]").first.locator("td[aria-colindex='1']")
    expect(cells.first).to_be_attached()
    return [text.strip() for text in cells.all_text_contents()]


@pytest.mark.parametrize("name", FRESH)
def test_every_link_opens_on_a_fresh_server(page: Page, name):
    """The first request that a server ever sees is a page's own link."""
    with served(APP) as address:
        opens_with_the_whole_menu(page, address, name)
        page.close()  # before its server ends, which it would complain about


@pytest.mark.parametrize("name", [name for name in PAGES if name not in FRESH])
def test_every_other_link_opens_a_session(page: Page, server, name):
    """The first request of a new session is a page's own link."""
    opens_with_the_whole_menu(page, server(APP), name)


def opens_with_the_whole_menu(page: Page, address: str, name: str) -> None:
    """The page at its own link shows its body, and every page that the menu holds."""
    page.goto(address + ("" if name == "home" else f"/{name}"))
    title = TITLES.get(name) or texts(LESSONS[name].folder, "en").section("title")
    expect(main_of(page).get_by_role("heading", name=title, exact=True)).to_be_visible()
    menu = page.get_by_test_id("stSidebarNav")
    for entry in PAGES.values():
        shown = menu.get_by_text(entry.title, exact=True)
        if entry.in_menu:
            expect(shown).to_be_visible()
        else:
            expect(shown).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_click_on_a_point_lists_its_neighbors(page: Page, server, glove):
    page.goto(server(APP) + "/words?n=500")
    map_of(page, "words-map")
    row = 240
    x, y = page.evaluate("row => window.__embedviz['words-map'].pixelOf(row)", row)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    expect(page.get_by_text(re.compile("Nearest to"))).to_be_visible()
    word = page.get_by_label("Ask for a word", exact=True).input_value()
    # Points may lie on one another: the word under the mouse is what counts, and it is one near it.
    clicked = page.evaluate("row => window.__embedviz['words-map'].pixelOf(row)", glove.index(word))
    assert np.hypot(clicked[0] - x, clicked[1] - y) < 5 or word == glove.keys[row]
    settled(page)
    expected = list(ev.neighbors(glove, word, k=10).keys)
    assert neighbors_table(page)[:10] == expected
    expect(page).to_have_url(re.compile(f"[?&]word={re.escape(word)}(&|$)"))


def test_search_marks_the_word_and_keeps_the_points(page: Page, server):
    received: list[int] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: received.append(len(data))))
    page.goto(server(APP) + "/words?n=2000")
    map_of(page, "words-map")
    expect(page.get_by_text("trustworthiness").first).to_be_visible()
    received.clear()
    page.get_by_label("Ask for a word", exact=True).fill("paris")
    page.get_by_label("Ask for a word", exact=True).press("Enter")
    expect(page.get_by_text("Nearest to paris")).to_be_visible()
    map_of(page, "words-map")
    # 2,000 points take 40 kB and more; what came is the page's text and the marks.
    assert sum(received) < 40_000
    marks = page.evaluate("window.__embedviz['words-map'].data.marks.length")
    assert marks == 11


def test_a_sum_is_solved(page: Page, server):
    page.goto(server(APP) + "/analogies")
    expect(main_of(page).get_by_text("king − man + woman ≈ queen")).to_be_visible()
    box = page.get_by_label("Calculate", exact=True)
    box.fill("paris - france + italy")
    box.press("Enter")
    expect(main_of(page).get_by_text("paris − france + italy ≈ rome")).to_be_visible()


def test_a_model_is_trained_and_mapped(page: Page, server):
    page.goto(server(APP) + "/train?text=Paste")
    text = "the king rules the land . the queen rules the land . a cat sat . a dog sat . " * 40
    page.get_by_label("Your text", exact=True).fill(text)
    page.get_by_label("Your text", exact=True).press("Control+Enter")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("The map of the new words")).to_be_visible()
    map_of(page, "words-map")
    expect(page.get_by_text("Showing all 9 words.")).to_be_visible()
    page.get_by_role("link", name="Open on Words").click()
    expect(main_of(page).get_by_role("heading", name="Words", exact=True)).to_be_visible()
    map_of(page, "words-map")
    expect(page.get_by_text("Showing all 9 words.")).to_be_visible()


def test_hostile_words_are_text_everywhere(page: Page, server, tmp_path: Path):
    hostile = "<img/src=x/onerror=alert(1)>"
    words = [hostile, "$x^2$", ":red[a]", "**b**", "plain", "http://a.b/c"]
    random = np.random.default_rng(0)
    lines = [" ".join([word, *(f"{x:.4f}" for x in random.standard_normal(4))]) for word in words]
    file = tmp_path / "hostile.txt"
    file.write_text("\n".join(lines))
    page.goto(server(APP) + "/words?open=file")
    map_of(page, "words-map")  # no person is quicker than the page's first run
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("Showing all 6 words.")).to_be_visible()
    box = page.get_by_label("Ask for a word", exact=True)
    for word in words:
        box.fill(word)
        box.press("Enter")
        shown = word.replace("://", "\u2060://")  # what keeps an address from becoming a link
        expect(page.get_by_text(f"Nearest to {shown}", exact=True)).to_be_visible()
    map_of(page, "words-map")
    assert page.locator("img[src=x], [data-testid=stMain] a[href*='a.b']").count() == 0
