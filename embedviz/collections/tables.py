"""The table of one collection: a row for each thing, with its vector, pictures and metadata."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.collections.catalog import CollectionInfo
from embedviz.collections.content import HASH, KEY, PICTURES, VECTOR
from embedviz.collections.database import Database
from embedviz.collections.handing_over import written
from embedviz.collections.metadata import unpacked
from embedviz.collections.plain_words import in_plain_words
from embedviz.errors import EmbedvizError
from embedviz.formats.rows import mended
from embedviz.space import EmbeddingSpace

_ROWS_AT_ONCE = 1024
_log = logging.getLogger(__name__)


def create(database: Database, name: str, schema: Any, batches: Iterable[Any], what: str) -> Any:
    """A new table of ``batches``; nothing is left of it if that fails or is stopped."""
    try:
        with in_plain_words(what, "written"):
            return written(lambda reader: database.create(name, schema, reader), schema, batches)
    except BaseException:
        drop_quietly(database, name)
        raise


def append(table: Any, schema: Any, batches: Iterable[Any], what: str) -> None:
    """Add ``batches`` in one commit: all of them or none."""
    with in_plain_words(what, "written"):
        written(table.add, schema, batches)


def measured(info: CollectionInfo, table: Any) -> CollectionInfo:
    """``info`` with what ``table`` itself says: its rows, and the bytes that they take."""
    with in_plain_words(f"The collection '{info.name}'", "read"):
        stats = table.stats()
    return dataclasses.replace(info, count=stats["num_rows"], nbytes=stats["total_bytes"])


def space_in(table: Any, info: CollectionInfo) -> EmbeddingSpace:
    """The space of the first ``info.count`` rows; pictures are not read.

    It takes the memory of the vectors once, and of the metadata.
    """
    import pyarrow as pa

    chosen = [name for name in table.schema.names if name not in PICTURES]
    fields = [table.schema.field(name) for name in chosen if name not in {KEY, VECTOR}]
    vectors = np.empty((info.count, table.schema.field(VECTOR).type.list_size), np.float32)
    keys: list[str] = []
    rest = []
    rows = table.search().select(chosen).limit(info.count)
    for batch in rows.to_batches(_ROWS_AT_ONCE):
        vectors[len(keys) : len(keys) + batch.num_rows] = _vectors(batch)
        keys += batch[KEY].to_pylist()
        rest.append(batch.select([field.name for field in fields]))
    if len(keys) != info.count:
        raise EmbedvizError(
            f"The collection '{info.name}' cannot be read: {info.count - len(keys):,} of its "
            f"{info.count:,} rows are missing. It is damaged."
        )
    frame = unpacked(pa.Table.from_batches(rest, pa.schema(fields, table.schema.metadata)))
    # Only two machines adding to an object store at one moment can repeat a key.
    unique, _, _ = mended(keys, np.arange(len(keys)))
    return EmbeddingSpace(unique, vectors, frame, info.name, info.origin, copy=False)


def keys_and_hashes(table: Any, info: CollectionInfo) -> tuple[list[str], set[str]]:
    """The keys in their order, and the hashes that are there; vectors and pictures are not read."""
    with in_plain_words(f"The collection '{info.name}'", "read"):
        chosen = [name for name in (KEY, HASH) if name in table.schema.names]
        found = table.search().select(chosen).to_arrow()
    hashes = found[HASH].to_pylist() if HASH in chosen else []
    return found[KEY].to_pylist(), {one for one in hashes if one}


def taken(table: Any, rows: Iterable[int], column: str, by: str) -> dict[str, bytes]:
    """What ``column`` holds in ``rows``, by their value in ``by``; empty ones are left out."""
    # Lance does not promise the order, so each picture brings what it belongs to.
    found = table.take_offsets(sorted({*rows})).select([by, column]).to_arrow()
    pairs = zip(found[by].to_pylist(), found[column].to_pylist(), strict=True)
    return {name: content for name, content in pairs if content is not None}


def drop_quietly(database: Database, name: str) -> None:
    """Remove a table that no catalog names; what cannot be removed now is at a later save."""
    try:
        database.drop(name)
    except Exception as error:  # the error that led here, or the success, is what counts
        _log.warning("An unfinished collection was not removed yet: %s", error)


def _vectors(batch: Any) -> NDArray[np.float32]:
    column = batch[VECTOR]
    numbers: NDArray[np.float32] = column.flatten().to_numpy(zero_copy_only=False)
    return numbers.reshape(batch.num_rows, column.type.list_size)
