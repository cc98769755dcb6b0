"""word2vec binary: a header line, then each word, a space and its float32 numbers."""

from __future__ import annotations

from typing import IO

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError
from embedviz.formats.base import FileSummary, Format, ReadOptions, checked_sizes, memory
from embedviz.formats.rows import FileRows, GrowingRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.word2vec_header import (
    any_left,
    header_in,
    numbers_follow,
    read_header,
    surplus,
)
from embedviz.formats.writing import check_keys
from embedviz.space import EmbeddingSpace

NAME = "word2vec-binary"
_BLOCK = 1 << 22
_LONGEST_KEY = 1 << 16


def sniff(head: bytes, _filename: str) -> bool:
    """A header, and behind it something that is not written numbers."""
    header = header_in(head)
    if header is None:
        return False
    _, dimensions, start = header
    return bool(head[start:].strip()) and not numbers_follow(head, start, dimensions)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """The rows that the header promises; raises FormatError with the byte where it broke."""
    rows, dimensions, wanted = _sizes(source, options.limit)
    keys: list[bytes] = []
    vectors = GrowingRows(dimensions, wanted if source.remaining is not None else 0)
    rest = b""
    while len(keys) < wanted:
        block = source.read(max(_BLOCK, 4 * dimensions))
        if not block:
            raise source.broken(
                f"byte {source.position:,}: the file ends in row {len(keys) + 1:,} of the "
                f"{rows:,} that its header promises. It is truncated, or the header is wrong."
            )
        rest += block
        new_keys, new_rows, used = _rows_in(rest, dimensions, wanted - len(keys))
        rest = rest[used:]
        keys += new_keys
        if len(keys) < wanted and len(rest) > _LONGEST_KEY + 4 * dimensions:
            raise _no_word(source, source.position - len(rest), len(keys) + 1)
        vectors.append(new_rows)
        options.tell(source, len(keys))
    if options.limit is None and (rest.strip(b"\n") or any_left(source)):
        raise surplus(source, rows, f"byte {source.position - len(rest):,}")
    return space_of(FileRows(keys, vectors.finished(), {}, rows), options.name, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the header says, checked against the size of the file."""
    rows, dimensions, wanted = _sizes(source, limit)
    return FileSummary(NAME, rows, dimensions, memory(wanted, dimensions))


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A header line, then each word, a space and its numbers, little-endian."""
    check_keys(space.keys, b" \n", FORMAT.label)
    file.write(b"%d %d\n" % (len(space), space.dimensions))
    for start in range(0, len(space), 1024):
        rows = space.vectors[start : start + 1024].astype("<f4")
        keys = space.keys[start : start + 1024]
        pairs = zip(keys, rows, strict=True)
        file.write(b"".join(key.encode() + b" " + row.tobytes() for key, row in pairs))


def _sizes(source: Source, limit: int | None) -> tuple[int, int, int]:
    rows, dimensions = read_header(source)
    wanted = rows if limit is None else min(rows, limit)
    checked_sizes(source, rows, dimensions, 4 * dimensions + 1, wanted)
    return rows, dimensions, wanted


def _rows_in(
    block: bytes, dimensions: int, most: int
) -> tuple[list[bytes], NDArray[np.float32], int]:
    """The whole rows in ``block``, ``most`` at most, and how many bytes they took."""
    size = 4 * dimensions
    keys: list[bytes] = []
    parts: list[bytes] = []
    start = 0
    while len(keys) < most:
        space = block.find(b" ", start)
        end = space + 1 + size
        if space < 0 or end > len(block) or space - start > _LONGEST_KEY:
            break
        # The original tool ends each row with a line end, gensim does not.
        keys.append(block[start:space].lstrip(b"\n"))
        parts.append(block[space + 1 : end])
        start = end
    rows = np.frombuffer(b"".join(parts), dtype="<f4").reshape(-1, dimensions)
    return keys, rows, start


def _no_word(source: Source, byte: int, row: int) -> FormatError:
    return source.broken(
        f"byte {byte:,}: expected row {row:,}, a word of at most {_LONGEST_KEY:,} bytes and a "
        "space; there is no space. The file is damaged, or its header states other dimensions."
    )


FORMAT = Format(
    name=NAME,
    label="word2vec binary",
    suffixes=(".bin",),
    help="Small and quick to read; gensim, word2vec and most tools take it.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
)
