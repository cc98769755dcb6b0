"""Text that comes from people or files, and errors: shown as text, in one way, once."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from embedviz.errors import EmbedvizError

# Everything that Markdown, LaTeX, emoji short codes, colors or links could begin with.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:^=&@/\"'])")


# Streamlit makes links of addresses even where every letter is escaped; a word joiner, which has
# no width, keeps it from seeing one.
_ADDRESS = re.compile(r"(?i)(?=://)|(?<=www)(?=\.)|(?=@)")


def plain(text: object) -> str:
    """``text`` so that Streamlit's Markdown shows it letter by letter."""
    one_line = " ".join(str(text).split())
    return _SPECIAL.sub(r"\\\1", _ADDRESS.sub("\u2060", one_line))


def show_error(error: EmbedvizError, said: Callable[[EmbedvizError], str] = str) -> None:
    """Show an error of the core where the answer would have stood; ``said`` gives its words."""
    st.error(plain(said(error)))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``5,000 words``: a number with its unit."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
