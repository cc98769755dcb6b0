"""The home page, the menu, and the panel that every page has."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedviz.ui.lessons import LESSONS
from embedviz.ui.navigation import PAGES
from tests.pages.conftest import ROOT, text_of


def test_every_page_file_has_an_entry_and_back():
    assert {path.stem for path in Path(ROOT / "pages").glob("*.py")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_stays_a_table_of_contents(name):
    assert len((ROOT / "pages" / f"{name}.py").read_text().splitlines()) < 80


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_my_data(open_page, name):
    at = open_page(name)
    assert any("My data" in expander.label for expander in at.expander)


def test_home_offers_every_job(open_page):
    said = text_of(open_page("home"))
    for word in (
        "See 400,000 real words",
        "Calculate with words",
        "Train your own",
        "Map any vectors",
        "Find look-alikes",
        "Bring your own photos",
        "Learn how it works",
    ):
        assert word in said


def test_the_lessons_are_reached_from_learn_and_not_from_the_menu():
    hidden = {name for name, entry in PAGES.items() if not entry.in_menu}
    assert hidden == {*LESSONS, "glossary"}
    assert PAGES["learn"].in_menu
