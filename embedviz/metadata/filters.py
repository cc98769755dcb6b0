"""Conditions on columns: which rows they keep, and how they stand in a link."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.column_values import coded, moments_of, numbers_of, whole_numbers_of
from embedviz.errors import InvalidParameterError
from embedviz.metadata.folding import arrow_text, folded
from embedviz.metadata.kinds import kind_of
from embedviz.metadata.text_search import parts_of

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_JSON = 100_000
_LARGEST = 1.7976931348623157e308
_BEYOND = "beyond"


@dataclass(frozen=True)
class Range:
    """Numbers or dates from ``low`` to ``high``, both included; None is an open end.

    Attributes
    ----------
    low, high : float, int, str or None
        Numbers for a column of numbers (whole ones beyond 2⁵³ exact, as int), ISO 8601 text such as
        ``"2026-03-01T12:00:00"`` for dates.
    missing : bool
        True keeps rows without a value too.
    """

    low: float | str | None = None
    high: float | str | None = None
    missing: bool = False


@dataclass(frozen=True)
class Values:
    """One of these labels; a number's label is its digits. ``missing``: rows without one too."""

    chosen: tuple[str, ...]
    missing: bool = False


@dataclass(frozen=True)
class Contains:
    """Every word and "quoted phrase" of ``text`` occurs; neither case nor accents matter."""

    text: str


Condition = Range | Values | Contains


def mask(table: pd.DataFrame, conditions: Mapping[str, Condition]) -> NDArray[np.bool_]:
    """Which of the n rows meet every condition, of shape (n,).

    Raises
    ------
    InvalidParameterError
        If a column is not there, or its values are not what the condition is about.
    """
    kept = np.ones(len(table), bool)
    for name, condition in conditions.items():
        kept &= met(column_of(table, name), condition)
    return kept


def met(values: pd.Series[Any], condition: Condition) -> NDArray[np.bool_]:
    """Which values of one column meet ``condition``, of shape (n,)."""
    if isinstance(condition, Range):
        return _in_range(values, condition)
    if isinstance(condition, Values):
        labels = coded(values)
        wanted = set(condition.chosen)
        # One more at the end, where the code of a missing value points to.
        kept = np.array([*(label in wanted for label in labels.labels), condition.missing], bool)
        return kept[labels.codes]
    return _contains(values, condition.text)


def column_of(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The first column of this name; raises InvalidParameterError, which lists those there are."""
    for at, column in enumerate(table.columns):
        if str(column) == name:
            return table.iloc[:, at]
    there = ", ".join(repr(str(column)) for column in table.columns[:20]) or "none"
    raise InvalidParameterError(f"There is no column {name!r}. Columns: {there}.")


def to_json(conditions: Mapping[str, Condition]) -> str:
    """The conditions as short JSON; :func:`from_json` reads it."""
    written: dict[str, dict[str, Any]] = {}
    for name, condition in conditions.items():
        if isinstance(condition, Range):
            written[name] = {"range": [condition.low, condition.high]}
        elif isinstance(condition, Values):
            written[name] = {"values": list(condition.chosen)}
        else:
            written[name] = {"contains": condition.text}
        if getattr(condition, "missing", False):
            written[name]["missing"] = True
    return json.dumps(written, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> dict[str, Condition]:
    """The conditions of :func:`to_json`; raises InvalidParameterError for anything else."""
    try:
        if len(text) > _LONGEST_JSON:
            raise ValueError(f"it is longer than {_LONGEST_JSON:,} characters")
        read = json.loads(text)
        if not isinstance(read, dict):
            raise ValueError("it is no object")
        return {name: _condition(one) for name, one in read.items()}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidParameterError(
            f"These filters cannot be read: {error}. Filters look like "
            '{"year":{"range":[1990,2000]},"kind":{"values":["a"]},"title":{"contains":"b"}}.'
        ) from error


def _condition(one: Any) -> Condition:
    if not isinstance(one, dict) or len({"range", "values", "contains"} & set(one)) != 1:
        raise ValueError("a condition is an object with 'range', 'values' or 'contains'")
    missing = one.get("missing", False) is True
    if "range" in one:
        low, high = one["range"]
        return Range(_end(low), _end(high), missing)
    if "values" in one:
        if not isinstance(one["values"], list):
            raise ValueError("'values' is a list")
        return Values(tuple(str(value) for value in one["values"]), missing)
    return Contains(str(one["contains"]))


def _end(value: Any) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise ValueError(f"{value!r} is no end of a range")
    # Ids beyond 2**53 are no floats: they stay the whole numbers that they are.
    return value if isinstance(value, int) and abs(value) > 2**53 else float(value)


def _in_range(values: pd.Series[Any], asked: Range) -> NDArray[np.bool_]:
    numbers: NDArray[Any]
    low: Any
    high: Any
    if kind_of(values) == "date":
        numbers, low, high = moments_of(values), _moment(asked.low), _moment(asked.high)
        absent = np.isnat(numbers)
    elif (exact := whole_numbers_of(values)) is not None:
        numbers, absent = exact
        low, high = _whole(asked.low, numbers, math.ceil), _whole(asked.high, numbers, math.floor)
        if any(isinstance(end, str) for end in (low, high)):
            inside = np.zeros(len(numbers), bool)
            return inside | absent if asked.missing else inside
    else:
        numbers, low, high = numbers_of(values), _number(asked.low), _number(asked.high)
        absent = np.isnan(numbers)
    inside = ~absent
    if low is not None:
        inside &= numbers >= low
    if high is not None:
        inside &= numbers <= high
    return inside | absent if asked.missing else inside


def _number(end: float | str | None) -> float | None:
    if isinstance(end, str):
        raise InvalidParameterError(f"A range of numbers cannot end at {end!r}. Give a number.")
    return end


def _whole(end: float | str | None, numbers: NDArray[Any], rounded: Callable[[Any], int]) -> Any:
    """An end of a range of whole numbers, exact; None: open, ``_BEYOND``: no number is inside."""
    number = _number(end)
    if number is None or math.isnan(number):
        return None if number is None else _BEYOND
    info, up = np.iinfo(numbers.dtype), rounded is math.ceil
    if math.isinf(number):
        return None if (number < 0) == up else _BEYOND
    whole = rounded(number)
    if info.min <= whole <= info.max:
        return numbers.dtype.type(whole)
    return None if (whole < info.min) == up else _BEYOND


def _moment(end: float | str | None) -> np.datetime64 | None:
    if end is None:
        return None
    try:
        if isinstance(end, str):
            return np.datetime64(end, "s")
    except ValueError:
        pass
    raise InvalidParameterError(
        f"A range of dates cannot end at {end!r}. Give a date such as '2026-03-01'."
    )


def _contains(values: pd.Series[Any], text: str) -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    texts = folded(arrow_text(values))
    kept = np.ones(len(values), bool)
    for part in parts_of(text):
        kept &= pc.match_substring(texts, part).to_numpy(zero_copy_only=False)
    return kept
