"""A lesson's controls: each remembers its value, and the page's address holds what was changed.

The address names values, never the labels that people read, so that a link made in one language
opens at the same state in another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from embedviz.ui.learn.texts import Texts

_OF_EVERY_LINK = {"lang", "teacher", "part"}  # they name no state of a control
T = TypeVar("T", bound=int | float | str | bool)
Number = TypeVar("Number", int, float)


class Controls:
    """The widgets of one lesson. Labels are the lesson's short texts of the control's name.

    ``<name>`` is the label, ``<name>.help`` its line of help if there is one, and
    ``<name>.<option>`` what an option of a choice is called (the option itself where there is none).

    The address leaves out what a control begins with. Where that has changed since links were made,
    ``was`` is what it began with before: a link to a state that does not name the control was made
    then, and means that. Such a control's value always stands in the address.
    """

    def __init__(self, lesson: str, texts: Texts) -> None:
        self._lesson = lesson
        self._texts = texts
        self.unknown: dict[str, str] = st.session_state.setdefault(f"unknown-{lesson}", {})
        """What the link asked for and this lesson cannot show, by the name of the control.

        It is said until something is moved: the page may run again by itself, for long work.
        """
        self._of_link = not self._kept() and bool(set(st.query_params) - _OF_EVERY_LINK)

    def slider(
        self,
        name: str,
        default: Number,
        low: Number,
        high: Number,
        step: Number,
        was: Number | None = None,
    ) -> Number:
        """A number between ``low`` and ``high``."""
        default = self._before(name, default, was)
        begin = self._begin(name, default, lambda value: low <= value <= high)
        st.slider(**self._said(name), min_value=low, max_value=high, step=step, value=begin)
        return self._taken(name, default, was)

    def steps(self, name: str, default: T, options: Sequence[T], was: T | None = None) -> T:
        """One of some ordered values, as a slider: 1,000, 3,000, 10,000 …"""
        default = self._before(name, default, was)
        begin = self._begin(name, default, options.__contains__)
        shown = self._option(name)
        st.select_slider(**self._said(name), options=options, format_func=shown, value=begin)
        return self._taken(name, default, was)

    def choice(self, name: str, default: T, options: Sequence[T], labelled: bool = True) -> T:
        """One of a few, all in sight; not ``labelled`` where the options say what they are."""
        begin = self._begin(name, default, options.__contains__)
        st.segmented_control(
            **self._said(name), options=options, default=begin, required=True,
            format_func=self._option(name),
            label_visibility="visible" if labelled else "collapsed",
        )  # fmt: skip
        return self._taken(name, default)

    def select(self, name: str, default: T, options: Sequence[T], was: T | None = None) -> T:
        """One of many."""
        default = self._before(name, default, was)
        begin = self._begin(name, default, options.__contains__)
        index = list(options).index(begin)
        shown = self._option(name)
        st.selectbox(**self._said(name), options=options, index=index, format_func=shown)
        return self._taken(name, default, was)

    def toggle(self, name: str, default: bool = False) -> bool:
        """On or off."""
        begin = self._begin(name, default, lambda _: True)
        st.toggle(**self._said(name), value=begin)
        return self._taken(name, default)

    def text(self, name: str, default: str, max_chars: int = 200) -> str:
        """A line that the person types."""
        begin = self._begin(name, default, lambda value: len(value) <= max_chars)
        st.text_input(**self._said(name), value=begin, max_chars=max_chars)
        return self._taken(name, default)

    def value(self, name: str, default: T, fits: Callable[[T], bool] = lambda _: True) -> T:
        """A value without a widget (how many steps were trained, say); :meth:`set` changes it.

        Like a widget, ask for it inside of the control panel: a link's bad value is said there.
        """
        value: T = self._ready_value(name, default, fits)
        self._to_address(name, value, default)
        return value

    def is_untouched(self, name: str) -> bool:
        """Whether neither the link nor the person gave it a value."""
        return name not in self._kept()

    def set(self, name: str, value: int | float | str | bool) -> None:
        """Change a value from a button's callback; the run that follows sees it."""
        self._kept()[name] = value
        st.session_state[self._key(name)] = value

    def _key(self, name: str) -> str:
        return f"{self._lesson}-{name}"

    def _kept(self) -> dict[str, Any]:
        """The values of this lesson; they stay when the person goes to another page and back."""
        return st.session_state.setdefault(f"kept-{self._lesson}", {})  # type: ignore[no-any-return]

    def _before(self, name: str, default: Any, was: Any) -> Any:
        """What the control begins with: what it began with before, in a link from then."""
        is_old = was is not None and self._of_link and name not in st.query_params
        return was if is_old else default

    def _begin(self, name: str, default: T, fits: Callable[[T], bool]) -> T:
        """The value that the widget begins with.

        Not by way of the widget's state alone: that is told to the browser once, and if the page
        runs again before the browser has drawn it, the widget falls back to what it begins with.
        """
        key = self._key(name)
        self._follow_default(name, default)
        begin: T = self._ready_value(name, default, fits)
        if key in st.session_state and not fits(st.session_state[key]):
            st.session_state[key] = begin  # the choices have changed under the widget
        return begin

    def _follow_default(self, name: str, default: int | float | str | bool) -> None:
        """What nobody chose begins anew where other data has another default."""
        known = st.session_state.setdefault(f"defaults-{self._lesson}", {})
        before, key, kept = known.get(name, default), self._key(name), self._kept()
        known[name] = default
        if before == default or kept.get(name) != before:
            return
        if st.session_state.get(key, before) == before:
            del kept[name]
            st.session_state[key] = default

    def _ready_value(self, name: str, default: T, fits: Callable[[T], bool]) -> T:
        """What was kept, or what the link asks for, or the default; what does not fit is dropped."""
        kept = self._kept()
        if name not in kept and name in st.query_params:
            asked = st.query_params[name]
            value = _read(asked, default)
            if value is None or not fits(value):
                self.unknown[name] = asked
            else:
                kept[name] = value
        if name in kept and not fits(kept[name]):
            del kept[name]
        return kept.get(name, default)  # type: ignore[no-any-return]

    def _taken(self, name: str, default: T, was: T | None = None) -> T:
        value: T = st.session_state[self._key(name)]
        kept = self._kept()
        if kept.setdefault(name, value) != value:
            self.unknown.clear()
        kept[name] = value
        self._to_address(name, value, default, was is not None)
        return value

    def _to_address(self, name: str, value: T, default: T, always: bool = False) -> None:
        if value == default and not always:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != _written(value):
            st.query_params[name] = _written(value)

    def _said(self, name: str) -> dict[str, Any]:
        helped = f"{name}.help"
        return {
            "key": self._key(name),
            "label": self._texts(name),
            "help": self._texts(helped) if self._texts.has(helped) else None,
        }

    def _option(self, name: str) -> Callable[[Any], str]:
        def shown(option: Any) -> str:
            label = f"{name}.{option}"
            if self._texts.has(label):
                return self._texts(label)
            return f"{option:,}" if isinstance(option, int) else str(option)

        return shown


def _written(value: int | float | str | bool) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return repr(value) if isinstance(value, float) else str(value)


def _read(text: str, default: T) -> T | None:
    """The value that an address holds, of the default's type; None if it is none."""
    if isinstance(default, bool):
        return {"on": True, "off": False}.get(text)  # type: ignore[return-value]
    try:
        return type(default)(text)
    except ValueError:
        return None
