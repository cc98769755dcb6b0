"""Parameters described once: default, range and help, for the API, the widgets and the cache keys.

A params dataclass is a frozen dataclass whose fields are made with :func:`param`. Everything that
shows, checks or stores parameters reads :func:`specs`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, SupportsFloat, SupportsIndex, TypeVar

from embedviz.errors import InvalidParameterError

Limits = Mapping[str, tuple[float | None, float | None]]
"""What some data allows, by parameter: the least and the largest value; None leaves a side open."""

_KEY = "embedviz"
P = TypeVar("P")


@dataclass(frozen=True)
class ParamSpec:
    """One parameter as a person meets it.

    ``minimum`` and ``maximum`` are inclusive; None leaves that side open. ``choices`` are the
    allowed values, if they are a list. ``advanced`` ones are folded away in the page.
    """

    name: str
    kind: type
    default: Any
    help: str
    label: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] | None = None
    advanced: bool = False


def param(
    default: Any,
    help: str,  # noqa: A002 - the word that Streamlit and argparse use for it
    *,
    label: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    choices: Sequence[Any] | Callable[[], Sequence[Any]] | None = None,
    advanced: bool = False,
) -> Any:
    """A dataclass field with its range and its line of help.

    ``choices`` are called each time they are needed where they come from a table.
    """
    spec = {
        "default": default, "help": help, "label": label, "minimum": minimum, "maximum": maximum,
        "step": step, "choices": choices, "advanced": advanced,
    }  # fmt: skip
    return field(default=default, metadata={_KEY: spec})


def specs(params_class: type) -> dict[str, ParamSpec]:
    """The parameters of a params dataclass, by name, in the order of its fields."""
    described: dict[str, ParamSpec] = {}
    for item in dataclasses.fields(params_class):
        if _KEY in item.metadata:
            spec = dict(item.metadata[_KEY])
            choices = spec["choices"]() if callable(spec["choices"]) else spec["choices"]
            spec["choices"] = None if choices is None else tuple(choices)
            spec["label"] = spec["label"] or item.name.replace("_", " ").capitalize()
            described[item.name] = ParamSpec(name=item.name, kind=type(spec["default"]), **spec)
    return described


def make(params_class: type[P], values: Mapping[str, Any], what: str) -> P:
    """A checked instance of ``params_class``; ``what`` names the method in messages.

    Raises
    ------
    InvalidParameterError
        For an unknown name, a wrong type, or a value out of its range; nothing is clamped.
    """
    known = specs(params_class)
    for name in values:
        if name not in known:
            raise InvalidParameterError(
                f"{what} has no parameter '{name}'. It has: {', '.join(known) or 'none'}."
            )
    return params_class(
        **{name: _checked(known[name], value, what) for name, value in values.items()}
    )


def narrowed(spec: ParamSpec, limits: Limits) -> ParamSpec:
    """``spec`` with the range that ``limits`` leaves of it, and its default moved inside."""
    if spec.name not in limits:
        return spec
    low, high = limits[spec.name]
    minimum = max((at for at in (low, spec.minimum) if at is not None), default=None)
    maximum = min((at for at in (high, spec.maximum) if at is not None), default=None)
    default = _nearest(spec.default, minimum, maximum, spec.kind is int)
    return dataclasses.replace(spec, minimum=minimum, maximum=maximum, default=default)


def within(values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """``values`` by name, each moved to the nearest that ``limits`` allow; whole ones stay whole."""
    return {
        name: _nearest(value, *limits.get(name, (None, None)), isinstance(value, int))
        for name, value in values.items()
    }


def check_limits(params: Any, limits: Limits, what: str, why: str) -> None:
    """Raise :class:`InvalidParameterError` where ``params`` leaves what this data allows."""
    for name, (low, high) in limits.items():
        value = getattr(params, name)
        if (low is not None and value < low) or (high is not None and value > high):
            raise InvalidParameterError(
                f"{what}: {name}={value!r} does not fit this data ({why}). "
                f"Allowed here: {_range(low, high)}."
            )


def _nearest(value: Any, low: float | None, high: float | None, whole: bool) -> Any:
    if high is not None and value > high:
        value = math.floor(high) if whole else high
    if low is not None and value < low:
        value = math.ceil(low) if whole else low
    return value


def _checked(spec: ParamSpec, value: Any, what: str) -> Any:
    value = _as_kind(spec, value)
    mistaken = type(value) is bool and spec.kind is not bool
    if mistaken or not isinstance(value, spec.kind) or value != value:  # noqa: PLR0124 - NaN
        raise InvalidParameterError(
            f"{what}: {spec.name} must be {spec.kind.__name__}, "
            f"got {value!r} ({type(value).__name__})."
        )
    if spec.choices is not None and value not in spec.choices:
        allowed = ", ".join(repr(choice) for choice in spec.choices)
        raise InvalidParameterError(f"{what}: {spec.name}={value!r} is not one of {allowed}.")
    number: Any = value
    too_low = spec.minimum is not None and number < spec.minimum
    if too_low or (spec.maximum is not None and number > spec.maximum):
        raise InvalidParameterError(
            f"{what}: {spec.name}={value!r} is out of range. "
            f"Allowed: {_range(spec.minimum, spec.maximum)}."
        )
    return value


def _as_kind(spec: ParamSpec, value: Any) -> Any:
    """A number of another library, or a whole number for a float, as Python's own."""
    if isinstance(value, bool):
        return value
    try:
        if spec.kind is float and isinstance(value, SupportsFloat):
            return float(value)
        if spec.kind is int and isinstance(value, SupportsIndex):
            return value.__index__()
    except (TypeError, OverflowError):  # an array of numbers, or more than a float holds
        return value
    return value


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return "any" if high is None else f"at most {_said(high)}"
    return f"at least {_said(low)}" if high is None else f"{_said(low)} to {_said(high)}"


def _said(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:g}"
