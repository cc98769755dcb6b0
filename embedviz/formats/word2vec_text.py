"""word2vec text: a header, then a line for each word. fastText's ``.vec`` is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import IO

from embedviz.encoding_guess import encoding_of
from embedviz.errors import FormatError
from embedviz.formats.base import (
    MAX_DIMENSIONS,
    FileSummary,
    Format,
    ReadOptions,
    checked_sizes,
    memory,
)
from embedviz.formats.notes import Note
from embedviz.formats.recoded import encoding_notes
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.text_rows import Lines, guess_in, line_blocks, read_rows
from embedviz.formats.word2vec_header import (
    check_text,
    fits_binary,
    header_in,
    is_binary,
    is_two_columns,
    more_rows,
    read_header,
    surplus,
)
from embedviz.formats.writing import check_keys, write_text_rows
from embedviz.space import EmbeddingSpace

NAME = "word2vec-text"


def sniff(head: bytes, _filename: str) -> bool:
    """A header, and behind it no binary numbers."""
    return header_in(head) is not None and not is_binary(head) and not is_two_columns(head)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """All rows; raises FormatError with the line where it broke.

    Where there are more than the header counts it is said.
    """
    _, blocks, rows, dimensions, wanted = _opened(source, options.limit)
    expected = wanted if source.remaining is not None else 0
    try:
        found = read_rows(source, blocks, dimensions, options.limit, expected, options)
    except FormatError as error:
        raise _behind(source, error, rows) from error
    read = len(found.keys)
    if read < wanted:
        raise source.broken(
            f"line {max(found.last_line, 1):,}: the file ends after {read:,} of the {rows:,} rows "
            "that its header promises. It is truncated, or the header is wrong. To read those that "
            f"are there: limit={read}."
        )
    notes = [*source.notes, *found.notes]
    if read > rows:
        notes.append(Note(more_rows(rows, read), (("limit", rows),), f"Read {rows:,} rows"))
    notes += _alike_notes(source, rows, dimensions)
    content = FileRows(
        found.keys, found.vectors, {}, max(rows, read), encoding=encoding_of(found.guess),
        notes=[*notes, *encoding_notes(found.guess, 0)],
    )  # fmt: skip
    return space_of(content, options.name, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the header says, checked against the size of the file and the first rows."""
    lines, _, rows, dimensions, wanted = _opened(source, limit)
    notes = (*encoding_notes(guess_in(lines), 0), *_alike_notes(source, rows, dimensions))
    return FileSummary(NAME, rows, dimensions, memory(wanted, dimensions), notes=notes)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A header, then a word and its numbers (nine digits: exact for float32) on each line."""
    check_keys(space.keys, b" \t\n\r\v\f", FORMAT.label)
    file.write(b"%d %d\n" % (len(space), space.dimensions))
    write_text_rows(space, file, b"%.9g")


def _alike_notes(source: Source, rows: int, dimensions: int) -> list[Note]:
    """What to say of a file whose one number could be four bytes of binary as well."""
    if (rows, dimensions) != (1, 1) or not fits_binary(source.head):
        return []
    return [
        Note(
            "The file is one of word2vec text and one of word2vec binary alike: it was read as "
            "text. format='word2vec-binary' reads it as binary.",
            (("format", "word2vec-binary"),),
            "Read it as binary",
        )
    ]


def _opened(
    source: Source, limit: int | None
) -> tuple[list[bytes], Iterator[Lines], int, int, int]:
    """The first lines, all of them, the rows and dimensions that the header says, and how many rows
    are wanted of them.
    """
    rows, dimensions = read_header(source)
    wanted = rows if limit is None else min(rows, limit)
    blocks = line_blocks(source, first_line=2)
    first = next(blocks, (2, []))
    if 1 <= dimensions <= MAX_DIMENSIONS:
        check_text(source, rows, dimensions, first[1])
    checked_sizes(source, rows, dimensions, 2 * dimensions, wanted, first[1])
    return first[1], chain([first], blocks), rows, dimensions, wanted


def _behind(source: Source, error: FormatError, rows: int) -> FormatError:
    """``error``, with the way out where the broken line stands behind the promised rows."""
    line = re.search(r"line ([\d,]+):", str(error))
    if line is None or int(line[1].replace(",", "")) <= rows + 1:
        return error
    return surplus(source, rows, f"line {line[1]}")


FORMAT = Format(
    name=NAME,
    label="word2vec text, fastText .vec",
    suffixes=(".vec", ".txt", ".w2v"),
    help="A first line 'words dimensions', then a word and its numbers on each line.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    text=True,
)
