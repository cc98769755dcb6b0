"""A matrix drawn with its shape and its actual numbers, as a table that can also be read aloud."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from html import escape
from typing import Any, ParamSpec

import numpy as np
import streamlit as st
from numpy.typing import NDArray

# Blue and orange of the same lightness: apart for color-blind eyes, and on both themes.
_POSITIVE, _NEGATIVE = "47, 95, 208", "217, 119, 6"
_STYLE = """<style>
.ev-matrix { font-size: .8rem; line-height: 1.25; max-width: 100%; overflow-x: auto; }
.ev-matrix table { border-collapse: collapse; margin: .1rem 0 .4rem 0; }
.ev-matrix caption { caption-side: top; text-align: left; padding-bottom: .2rem; font-weight: 600; }
.ev-matrix caption span { font-weight: 400; opacity: .75; font-family: var(--st-code-font); }
.ev-matrix td, .ev-matrix th { padding: .12rem .35rem; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.ev-matrix td { border: 1px solid rgba(128, 136, 150, .25); }
.ev-matrix td:empty { border: none; }
.ev-matrix th { font-weight: 400; opacity: .85; }
.ev-matrix .marked td, .ev-matrix td.marked { outline: 2px solid rgba(213, 94, 0, .9);
  outline-offset: -2px; }
.ev-matrix th.marked, .ev-matrix .marked th { font-weight: 700; opacity: 1; }
</style>"""
_MOST_ROWS, _MOST_COLUMNS = 24, 16
_Given = ParamSpec("_Given")


def matrix_html(
    values: NDArray[Any],
    title: str,
    *,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    shape: str = "",
    marked_rows: Collection[int] = (),
    marked_columns: Collection[int] = (),
    decimals: int = 2,
    scale: float | None = None,
    rest: str = "",
) -> str:
    """The table of a matrix; every text in it is escaped.

    Parameters
    ----------
    values : ndarray of shape (r, c) or (c,)
        A vector is drawn as one row.
    title : str
        What it is: ``"W"``, ``"h = mean of the rows"``.
    rows, columns : sequence of str, optional
        What its rows and columns stand for.
    shape : str
        How its shape reads: ``"V × d = 10 × 4"``. Empty for the numbers alone.
    marked_rows, marked_columns : collection of int
        Drawn with a frame.
    scale : float, optional
        The size that gets the full color; the largest one in ``values`` if not given.
    rest : str
        Said below if not all rows or columns are drawn. The shape says how many there are.
    """
    matrix = np.atleast_2d(np.asarray(values, dtype=np.float64))
    shape = shape or " × ".join(map(str, np.shape(values)))
    finite = matrix[np.isfinite(matrix)]
    full = scale or float(np.abs(finite).max(initial=0.0)) or 1.0
    drawn = matrix[:_MOST_ROWS, :_MOST_COLUMNS]
    head = _head(columns[: drawn.shape[1]], bool(rows), marked_columns)
    body = "".join(
        _row(line, rows[i] if rows else None, i in marked_rows, marked_columns, decimals, full)
        for i, line in enumerate(drawn)
    )
    caption = f"<caption>{escape(title)} <span>({escape(shape)})</span></caption>"
    below = f"<div>… {escape(rest)}</div>" if drawn.shape != matrix.shape else ""
    return f'<div class="ev-matrix"><table>{caption}{head}{body}</table>{below}</div>'


def _on_the_page(html: Callable[_Given, str]) -> Callable[_Given, None]:
    def show(*given: _Given.args, **named: _Given.kwargs) -> None:
        st.html(_STYLE + html(*given, **named))

    return show


show_matrix = _on_the_page(matrix_html)
"""Draw a matrix at this place of the page; takes what :func:`matrix_html` takes."""


def _head(columns: Sequence[str], corner: bool, marked: Collection[int]) -> str:
    if not columns:
        return ""
    cells = "".join(
        f'<th scope="col"{_marked(i in marked)}>{escape(name)}</th>'
        for i, name in enumerate(columns)
    )
    return f"<tr>{'<td></td>' if corner else ''}{cells}</tr>"


def _row(
    line: NDArray[Any],
    name: str | None,
    marked: bool,
    marked_columns: Collection[int],
    decimals: int,
    full: float,
) -> str:
    heading = "" if name is None else f'<th scope="row">{escape(name)}</th>'
    cells = "".join(
        f'<td{_marked(i in marked_columns)} style="background: {_color(value / full)}">'
        f"{_number(value, decimals)}</td>"
        for i, value in enumerate(line)
    )
    return f"<tr{_marked(marked)}>{heading}{cells}</tr>"


def _marked(marked: bool) -> str:
    return ' class="marked"' if marked else ""


def _number(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "−∞" if value < 0 else "∞"
    whole = value == int(value) and abs(value) < 1e6
    text = f"{int(value):,}" if whole else f"{value:.{decimals}f}"
    if float(text.replace(",", "")) == 0:  # a small negative number, rounded
        text = text.removeprefix("-")
    return text.replace("-", "−")


def _color(share: float) -> str:
    if np.isnan(share):
        return "transparent"
    channels = _POSITIVE if share >= 0 else _NEGATIVE
    return f"rgba({channels}, {min(abs(share), 1.0) * 0.55:.2f})"
