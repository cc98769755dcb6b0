"""Pictures in a row, each with its line below; right ones and wrong ones told apart by a frame."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from embedviz.ui.items.grid import in_page

if TYPE_CHECKING:
    from PIL import Image

# A solid frame and a check mark, or a dashed one and a cross: told apart without their colors too.
_STYLE = """<style>
.ev-tiles { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0; }
.ev-tiles figure { margin: 0; width: var(--ev-tile); }
.ev-tiles img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px; display: block;
  border: 3px solid transparent; }
.ev-tiles .right img { border-color: #2f5fd0; }
.ev-tiles .wrong img { border-color: #d55e00; border-style: dashed; }
.ev-tiles .pixelated img { image-rendering: pixelated; }
.ev-tiles figcaption { font-size: .78rem; line-height: 1.25; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; opacity: .9; }
</style>"""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes
    ----------
    data : bytes
        A JPEG.
    caption, alt : str
    right : bool or None
        Whether it is one that was looked for; None: no frame.
    """

    data: bytes
    caption: str
    alt: str
    right: bool | None = None


def show_tiles(pictures: Sequence[Picture], width: str = "18%", pixelated: bool = False) -> None:
    """Draw pictures in a row, each ``width`` wide; all text in them is escaped."""
    drawn = "".join(_tile(one, pixelated) for one in pictures)
    st.html(f'{_STYLE}<div class="ev-tiles" style="--ev-tile: {width}">{drawn}</div>')


def jpeg(picture: Image.Image) -> bytes:
    """A picture as a tile takes it."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _tile(one: Picture, pixelated: bool) -> str:
    mark = {True: "✓ ", False: "✗ ", None: ""}[one.right]
    kinds = [{True: "right", False: "wrong", None: ""}[one.right], "pixelated" if pixelated else ""]
    return (
        f'<figure class="{" ".join(filter(None, kinds))}">'
        f'<img src="{in_page(one.data)}" alt="{escape(one.alt)}">'
        f"<figcaption>{mark}{escape(one.caption)}</figcaption></figure>"
    )
