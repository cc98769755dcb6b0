"""What a person chose, kept apart from what the data at hand offers or starts with."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")
_CHOICES = "embedviz_choices"


def begin_choice(key: str, first: T, fits: Callable[[Any], bool]) -> T:
    """What the widget of this ``key`` shows with the data at hand; call it before the widget.

    What the person chose (or a link did) where it ``fits``, else ``first``. Neither stays behind for
    other data: a choice that does not fit here comes back where it does, and what nobody chose
    begins anew, at that data's own ``first``.
    """
    known: dict[str, tuple[Any, Any]] = st.session_state.setdefault(_CHOICES, {})
    now = st.session_state.get(key)
    shown, chosen = known.get(key, (first, None))
    if now is None or now != shown:  # by the person, a link or a callback; or it is new here
        chosen = None if now == first else now
    value: T = chosen if chosen is not None and fits(chosen) else first
    if now is not None and now != value:
        # Set, not dropped: the browser would go on showing, and sending, what was there.
        st.session_state[key] = value
    known[key] = (value, chosen)
    return value


def begin_option(key: str, first: T, options: Container[Any]) -> T:
    """:func:`begin_choice` of a select box, whose ``options`` depend on the data."""
    return begin_choice(key, first, lambda value: value in options)
