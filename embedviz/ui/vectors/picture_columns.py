"""Columns of pictures in tables: those in the data itself at once, those at addresses on a click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

_DATA, _ADDRESSES = ("data:image/",), ("http://", "https://")


def shown_pictures(
    table: pd.DataFrame, images: Sequence[str], key: str
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """``table`` and the settings of its columns ``images``, which hold pictures.

    Data URLs are drawn as they are. Addresses stay text until the toggle ``key`` is on, for the
    browser then asks other servers; paths of files have no picture to show here.
    """
    present = [name for name in images if name in table.columns]
    fetch = any(_some(table[name], _ADDRESSES) for name in present) and st.toggle(
        "Show pictures", key=key,
        help="Your browser then asks the addresses in the table for their pictures. "
        "Pictures in files cannot be shown here.",
    )  # fmt: skip
    allowed = _DATA + _ADDRESSES if fetch else _DATA
    config: dict[str, Any] = {}
    for name in present:
        if _some(table[name], allowed):
            # What may not be drawn is left out: the grid would fetch every address by itself.
            drawn = table[name].where(_begin(table[name], allowed), None)
            table = table.assign(**{name: drawn})
            config[name] = st.column_config.ImageColumn(width="small")
        else:
            config[name] = st.column_config.TextColumn(width="small")
    return table, config


def _begin(values: pd.Series[Any], starts: tuple[str, ...]) -> pd.Series[Any]:
    return values.astype(str).str.lower().str.startswith(starts)


def _some(values: pd.Series[Any], starts: tuple[str, ...]) -> bool:
    return bool(_begin(values, starts).any())
