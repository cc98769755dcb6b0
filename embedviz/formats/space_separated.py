"""Tables with spaces between: what NumPy's savetxt and R's write.table write."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from embedviz.formats.base import ReadOptions
from embedviz.formats.columns import Tabular
from embedviz.formats.delimited_dialect import counts_up
from embedviz.formats.delimited_format import delimited_format
from embedviz.formats.notes import Note
from embedviz.formats.source import Source
from embedviz.formats.tabular import read_tabular
from embedviz.formats.text_rows import is_number
from embedviz.formats.word2vec_header import first_lines, header_in, is_two_columns
from embedviz.space import EmbeddingSpace

NAME = "space-separated"
_LINES = 64
_TABLE = delimited_format(
    NAME, "Table with spaces between", " ", (),
    "A matrix as numpy.savetxt writes it, or a table as R's write.table does; with a header or not.",
)  # fmt: skip


def sniff(head: bytes, _filename: str) -> bool:
    """Rows of numbers alone, with a fraction at their beginning or all whole; or names above rows of
    as many fields or one more; or names in quotes before numbers. A word and its numbers is GloVe
    text.
    """
    if (
        (header_in(head) is not None and not is_two_columns(head))
        or b"\0" in head
        or b"\t" in head[:4096]
    ):
        return False
    rows = _rows(head)
    comments = [row for row in rows if row[0].startswith("#")]
    rows = [row for row in rows if not row[0].startswith("#")]
    if not rows:
        return False
    numbers = [[is_number(field.encode("utf-8", "replace")) for field in row] for row in rows]
    if all(map(all, numbers)) and _even(rows) and len(rows[0]) > 1:
        fractions = any("." in row[0] or "e-" in row[0] for row in rows)
        return bool(comments) or fractions or _all_whole(rows)
    first, below = rows[0], rows[1:]
    named = not any(numbers[0]) or (bool(below) and len(first) < len(below[0]) and counts_up(first))
    if not named or len(below) < 1 or not _even(below):
        return _is_quoted(head) and _even(rows) and all(any(row) for row in numbers)
    width = len(below[0])
    return width > 1 and len(first) in (width, width - 1) and all(any(row) for row in numbers[1:])


def _rows(head: bytes) -> list[list[str]]:
    start = first_lines(head, len(head) < 1 << 15).decode("utf-8", "replace")
    if _is_padded(head):
        start = "\n".join(" ".join(line.split()) for line in start.split("\n"))
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(start, newline=""), delimiter=" "):
            if row:
                rows.append(row)
            if len(rows) == _LINES:
                break
    except csv.Error:
        return []
    return rows


def _is_padded(head: bytes) -> bool:
    """Whether several spaces stand between fields, so that they stand in columns: none is in quotes."""
    return b"  " in head and b'"' not in head


def _all_whole(rows: list[list[str]]) -> bool:
    """Whether there are rows of whole numbers alone: which could be words and their numbers too."""
    return len(rows) > 1 and all(
        field.lstrip("+-").isdecimal() for row in rows for field in row
    )  # fmt: skip


def _even(rows: list[list[str]]) -> bool:
    return len({len(row) for row in rows}) == 1


def _is_quoted(head: bytes) -> bool:
    """Whether every line begins with a word in quotes: R's rows without names above."""
    lines = [line for line in head.split(b"\n")[:_LINES] if line.strip()]
    return all(line.startswith(b'"') and line.count(b'"') % 2 == 0 for line in lines)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows as those of any table; raises FormatError."""
    return read_tabular(columns(source, options), source, options, NAME)


def columns(source: Source, options: ReadOptions) -> Tabular:
    """Its columns; raises FormatError."""
    _refuse_header(source)
    assert _TABLE.columns is not None
    source.squeeze = _is_padded(source.head)
    tabular = _TABLE.columns(source, options)
    if not _all_whole(_rows(source.head)):
        return tabular
    note = Note(
        "Every field is a whole number: they were taken for rows of numbers without words. "
        "format='glove-text' takes the first of each row for its word.",
        (("format", "glove-text"),),
        "Take the first numbers for words",
    )
    return replace(tabular, notes=lambda: [*tabular.notes(), note])


def _refuse_header(source: Source) -> None:
    if header_in(source.head) is not None and not is_two_columns(source.head):
        raise source.broken(
            "line 1: two whole numbers are the first line of word2vec text, not of a table with spaces "
            "between. Read it with format='word2vec-text', or leave format= out."
        )


FORMAT = replace(_TABLE, sniff=sniff, columns=columns, read=read, write=None)
