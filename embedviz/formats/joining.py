"""Metadata from a second file, row by row: npy + csv, tensors.tsv + metadata.tsv."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats.as_table import NAMING
from embedviz.formats.base import ReadOptions
from embedviz.formats.columns import KeyChoice
from embedviz.formats.metadata_columns import values_of
from embedviz.formats.opening import Readable
from embedviz.formats.recognition import KEY_NAMES
from embedviz.formats.rows import FileRows
from embedviz.formats.source import Source
from embedviz.formats.tabular import said_by
from embedviz.formats.text_rows import line_blocks

_BINARY = (b"PAR1", b"ARRO", b"PK\x03\x04", b"\x93NUM", b"\xff\xff\xff\xff")


@dataclass(frozen=True)
class Metadata:
    """A table that stands in a file of its own.

    Attributes
    ----------
    label : str
        What messages call the file.
    columns : mapping from name to pandas Series, all of one length
    headless : bool
        True for a plain list, whose first line may be the name of its column.
    """

    label: str
    columns: dict[str, Any]
    headless: bool = False

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0


def read_metadata(
    path_or_file: Readable, max_bytes: int, key: KeyChoice = None, *, text: bool = False
) -> Metadata:
    """The columns of a table, or of a list of labels without a header; raises FormatError.

    With ``text`` it is known to be text, of any kind. The column ``key``, or the first
    whose name says that it holds keys, is read as text.
    """
    from embedviz.formats.table import chosen

    with closing(Source(path_or_file, max_bytes)) as source:
        single = _single_column(source, text)
        if single is not None:
            import pandas as pd

            return Metadata(source.label, {"label": pd.Series(single, dtype="str")}, True)
        kind = chosen(source, None)
        if kind.columns is None:
            raise source.broken(
                "expected a table of metadata (CSV, TSV, Parquet, Arrow or JSON lines); it is "
                f"{kind.label}."
            )
        tabular = kind.columns(source, ReadOptions(""))
        naming = [name for name in tabular.schema.names if name.lower() in NAMING]
        asked = key if isinstance(key, str) and key in tabular.schema.names else None
        named = next(iter(naming), None) if asked is None else asked
        batches = list(said_by(source, tabular.batches((), named)))
        return Metadata(source.label, values_of(batches))


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


def _single_column(source: Source, text: bool) -> list[str] | None:
    """The lines of a file without any delimiter, such as the Projector's list of labels."""
    head = source.head
    binary = b"\0" in head or head.startswith(_BINARY) or head.lstrip()[:1] == b"{"
    if b"\t" in head or (binary and not text):
        return None
    lines = head.split(b"\n")[:50]
    if source.filename.lower().endswith(".csv") and any(b"," in line for line in lines):
        return None
    content = b"\n".join(line for _, lines in line_blocks(source, 1) for line in lines)
    whole = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return [line.rstrip("\r") for line in whole.removesuffix("\n").split("\n")]


def _texts(values: Any) -> list[str]:
    import pandas as pd

    return ["" if pd.isna(value) else str(value) for value in values]


def _key_in(columns: dict[str, Any]) -> str | None:
    by_name = {name.lower(): name for name in reversed(list(columns))}
    names = [by_name[name] for name in KEY_NAMES if name in by_name]
    return next((name for name in names if columns[name].is_unique), None)
