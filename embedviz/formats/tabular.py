"""Files of columns: opened one way by every such format, read by batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from embedviz.errors import EmbedvizError, FormatError
from embedviz.far_from_origin import centered, swallows
from embedviz.formats.base import MAX_DIMENSIONS, FileSummary, ReadOptions, memory, nothing_in
from embedviz.formats.columns import Recognised, Tabular
from embedviz.formats.joining import with_metadata
from embedviz.formats.metadata_columns import texts_of, values_of
from embedviz.formats.notes import Note
from embedviz.formats.recognition import recognised_in
from embedviz.formats.rows import FileRows, GrowingRows, space_of
from embedviz.formats.set_aside import Codes, Skipped
from embedviz.formats.source import Source
from embedviz.formats.vector_columns import vectors_of
from embedviz.space import EmbeddingSpace

MAX_COLUMNS = 2 * MAX_DIMENSIONS
_COUNTED_WHOLE = 64 << 20


class ColumnChangedError(EmbedvizError):
    """A column turned out to be of another type; the batches come again from the first one."""


def read_tabular(
    tabular: Tabular, source: Source, options: ReadOptions, name: str
) -> EmbeddingSpace:
    """The space in a file of columns, of format ``name``; raises FormatError."""
    here = options.metadata is None or options.key is False or options.key in tabular.schema.names
    key = options.key if here else None
    found = said_of(source, lambda: recognised_in(tabular, name, options.vectors, key))
    dimensions = found.dimensions or 0
    if dimensions > MAX_DIMENSIONS:
        raise source.broken(f"{dimensions:,} numbers in each vector; {MAX_DIMENSIONS:,} at most.")
    _refuse_too_large(tabular, source, options, dimensions)
    while True:
        try:
            content = _gathered(tabular, source, options, found)
        except ColumnChangedError:  # the file is read again, with the column as it must be
            continue
        return space_of(with_metadata(content, options), options.name, name)


def _gathered(
    tabular: Tabular, source: Source, options: ReadOptions, found: Recognised
) -> FileRows:
    """The rows by batches, up to the limit."""
    dimensions = found.dimensions or 0
    expected = 1024 if tabular.rows is None else options.first(tabular.rows)
    far = _is_far(tabular, found)
    rows = GrowingRows(dimensions, expected, np.float64 if far else np.float32)
    codes: list[Codes] = []
    keys: list[Any] | None = None if found.key is None else []
    kept: list[Any] = []
    table = beyond = 0
    batches = said_by(source, tabular.batches(found.vector, found.key))
    for batch in batches:
        part = batch.slice(0, options.first(len(rows) + batch.num_rows) - len(rows))
        numbers, wrong = said_of(
            source, partial(vectors_of, part, found.vector, dimensions, rows.dtype)
        )
        rows.append(numbers)
        codes.append(wrong)
        if keys is not None:
            keys += texts_of(part.column(found.key))
        taken = {*found.vector, found.key}
        kept.append(part.select([name for name in part.schema.names if name not in taken]))
        _tell(tabular, source, options, len(rows))
        table += kept[-1].nbytes
        held = memory(len(rows), dimensions) + table
        if options.max_memory is not None and held > options.max_memory:
            raise _too_large(source, f"more than {held / 2**20:,.0f} MB", options.max_memory)
        if len(rows) == options.limit:
            beyond = batch.num_rows - part.num_rows
            break
    if not len(rows):
        raise nothing_in(source)
    total = tabular.rows
    if total is None and options.metadata is not None:
        # Metadata belong to all rows of the file: they are counted, however few are wanted.
        beyond += sum(batch.num_rows for batch in batches)
        total = len(rows) + beyond + len(tabular.skipped)
    options.tell(source, len(rows), 1.0)
    vectors, notes = rows.finished(), [*tabular.notes(), *found.notes]
    if far:
        wrong = np.concatenate(codes) > 0
        vectors[wrong] = np.nan  # what stands in for unreadable numbers is no part of the mean
        vectors, note = centered(vectors)
        notes.append(Note(note))
    columns = values_of(kept, tabular.written, notes)
    return FileRows(
        keys, vectors, columns, total, True,
        np.concatenate(codes), _before(tabular.skipped, len(rows), options.limit), notes=notes,
    )  # fmt: skip


def _is_far(tabular: Tabular, found: Recognised) -> bool:
    """Whether the first rows lie so far from 0 that float32 would make them equal."""
    batches = tabular.sample.to_batches()
    parts = [vectors_of(one, found.vector, found.dimensions or 0, np.float64) for one in batches]
    sound = [numbers[codes == 0] for numbers, codes in parts]
    return bool(sound) and swallows(np.concatenate(sound))


def _before(skipped: Sequence[Skipped], read: int, limit: int | None) -> list[Skipped]:
    """The rows that were skipped before the last of those ``read``: a block holds others behind it."""
    found = sorted(skipped, key=lambda one: one.row)
    if read != limit:
        return found
    end = read
    for one in found:
        end += one.row < end
    return [one for one in found if one.row < end]


def _refuse_too_large(
    tabular: Tabular, source: Source, options: ReadOptions, dimensions: int
) -> None:
    """Raise FormatError where the size of the file tells that it takes too much memory."""
    rows = tabular.rows
    if rows is None and tabular.row_bytes and not source.compressed:
        rows = int(source.stored_size / tabular.row_bytes)
    if options.max_memory is None or rows is None:
        return
    needed = memory(options.first(rows), dimensions)
    if needed > options.max_memory:
        raise _too_large(source, f"about {needed / 2**20:,.0f} MB", options.max_memory)


def _too_large(source: Source, needed: str, allowed: int) -> FormatError:
    return source.broken(
        f"it would take {needed} in memory; {max(allowed, 0) / 2**20:,.0f} MB may be taken. "
        "Read fewer rows."
    )


def describe_tabular(tabular: Tabular, source: Source, limit: int | None, name: str) -> FileSummary:
    """Rows, dimensions and memory; rows are counted in a small file."""
    found = said_of(source, lambda: recognised_in(tabular, name))
    dimensions, rows = found.dimensions or 0, tabular.rows
    if rows is None and source.stored_size <= _COUNTED_WHOLE:
        batches = said_by(source, tabular.batches(found.vector, found.key))
        rows = sum(batch.num_rows for batch in batches) + len(tabular.skipped)
    if rows is None:
        needed = None if limit is None else memory(limit, dimensions)
        return FileSummary(name, None, dimensions, needed, exact=False, notes=found.notes)
    wanted = rows if limit is None else min(rows, limit)
    return FileSummary(name, rows, dimensions, memory(wanted, dimensions), notes=found.notes)


def said_of(source: Source, do: Callable[[], Any]) -> Any:
    """What ``do`` gives; anything but our own errors becomes one that names the file."""
    try:
        return do()
    except FormatError as error:
        text = str(error)
        raise error if text.startswith(source.label) else source.broken(text) from error
    except EmbedvizError:
        raise
    except Exception as error:  # Arrow's readers raise many kinds for damage
        raise source.broken(_problem(error)) from error


def said_by(source: Source, batches: Iterator[Any]) -> Iterator[Any]:
    """``batches``, checked before they are used; damage is a FormatError that names the file."""
    while (batch := said_of(source, lambda: _checked(next(batches, None)))) is not None:
        yield batch


def _checked(batch: Any) -> Any:
    if batch is not None:
        batch.validate(full=True)  # offsets that lie would read beyond the memory
    return batch


def _problem(error: Exception) -> str:
    text = " ".join(str(error).split())[:300] or type(error).__name__
    return f"expected columns that can be read: {text}. It is truncated or damaged."


def _tell(tabular: Tabular, source: Source, options: ReadOptions, rows: int) -> None:
    total = None if tabular.rows is None else options.first(tabular.rows)
    options.tell(source, rows, None if total is None else min(1.0, rows / max(total, 1)))
