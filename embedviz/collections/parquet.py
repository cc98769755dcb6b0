"""Parquet: columns ``key`` and ``vector``, and the metadata under its own names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.collections.content import KEY, VECTOR, Content, Watch
from embedviz.collections.exported import Exported
from embedviz.collections.metadata import packed, unpacked
from embedviz.errors import EmbedvizError
from embedviz.formats.parquet_footer import is_deadly
from embedviz.formats.rows import GrowingRows, mended
from embedviz.formats.source import Source
from embedviz.progress import report, stop_if
from embedviz.space import EmbeddingSpace

_NOTE = b"embedviz"
_ROWS_AT_ONCE = 1024


def sniff(source: Source) -> bool:
    """It begins as Parquet files begin."""
    return source.head.startswith(b"PAR1")


def write(content: Content, file: IO[bytes], watch: Watch) -> None:
    """Row groups of 1,024 rows; name and origin are in the file's own metadata, as JSON."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    space = content.space
    metadata = packed(space.table, (KEY, VECTOR)).combine_chunks()
    note = json.dumps({"name": space.name, "origin": space.origin}, default=str)
    vector = pa.list_(pa.float32(), space.dimensions)
    schema = pa.schema(
        [pa.field(KEY, pa.string()), pa.field(VECTOR, vector), *metadata.schema],
        {**(metadata.schema.metadata or {}), _NOTE: note.encode()},
    )
    with pq.ParquetWriter(file, schema, use_dictionary=metadata.column_names) as writer:
        for start in range(0, len(space), _ROWS_AT_ONCE):
            stop_if(watch.cancel, "Exporting")
            end = min(start + _ROWS_AT_ONCE, len(space))
            numbers = pa.array(space.vectors[start:end].ravel())
            columns = [
                pa.array(space.keys[start:end], pa.string()),
                pa.FixedSizeListArray.from_arrays(numbers, space.dimensions),
                *metadata.slice(start, end - start).columns,
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            report(watch.on_progress, end / len(space), f"Exporting: {end:,} of {len(space):,}")


def read(source: Source) -> Exported:
    """A space from a Parquet file with the columns ``key`` (text) and ``vector`` (numbers).

    Raises
    ------
    FormatError
        If it has no such columns, is damaged, or holds more than ``source.max_bytes``.
    """
    try:
        return Exported(_space(source))
    except EmbedvizError:
        raise
    except Exception as error:  # damage makes Arrow raise almost anything
        raise source.broken(f"it cannot be read as Parquet: {error}. It is damaged.") from error


def _space(source: Source) -> EmbeddingSpace:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if is_deadly(source.raw):
        raise source.broken("its footer, which describes its columns, is damaged.")
    file = pq.ParquetFile(source.raw)
    schema = file.schema_arrow
    missing = [name for name in (KEY, VECTOR) if name not in schema.names]
    if missing:
        raise source.broken(
            f"it has no column {' and '.join(map(repr, missing))}, but {schema.names[:8]}. "
            "Give the text and the vector of each row under these names."
        )
    _check_size(file.metadata, source)
    keys, vectors, rest = _rows(file, source)
    left = [field for field in schema if field.name not in {KEY, VECTOR}]
    table = unpacked(pa.Table.from_batches(rest, pa.schema(left, schema.metadata)))
    name, origin = _note(schema.metadata)
    return EmbeddingSpace(keys, vectors, table, name, origin, copy=False)


def _rows(file: Any, source: Source) -> tuple[list[str], NDArray[np.float32], list[Any]]:
    """Keys, vectors of shape (n, d), and the other columns in batches."""
    keys: list[str] = []
    vectors: GrowingRows | None = None
    rest: list[Any] = []
    width = 0
    for batch in _batches(file, source):
        numbers = _numbers(batch, source, width)
        width = numbers.shape[1]
        vectors = vectors or GrowingRows(width)
        vectors.append(numbers)
        keys += ["" if key is None else str(key) for key in batch[KEY].to_pylist()]
        rest.append(batch.drop_columns([KEY, VECTOR]))
    if vectors is None:
        raise source.broken("it holds no rows.")
    return mended(keys, np.arange(len(keys)))[0], vectors.finished(), rest


def _check_size(metadata: Any, source: Source) -> None:
    """Before a row is read: a few bytes can stand for very many equal numbers."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    values = sum(
        group.column(number).num_values for group in groups for number in range(group.num_columns)
    )
    if 4 * values > source.max_bytes:
        raise source.broken(
            f"it says that it holds {values:,} values; {source.max_bytes:,} bytes are allowed "
            "here. If that is what it should hold, read it with a larger max_bytes."
        )


def _batches(file: Any, source: Source) -> Iterator[Any]:
    """Batches of rows, as long as they are no more than was agreed."""
    held = 0
    for batch in file.iter_batches(_ROWS_AT_ONCE):
        held += batch.nbytes
        if held > source.max_bytes:
            raise source.broken(
                f"it unpacks to more than {source.max_bytes:,} bytes. If that is what it should "
                "hold, read it with a larger max_bytes."
            )
        if batch.num_rows:
            yield batch


def _numbers(batch: Any, source: Source, width: int) -> NDArray[np.float32]:
    """The vectors of a batch, of shape (n, d); d is ``width`` unless that is 0."""
    import pyarrow as pa

    column = batch[VECTOR]
    kind = column.type
    if not pa.types.is_fixed_size_list(kind) and not pa.types.is_list(kind):
        raise source.broken(f"column '{VECTOR}' holds {kind}, not a list of numbers in each row.")
    flat = column.flatten()
    lengths = {len(flat) / batch.num_rows}  # of a fixed size; none where a vector is missing
    if pa.types.is_list(kind):
        lengths = set(column.value_lengths().to_pylist())
    if lengths != {width or len(flat) // batch.num_rows} or flat.null_count or 0 in lengths:
        raise source.broken(
            "the vectors are of different lengths or have missing numbers. Each row takes one of "
            "the same length."
        )
    numbers: NDArray[Any] = flat.to_numpy(zero_copy_only=False).reshape(batch.num_rows, -1)
    return numbers.astype(np.float32, copy=False)


def _note(metadata: Any) -> tuple[str, dict[str, Any]]:
    """The name and origin that we wrote; empty in files of others."""
    with suppress(ValueError, TypeError, AttributeError):
        note = json.loads((metadata or {}).get(_NOTE, b"{}"))
        if isinstance(note.get("origin"), dict):
            return str(note.get("name", "")), note["origin"]
    return "", {}
