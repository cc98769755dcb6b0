"""The glossary as a student uses it."""

from __future__ import annotations

import pytest

from embedviz.ui.learn.glossary import found, terms
from tests.pages.conftest import text_of


def links(at):
    return [(link.proto.label, link.proto.query_string) for link in at.get("page_link")]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_all_terms_stand_under_their_lessons(open_page, lang):
    at = open_page("glossary", lang=lang)
    page = text_of(at)
    assert all(term.meanings[lang].rstrip(".")[:20] in page for term in terms()[::9])
    assert f"{len(terms())}" in page


def test_a_search_in_the_other_language_finds_it_and_the_link_holds_it(open_page):
    at = open_page("glossary")
    at.text_input[0].set_value("재현율").run()
    assert not at.exception
    assert "recall@k" in text_of(at)
    assert "one-hot" not in text_of(at)
    assert at.query_params["term"] == "재현율"
    again = open_page("glossary", term="재현율", lang="ko")
    assert "찾아낸 비율" in text_of(again)


def test_a_term_leads_to_where_it_is_touched(open_page):
    at = open_page("glossary", term="queen")
    assert ("Analogies →", "") in links(at)
    at = open_page("glossary", term="recall@k", lang="ko")
    assert any("part=curve" in query and "lang=ko" in query for _, query in links(at))


def test_what_is_not_there_is_said_and_shown_as_text(open_page):
    at = open_page("glossary", term="<b>nothing</b> like it")
    assert not found("<b>nothing</b> like it")
    assert "No term holds" in at.info[0].value
    assert "<b>" not in at.info[0].value
