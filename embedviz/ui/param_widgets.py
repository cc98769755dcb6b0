"""Widgets made from a params dataclass: default, range, choices and help come from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from embedviz.params import ParamSpec, narrowed, specs

Limits = Mapping[str, tuple[float | None, float | None]]


def param_widgets(params_class: type, prefix: str, limits: Limits | None = None) -> dict[str, Any]:
    """One widget per parameter; returns their values by name.

    ``prefix`` begins the widgets' keys, which are also their names in the page's link.
    ``limits`` narrows ranges to what this data allows.
    """
    described = [narrowed(spec, limits or {}) for spec in specs(params_class).values()]
    values = {spec.name: _widget(spec, prefix) for spec in described if not spec.advanced}
    advanced = [spec for spec in described if spec.advanced]
    if advanced:
        with st.expander("More settings"):
            values |= {spec.name: _widget(spec, prefix) for spec in advanced}
    return values


def _widget(spec: ParamSpec, prefix: str) -> Any:
    key = f"{prefix}_{spec.name}"
    about: dict[str, Any] = {"help": spec.help, "key": key, "bind": "query-params"}
    if spec.kind is bool:
        return st.toggle(spec.label, value=spec.default, **about)
    if spec.choices is not None:
        return st.selectbox(spec.label, spec.choices, index=spec.choices.index(spec.default), **about)
    if spec.kind is str:
        return st.text_input(spec.label, value=spec.default, **about)
    _drop_out_of_range(key, spec)
    as_kind = spec.kind
    bounds = {
        "min_value": None if spec.minimum is None else as_kind(spec.minimum),
        "max_value": None if spec.maximum is None else as_kind(spec.maximum),
        "step": as_kind(spec.step or (1 if as_kind is int else 0.05)),
        "value": as_kind(spec.default),
    }
    if spec.minimum is None or spec.maximum is None or _is_wide(spec):
        shape = {} if as_kind is int else {"format": "%g"}
        return st.number_input(spec.label, **bounds, **shape, **about)
    return st.slider(spec.label, **bounds, **about)


def _is_wide(spec: ParamSpec) -> bool:
    """Ranges of more than some hundred steps are typed, not dragged."""
    step = spec.step or (1 if spec.kind is int else 0.05)
    return (float(spec.maximum or 0) - float(spec.minimum or 0)) / step > 400


def _drop_out_of_range(key: str, spec: ParamSpec) -> None:
    """A value kept from other data may lie outside what this data allows: back to the default."""
    value = st.session_state.get(key)
    if value is None:
        return
    below = spec.minimum is not None and value < spec.minimum
    if below or (spec.maximum is not None and value > spec.maximum):
        st.session_state.pop(key)
