"""Metadata in a file of its own: a table of any format, or a list of labels."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import islice

from embedviz.errors import FormatError
from embedviz.formats.as_table import NAMING
from embedviz.formats.base import Format, ReadOptions
from embedviz.formats.columns import KeyChoice, Metadata, Tabular
from embedviz.formats.metadata_columns import values_of
from embedviz.formats.notes import Note
from embedviz.formats.opening import Readable
from embedviz.formats.source import Source
from embedviz.formats.tabular import said_by
from embedviz.text_decoding import TextDecoder

_BINARY = (b"PAR1", b"ARRO", b"PK\x03\x04", b"\x93NUM", b"\xff\xff\xff\xff")
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK = 1 << 20
_LOOKED_AT = 1000
_LINES = ("csv", "tsv")


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
            return single
        try:
            kind = format_in(source)
        except FormatError as error:
            raise _nearly_divided(source) or error from None
        if kind.columns is None:
            raise _nearly_divided(source) or source.broken(
                "expected a table of metadata (CSV, TSV, Parquet, Arrow or JSON lines); it is "
                f"{kind.label}."
            )
        read = _table(source, kind, key, None)
    if read.headless or kind.name not in _LINES:
        return read

    def with_first_line() -> Metadata:
        with closing(Source(path_or_file, max_bytes)) as again:
            return _table(again, kind, key, False)

    return replace(read, with_first_line=with_first_line)


def _table(source: Source, kind: Format, key: KeyChoice, header: bool | None) -> Metadata:
    """A table of metadata; with ``header`` False its first line is a row."""
    assert kind.columns is not None
    tabular = kind.columns(source, ReadOptions("", header=header))
    naming = [name for name in tabular.schema.names if name.lower() in NAMING]
    asked = key if isinstance(key, str) and key in tabular.schema.names else None
    named = next(iter(naming), None) if asked is None else asked
    batches = list(said_by(source, tabular.batches((), named)))
    if tabular.skipped:
        raise _ragged(source, tabular)
    notes: list[Note] = []
    if header is not None:
        notes.append(
            Note(
                f"{source.label}: its first line was taken for a row, not for the names of its "
                "columns, because there are as many vectors as lines."
            )
        )
    columns = values_of(batches, tabular.written, notes)
    return Metadata(source.label, columns, tabular.headless, None, notes)


def _ragged(source: Source, tabular: Tabular) -> FormatError:
    """The error for rows with more or fewer fields than the others: all behind would be shifted."""
    first = min(tabular.skipped, key=lambda one: one.row)
    line = first.row + 1 + (not tabular.headless)
    more = len(tabular.skipped) - 1
    others = f", and so have {more:,} more" if more else ""
    return source.broken(
        f"line {line:,} (blank lines not counted), which begins with {first.key[:40]!r}, has not the "
        f"{len(tabular.schema.names):,} fields that the others have{others}. Metadata belong to the "
        "vectors row by row: mend the line, or put quotes around a field that holds the separator."
    )


def _nearly_divided(source: Source) -> FormatError | None:
    """The error for lines most of which, but not enough, have the same number of fields."""
    text = source.head.decode("utf-8", "replace")
    for mark in "\t,;":
        lines = io.StringIO(text, newline="")
        reader = (
            csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
            if mark == "\t"
            else csv.reader(lines, delimiter=mark)
        )
        try:
            rows = [(reader.line_num, row) for row in islice(reader, _LOOKED_AT) if row]
        except csv.Error:
            continue
        counts = Counter(len(row) for _, row in rows)
        fields, alike = counts.most_common(1)[0] if counts else (0, 0)
        if fields > 1 and 2 * alike >= len(rows) > alike:
            line, odd = next((line, row) for line, row in rows if len(row) != fields)
            return source.broken(
                f"line {line:,}, which begins with {odd[0][:40]!r}, has not the {fields:,} fields "
                f"that {alike:,} others of the first {len(rows):,} lines have. Metadata belong to "
                "the vectors row by row: mend the line."
            )
    return None


def _single_column(source: Source, text: bool) -> Metadata | None:
    """The lines of a file without any delimiter, such as the Projector's list of labels."""
    import pandas as pd

    head = source.head
    marked = head.startswith(_BYTE_ORDER_MARKS)
    binary = b"\0" in head or head.startswith(_BINARY) or head.lstrip()[:1] == b"{"
    if b"\t" in head or (binary and not text and not marked):
        return None
    lines = head.split(b"\n")[:50]
    if source.filename.lower().endswith(".csv") and any(b"," in line for line in lines):
        return None
    content = b"".join(iter(lambda: source.read(_BLOCK), b""))
    decoder = TextDecoder(source.filename or "the metadata")
    try:
        whole = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        whole = "".join(decoder.text([content]))
    whole = whole.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    notes = []
    if decoder.guessed:
        notes.append(Note(f"{source.label}: its encoding was guessed, {decoder.encoding}."))
    if decoder.replaced:
        notes.append(Note(f"{source.label}: {decoder.replaced:,} characters could not be decoded."))
    labels = pd.Series(whole.split("\n"), dtype="str")
    return Metadata(source.label, {"label": labels}, True, None, notes)
