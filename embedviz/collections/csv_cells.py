"""CSV that a spreadsheet opens without running it, and that comes back with its types."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from embedviz.errors import InvalidParameterError

_BOM = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the letters of an old Windows
_FORMULA = r"^('*[=+\-@\t\r])"
_TEXT_OF_FORMULA = r"^'('*[=+\-@\t\r])"


def to_csv(columns: Any) -> bytes:
    """A pyarrow Table of text, numbers, dates and truth values as UTF-8 CSV.

    Text is quoted and missing values are empty, so that an empty text is no missing one. Text that
    a spreadsheet would take for a formula gets an apostrophe in front.
    """
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    names = [re.sub(_FORMULA, r"'\1", name) for name in columns.column_names]
    cells = [
        _written(column, name)
        for column, name in zip(columns.columns, columns.column_names, strict=True)
    ]
    file = BytesIO()
    file.write(_BOM)
    pa_csv.write_csv(pa.Table.from_arrays(cells, names=names), file)
    return file.getvalue()


def from_csv(content: bytes, schema: Any) -> Any:
    """The pyarrow Table of :func:`to_csv`; columns that ``schema`` does not have are guessed at.

    Raises ValueError where the content is no such CSV.
    """
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    kinds = {re.sub(_FORMULA, r"'\1", field.name): _kind_in_csv(field.type) for field in schema}
    table = pa_csv.read_csv(
        BytesIO(content),
        # One block: a cell may hold more text than a block of the usual size.
        read_options=pa_csv.ReadOptions(block_size=len(content) + 1),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=kinds, null_values=[""], strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
    names = [re.sub(_TEXT_OF_FORMULA, r"\1", name) for name in table.column_names]
    known = {field.name: field for field in schema}
    columns, fields = [], []
    for name, column in zip(names, table.columns, strict=True):
        field = known.get(name, pa.field(name, column.type))
        columns.append(_replaced(column, _TEXT_OF_FORMULA, r"\1").cast(field.type))
        fields.append(field)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, schema.metadata))


def _written(column: Any, name: str) -> Any:
    import pyarrow as pa

    kind = column.type
    holds = (
        pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_string,
        pa.types.is_large_string, pa.types.is_temporal, pa.types.is_null,
    )  # fmt: skip
    if not any(held(kind) for held in holds):
        raise InvalidParameterError(
            f"CSV cannot hold column {name!r} of type {kind}. Turn its values into text or numbers."
        )
    return _replaced(column.cast(_kind_in_csv(kind)), _FORMULA, r"'\1")


def _kind_in_csv(kind: Any) -> Any:
    """What a type is written as: its own way, but durations as whole numbers."""
    import pyarrow as pa

    return pa.int64() if pa.types.is_duration(kind) else kind


def _replaced(column: Any, pattern: str, replacement: str) -> Any:
    """Text with ``pattern`` replaced; anything else as it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column
    return pc.replace_substring_regex(column, pattern, replacement, max_replacements=1)
