"""Widgets made from a params dataclass: default, range, choices and help come from there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from embedviz.params import ParamSpec, narrowed, specs

Limits = Mapping[str, tuple[float | None, float | None]]


def param_widgets(
    params_class: type,
    prefix: str,
    limits: Limits | None = None,
    defaults: Mapping[str, Any] | None = None,
    columns: int = 1,
) -> dict[str, Any]:
    """One widget per parameter; returns their values by name.

    ``prefix`` begins the widgets' keys, which are also their names in the page's link.
    ``limits`` narrows ranges to what this data allows; ``defaults`` suits them to it.
    """
    described = [
        narrowed(_with_default(spec, defaults or {}), limits or {})
        for spec in specs(params_class).values()
    ]
    values = _in_columns([spec for spec in described if not spec.advanced], prefix, columns)
    advanced = [spec for spec in described if spec.advanced]
    if advanced:
        with st.expander("More settings"):
            values |= _in_columns(advanced, prefix, columns)
    return values


def _with_default(spec: ParamSpec, defaults: Mapping[str, Any]) -> ParamSpec:
    return replace(spec, default=defaults[spec.name]) if spec.name in defaults else spec


def _in_columns(described: list[ParamSpec], prefix: str, columns: int) -> dict[str, Any]:
    places = st.columns(columns) if columns > 1 else [st.container()]
    values = {}
    for i, spec in enumerate(described):
        with places[i % len(places)]:
            values[spec.name] = _widget(spec, prefix)
    return values


def _widget(spec: ParamSpec, prefix: str) -> Any:
    key = f"{prefix}_{spec.name}"
    about: dict[str, Any] = {"help": spec.help, "key": key, "bind": "query-params"}
    if spec.minimum is not None and spec.minimum == spec.maximum:
        st.caption(f"{spec.label}: {spec.minimum:g}, the only value that so few points allow.")
        return spec.kind(spec.minimum)
    if spec.kind is bool:
        return st.toggle(spec.label, value=spec.default, **about)
    if spec.choices is not None:
        return st.selectbox(
            spec.label, spec.choices, index=spec.choices.index(spec.default), **about
        )
    if spec.kind is str:
        return st.text_input(spec.label, value=spec.default, **about)
    _drop_out_of_range(key, spec)
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


def _drop_out_of_range(key: str, spec: ParamSpec) -> None:
    """A value kept from other data may lie outside what this data allows: back to the default."""
    value = st.session_state.get(key)
    if value is None:
        return
    below = spec.minimum is not None and value < spec.minimum
    if below or (spec.maximum is not None and value > spec.maximum):
        st.session_state.pop(key)
