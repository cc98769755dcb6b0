"""word2vec text: a header, then a line for each word. fastText's ``.vec`` is the same."""

from __future__ import annotations

from typing import IO

from embedviz.formats.base import (
    FileSummary,
    Format,
    ReadOptions,
    checked_sizes,
    memory,
)
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.text_rows import line_blocks, read_rows
from embedviz.formats.word2vec_header import (
    any_left,
    header_in,
    numbers_follow,
    read_header,
    surplus,
)
from embedviz.formats.writing import check_keys, write_text_rows
from embedviz.space import EmbeddingSpace

NAME = "word2vec-text"


def sniff(head: bytes, _filename: str) -> bool:
    """A header, and behind it written numbers or nothing."""
    header = header_in(head)
    if header is None:
        return False
    _, dimensions, start = header
    return not head[start:].strip() or numbers_follow(head, start, dimensions)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows that the header promises; raises FormatError with the line where it broke."""
    rows, dimensions, wanted = _sizes(source, options.limit)
    blocks = line_blocks(source, first_line=2)
    expected = wanted if source.remaining is not None else 0
    found = read_rows(source, blocks, dimensions, wanted, expected, options)
    if len(found.keys) < wanted:
        raise source.broken(
            f"line {max(found.last_line, 1):,}: the file ends after {len(found.keys):,} of the "
            f"{rows:,} rows that its header promises. It is truncated, or the header is wrong."
        )
    if options.limit is None and (found.more or any_left(source)):
        raise surplus(source, rows, f"line {found.last_line + 1:,}")
    content = FileRows(found.keys, found.vectors, {}, rows)
    return space_of(content, options.name, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the header says, checked against the size of the file."""
    rows, dimensions, wanted = _sizes(source, limit)
    return FileSummary(NAME, rows, dimensions, memory(wanted, dimensions))


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A header, then a word and its numbers (nine digits: exact for float32) on each line."""
    check_keys(space.keys, b" \t\n\r\v\f", FORMAT.label)
    file.write(b"%d %d\n" % (len(space), space.dimensions))
    write_text_rows(space, file, b"%.9g")


def _sizes(source: Source, limit: int | None) -> tuple[int, int, int]:
    rows, dimensions = read_header(source)
    wanted = rows if limit is None else min(rows, limit)
    checked_sizes(source, rows, dimensions, 2 * dimensions, wanted)
    return rows, dimensions, wanted


FORMAT = Format(
    name=NAME,
    label="word2vec text, fastText .vec",
    suffixes=(".vec", ".txt", ".w2v"),
    help="A first line 'words dimensions', then a word and its numbers on each line.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
)
