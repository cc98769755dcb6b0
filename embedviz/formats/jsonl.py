"""JSON lines: an object on each line, the vector a list in it or a field for each number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any

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
from embedviz.formats.json_columns import batch_of, schema_of
from embedviz.formats.source import Source
from embedviz.formats.tabular import describe_tabular, read_tabular
from embedviz.formats.text_rows import line_blocks
from embedviz.metadata.values import are_days, texts_of
from embedviz.space import EmbeddingSpace

NAME = "jsonl"
_SAMPLE_ROWS = 1000
_ROWS_AT_ONCE = 2048
_MAX_FIELDS = 1 << 14  # each is a column, looked up in every row
Row = Mapping[str, Any]


def sniff(head: bytes, _filename: str) -> bool:
    """A first line that is a JSON object with something in it."""
    line, newline, _ = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not line.startswith(b"{") or b'"' not in line:
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return not newline and len(head) >= 1 << 15  # a line longer than the head


def columns(source: Source, _options: ReadOptions) -> Tabular:
    """Its fields as columns; raises FormatError with the line."""
    import pyarrow as pa

    rows = _rows(source)
    first = list(islice(rows, _SAMPLE_ROWS))
    if not first:
        raise source.broken("line 1: expected a JSON object; it holds nothing.")
    fields = {name for row in first for name in row}
    if len(fields) > _MAX_FIELDS:
        raise source.broken(
            f"its first rows have {len(fields):,} different fields; at most {_MAX_FIELDS:,} are "
            "read. Keep the vector in one field, as a list."
        )
    schema = schema_of(first)

    def batches(vector: Sequence[str], key: str | None) -> Iterator[Any]:
        waiting = first
        while waiting:
            yield batch_of(waiting, schema, vector, key)
            waiting = list(islice(rows, _ROWS_AT_ONCE))

    sample = pa.Table.from_batches([batch_of(first, schema, (), None)])
    return Tabular(sample.schema, sample, batches)


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


def _rows(source: Source) -> Iterator[Row]:
    for first_line, lines in line_blocks(source, first_line=1):
        for number, line in enumerate(lines, first_line):
            text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if text:
                yield _row(source, text, number)


def _row(source: Source, text: bytes, number: int) -> Row:
    try:
        row = json.loads(text)
        if b"\\ud" in text.lower():  # half of a pair is no text that can be kept or shown
            row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise source.broken(f"line {number:,}: expected a JSON object: {reason}.") from error
    if not isinstance(row, dict):
        raise source.broken(f"line {number:,}: expected a JSON object, got {str(row)[:40]!r}.")
    return row


FORMAT = Format(
    name=NAME,
    label="JSON lines",
    suffixes=(".jsonl", ".ndjson"),
    help="A JSON object on each line: its vector as a list, and metadata.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    keys="text",
    columns=columns,
)
