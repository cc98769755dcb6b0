"""A space as the columns that a file of columns holds: key, metadata, vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embedviz.column_values import arrow_column
from embedviz.errors import FormatError
from embedviz.space import EmbeddingSpace

KEY, VECTOR, NUMBER = "key", "vector", "x"
OURS = "embedviz_"
NAMING = ("embedviz_key", "key", "id", "uuid", "word", "token", "name", "index", "")
"""Columns of these names hold keys even where they look like numbers."""


def check_text(keys: Sequence[str], label: str) -> None:
    """Raise FormatError, naming some, for keys that UTF-8 cannot hold."""
    bad = [key for key in keys if any("\ud800" <= mark <= "\udfff" for mark in key)]
    if bad:
        shown = ", ".join(repr(key) for key in bad[:3]) + (", …" if len(bad) > 3 else "")
        raise FormatError(
            f"{label} cannot hold {len(bad):,} of {len(keys):,} keys ({shown}): they are not "
            "Unicode text. Rename them, or write npz, which holds any."
        )


def number_text(value: float) -> str:
    """Nine digits: exact for float32. A negative zero stays a decimal number."""
    text = f"{value:.9g}"
    return text if text != "-0" else "-0.0"


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """``wanted``, or with ``embedviz_`` before it where a column of metadata has that name."""
    name = wanted
    while name in taken:
        name = OURS + name
    return name


def checked_columns(space: EmbeddingSpace, label: str) -> Any:
    """The metadata; raises FormatError for columns that do not have different, plain names."""
    table = space.table
    odd = [name for name in table.columns if not isinstance(name, str)]
    repeated = table.columns[table.columns.duplicated()].tolist()
    if odd or repeated:
        raise FormatError(
            f"{label} holds columns with different text names only, got {(odd or repeated)[0]!r}. "
            "Rename it."
        )
    return table


def arrow_of(space: EmbeddingSpace, label: str) -> tuple[Any, str, str]:
    """An Arrow table of the key, the metadata and the vectors as fixed-size lists of float32.

    The names of the key's and the vector's column come with it. Raises FormatError.
    """
    import pyarrow as pa

    check_text(space.keys, label)
    table = checked_columns(space, label)
    names = list(table.columns)
    key, vector = free_name(KEY, names), free_name(VECTOR, names)
    columns: dict[str, Any] = {key: pa.array(space.keys, pa.string())}
    for name in names:
        try:
            columns[name] = arrow_column(table[name])
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            raise FormatError(
                f"{label} cannot hold column {name!r}: {error}. Turn its values into text or "
                "numbers."
            ) from error
    flat = pa.array(space.vectors.reshape(-1))
    columns[vector] = pa.FixedSizeListArray.from_arrays(flat, space.dimensions)
    made = pa.table({name: _plain_chunk(column) for name, column in columns.items()})
    about = {b"embedviz": b"1", b"embedviz.key": key.encode(), b"embedviz.vector": vector.encode()}
    return made.replace_schema_metadata(about), key, vector


def _plain_chunk(column: Any) -> Any:
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column
