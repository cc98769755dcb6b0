"""A table inside an npz archive: numbers and times as arrays, the rest as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError
from embedviz.formats.zip_members import Archive

if TYPE_CHECKING:
    import pandas as pd

_ARRAY_KINDS = "fiubmM"
_NULLABLE = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "boolean")


def packed_table(
    table: pd.DataFrame,
) -> tuple[list[dict[str, Any]], dict[str, NDArray[Any]]]:
    """What describes each column as JSON, and the arrays, by member name.

    Raises
    ------
    FormatError
        For a column that neither an array nor JSON can hold.
    """
    described: list[dict[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    for position, name in enumerate(table.columns):
        if not isinstance(name, str):
            raise FormatError(f"npz holds columns with text names only, got {name!r}. Rename it.")
        column = table[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in _ARRAY_KINDS:
            member = f"column_{position}"
            arrays[member] = column.to_numpy()
            described.append({"name": name, "array": member})
        else:
            described.append({"name": name, **_as_json(name, column)})
    return described, arrays


def unpacked_columns(archive: Archive, described: Any, rows: int, wanted: int) -> dict[str, Any]:
    """The first ``wanted`` values of each column; raises FormatError."""
    columns: dict[str, Any] = {}
    for entry in described if isinstance(described, list) else [described]:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise archive.broken("about.json", "a column has no name")
        values, stated = _values(archive, entry, wanted)
        if stated != rows:
            raise archive.broken(
                "about.json", f"column {entry['name']!r} has {stated:,} values for {rows:,} rows"
            )
        columns[entry["name"]] = values
    return columns


def _as_json(name: str, column: pd.Series[Any]) -> dict[str, Any]:
    import pandas as pd

    values = [None if pd.api.types.is_scalar(v) and pd.isna(v) else v for v in column.tolist()]
    kind = "category" if isinstance(column.dtype, pd.CategoricalDtype) else "plain"
    entry: dict[str, Any] = {"kind": kind, "values": values}
    if column.dtype in _NULLABLE:
        entry["dtype"] = str(column.dtype)
    if kind == "category":
        entry["categories"] = column.cat.categories.tolist()
        entry["ordered"] = bool(column.cat.ordered)
    try:
        json.dumps(entry)
    except (TypeError, ValueError) as error:
        raise FormatError(
            f"npz cannot hold column {name!r}: {error}. Turn its values into text or numbers."
        ) from error
    return entry


def _values(archive: Archive, entry: dict[str, Any], wanted: int) -> tuple[Any, int]:
    """The values, and how many the file states."""
    import pandas as pd

    if "array" in entry:
        member = str(entry["array"])
        header = archive.header(member)
        if len(header.shape) != 1 or header.dtype.kind not in _ARRAY_KINDS:
            raise archive.broken(member, f"expected one column, got {header.shape}")
        return archive.array(member, wanted), header.shape[0]
    values = entry.get("values")
    if not isinstance(values, list):
        raise archive.broken("about.json", f"column {entry['name']!r} has no values")
    if entry.get("kind") != "category":
        return _plain(archive, entry, values[:wanted]), len(values)
    try:
        dtype = pd.CategoricalDtype(entry.get("categories"), bool(entry.get("ordered")))
        return pd.Series(pd.Categorical(values[:wanted], dtype=dtype)), len(values)
    except (TypeError, ValueError) as error:
        raise archive.broken("about.json", f"column {entry['name']!r}: {error}") from error


def _plain(archive: Archive, entry: dict[str, Any], values: list[Any]) -> Any:
    """Values of JSON; whole numbers stay whole where some are missing."""
    import pandas as pd

    kind = entry.get("dtype")
    if kind is None and None in values and {*map(type, values)} == {int, type(None)}:
        kind = "Int64"
    if kind not in _NULLABLE:
        return values
    try:
        return pd.Series(pd.array(values, dtype=kind))
    except (TypeError, ValueError, OverflowError) as error:
        raise archive.broken("about.json", f"column {entry['name']!r}: {error}") from error
