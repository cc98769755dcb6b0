"""The page of all terms: searched in both languages, each with a link to where it is touched."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.learn.glossary.terms import Term, found, terms
from embedviz.ui.learn.language import common_texts, language, language_switch
from embedviz.ui.learn.menu import index_link, kept_address, lesson_menu, title_of
from embedviz.ui.learn.texts import LANGUAGES, texts
from embedviz.ui.lessons import LESSONS
from embedviz.ui.messages import plain
from embedviz.ui.navigation import PAGES

PARAMETER = "term"
_MOST_SEARCHED = 80  # characters
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 1.2rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.75rem; padding: 0; }
[class*="st-key-glossary-terms"] { gap: .35rem; }
[class*="st-key-glossary-terms"] p { line-height: 1.4; }
</style>"""


def glossary() -> None:
    """The search, then the terms under the lessons that touch them."""
    common = common_texts()
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="learn-head"):
        st.title(common("glossary"), width="stretch", anchor=False)
        index_link()
        language_switch()
    lesson_menu()
    query = _search()
    matching = found(query)
    st.caption(common("glossary.found", n=len(matching), of=len(terms())))
    if not matching:
        st.info(common("glossary.none", query=plain(query)))
    for page in dict.fromkeys(term.page for term in matching) if not query else ("",):
        if page:
            st.markdown(f"##### {_place(page)}")
        with st.container(key=f"glossary-terms-{page}"):
            for number, term in enumerate(matching):
                if page in ("", term.page):
                    _term(term, f"{page}-{number}")


def _search() -> str:
    common = common_texts()
    asked = st.query_params.get(PARAMETER, "")[:_MOST_SEARCHED]
    query = st.text_input(
        common("glossary.search"), value=asked, max_chars=_MOST_SEARCHED, key="glossary-search",
        placeholder=common("glossary.example"), label_visibility="collapsed",
    ).strip()  # fmt: skip
    if query:
        st.query_params[PARAMETER] = query
    else:
        st.query_params.pop(PARAMETER, None)
    return query


def _term(term: Term, key: str) -> None:
    """Its names in both languages, what it means, and the link to where it is touched."""
    here = language()
    others = " · ".join(term.names[code] for code in LANGUAGES if code != here)
    with st.container(horizontal=True, vertical_alignment="center", key=f"glossary-{key}"):
        st.markdown(
            f"**{term.names[here]}** · {others}  \n{term.meanings[here]}",
            width="stretch",
        )
        st.page_link(
            PAGES[term.page].page, label=f"{_part(term)} →",
            query_params={**term.state, **_address(term)}, width="content",
        )  # fmt: skip


def _place(page: str) -> str:
    return f"{LESSONS[page].number}. {title_of(LESSONS[page])}" if page in LESSONS else _tool(page)


def _part(term: Term) -> str:
    """What the link is called: the part of the lesson, or the tool."""
    if term.page not in LESSONS:
        return _tool(term.page)
    return texts(LESSONS[term.page].folder, language())(f"part.{term.state['part']}")


def _tool(page: str) -> str:
    return common_texts()(f"tool.{page}")


def _address(term: Term) -> dict[str, str]:
    return kept_address() if term.page in LESSONS else {}
