"""word2vec binary: a header line, then each word, a space and its float32 numbers."""

from __future__ import annotations

from typing import IO

import numpy as np
from numpy.typing import NDArray

from embedviz.encoding_guess import Guess, encoding_of, guessed, is_damaged_utf8
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
from embedviz.formats.rows import FileRows, GrowingRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.word2vec_header import (
    check_binary,
    is_binary,
    is_word,
    more_rows,
    read_header,
    row_starts,
    surplus,
)
from embedviz.formats.writing import check_keys
from embedviz.space import EmbeddingSpace

NAME = "word2vec-binary"
_BLOCK = 1 << 22
_LONGEST_KEY = 1 << 16
_TOLD_BY = 10_000


def sniff(head: bytes, _filename: str) -> bool:
    """A header, and behind it binary numbers."""
    return is_binary(head)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """All rows; raises FormatError with the byte where it broke.

    Where there are more than the header counts it is said.
    """
    rows, dimensions, wanted = _sizes(source, options.limit)
    keys: list[bytes] = []
    vectors = GrowingRows(dimensions, wanted if source.remaining is not None else 0)
    guess: Guess | None = None
    rest, ended = b"", False
    while not ended and len(keys) != options.limit:
        block = source.read(max(_BLOCK, 4 * dimensions))
        ended = not block
        rest += block
        if not keys and options.encoding is None:
            guess = _guess(rest, dimensions, rows)
        most = len(rest) if options.limit is None else options.limit - len(keys)
        promised = max(0, rows - len(keys))
        new_keys, new_rows, used = _rows_in(rest, dimensions, min(most, promised or most))
        if not promised and not all(map(is_word, new_keys)):
            raise surplus(source, rows, f"byte {source.position - len(rest):,}")
        rest = rest[used:]
        keys += new_keys
        vectors.append(new_rows)
        options.tell(source, len(keys))
        ended = ended and not new_keys
        if not ended and len(rest) > _LONGEST_KEY + 4 * dimensions and not new_keys:
            if len(keys) >= rows:
                raise surplus(source, rows, f"byte {source.position - len(rest):,}")
            raise _no_word(source, source.position - len(rest), len(keys) + 1)
    if len(keys) < wanted:
        raise source.broken(
            f"byte {source.position:,}: the file ends in row {len(keys) + 1:,} of the "
            f"{rows:,} that its header promises. It is truncated, or the header is wrong."
            + (f" To read the rows that are whole: limit={len(keys)}." if keys else "")
        )
    if ended and rest.strip(b"\n"):
        raise surplus(source, rows, f"byte {source.position - len(rest):,}")
    notes = [] if len(keys) <= rows else [Note(more_rows(rows, len(keys)), (("limit", rows),))]
    content = FileRows(
        keys, vectors.finished(), {}, max(rows, len(keys)), encoding=options.encoding or encoding_of(guess),
        notes=[*notes, *encoding_notes(guess, 0)],
    )  # fmt: skip
    return space_of(content, options.name, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the header says, checked against the size of the file and the first rows."""
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
    if 1 <= dimensions <= MAX_DIMENSIONS:
        check_binary(source)
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


def _guess(block: bytes, dimensions: int, rows: int) -> Guess | None:
    """What the first keys are encoded in if not UTF-8, whatever the limit."""
    places = row_starts(block, 0, dimensions, min(rows, _TOLD_BY))
    keys = [block[at : block.find(b" ", at)] for at in places[:-1]]
    sample = b"\n".join(key for key in keys if not key.isascii())
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError:
        return None if is_damaged_utf8(sample) else guessed(sample)
    return None


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
