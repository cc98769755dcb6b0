"""The pages, their links and the one call that every page begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.ui.lessons import LESSONS
from embedviz.ui.map.assets import ensure_plotly_js
from embedviz.ui.messages import show_error
from embedviz.ui.my_data import my_data_panel
from embedviz.ui.server import start_server_once
from embedviz.ui.work import cancel_left

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class PageEntry:
    """One page: its file in ``pages/`` (whose name is its URL), its title and what it is for.

    A page out of the menu is reached from another one: the lessons, from Learn.
    """

    name: str
    title: str
    purpose: str
    in_menu: bool = True

    @property
    def page(self) -> st.Page:
        """The page as Streamlit's navigation knows it."""
        path = ROOT / "pages" / f"{self.name}.py"
        return st.Page(
            path,
            title=self.title,
            default=self.name == "home",
            visibility="visible" if self.in_menu else "hidden",
        )


PAGES: dict[str, PageEntry] = {
    entry.name: entry
    for entry in (
        PageEntry("home", "Home", "What can be done here"),
        PageEntry("words", "Words", "Explore 400,000 real word vectors, or your own, on a map"),
        PageEntry("analogies", "Analogies", "Calculate with words: king − man + woman"),
        PageEntry("train", "Train", "Train Word2Vec or FastText on your own text"),
        PageEntry("images", "Images", "Find look-alikes in a folder of photos, on a map"),
        PageEntry("vectors", "Vectors", "Bring any vectors; see how far their map can be trusted"),
        PageEntry(
            "compare", "Compare", "Two models on the same things: what both agree on, what moved"
        ),
        PageEntry("learn", "Learn", "Seven short lessons: the ideas behind embeddings, to touch"),
        *(
            PageEntry(lesson.name, lesson.title, "A lesson", in_menu=False)
            for lesson in LESSONS.values()
        ),
        PageEntry("glossary", "Terms and figures", "All terms of the lessons", in_menu=False),
    )
}

# Streamlit leaves 6rem above and 5rem beside a wide page: room that the map can use.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 3.2rem 2.5rem 3rem 2.5rem; }
[data-testid="stSidebarHeader"] { height: 2.5rem; margin-bottom: 0; }
</style>"""

# True while app.py runs the page. False: Streamlit opened the page file by itself, as it does for
# the first request to a page's own link on a fresh server; the page then sets up navigation.
_in_app: ContextVar[bool] = ContextVar("embedviz_in_app", default=False)


def run_app() -> None:
    """What app.py is: page config, navigation, and the page that was asked for."""
    page = _set_up()
    token = _in_app.set(True)
    try:
        page.run()
    finally:
        _in_app.reset(token)


@contextmanager
def open_page(name: str) -> Iterator[PageEntry]:
    """Begin a page: navigation if app.py has not run, the title, the sidebar, the error boundary.

    An :class:`EmbedvizError` that reaches this boundary is shown once, as text, and the page ends.
    """
    entry = PAGES[name]
    if not _in_app.get():
        _set_up()
        _begin_again_once()
    try:
        start_server_once()
    except EmbedvizError as error:  # the operator's settings: no page works before they are right
        show_error(error)
        st.stop()
    if name not in LESSONS:
        cancel_left("")
    try:
        yield entry
    except EmbedvizError as error:
        show_error(error)
    my_data_panel()


def _begin_again_once() -> None:
    """Let app.py run the page before any widget of it is drawn.

    Streamlit knows a widget by its page too, and this run stands outside of the navigation: what a
    person did to a widget drawn now (a file uploaded, say) would be lost with the next run.
    """
    if "embedviz_navigated" not in st.session_state:
        st.session_state["embedviz_navigated"] = True
        st.rerun()


def _set_up() -> st.Page:
    st.set_page_config(page_title="embedviz", layout="wide")
    st.html(_STYLE)
    ensure_plotly_js(ROOT / "static")
    return st.navigation([entry.page for entry in PAGES.values()])
