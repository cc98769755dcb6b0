"""Arrow columns as keys and as metadata: numbers keep their type, text stays text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from embedviz.errors import FormatError
from embedviz.formats.bytes_shown import holds_bytes, texts_of_bytes
from embedviz.formats.delimited_types import comes_back, typed
from embedviz.formats.notes import Note

_MOST_REPEATED = 1 << 30


def texts_of(column: Any) -> list[str] | list[bytes]:
    """The values as keys; what is missing is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = _decoded(column)
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return [value or b"" for value in column.to_pylist()]
    if pa.types.is_nested(column.type):
        return [_text(value) or "" for value in column.to_pylist()]
    texts: list[str] = pc.fill_null(pc.cast(column, pa.large_string()), "").to_pylist()
    return texts


def values_of(
    batches: Sequence[Any], written: str = "", notes: list[Note] | None = None
) -> dict[str, Any]:
    """The columns of all batches by name, as pandas Series of one type each.

    Whole numbers stay whole where some are missing (``Int64``). ``written`` is the decimal mark of
    columns that come as they were written; ``notes`` takes what is to be said of bytes.
    """
    import pyarrow as pa

    if not batches or not batches[0].num_columns:
        return {}
    columns = {}
    for name in batches[0].schema.names:
        parts = [batch.column(name) for batch in batches]
        if written and pa.types.is_binary(parts[0].type):
            parts = [typed(pa.chunked_array(parts), written)]
        elif pa.types.is_decimal(parts[0].type):
            parts = [_of_decimals(pa.chunked_array(parts))]
        elif holds_bytes(parts[0].type):
            texts, note = texts_of_bytes([_bytes_in(part) for part in parts], name)
            parts = [pa.array(texts, pa.large_string())]
            if note and notes is not None:
                notes.append(Note(note))
        table = _together([pa.table({"column": _simple(part)}) for part in parts])
        columns[name] = _series(table.unify_dictionaries().column("column"))
    return columns


def _bytes_in(column: Any) -> list[Any]:
    """Bytes, or the path of a picture that has none, one by one."""
    values: list[Any] = column.to_pylist()
    return [
        (value.get("bytes") or value.get("path")) if isinstance(value, dict) else value
        for value in values
    ]


def _series(column: Any) -> Any:
    """A chunked Arrow column in pandas: no whole number becomes a fraction for one that is missing."""
    import pandas as pd
    import pyarrow as pa

    kind: Any = None
    if pa.types.is_integer(column.type) and column.null_count:
        kind = pd.UInt64Dtype() if pa.types.is_uint64(column.type) else pd.Int64Dtype()
    return column.to_pandas(
        date_as_object=False, types_mapper=None if kind is None else lambda _: kind
    )


def _together(tables: Sequence[Any]) -> Any:
    """One column from its parts; parts of kinds that do not go together become text."""
    import pyarrow as pa

    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.concat_tables(
            [pa.table({"column": _as_text(table.column(0))}) for table in tables]
        )


def _simple(column: Any) -> Any:
    """Lists, structures and bytes as text; the rest as it is."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_nested(kind):
        return _as_text(column)
    if pa.types.is_dictionary(kind) and not pa.types.is_string(kind.value_type):
        return _simple(_decoded(column))
    return column


def _of_decimals(column: Any) -> Any:
    """Decimals as whole numbers or float64 where they are the same there; else as their digits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.type.scale <= 0:
        try:
            return pc.cast(column, pa.int64())
        except pa.ArrowInvalid:
            return pc.cast(column, pa.large_string())
    text = pc.cast(column, pa.large_string())
    return pc.cast(column, pa.float64()) if comes_back(text.drop_null()) else text


def _decoded(column: Any) -> Any:
    """A column of codes as what they stand for; raises FormatError for texts without end."""
    import pyarrow as pa
    import pyarrow.compute as pc

    entries = column.dictionary
    if not pa.types.is_primitive(entries.type) and not pa.types.is_nested(entries.type):
        lengths = pc.cast(pc.binary_length(entries), pa.int64())
        repeated = pc.sum(pc.take(lengths, column.indices)).as_py() or 0
        if repeated > _MOST_REPEATED:
            raise FormatError(
                f"a column repeats long texts: {repeated:,} bytes; {_MOST_REPEATED:,} at once are "
                "read."
            )
    return column.dictionary_decode()


def _as_text(column: Any) -> Any:
    import pyarrow as pa

    return pa.array([_text(value) for value in column.to_pylist()], pa.large_string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return (
        json.dumps(value, default=str, ensure_ascii=False)
        if isinstance(value, list | dict)
        else str(value)
    )
