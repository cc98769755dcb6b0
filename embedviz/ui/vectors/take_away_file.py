"""The map as a file: made when it is asked for, away from the page's own run."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.exporting import EXPORTS, Content, Export, Look, caption_of, write_content
from embedviz.exporting.content import hover_of
from embedviz.plots.picture import Picture
from embedviz.plots.themes import Theme
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.vectors.columns import columns_of
from embedviz.ui.vectors.groups_shown import GroupsShown
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.taken_names import stem_of, title_of
from embedviz.ui.work import work

_ASKED = "vectors_taking"
_RESULT = "take-away"
_DIGITS = 11  # bytes that a number takes in a text file, about


def file_to_take(scene: Scene, picture: Picture) -> None:
    """Choose a format, have it made, download it."""
    first, *rest = st.columns([3, 3, 1.3, 1.3, 1.3, 1.6], vertical_alignment="bottom")
    with first:
        name = st.selectbox(
            "As", list(EXPORTS), format_func=lambda item: EXPORTS[item].label,
            key="vectors_export", bind="query-params",
            help="  \n".join(f"**{item.label}**: {item.help}" for item in EXPORTS.values()),
        )  # fmt: skip
    chosen = EXPORTS[name]
    try:
        title, look = _asked(chosen, scene, rest)
        content = _content(scene, picture, title, look)
        key = _key(scene, content.picture, chosen, look)
        _refuse_too_large(scene, chosen)
    except EmbedvizError as error:
        show_error(error)
        return
    if scene.drawn.instead and chosen.kind != "data":
        st.caption(f"{scene.drawn.instead} The file shows what is drawn now.")
    _offer(scene, chosen, content, key)


def _asked(chosen: Export, scene: Scene, places: list[Any]) -> tuple[str, Look]:
    """The title, and how a figure looks."""
    if chosen.kind == "data":
        return "", Look()
    title_here, *numbers, theme_here = places
    with title_here:
        title = title_of(scene)
    with theme_here:
        themes: list[Theme] = ["light", "dark"]
        now = getattr(st.context, "theme", None)
        dark = now is not None and now.type == "dark"
        theme = st.selectbox(
            "Paper", themes, index=int(dark), format_func=str.capitalize, key="vectors_paper",
            help="Light for print, dark for a slide.",
        )  # fmt: skip
    if chosen.kind == "page":
        return title, Look(theme=theme)
    sizes = {}
    for place, (label, name, first, low, high, said) in zip(numbers, _NUMBERS, strict=True):
        with place:
            sizes[name] = st.number_input(label, low, high, first, key=f"vectors_{name}", help=said)
    return title, Look(**sizes, theme=theme)


_NUMBERS = (
    ("mm wide", "width_mm", 170, 20, 2000, "A journal's column is some 85 mm, its page 175."),
    ("mm high", "height_mm", 120, 20, 2000, "With the legend and the caption."),
    ("dpi", "dpi", 300, 50, 1200, "For print 300 or more; for a slide 150."),
)


def _content(scene: Scene, picture: Picture, title: str, look: Look) -> Content:
    caption = caption_of(scene.projection, scene.trust)
    if len(picture) < len(scene.space):
        caption += f" Drawn: {len(picture):,} of the points."
    shown = replace(picture, title=title, description=picture.description or caption)
    # The projection is of the vectors as they were brought: edits stand in the scene's table.
    edited = replace(scene.projection, space=scene.space)
    return Content(shown, edited, _columns(scene), caption, look)


def _columns(scene: Scene) -> dict[str, Any]:
    """What was done with the points here, as columns of a table."""
    columns: dict[str, Any] = {}
    if scene.kept is not None:
        columns["shown"] = scene.kept
    if len(scene.state.selected):
        columns["selected"] = np.isin(np.arange(len(scene.space)), scene.state.selected)
    groups = scene.state.groups
    if isinstance(groups, GroupsShown) and len(groups.clusters) == len(scene.space):
        columns["group"] = groups.column()
    return columns


def _key(scene: Scene, picture: Picture, chosen: Export, look: Look) -> tuple[Hashable, ...]:
    """What decides the file's bytes. The set's own names stand in it: with the set it goes."""
    columns = columns_of(scene.vectors, scene.space, scene.state)
    drawn = (
        picture.points_version, picture.colors_version, picture.sizes_version,
        picture.marks_version,
    )  # fmt: skip
    did = (
        b"" if scene.kept is None else np.packbits(scene.kept).tobytes(),
        scene.state.selected.tobytes(),
        getattr(scene.state.groups, "names", None),
        getattr(scene.state.groups, "number", None),
    )
    caption = caption_of(scene.projection, scene.trust)
    return (
        _RESULT, scene.space.vectors_fingerprint, scene.vectors.identity, columns.version,
        chosen.name, drawn, did, look, picture.title, caption,
    )  # fmt: skip


def _refuse_too_large(scene: Scene, chosen: Export) -> None:
    """Say so before the memory is taken, not after."""
    needed = 0
    if chosen.has_vectors:
        needed = scene.space.vectors.size * _DIGITS if chosen.as_text else scene.space.nbytes
    allowed = server_settings().session_memory_mb
    if needed > allowed * 2**20:
        raise InvalidParameterError(
            f"This file would take some {needed / 2**20:,.0f} MB; a session may hold {allowed:,} "
            "MB. Take the coordinates without the vectors, or use the script."
        )


def _offer(scene: Scene, chosen: Export, content: Content, key: tuple[Hashable, ...]) -> None:
    name = f"{stem_of(scene)}{chosen.suffix}"
    line = st.container(horizontal=True, vertical_alignment="center")
    mine = session()
    if st.session_state.get(_ASKED) != key and key not in mine.results:
        line.button("Make the file", type="primary", on_click=_ask, args=(key,))
        line.caption(plain(chosen.help))
        return
    made = work(f"Making {name}", key, lambda *watch: _written(chosen, content, *watch))
    if made is None:
        return
    file, notes = made
    for note in notes:
        st.warning(plain(note))
    line.download_button(
        "Download", lambda: file, name, type="primary", on_click="ignore", key="vectors_download"
    )
    line.caption(f"{plain(name)}, {len(file) / 2**20:,.1f} MB. {plain(_holds(chosen, content))}")


def _ask(key: tuple[Hashable, ...]) -> None:
    """Have this file made, and let go of the one before."""
    st.session_state[_ASKED] = key
    mine = session()
    for other in [name for name in mine.results if isinstance(name, tuple) and name[0] == _RESULT]:
        del mine.results[other]


def _written(
    chosen: Export, content: Content, progress: OnProgress, cancel: Cancel
) -> tuple[bytes, tuple[str, ...]]:
    stop_if(cancel, "Making the file")
    report(progress, None, chosen.label)
    if chosen.kind == "page" and not len(content.picture.hover):
        content = replace(content, picture=replace(content.picture, hover=_hover(content)))
    return write_content(content, chosen.name), chosen.notes(content)


def _hover(content: Content) -> tuple[str, ...]:
    table = content.projection.space.table
    return hover_of(table) if len(content.picture) == len(table) else ()


def _holds(chosen: Export, content: Content) -> str:
    if chosen.kind == "data":
        n, d = len(content.projection.space), content.projection.space.dimensions
        more = f" and {', '.join(content.columns)}" if content.columns else ""
        vectors = f"vectors of {d:,} numbers, " if chosen.has_vectors else ""
        return f"{count(n, 'row')}: key, {vectors}coordinates, metadata{more}."
    return f"{count(len(content.picture), 'point')}, as drawn here. {content.caption}"
