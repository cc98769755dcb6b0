"""JSON: an object for each row, the vector a list in it or a field for each number.

An object on each line, items of one array, pandas' orients, answers of embedding services.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any

from embedviz.column_values import are_days, texts_of
from embedviz.formats.as_table import (
    KEY,
    VECTOR,
    check_text,
    checked_columns,
    free_name,
    number_text,
)
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.json_columns import Fields, batch_of
from embedviz.formats.json_shapes import Flattening, NoRowsError, Row, rows_of
from embedviz.formats.json_values import begins_json, values_in
from embedviz.formats.notes import Note
from embedviz.formats.source import Source
from embedviz.formats.tabular import ColumnChangedError, describe_tabular, read_tabular
from embedviz.space import EmbeddingSpace

NAME = "jsonl"
_SAMPLE_ROWS = 1000
_ROWS_AT_ONCE = 2048
_MAX_FIELDS = 1 << 14  # each is a column, looked up in every row


def sniff(head: bytes, _filename: str) -> bool:
    """An object or an array of JSON with something in it, or the beginning of one."""
    return begins_json(head)


def columns(source: Source, options: ReadOptions) -> Tabular:
    """Its fields as columns; raises FormatError with the place."""
    import pyarrow as pa

    rows, notes = _rows(source)
    first = list(islice(rows, _SAMPLE_ROWS))
    if not first:
        raise source.broken("line 1: expected a JSON object; it holds nothing.")
    flat = Flattening(first)
    first = [flat(row) for row in first]
    fields = Fields(first)
    _refuse_many(source, fields)
    schema = fields.schema()
    if coded := [name for name, kind in schema.items() if kind == "base64"]:
        notes.append(
            f"{', '.join(map(repr, coded))}: text in base64, read as little-endian float32."
        )

    def batches(vector: Sequence[str], key: str | None) -> Iterator[Any]:
        schema, told, seen = fields.schema(), [*vector, *([key] if key else [])], 0
        again, _ = _rows(source)
        while waiting := [flat(row) for row in islice(again, _ROWS_AT_ONCE)]:
            if not fields.know(waiting, told):
                # Seen whole once, every field has its kind, and the file is read again.
                while options.limit is None or seen < options.limit:
                    fields.know(waiting, told)
                    seen += len(waiting)
                    if not (waiting := [flat(row) for row in islice(again, _ROWS_AT_ONCE)]):
                        break
                _refuse_many(source, fields)
                raise ColumnChangedError
            yield batch_of(waiting, schema, vector, key)
            seen += len(waiting)

    sample = pa.Table.from_batches([batch_of(first, schema, (), None)])
    return Tabular(
        sample.schema, sample, batches, key=_key_in(schema), notes=lambda: [*map(Note, notes)]
    )


def _key_in(schema: Mapping[str, str]) -> str | None:
    """What a batch service calls the name that a person gave to the row."""
    return "custom_id" if schema.get("custom_id") in ("text", "whole") else None


def _refuse_many(source: Source, fields: Fields) -> None:
    if len(fields) > _MAX_FIELDS:
        raise source.broken(
            f"its rows have {len(fields):,} different fields; at most {_MAX_FIELDS:,} are "
            "read. Keep the vector in one field, as a list."
        )


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows; fields are recognised by their names and types. Raises FormatError."""
    return read_tabular(columns(source, options), source, options, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """Dimensions from the first rows; rows counted in a small file."""
    return describe_tabular(columns(source, ReadOptions("", limit)), source, limit, NAME)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """An object for each key: the key, the metadata, and the vector with nine digits."""
    check_text(space.keys, FORMAT.label)
    table = checked_columns(space, FORMAT.label)
    for name in table.columns:  # days stay days
        table[name] = texts_of(table[name]) if are_days(table[name]) else table[name]
    key, vector = free_name(KEY, list(table.columns)), free_name(VECTOR, list(table.columns))
    for start in range(0, len(space), _ROWS_AT_ONCE):
        end = start + _ROWS_AT_ONCE
        part = table.iloc[start:end]
        described = part.to_json(orient="records", date_format="iso", double_precision=15)
        rows = json.loads(described) if len(table.columns) else [{}] * len(part)
        for name, metadata, numbers in zip(space.keys[start:end], rows,
                                           space.vectors[start:end].tolist(), strict=True):  # fmt: skip
            values = ", ".join(map(number_text, numbers))
            about = json.dumps({key: name, **metadata}, ensure_ascii=False)[:-1]
            file.write(f"{about}, {json.dumps(vector)}: [{values}]}}\n".encode())


def _rows(source: Source) -> tuple[Iterator[Row], list[str]]:
    """The rows from the first on; raises FormatError, at once or while they are read."""
    try:
        rows, notes = rows_of(values_in(source))
    except NoRowsError as error:
        raise source.broken(str(error)) from error
    return _said(source, rows), notes


def _said(source: Source, rows: Iterator[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except NoRowsError as error:
        raise source.broken(str(error)) from error


FORMAT = Format(
    name=NAME,
    label="JSON or JSON lines",
    suffixes=(".jsonl", ".ndjson"),
    help="An object for each row, on a line each or in one array: its vector as a list, and metadata.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    keys="text",
    columns=columns,
    text=True,
)
