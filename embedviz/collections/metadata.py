"""A space's table as Arrow columns and back, with every name and type as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import numpy as np

from embedviz.errors import InvalidParameterError

if TYPE_CHECKING:
    import pandas as pd

_MARK = "~"
_PLAIN = re.compile(r"(?!_)[\w -]+")
_CATEGORIES = b"categories"


def plain(name: str) -> bool:
    """Whether Lance takes ``name`` for a column: no dots, no quotes, no underscore in front."""
    return bool(_PLAIN.fullmatch(name))


def packed(
    table: pd.DataFrame,
    reserved: Collection[str],
    allowed: Callable[[str], bool] = lambda _: True,
) -> Any:
    """The columns of ``table`` as a pyarrow Table.

    A column with a ``reserved`` name, or one that is not ``allowed``, is called ``~`` and its name
    with the unusual characters escaped as in a URL; :func:`unpacked` undoes it. Categories stand
    beside their column, which holds plain values, so that rows with others can be added.

    Raises
    ------
    InvalidParameterError
        If a column's name is not text or stands twice, or its values are of no one kind.
    """
    import pyarrow as pa

    names = _checked_names(list(table.columns))
    stored = [name if _fits(name, reserved, allowed) else _escaped(name) for name in names]
    fields, columns = [], []
    for name, kept in zip(names, stored, strict=True):
        field, column = _column(name, kept, table[name])
        fields.append(field)
        columns.append(column)
    # pandas' own notes make nullable and zoned types come back as they were.
    notes = _pandas_notes(table.set_axis(stored, axis=1))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=notes))


def unpacked(columns: Any) -> pd.DataFrame | None:
    """The table that :func:`packed` gave ``columns`` for; None if there are none."""
    if not columns.num_columns:
        return None
    frame: pd.DataFrame = columns.to_pandas()
    for field in columns.schema:
        noted = (field.metadata or {}).get(_CATEGORIES)
        if noted:
            frame[field.name] = _categorical(frame[field.name], json.loads(noted))
    for note in json.loads((columns.schema.metadata or {}).get(b"pandas", b"{}")).get(
        "columns", []
    ):
        _restore_unit(frame, note)
    return frame.set_axis([original_name(name) for name in columns.column_names], axis=1)


def original_name(stored: str) -> str:
    """The name of the column that is stored as ``stored``."""
    return unquote(stored[1:]) if stored.startswith(_MARK) else stored


def _fits(name: str, reserved: Collection[str], allowed: Callable[[str], bool]) -> bool:
    return name not in reserved and not name.startswith(_MARK) and allowed(name)


def _escaped(name: str) -> str:
    return _MARK + quote(name, safe="").replace(".", "%2E").replace("~", "%7E")


def _checked_names(names: list[Any]) -> list[str]:
    for name in names:
        if not isinstance(name, str):
            raise InvalidParameterError(
                f"Columns of metadata have text names, got {name!r}. Rename it."
            )
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise InvalidParameterError(f"Two columns are called {min(repeated)!r}. Rename one.")
    return names


def _column(name: str, stored: str, column: pd.Series[Any]) -> tuple[Any, Any]:
    """The Arrow field and values of one column."""
    import pyarrow as pa

    try:
        array = pa.Array.from_pandas(column)
        if not pa.types.is_dictionary(array.type):
            return pa.field(stored, array.type), array
        kinds = column.cat.categories.tolist()
        noted = json.dumps({"values": kinds, "ordered": bool(column.cat.ordered)})
        array = array.cast(array.type.value_type)
        return pa.field(stored, array.type, metadata={_CATEGORIES: noted}), array
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise InvalidParameterError(
            f"Column {name!r} cannot be kept: {error}. Turn its values into text, numbers or dates."
        ) from error


def _pandas_notes(table: pd.DataFrame) -> Any:
    import pyarrow as pa

    plain_values = table.select_dtypes(exclude="category")
    return pa.Schema.from_pandas(plain_values, preserve_index=False).metadata


def _restore_unit(frame: pd.DataFrame, note: dict[str, Any]) -> None:
    """Give times the unit that they had: Parquet has no seconds, and CSV guesses at none."""
    name, kind = note.get("name"), str(note.get("numpy_type"))
    if name in frame.columns and frame[name].dtype.kind == "M" and kind.startswith("datetime64["):
        there = frame[name].dtype
        if isinstance(there, np.dtype) and there != kind:
            frame[name] = frame[name].astype(np.dtype(kind))


def _categorical(column: pd.Series[Any], noted: dict[str, Any]) -> pd.Series[Any]:
    import pandas as pd

    known = noted["values"]
    new = [value for value in column.dropna().unique().tolist() if value not in known]
    return column.astype(pd.CategoricalDtype([*known, *new], noted["ordered"]))
