"""The rows behind a map, with their places on it, as files of data."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import IO, TYPE_CHECKING, Any

from embedviz.collections.csv_cells import to_csv
from embedviz.column_values import arrow_column
from embedviz.exporting.content import Content
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    import pandas as pd


def with_coordinates(content: Content) -> EmbeddingSpace:
    """The space with columns ``x``, ``y`` (and ``z``), and what the content adds, in its table.

    A name that the metadata has already gets ``map_`` in front. ``origin["map"]`` says how the
    coordinates were made.
    """
    projection = content.projection
    table = projection.space.table
    for axis, values in zip("xyz", projection.coordinates.T, strict=False):
        table[_free(axis, table.columns)] = values
    for name, values in content.columns.items():
        table[_free(name, table.columns)] = values
    how = {
        "method": projection.method,
        "n_components": projection.n_components,
        "seed": projection.seed,
        "params": dict(projection.params),
    }
    space = projection.space.with_table(table)
    return space.with_origin(projection.space.origin | {"map": how})


def write_as(format_name: str) -> Callable[[Content, IO[bytes]], None]:
    """Writes vectors, coordinates and metadata in a format of ``embedviz.formats``."""

    def write_content(content: Content, file: IO[bytes]) -> None:
        from embedviz.formats import write

        write(with_coordinates(content), file, format_name)

    return write_content


def coordinates_csv(content: Content, file: IO[bytes]) -> None:
    """Keys, coordinates and metadata, without the vectors; safe to open in a spreadsheet."""
    space = with_coordinates(content)
    table = space.table
    table.insert(0, _free("key", table.columns), list(space.keys))
    file.write(to_csv(_arrow(table)))


def _arrow(table: pd.DataFrame) -> Any:
    """An arrow table whose columns of mixed or odd values are text."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for name in table.columns:
        try:
            column = arrow_column(table[name])
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            column = pa.array([None if v is None else str(v) for v in table[name]])
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        elif pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            column = pa.array([None if v is None else str(v) for v in table[name]])
        columns[str(name)] = column
    return pa.table(columns)


def _free(name: str, taken: Collection[Any]) -> str:
    while name in taken:
        name = f"map_{name}"
    return name
