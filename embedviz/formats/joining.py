"""Metadata of a second file joined to rows: npy + csv, tensors.tsv + metadata.tsv."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats.base import ReadOptions
from embedviz.formats.columns import Metadata
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
    limited = options.limit is not None and read >= options.limit
    if metadata.headless and len(metadata) == read + 1 and not limited:
        metadata = _header_taken(metadata)
    if len(metadata) != read and not (limited and len(metadata) > read):
        raise FormatError(
            f"{metadata.label} has {len(metadata):,} rows of metadata for {read:,} rows of "
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
    return replace(rows, keys=keys, columns={**rows.columns, **columns})


def checked_options(options: ReadOptions, takes: bool, label: str) -> None:
    """Raise InvalidParameterError where a format has nothing that could be chosen."""
    if not takes and (options.vectors or options.key is not None or options.metadata is not None):
        raise InvalidParameterError(
            f"vectors=, key= and metadata= are for files of columns and arrays; {label} says "
            "itself what its words and numbers are. Leave them out."
        )


def _header_taken(metadata: Metadata) -> Metadata:
    values = metadata.columns["label"]
    name = str(values.iloc[0]) or "label"
    return Metadata(metadata.label, {name: values.iloc[1:].reset_index(drop=True)})


def _texts(values: Any) -> list[str]:
    import pandas as pd

    return ["" if pd.isna(value) else str(value) for value in values]


def _key_in(columns: dict[str, Any]) -> str | None:
    by_name = {name.lower(): name for name in reversed(list(columns))}
    names = [by_name[name] for name in KEY_NAMES if name in by_name]
    return next((name for name in names if columns[name].is_unique), None)
