"""The lessons as a class meets them: from card to card, each thing moved, in two languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from embedviz.ui.learn.texts import Texts, texts
from embedviz.ui.lessons import LESSONS
from tests.browser.conftest import ROOT, fresh_context
from tests.browser.driving import settled, until

pytestmark = pytest.mark.browser
APP = ROOT / "app.py"
PANEL = ".st-key-learn-controls"


@dataclass(frozen=True)
class Main:
    """A part's main control by its name, and what to type where it is a line of text.

    A button that begins long work is known by its whole key. A part whose main control begins ten
    maps anew is opened and not moved here: its page test does that with fewer.
    """

    name: str = ""
    typed: str = ""
    button: str = ""


PARTS = {
    "learn_categories": {
        "encode": Main("feature"), "harm": Main("shuffle"), "size": Main("n"), "learn": Main("steps"),
    },
    "learn_cbow": {
        "inside": Main("steps"),
        "trained": Main("blank", "the fire destroyed a ___ near the town"),
        "cost": Main("V"),
    },
    "learn_skip_gram": {"inside": Main("window"), "text": Main("t"), "duel": Main(button="skip-gram-train")},
    "learn_nearness": {
        "two": Main("pair"), "words": Main("word", "queen"), "images": Main("patch"),
        "norm": Main("vectors"),
    },
    "learn_search": {"curve": Main("nprobe"), "growth": Main("predicted"), "walk": Main("hop")},
    "learn_dimensions": {
        "concentration": Main("d"), "keeps": Main("kept"), "tears": Main("of_wine"),
        "shapes": Main(),
    },
    "learn_cnn": {
        "look": Main("patch"), "convolution": Main("kernel"), "depth": Main("level"),
        "shortcut": Main("layers"), "classes": Main("picture"),
    },
}  # fmt: skip

# Small data, where a lesson begins with more than its parts need to be seen at work.
SMALL = {"learn_skip_gram": "epochs=3", "learn_dimensions": "real=wine", "learn_cnn": "set=photos"}

# What the page answers with: its words and numbers outside of the controls, its charts, its images.
_ANSWER = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const panel = main.querySelector(".st-key-learn-controls");
  const said = [...main.querySelectorAll("[data-testid=stElementContainer]")]
    .filter(element => !panel?.contains(element) && !element.querySelector(".ev-player"))
    .map(element => element.textContent);
  const drawn = [...main.querySelectorAll(".ev-chart")].map(chart => chart.dataset.drawn ?? "");
  const images = [...main.querySelectorAll("img")].map(image => image.src);
  return [...said, ...drawn, ...images].join("|");
}"""
# Nothing runs, all charts are drawn, the ending stands, and nothing changed since the last look.
_AT_REST = f"""() => {{
  const main = document.querySelector("[data-testid=stMain]");
  const charts = [...main.querySelectorAll(".ev-chart")];
  const runs = !document.querySelector("[data-test-script-state=notRunning]")
    || main.querySelector("[data-testid=stProgress]");
  const now = location.href + ({_ANSWER})();
  const same = window.__answer === now;
  window.__answer = now;
  return same && !runs && charts.every(chart => chart.dataset.drawn)
    && main.querySelector("[data-testid=stPopover]") !== null;
}}"""


# The three sentences, and how far down they and the pictures that begin above their end reach.
_MEANING = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  main.scrollTop = 0;
  const meaning = main.querySelector(".st-key-learn-meaning");
  const end = meaning.getBoundingClientRect().bottom;
  const charts = [...main.querySelectorAll(".ev-chart, .two-arrows")]
    .map(chart => chart.getBoundingClientRect()).filter(box => box.height && box.top < end);
  return {
    sentences: [...meaning.querySelectorAll("p")].map(line => line.textContent),
    bottom: Math.max(end, ...charts.map(box => box.bottom)),
  };
}"""


def english(name: str) -> Texts:
    return texts(LESSONS[name].folder, "en")


def at_rest(page: Page, name: str) -> None:
    """Wait until a lesson has said all that it says."""
    title = english(name).section("title")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    # Slowly enough that the second look is not the first one again.
    page.wait_for_function(_AT_REST, polling=250)


def no_trouble(page: Page) -> None:
    wrong = page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
    assert wrong.all_text_contents() == []
    assert page.locator(".katex-error").count() == 0


def control(page: Page, name: str, key: str) -> Locator:
    """In the panel; a player's bar stands at its pictures."""
    return page.locator(f".st-key-{name}-{key}")


def move(box: Locator, typed: str) -> None:
    """Change a control as a keyboard does."""
    expect(box.locator("input, button").first).to_be_attached()
    keyboard = box.page.keyboard
    if box.locator("input[type=range]").count():
        thumb = box.locator("input[type=range]").first
        thumb.focus()
        at_end = thumb.input_value() == thumb.get_attribute("max")
        keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    elif box.get_by_test_id("stButton").count():
        box.get_by_role("button").press("Enter")
    elif box.get_by_role("radio").count():
        box.locator("[role=radio][aria-checked=false]").first.focus()
        keyboard.press("Enter")
    elif box.get_by_role("combobox").count():
        box.get_by_role("combobox").focus()
        keyboard.press("ArrowDown")
        expect(box.page.get_by_role("option").first).to_be_visible()
        keyboard.press("ArrowDown")
        keyboard.press("Enter")
    else:
        line = box.get_by_role("textbox")
        line.fill(typed)
        keyboard.press("Enter")


def tells_in_the_first_screen(page: Page) -> None:
    """The part's picture and its three sentences are in sight without scrolling, at 1280 x 720."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function(_AT_REST, polling=250)
    found = page.evaluate(_MEANING)
    assert len(found["sentences"]) == 3, found
    assert not any("{" in sentence for sentence in found["sentences"]), found
    assert found["bottom"] <= page.viewport_size["height"], found


def answers(page: Page, name: str, main: Main) -> None:
    """Move the main control: the page shows something else, and no trouble."""
    before = page.evaluate(_ANSWER)
    button = page.locator(f"{PANEL} .st-key-{main.button}")
    move(button if main.button else control(page, name, main.name), main.typed)
    until(page, f"before => ({_ANSWER})() !== before", arg=before)
    at_rest(page, name)
    no_trouble(page)


@pytest.fixture
def at_ease(page: Page) -> Page:
    """A person who wants reduced motion: nothing plays by itself."""
    page.emulate_media(reduced_motion="reduce")
    return page


def test_every_lesson_is_in_the_table():
    assert list(PARTS) == list(LESSONS)


def test_the_walk_from_the_cards_through_all_lessons(at_ease: Page, server):
    page = at_ease
    page.goto(server(APP) + "/learn")
    cards = page.locator("[class*=st-key-lesson-card-]")
    expect(cards).to_have_count(len(LESSONS))
    expect(cards.locator(".ev-chart[data-drawn]")).to_have_count(len(LESSONS))
    cards.first.get_by_role("link").click()
    for name, parts in PARTS.items():
        at_rest(page, name)
        assert f"/{name}" in page.url
        no_trouble(page)
        answers(page, name, next(iter(parts.values())))
        onward = page.get_by_test_id("stMain").get_by_role("link", name=re.compile("^Next: "))
        if name == list(PARTS)[-1]:
            expect(onward).to_have_count(0)
        else:
            onward.click()
    page.get_by_test_id("stMain").get_by_role("link", name="All lessons", exact=True).click()
    expect(cards).to_have_count(len(LESSONS))
    no_trouble(page)


@pytest.mark.parametrize("name", PARTS)
def test_every_part_answers_its_main_control(at_ease: Page, server, name):
    page = at_ease
    page.goto(f"{server(APP)}/{name}?{SMALL.get(name, '')}")
    at_rest(page, name)
    tells_in_the_first_screen(page)
    said = english(name)
    switch = control(page, name, "part").get_by_role("radio")
    expect(switch).to_have_text([said(f"part.{part}") for part in PARTS[name]])
    for at, (part, main) in enumerate(PARTS[name].items()):
        if at:  # the walk moved the first one
            switch.nth(at).click()
            expect(switch.nth(at)).to_have_attribute("aria-checked", "true")
            page.wait_for_url(re.compile(f"[?&]part={part}(&|$)"))  # the server has heard of it
            at_rest(page, name)
            no_trouble(page)
            tells_in_the_first_screen(page)
            if main != Main():
                answers(page, name, main)
        for toggle in ("formula", "reference"):
            shown = page.locator(f".st-key-{name}-shows-{toggle} input")
            if shown.count() and not shown.is_checked():
                shown.press("Space")
                at_rest(page, name)
        no_trouble(page)


@pytest.mark.parametrize("name", PARTS)
def test_every_part_tells_in_the_first_screen_in_korean(at_ease: Page, server, name):
    page = at_ease
    said = texts(LESSONS[name].folder, "ko")
    for part in PARTS[name]:
        page.goto(f"{server(APP)}/{name}?lang=ko&part={part}&{SMALL.get(name, '')}")
        expect(page.get_by_role("heading", name=said.section("title"), exact=True)).to_be_visible()
        page.wait_for_function(_AT_REST, polling=250)
        no_trouble(page)
        tells_in_the_first_screen(page)


def test_another_language_keeps_the_state(at_ease: Page, server):
    page = at_ease
    page.goto(server(APP) + "/learn_cbow")
    at_rest(page, "learn_cbow")
    move(control(page, "learn_cbow", "steps"), "")
    page.wait_for_url("**steps=1**")
    page.get_by_role("radio", name="한국어").click()
    korean = texts("cbow", "ko")
    expect(page.get_by_role("heading", name=korean.section("title"), exact=True)).to_be_visible()
    expect(page.get_by_role("slider", name=korean("steps")).first).to_have_value("1")
    page.get_by_role("link", name=re.compile(texts("common", "ko")("next"))).click()
    following = texts("skip_gram", "ko").section("title")
    expect(page.get_by_role("heading", name=following, exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("[?&]lang=ko"))


def test_the_teachers_mode_and_its_link(at_ease: Page, server, browser: Browser):
    page = at_ease
    said = texts("common", "en")
    page.goto(server(APP) + "/learn_cbow")
    at_rest(page, "learn_cbow")
    page.get_by_text(said("teacher"), exact=True).click()
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.get_by_text(said("controls"), exact=True).click()
    expect(page.locator(PANEL)).to_be_visible()
    move(control(page, "learn_cbow", "steps"), "")
    page.wait_for_url("**steps=1**")
    at_rest(page, "learn_cbow")
    page.get_by_test_id("stPopover").get_by_role("button", name=said("link")).click()
    address = page.get_by_test_id("stPopoverBody").locator("code").inner_text()
    answer = page.locator(".ev-matrix").all_text_contents()
    assert answer

    elsewhere = fresh_context(browser, locale="ko-KR")
    theirs = elsewhere.new_page()
    theirs.goto(address)
    at_rest(theirs, "learn_cbow")  # in English, as the link says
    expect(theirs.locator(PANEL)).to_be_hidden()
    assert theirs.locator(".ev-matrix").all_text_contents() == answer
    elsewhere.close()


def test_the_browser_chooses_the_language(browser: Browser, server):
    elsewhere = fresh_context(browser, locale="ko-KR")
    page = elsewhere.new_page()
    page.goto(server(APP) + "/learn")
    title = texts("common", "ko").section("title")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    settled(page)
    elsewhere.close()


def test_a_training_plays_by_itself_once_and_stops_where_one_says(page: Page, server):
    page.goto(server(APP) + "/learn_cbow")
    bar = page.locator(".ev-player")
    button = bar.get_by_role("button")
    expect(bar).to_have_attribute("data-playing", "true")
    # Each chart moves before the server has heard of a step, and what is written pales.
    until(page, "() => [...document.querySelectorAll('.ev-chart')].every(c => c.dataset.drawn > 2)")
    assert "steps=" not in page.url
    expect(page.locator("html.ev-playing")).to_have_count(1)
    button.press("Space")
    expect(bar).to_have_attribute("data-playing", "false")
    page.wait_for_url("**steps=*")
    at_rest(page, "learn_cbow")
    stopped = page.url
    expect(page.locator("html.ev-playing")).to_have_count(0)
    assert page.get_by_text(bar.locator("output").inner_text()).count()
    button.click()
    expect(bar).to_have_attribute("data-playing", "true")
    expect(bar).to_have_attribute("data-playing", "false")  # it ends by itself
    page.wait_for_url(re.compile("steps=300"))
    assert page.url != stopped
    page.reload()  # the link names a step
    at_rest(page, "learn_cbow")
    expect(bar).to_have_attribute("data-playing", "false")
    expect(page.get_by_role("slider", name=english("learn_cbow")("steps"))).to_have_value("300")
    no_trouble(page)


def test_who_wants_reduced_motion_presses_play(at_ease: Page, server):
    at_ease.goto(server(APP) + "/learn_cbow")
    at_rest(at_ease, "learn_cbow")
    at_ease.wait_for_function(
        "() => [...document.querySelectorAll('.ev-chart')].every(c => c.dataset.drawn)"
    )
    bar = at_ease.locator(".ev-player")
    expect(bar).to_have_attribute("data-playing", "false")
    bar.get_by_role("button", name=texts("common", "en")("player.play")).click()
    expect(bar).to_have_attribute("data-playing", "true")
    slider = bar.get_by_role("slider")
    slider.focus()
    at_ease.keyboard.press("Home")
    expect(bar).to_have_attribute("data-playing", "false")
    no_trouble(at_ease)
