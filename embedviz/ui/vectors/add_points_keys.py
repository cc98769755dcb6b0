"""New points by key: of a packaged model whose map shows only some of its words."""

from __future__ import annotations

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import plain
from embedviz.ui.server import packaged_model
from embedviz.word_model import as_space
from embedviz.words.known_models import MODELS
from embedviz.words.vocabulary import words_in


def fuller_model(space: EmbeddingSpace) -> str | None:
    """The packaged model that the map shows a part of, by name; None if it is of no such model."""
    package = space.origin.get("package")
    found = [name for name, model in MODELS.items() if package and model.package == package]
    return found[0] if found else None


def asked_keys(space: EmbeddingSpace) -> tuple[str, bool]:
    """What was typed, and whether it was asked to be placed."""
    with st.form("vectors_add_keys_form", border=False):
        text = st.text_area(
            "Words that the map does not have", height=110, key="vectors_add_keys",
            placeholder="unicorn, yogurt, zeppelin",
            help=f"Any of the words of {fuller_model(space)}, separated by spaces or commas.",
        )  # fmt: skip
        pressed = st.form_submit_button("Place them", type="primary")
    return text, pressed


def points_of_keys(
    space: EmbeddingSpace, text: str, pressed: bool
) -> tuple[EmbeddingSpace, str] | None:
    """The vectors of the words, and where they come from; None until asked.

    Raises InvalidParameterError if none of them is new.
    """
    name = fuller_model(space)
    if not pressed or name is None:
        return None
    full = as_space(packaged_model(name))
    words = [word for word in dict.fromkeys(words_in(text, full)) if word not in space]
    there = [word for word in words if word in full]
    if not there:
        raise InvalidParameterError(
            f"None of these words is in {name} and not yet on the map. Type rarer words of it."
        )
    if missing := [word for word in words if word not in full]:
        st.warning(f"Not in {plain(name)}: {plain(', '.join(missing[:20]))}")
    return full.take([full.index(word) for word in there]), f"of {name}"
