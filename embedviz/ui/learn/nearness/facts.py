"""A small table of facts: what was measured, and the numbers, close enough to be seen at once."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

_STYLE = """<style>
.ev-facts { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.25; }
.ev-facts td, .ev-facts th { padding: .26rem .4rem; text-align: right; vertical-align: bottom;
  border-bottom: 1px solid rgba(128, 136, 150, .3); font-variant-numeric: tabular-nums; }
.ev-facts th { font-weight: 600; }
.ev-facts :is(td, th):first-child { text-align: left; padding-left: 0; }
.ev-facts td:first-child { border-left: 4px solid var(--facts, transparent); padding-left: .5rem; }
</style>"""


def facts(head: Sequence[str], lines: Sequence[Sequence[str]], colors: Sequence[str] = ()) -> None:
    """Draw a table; its first column says what the others are of.

    ``colors`` marks the beginning of each line, as far as there are some.
    """
    cells = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        _line(line, colors[i] if i < len(colors) else "transparent") for i, line in enumerate(lines)
    )
    st.html(f'{_STYLE}<table class="ev-facts"><tr>{cells}</tr>{body}</table>')


def _line(line: Sequence[str], color: str) -> str:
    cells = "".join(f"<td>{escape(text)}</td>" for text in line)
    return f'<tr style="--facts: {color}">{cells}</tr>'
