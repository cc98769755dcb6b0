"""Previews in rows of squares, each with a line that asks for it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from embedviz.ui.messages import plain

_LONGEST_TEXT = 300  # characters of a text in a tile
_SQUARES = """<style>
[class*="st-key-evgrid"] img { aspect-ratio: 1; object-fit: cover; border-radius: 8px; width: 100%; }
[class*="st-key-evgrid"] button { min-height: 0; padding: 0; text-align: left; }
[class*="st-key-evgrid"] button p { font-size: 0.82rem; line-height: 1.2; overflow-wrap: anywhere; }
</style>"""


@dataclass(frozen=True)
class Tile:
    """One thing: its key, its preview (None: it was not kept) and what stands under it."""

    key: str
    preview: bytes | None
    caption: str
    media: str = "image/jpeg"


def grid(
    tiles: Sequence[Tile], columns: int, key: str, on_ask: Callable[[str], None] | None = None
) -> None:
    """Show ``tiles``; under each its caption, which asks for it where ``on_ask`` is given."""
    st.html(_SQUARES)
    with st.container(key=f"evgrid-{key}"):
        for start in range(0, len(tiles), columns):
            row = tiles[start : start + columns]
            for i, (place, tile) in enumerate(zip(st.columns(columns), row, strict=False)):
                with place:
                    _tile(tile, f"{key}-{start + i}", on_ask)


def shown(media: str, preview: bytes, alt: str) -> None:
    """One preview of this media type at the width of its place."""
    _SHOWN[media.partition("/")[0]](media, preview, alt)


def in_page(jpeg: bytes, media: str = "image/jpeg") -> str:
    """A picture as an address that holds all of it."""
    return f"data:{media};base64,{base64.b64encode(jpeg).decode()}"


def _picture(media: str, preview: bytes, alt: str) -> None:
    # As part of the page: a file of its own on the server could be asked for by others.
    st.image(in_page(preview, media), width="stretch", alt=alt)


def _text(_media: str, preview: bytes, _alt: str) -> None:
    text = preview.decode("utf-8", "replace")
    st.text(text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…")


_SHOWN: dict[str, Callable[[str, bytes, str], None]] = {"image": _picture, "text": _text}
"""What shows a preview, by the first half of its media type."""


def _tile(tile: Tile, key: str, on_ask: Callable[[str], None] | None) -> None:
    if tile.preview is None:
        st.caption("no preview kept")
    else:
        shown(tile.media, tile.preview, tile.key)
    if on_ask is None:
        st.caption(plain(tile.caption))
        return
    caption = plain(tile.caption)
    st.button(caption, key=f"ask-{key}", type="tertiary", on_click=on_ask, args=(tile.key,))
