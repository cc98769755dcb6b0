"""Metadata of a second file joined to rows: npy + csv, tensors.tsv + metadata.tsv."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats.base import ReadOptions
from embedviz.formats.columns import Metadata
from embedviz.formats.notes import Note
from embedviz.formats.recognition import KEY_NAMES
from embedviz.formats.rows import FileRows


def with_metadata(rows: FileRows, options: ReadOptions) -> FileRows:
    """``rows`` with the columns of ``options.metadata``, whose rows are those of the file.

    A column that ``options.key`` names, or one whose name and values say so, gives the keys where
    the file itself has none.

    Raises
    ------
    FormatError
        If there are more or fewer rows of metadata than of vectors.
    """
    metadata = options.metadata
    if metadata is None:
        return rows
    read = len(rows.vectors) + len(rows.skipped)
    limited = options.limit is not None and len(rows.vectors) >= options.limit
    total = read if not limited or rows.rows_in_file is None else rows.rows_in_file
    metadata = _fitting(metadata, total)
    if len(metadata) != total and not (
        limited and rows.rows_in_file is None and len(metadata) > read
    ):
        raise FormatError(
            f"{metadata.label} has {len(metadata):,} rows of metadata for {total:,} rows of "
            "vectors. They belong together row by row: bring the file that was made with them."
        )
    places = np.delete(np.arange(read), [one.row for one in rows.skipped])
    columns = {
        name: values.iloc[places].reset_index(drop=True)
        for name, values in metadata.columns.items()
    }
    key = options.key if options.key in columns else None
    if key is None and rows.keys is None and options.key is not False:
        key = _key_in(columns)
    keys = rows.keys if key is None else _texts(columns.pop(key))
    notes = [*rows.notes, *metadata.notes]
    return replace(rows, keys=keys, columns={**rows.columns, **columns}, notes=notes)


def checked_options(options: ReadOptions, takes: bool, label: str) -> None:
    """Raise InvalidParameterError where a format has nothing that could be chosen."""
    if not takes and (options.vectors or options.key is not None or options.metadata is not None):
        raise InvalidParameterError(
            f"vectors=, key= and metadata= are for files of columns and arrays; {label} says "
            "itself what its words and numbers are. Leave them out."
        )


def _fitting(metadata: Metadata, rows: int) -> Metadata:
    """``metadata`` as it fits ``rows`` rows of vectors; unchanged where it cannot be made to fit.

    One line too many names the columns, or is a blank one at the end; one too few was a row that
    looked like names.
    """
    many = len(metadata)
    if metadata.headless and many > rows > 0:
        first = next(iter(metadata.columns.values())).iloc[0]
        blank = _blank_at_the_end(metadata)
        if many == rows + 1 and (not blank or str(first).strip().lower() in KEY_NAMES):
            return _header_taken(metadata, rows)
        if blank and rows <= many - 1:
            shorter = {name: values.iloc[:-1] for name, values in metadata.columns.items()}
            note = Note(f"{metadata.label}: a blank line at its end was left out.")
            return _fitting(replace(metadata, columns=shorter, notes=[note]), rows)
    if many == rows - 1 and metadata.with_first_line is not None:
        return metadata.with_first_line()
    return metadata


def _blank_at_the_end(metadata: Metadata) -> bool:
    import pandas as pd

    last = [values.iloc[-1] for values in metadata.columns.values()]
    return all(pd.isna(value) or not str(value).strip() for value in last)


def _header_taken(metadata: Metadata, rows: int) -> Metadata:
    columns: dict[str, Any] = {}
    for name, values in metadata.columns.items():
        title = str(values.iloc[0]).strip() or name
        while title in columns:
            title += "_"
        columns[title] = values.iloc[1:].reset_index(drop=True)
    named = ", ".join(map(repr, columns))[:80]
    note = Note(
        f"{metadata.label}: its first line was taken for the name of its column ({named}), because "
        f"it has one line more than there are vectors ({rows:,})."
    )
    return Metadata(metadata.label, columns, notes=[*metadata.notes, note])


def _texts(values: Any) -> list[str]:
    import pandas as pd

    return ["" if pd.isna(value) else str(value) for value in values]


def _key_in(columns: dict[str, Any]) -> str | None:
    by_name = {name.lower(): name for name in reversed(list(columns))}
    names = [by_name[name] for name in KEY_NAMES if name in by_name]
    return next((name for name in names if columns[name].is_unique), None)
