"""Some rows of a space as a file: metadata, places on the map, vectors."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.column_values import arrow_column
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    import pandas as pd

_AXES = ("x", "y", "z")


def rows_as_table(
    space: EmbeddingSpace,
    rows: NDArray[np.intp],
    coordinates: NDArray[np.float32] | None = None,
) -> pd.DataFrame:
    """Keys, metadata and, if given, coordinates of shape (n, 2) or (n, 3) of these rows."""
    table = space.table.iloc[rows].reset_index(drop=True)
    taken = {"key", *map(str, table.columns)}
    table.insert(0, "key", [space.keys[row] for row in rows], allow_duplicates=True)
    if coordinates is not None:
        for axis, values in zip(_AXES, coordinates[rows].T, strict=False):
            table[free_name(axis, taken)] = values
    return table


def rows_as_csv(table: pd.DataFrame, vectors: NDArray[np.float32] | None = None) -> bytes:
    """UTF-8 CSV of :func:`rows_as_table`, each of d ``vectors`` numbers in a column of its own.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    from embedviz.collections.csv_cells import to_csv

    columns = _arrow(table)
    if vectors is not None:
        taken = set(columns.column_names)
        for at, values in enumerate(np.asarray(vectors).T):
            columns = columns.append_column(
                free_name(f"v{at}", taken), [np.ascontiguousarray(values)]
            )
    return to_csv(columns)


def rows_as_parquet(table: pd.DataFrame, vectors: NDArray[np.float32] | None = None) -> bytes:
    """Parquet of :func:`rows_as_table` with the vectors in a column of lists, ``vector``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = _arrow(table)
    if vectors is not None:
        rows = np.ascontiguousarray(vectors, np.float32)
        lists = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1])
        columns = columns.append_column(free_name("vector", set(columns.column_names)), lists)
    file = BytesIO()
    pq.write_table(columns, file)
    return file.getvalue()


def free_name(name: str, taken: set[str]) -> str:
    """``name``, with underscores behind it where it is taken."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _arrow(table: pd.DataFrame) -> Any:
    """A pyarrow Table with unique column names; what Arrow cannot hold becomes text."""
    import pyarrow as pa

    taken: set[str] = set()
    names = [free_name(str(column), taken) for column in table.columns]
    return pa.table([_arrow_column(table.iloc[:, at]) for at in range(len(names))], names=names)


def _arrow_column(values: pd.Series[Any]) -> Any:
    import pandas as pd
    import pyarrow as pa

    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    try:
        column = arrow_column(values)
        if not pa.types.is_nested(column.type):
            return column
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeEncodeError):
        pass
    texts = values.astype(str).where(values.notna(), None)
    return pa.array([None if t is None or t != t else _sound(t) for t in texts], pa.string())  # noqa: PLR0124 - NaN


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
