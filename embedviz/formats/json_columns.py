"""Rows of JSON as Arrow columns of one type each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
Row = Mapping[str, Any]


def schema_of(rows: Sequence[Row]) -> dict[str, str]:
    """The kind of each field: ``list``, ``number``, ``whole``, ``flag``, ``date`` or ``text``."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: _kind([row.get(name) for row in rows]) for name in names}


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
            columns[name] = _column(values, "number" if name in vector and kind != "list" else kind)
    return pa.RecordBatch.from_pydict(columns)


def _kind(values: Sequence[Any]) -> str:
    found = [value for value in values if value is not None]
    types = {type(value) for value in found}
    if types == {bool}:
        return "flag"
    if types == {int} and all(abs(value) < 2**63 for value in found):
        return "whole"
    if types and types <= {int, float}:
        return "number"
    if list in types and _are_lists(found):
        return "list"
    if types == {str} and all(map(_DATE.fullmatch, found)):
        return "date"
    return "text"


def _are_lists(found: Sequence[Any]) -> bool:
    """Whether most of the values are lists, and most of those of numbers."""
    lists = [value for value in found if isinstance(value, list)]
    numbers = [all(isinstance(x, int | float) or x is None for x in value) for value in lists]
    return 2 * len(lists) > len(found) and 2 * sum(numbers) > len(lists)


def _column(values: Sequence[Any], kind: str) -> Any:
    """One column; where a value is not of the kind seen first, its place in order of generality."""
    import pyarrow as pa

    if kind == "list":
        return pa.array([_numbers(value) for value in values], pa.list_(pa.float64()))
    if kind == "number":
        return pa.array([_number(value) for value in values], pa.float64())
    try:
        if kind == "date":
            return _dates(values)
        if kind in ("whole", "flag"):
            return pa.array(values, pa.int64() if kind == "whole" else pa.bool_())
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        pass
    return pa.array(
        [None if value is None else _text(value) for value in values], pa.large_string()
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


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
