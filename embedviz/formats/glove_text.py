"""GloVe text: a word and its numbers on each line, and no header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import IO

from embedviz.encoding_guess import encoding_of
from embedviz.errors import FormatError
from embedviz.formats.base import MAX_DIMENSIONS, FileSummary, Format, ReadOptions, memory
from embedviz.formats.notes import Note
from embedviz.formats.recoded import encoding_notes
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.text_rows import (
    guess_in,
    is_number,
    line_blocks,
    look_of,
    numbers_ending,
    read_rows,
)
from embedviz.formats.word2vec_header import header_in
from embedviz.formats.writing import check_keys, write_text_rows
from embedviz.space import EmbeddingSpace

NAME = "glove-text"
_BOM = b"\xef\xbb\xbf"
_SAMPLE_LINES = 64
_COUNTED_WHOLE = 64 << 20


def sniff(head: bytes, _filename: str) -> bool:
    """A first line of one word and numbers, which is not a word2vec header."""
    line, newline, _ = head.partition(b"\n")
    if header_in(head) or b"\t" in line:
        return False
    parts = line.split()
    if not newline and len(parts) > 2 and len(head) >= 1 << 15:
        parts.pop()
    run = numbers_ending(b" ".join(parts))
    if _is_matrix(head):
        return False
    # One whole number behind a word is more likely prose: "Chapter 1".
    return run > 1 or (run == 1 and any(mark in parts[-1] for mark in (b".", b"e")))


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """Every row; the first lines tell the dimensions. Raises FormatError with the line."""
    if source.head.startswith(_BOM):
        source.skip(len(_BOM), "the byte order mark")
    blocks = line_blocks(source, first_line=1)
    first_line, lines = next(blocks, (1, []))
    dimensions = _dimensions(source, lines)
    again = chain([(first_line, lines)], blocks)
    found = read_rows(source, again, dimensions, options.limit, 1024, options)
    notes = [*source.notes, *found.notes, *_notes(lines), *encoding_notes(found.guess, 0)]
    content = FileRows(
        found.keys, found.vectors, {}, encoding=encoding_of(found.guess),
        notes=notes,
    )  # fmt: skip
    return space_of(content, options.name, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """Dimensions from the first lines; rows counted in a small file, estimated in a large one."""
    _, lines = next(line_blocks(source, first_line=1), (1, []))
    dimensions = _dimensions(source, lines)
    notes = (*encoding_notes(guess_in(lines), 0), *_notes(lines))
    if source.size is None:
        needed = None if limit is None else memory(limit, dimensions)
        return FileSummary(NAME, None, dimensions, needed, exact=False, notes=notes)
    if source.size <= _COUNTED_WHOLE:
        rows = _filled(lines) + sum(_filled(more) for _, more in line_blocks(source, 1))
        wanted = rows if limit is None else min(rows, limit)
        return FileSummary(NAME, rows, dimensions, memory(wanted, dimensions), notes=notes)
    mean = sum(map(len, lines)) / len(lines) + 1
    guess = int(source.size / mean)
    wanted = guess if limit is None else min(guess, limit)
    return FileSummary(NAME, None, dimensions, memory(wanted, dimensions), exact=False, notes=notes)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A word and its numbers (nine digits: exact for float32) on each line."""
    check_keys(space.keys, b" \t\n\r\v\f", FORMAT.label)
    if space.keys[0].encode().startswith(_BOM):
        raise FormatError(
            "A GloVe text file cannot begin with the key "
            f"{space.keys[0]!r}: it would be taken for a byte order mark. Use word2vec or npz."
        )
    # With one dimension "7 3" would look like a word2vec header: always write an exponent.
    write_text_rows(space, file, b"%.9g" if space.dimensions > 1 else b"%.9e")


def _notes(lines: Sequence[bytes]) -> list[Note]:
    """What to say of words that are all numbers: they could be a dimension."""
    sample = [line for line in lines if line.strip()][:_SAMPLE_LINES]
    if len(sample) < 2 or not all(is_number(line.split()[0]) for line in sample):
        return []
    return [
        Note(
            "Every line begins with a number, which was taken for its word. "
            "format='space-separated' takes it for a dimension.",
            (("format", "space-separated"),),
            "Take the first numbers for a dimension",
        )
    ]


def _dimensions(source: Source, lines: Sequence[bytes]) -> int:
    """The length that most of the first lines agree on: a word may itself end in a number."""
    sample = [line for line in lines if line.strip()][:_SAMPLE_LINES]
    if len(sample) > 2 and len(sample) < _SAMPLE_LINES:
        sample.pop()  # it may have been cut
    runs = Counter(map(numbers_ending, sample))
    # Of lengths that occur alike the shorter: words can end in numbers, vectors do not shrink.
    dimensions = max(runs, key=lambda run: (runs[run], -run)) if runs else 0
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        shown = lines[0][:40].decode("utf-8", "replace") if lines else ""
        look = f", which looks like {look_of(lines[0])}" if lines else ""
        raise source.broken(
            f"line 1: expected a word and its numbers with spaces between, got {shown!r}{look}."
        )
    return dimensions


def _is_matrix(head: bytes) -> bool:
    """Whether every line begins with a fraction: numbers only, where a word should stand."""
    firsts = [line.split(None, 1)[:1] for line in head.split(b"\n")[:_SAMPLE_LINES]]
    words = [first[0] for first in firsts if first]
    return all(is_number(word) and (b"." in word or b"e-" in word) for word in words)


def _filled(lines: Sequence[bytes]) -> int:
    return sum(1 for line in lines if line.strip())


FORMAT = Format(
    name=NAME,
    label="GloVe text",
    suffixes=(".glove", ".txt"),
    help="A word and its numbers on each line, with no first line that counts them.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    text=True,
)
