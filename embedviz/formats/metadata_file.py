"""Metadata in a file of its own: a table of any format, or a list of labels."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from embedviz.formats.as_table import NAMING
from embedviz.formats.base import Format, ReadOptions
from embedviz.formats.columns import KeyChoice, Metadata
from embedviz.formats.metadata_columns import values_of
from embedviz.formats.opening import Readable
from embedviz.formats.source import Source
from embedviz.formats.tabular import said_by
from embedviz.formats.text_rows import line_blocks

_BINARY = (b"PAR1", b"ARRO", b"PK\x03\x04", b"\x93NUM", b"\xff\xff\xff\xff")


def read_metadata(
    path_or_file: Readable,
    max_bytes: int,
    format_in: Callable[[Source], Format],
    key: KeyChoice = None,
    *,
    text: bool = False,
) -> Metadata:
    """The columns of a table, or of a list of labels without a header; raises FormatError.

    ``format_in`` tells the format by the content. With ``text`` it is known to be text, of any
    kind. The column ``key``, or the first whose name says that it holds keys, is read as text.
    """
    with closing(Source(path_or_file, max_bytes)) as source:
        single = _single_column(source, text)
        if single is not None:
            import pandas as pd

            return Metadata(source.label, {"label": pd.Series(single, dtype="str")}, True)
        kind = format_in(source)
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
        return Metadata(source.label, values_of(batches, tabular.written))


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
