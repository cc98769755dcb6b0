"""Widgets made from a params dataclass: default, range, choices and help come from there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from embedviz.params import Limits, ParamSpec, specs, within
from embedviz.ui.choices import begin_choice


def param_widgets(
    params_class: type,
    prefix: str,
    limits: Limits | None = None,
    defaults: Mapping[str, Any] | None = None,
    columns: int = 1,
) -> dict[str, Any]:
    """One widget per parameter; returns what was asked for, by name.

    ``prefix`` begins the widgets' keys, which are also their names in the page's link.
    ``defaults`` suit this data. ``limits`` are what it allows: what is asked for beyond them stays
    as it is, in the widget and in the link, for data that allows it; the page says what is taken
    instead, which :func:`embedviz.params.within` gives.
    """
    described = [_with_default(spec, defaults or {}) for spec in specs(params_class).values()]
    ordinary = [spec for spec in described if not spec.advanced]
    values = _in_columns(ordinary, prefix, limits or {}, columns)
    advanced = [spec for spec in described if spec.advanced]
    if advanced:
        with st.expander("More settings"):
            values |= _in_columns(advanced, prefix, limits or {}, columns)
    return values


def _with_default(spec: ParamSpec, defaults: Mapping[str, Any]) -> ParamSpec:
    return replace(spec, default=defaults[spec.name]) if spec.name in defaults else spec


def _in_columns(
    described: list[ParamSpec], prefix: str, limits: Limits, columns: int
) -> dict[str, Any]:
    places = st.columns(columns) if columns > 1 else [st.container()]
    values = {}
    for i, spec in enumerate(described):
        with places[i % len(places)]:
            asked = values[spec.name] = _widget(spec, prefix)
            taken = within({spec.name: asked}, limits)[spec.name]
            if taken != asked:
                side = "more" if asked > taken else "less"
                st.caption(f"This data allows no {side} than {taken:.4g}: that is taken.")
    return values


def _widget(spec: ParamSpec, prefix: str) -> Any:
    key = f"{prefix}_{spec.name}"
    about: dict[str, Any] = {"help": spec.help, "key": key, "bind": "query-params"}
    begin_choice(key, spec.default, lambda value: _allowed(spec, value))
    if spec.kind is bool:
        return st.toggle(spec.label, value=spec.default, **about)
    if spec.choices is not None:
        return st.selectbox(
            spec.label, spec.choices, index=spec.choices.index(spec.default), **about
        )
    if spec.kind is str:
        return st.text_input(spec.label, value=spec.default, **about)
    as_kind = spec.kind
    step = _step(spec)
    bounds: dict[str, Any] = {
        "min_value": None if spec.minimum is None else as_kind(spec.minimum),
        "max_value": None if spec.maximum is None else as_kind(spec.maximum),
        "step": step,
        "value": as_kind(spec.default),
    }
    open_ended = spec.minimum is None or spec.maximum is None
    if open_ended or not _draggable(spec, step):
        shape: dict[str, Any] = {} if as_kind is int else {"format": "%g"}
        return st.number_input(spec.label, **bounds, **shape, **about)
    return st.slider(spec.label, **bounds, **about)


def _draggable(spec: ParamSpec, step: float) -> bool:
    """A slider suits few steps of a known size; other numbers are typed."""
    known = spec.kind is int or spec.step is not None
    return known and float(spec.maximum or 0) - float(spec.minimum or 0) <= 300 * step


def _step(spec: ParamSpec) -> float:
    """The declared step; else 1 for whole numbers and one unit of the default's first digit."""
    if spec.kind is int:
        return int(spec.step or 1)
    return spec.step or 10.0 ** math.floor(math.log10(abs(spec.default) or 0.1))


def _allowed(spec: ParamSpec, value: Any) -> bool:
    """Whether the parameter may have this value with any data."""
    if spec.choices is not None:
        return value in spec.choices
    low = spec.minimum is not None and value < spec.minimum
    return not low and not (spec.maximum is not None and value > spec.maximum)
