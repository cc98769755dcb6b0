"""Rows of JSON as Arrow columns of one type each."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_DATES = ({"day"}, {"moment"}, {"zoned"})
"""Days and moments with and without a time zone are not mixed: that would add what nobody wrote."""
_NAMED = re.compile(r"(?i)vec|emb|feature")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
Row = Mapping[str, Any]


_PART = re.compile(r"[.\[]")  # where the name of an object ends and that of a part begins


class Fields:
    """What the values of each field are, over all rows that it was told of.

    Parameters
    ----------
    rows : sequence of mapping
        The first rows.
    """

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._fields: dict[str, _Field] = {}
        self.know(rows, ())

    def __len__(self) -> int:
        return len(self._fields)

    def know(self, rows: Sequence[Row], sure: Sequence[str]) -> bool:
        """Take ``rows`` into account; False where the schema is another one now.

        Fields of ``sure`` are what they were taken for, whatever later rows hold.
        """
        before = self.schema()
        values: dict[str, list[Any]] = {}  # what a row lacks is no value, and costs nothing
        for row in rows:
            for name, value in row.items():
                values.setdefault(name, []).append(value)
        for name, found in values.items():
            field = self._fields.setdefault(name, _Field(name))
            if name not in sure:
                field.take(found)
        return self.schema() == before

    def schema(self) -> dict[str, str]:
        """Kinds by name: ``list``, ``base64``, ``number``, ``whole``, ``unsigned``, ``flag``, ``date``
        or ``text``. An object that is missing in some rows is no field beside its parts.
        """
        wholes = {
            name[: mark.start()]
            for name, field in self._fields.items()
            if field.found
            for mark in _PART.finditer(name)
        }
        return {
            name: field.kind
            for name, field in self._fields.items()
            if field.found or name not in wholes
        }


class _Field:
    """The values of one field so far."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._types: set[type] = set()
        self._dates: set[str] = set()
        self._low, self._high = 0, 0
        self._lists = self._number_lists = 0
        self._lengths: set[int] = set()
        self._exact = True
        self.found = 0

    def take(self, values: Sequence[Any]) -> None:
        """Take ``values`` into account; null and NaN are none."""
        found = [value for value in values if not _missing(value)]
        if not found:
            return
        self.found += len(found)
        types = set(map(type, found))
        self._types |= types
        if int in types:
            whole = [value for value in found if type(value) is int]
            self._low, self._high = min(self._low, *whole), max(self._high, *whole)
        if list in types:
            lists = [value for value in found if isinstance(value, list)]
            self._lists += len(lists)
            self._number_lists += sum(_is_list_of_numbers(value) for value in lists)
        if self._types == {str}:
            self._dates |= {_date_kind(value) for value in found}
            if _NAMED.search(self._name) and 0 not in self._lengths:
                self._lengths |= {_floats_in_base64(value) for value in found}

    @property
    def kind(self) -> str:  # noqa: PLR0911 - one for each kind
        """What all values so far are."""
        types = self._types
        large = max(self._high, -self._low) > 2**53
        if types == {bool}:
            return "flag"
        if types == {int} and self._low >= -(2**63) and self._high < 2**63:
            return "whole"
        if types == {int} and self._low >= 0 and self._high < 2**64:
            return "unsigned"
        if types and types <= {int, float} and not large:
            return "number"
        if self._lists and 2 * self._lists > self.found and 2 * self._number_lists > self._lists:
            return "list"
        if types == {str} and len(self._lengths) == 1 and 0 not in self._lengths:
            return "base64"
        return "date" if types == {str} and self._dates in _DATES else "text"


def batch_of(
    rows: Sequence[Row], schema: Mapping[str, str], vector: Sequence[str], key: str | None
) -> Any:
    """A RecordBatch of ``rows``: a field that the schema does not know is left out."""
    import pyarrow as pa

    columns = {}
    for name, kind in schema.items():
        values = [row.get(name) for row in rows]
        if name == key:
            columns[name] = pa.array([_text(value) for value in values], pa.large_string())
        else:
            # One column of texts is lists written as text, as in CSV: the reader of rows parses it.
            kept = ("list", "base64", "text") if len(vector) == 1 else ("list", "base64")
            columns[name] = _column(
                values, "number" if name in vector and kind not in kept else kind
            )
    return pa.RecordBatch.from_pydict(columns)


def _is_list_of_numbers(value: list[Any]) -> bool:
    return all(isinstance(x, int | float) or x is None for x in value)


def _date_kind(text: str) -> str:
    found = _DATE.fullmatch(text)
    return "" if found is None else "day" if found[1] is None else "zoned" if found[4] else "moment"


def _floats_in_base64(text: str) -> int:
    """How many float32 numbers the text holds in base64, as services send them; 0 if it does not."""
    if len(text) < 8 or len(text) % 4 or not _BASE64.fullmatch(text):
        return 0
    stored = base64.b64decode(text)
    if len(stored) % 4:
        return 0
    numbers = np.abs(np.frombuffer(stored, "<f4"))
    plausible = numbers[numbers > 0]
    sound = len(plausible) and np.isfinite(plausible).all() and plausible.max() < 1e6
    return len(numbers) if sound and np.median(plausible) > 1e-9 else 0


def _column(values: Sequence[Any], kind: str) -> Any:
    """One column; where a value is not of the kind seen first, its place in order of generality."""
    import pyarrow as pa

    if kind in ("list", "base64"):
        numbers = _numbers if kind == "list" else _decoded
        return pa.array([numbers(value) for value in values], pa.list_(pa.float64()))
    if kind == "number":
        return pa.array([_number(value) for value in values], pa.float64())
    try:
        if kind == "date":
            return _dates(values)
        if kind in ("whole", "unsigned", "flag"):
            made = {"whole": pa.int64(), "unsigned": pa.uint64(), "flag": pa.bool_()}[kind]
            return pa.array([None if _missing(value) else value for value in values], made)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        pass
    return pa.array(
        [None if _missing(value) else _text(value) for value in values], pa.large_string()
    )


def _dates(values: Sequence[Any]) -> Any:
    """Moments in UTC without a zone; raises ArrowInvalid where one is not ISO."""
    import pandas as pd
    import pyarrow as pa

    try:
        moments = pd.to_datetime(pd.Series(values), format="ISO8601", utc=True)
    except (ValueError, TypeError) as error:
        raise pa.ArrowInvalid(str(error)) from error
    return pa.array(moments.dt.tz_localize(None), from_pandas=True)


def _numbers(value: Any) -> list[float] | None:
    if not isinstance(value, list):
        return None
    return [_number(x) if _number(x) is not None else float("nan") for x in value]  # type: ignore[misc]


def _decoded(value: Any) -> list[float] | None:
    if not isinstance(value, str) or not _floats_in_base64(value):
        return _numbers(value)
    numbers: list[float] = np.frombuffer(base64.b64decode(value), "<f4").tolist()
    return numbers


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN


def _text(value: Any) -> str:
    if _missing(value):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
