"""Edits of a table: each gives a new one, and the rows stay where they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.column_values import exceed_floats
from embedviz.errors import InvalidParameterError
from embedviz.metadata.filters import column_of
from embedviz.metadata.kinds import kind_of

if TYPE_CHECKING:
    import pandas as pd

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_LONGEST_NAME = 200
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def with_flag(table: pd.DataFrame, rows: NDArray[np.intp], name: str) -> pd.DataFrame:
    """One more column of n flags: true for ``rows``; raises if the name is taken or empty."""
    flags = np.zeros(len(table), bool)
    flags[rows] = True
    return table.assign(**{new_name(table, name): flags})


def with_column(table: pd.DataFrame, values: Any, name: str) -> pd.DataFrame:
    """One more column of n values; raises if the name is taken or empty."""
    return table.assign(**{new_name(table, name): values})


def renamed_column(table: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
    """The same values under another name; raises if it is taken, empty, or ``old`` not there."""
    column_of(table, old)
    if new.strip() == old:
        return table
    checked = new_name(table, new)
    names = [checked if str(name) == old else name for name in table.columns]
    return table.set_axis(names, axis=1)


def with_value(table: pd.DataFrame, rows: NDArray[np.intp], name: str, text: str) -> pd.DataFrame:
    """``text`` as the value of these rows in one column, which is made if it is not there.

    Parameters
    ----------
    text : str
        Read as a number, a date (ISO 8601) or true/false where the column holds those; empty:
        missing.

    Raises
    ------
    InvalidParameterError
        If the text is none of what the column holds, or the name is empty.
    """
    return with_cells(table, {int(row): {name: text} for row in rows})


def with_cells(table: pd.DataFrame, cells: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """Single values written, by row and column; text is read as :func:`with_value` does.

    Raises
    ------
    InvalidParameterError
        If a value does not fit its column; nothing is written then.
    """
    by_column: dict[str, dict[int, Any]] = {}
    for row, new in cells.items():
        for name, value in new.items():
            by_column.setdefault(name, {})[int(row)] = value
    edited = table.copy()
    for name, values in by_column.items():
        if name not in map(str, table.columns):
            edited[new_name(table, name)] = _text_column(len(table))
        at = [str(column) for column in edited.columns].index(name)
        edited.isetitem(at, _written(edited.iloc[:, at], values, name).array)
    return edited


def new_name(table: pd.DataFrame, name: str) -> str:
    """``name`` without blanks around it; raises if it is taken, empty or very long."""
    checked = " ".join(name.split())
    if not checked or len(checked) > _LONGEST_NAME:
        raise InvalidParameterError(
            f"A column needs a name of 1 to {_LONGEST_NAME} characters, got {len(checked)}."
        )
    if checked in map(str, table.columns):
        raise InvalidParameterError(
            f"There is a column {checked!r} already. Choose another name, or rename that one."
        )
    return checked


def _text_column(n: int) -> Any:
    import pandas as pd

    return pd.Series([None] * n, dtype="str")


def _written(values: pd.Series[Any], new: Mapping[int, Any], name: str) -> pd.Series[Any]:
    import pandas as pd

    kind = _typed(values)
    read = {row: _read(value, kind, name, values) for row, value in new.items()}
    missing = any(value is None for value in read.values())
    fractional = any(isinstance(value, float) and value % 1 for value in read.values())
    written = values.copy()
    if isinstance(values.dtype, pd.CategoricalDtype):
        written = written.astype(object)
    elif kind == "flag" and missing and values.dtype == bool:
        written = written.astype("boolean")
    elif kind == "number" and values.dtype.kind in "iu":
        # Whole numbers stay whole as long as they can.
        if fractional and exceed_floats(values):
            raise InvalidParameterError(
                f"Column {name!r} holds whole numbers beyond 2**53, which no fraction can stand "
                "among. Give a whole number, or nothing."
            )
        nullable = missing or bool(values.isna().any())
        signs = any(isinstance(value, int) and value < 0 for value in read.values())
        whole = "UInt64" if str(values.dtype).lower() == "uint64" and not signs else "Int64"
        kind_there: Any = "float64" if fractional else whole if nullable else whole.lower()
        written = written.astype(kind_there)
    new_values: Any = list(read.values())
    if written.dtype != object:
        new_values = pd.array(new_values, dtype=written.dtype)
    written.iloc[list(read)] = new_values
    return written


def _typed(values: pd.Series[Any]) -> str:
    """What new values are read as: "number", "date" and "flag", and "text" for all else."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(values):
        return "flag"
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    kind = kind_of(values)
    return kind if kind in ("number", "date", "flag") and len(values.dropna()) else "text"


def _read(value: Any, kind: str, name: str, values: pd.Series[Any]) -> Any:
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    try:
        if kind == "number":
            bare = text.replace(",", "")
            if _WHOLE.fullmatch(bare):
                return int(bare)
            number = float(bare)
            if not np.isfinite(number):
                raise ValueError
            return int(number) if number % 1 == 0 and abs(number) < 2**53 else number
        if kind == "date":
            return _moment(text, values)
        if kind == "flag":
            return _flag(text)
    except ValueError:
        wanted = {"number": "numbers", "date": "dates such as 2026-03-01", "flag": "true or false"}
        raise InvalidParameterError(
            f"Column {name!r} holds {wanted[kind]}; {text[:80]!r} is none. Give one, or nothing."
        ) from None
    return str(value)


def _moment(text: str, values: pd.Series[Any]) -> Any:
    import pandas as pd

    moment, zone = pd.Timestamp(text), getattr(values.dtype, "tz", None)
    if pd.isna(moment):
        raise ValueError
    if zone is None:
        return moment if moment.tz is None else moment.tz_convert("UTC").tz_localize(None)
    return moment.tz_localize(zone) if moment.tz is None else moment.tz_convert(zone)


def _flag(text: str) -> bool:
    if text.casefold() not in (*_TRUE, *_FALSE):
        raise ValueError
    return text.casefold() in _TRUE
