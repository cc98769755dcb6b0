"""A space as comma- or tab-separated text: a key, the metadata, a column for each number."""

from __future__ import annotations

import csv
import io
from typing import IO, Any

from embedviz.column_values import are_days, texts_of
from embedviz.formats.as_table import (
    KEY,
    NUMBER,
    OURS,
    check_text,
    checked_columns,
    free_name,
    number_text,
)
from embedviz.space import EmbeddingSpace

_ROWS_AT_ONCE = 1024


def write_delimited(space: EmbeddingSpace, file: IO[bytes], delimiter: str, label: str) -> None:
    """A header, then a row for each key; numbers have nine digits: exact for float32."""
    check_text(space.keys, label)
    table = checked_columns(space, label)
    names = list(table.columns)
    prefix = NUMBER
    while any(name.startswith(prefix) for name in names):
        prefix = OURS + prefix
    numbers = [f"{prefix}{number}" for number in range(space.dimensions)]
    file.write(_lines([[free_name(KEY, names), *names, *numbers]], delimiter))
    for start in range(0, len(space), _ROWS_AT_ONCE):
        end = start + _ROWS_AT_ONCE
        metadata = zip(*(_texts(table[name].iloc[start:end]) for name in names), strict=True)
        vectors = [
            [number_text(value) for value in row] for row in space.vectors[start:end].tolist()
        ]
        rest = list(metadata) if names else [()] * len(vectors)
        keys = space.keys[start:end]
        rows = [[k, *m, *v] for k, m, v in zip(keys, rest, vectors, strict=True)]
        file.write(_lines(rows, delimiter))


def _texts(column: Any) -> list[str]:
    """What is missing is empty; dates are ISO; numbers as short as they can be."""
    import pandas as pd

    if are_days(column):
        return [text or "" for text in texts_of(column)]
    if pd.api.types.is_datetime64_any_dtype(column):
        return [value.isoformat() if value is not pd.NaT else "" for value in column]
    return ["" if _missing(value) else str(value) for value in column.tolist()]


def _missing(value: Any) -> bool:
    import pandas as pd

    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _lines(rows: list[list[str]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
