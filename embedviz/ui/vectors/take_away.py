"""Take the map away: a file of it, the script that makes it, a link to it."""

from __future__ import annotations

import streamlit as st

from embedviz.plots.picture import Picture
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.take_away_file import file_to_take
from embedviz.ui.vectors.take_away_script import script_to_take
from embedviz.ui.vectors.view_link import link_to_take

_FILE, _SCRIPT, _LINK = "File", "Script", "Link"


def take_away(scene: Scene, picture: Picture) -> None:
    """The ways to take away what ``picture`` shows."""
    left, right = st.columns([1, 5], gap="medium")
    with left:
        what = st.radio(
            "Take away", [_FILE, _SCRIPT, _LINK], key="vectors_take", bind="query-params",
            help="A file of the map or its data; a Python script that draws this view again; "
            "a link that opens it here.",
        )  # fmt: skip
    with right:
        if what == _FILE:
            file_to_take(scene, picture)
        elif what == _SCRIPT:
            script_to_take(scene)
        else:
            link_to_take(scene)
