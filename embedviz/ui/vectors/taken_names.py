"""What is taken away is called so."""

from __future__ import annotations

import streamlit as st

from embedviz.ui.vectors.scene import Scene

_LONGEST_STEM = 60


def title_of(scene: Scene) -> str:
    """The box for the title of a page or figure."""
    return st.text_input(
        "Title", scene.vectors.name, max_chars=200, key=f"vectors_title-{scene.vectors.identity}",
        help="Stands over the map in the file.",
    ).strip()  # fmt: skip


def title_now(scene: Scene) -> str:
    """The title as it was last given."""
    kept = st.session_state.get(f"vectors_title-{scene.vectors.identity}")
    return scene.vectors.name if kept is None else str(kept).strip()


def stem_of(scene: Scene) -> str:
    """A file name without its suffix: the set and the method, in letters that every disk takes."""
    letters = "".join(c if c.isalnum() else "-" for c in scene.vectors.name.lower())
    name = "-".join(part for part in letters.split("-") if part)[:_LONGEST_STEM]
    return f"{name or 'vectors'}-{scene.projection.method}"
