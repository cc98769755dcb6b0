"""fastText .bin as Facebook's program writes it: vocabulary, and vectors of words and n-grams."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError
from embedviz.formats.base import (
    MAX_DIMENSIONS,
    FileSummary,
    Format,
    ReadOptions,
    checked_sizes,
    memory,
)
from embedviz.formats.fasttext_subwords import composed
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel

NAME = "fasttext-bin"
_MAGIC = 793712314
_VERSION_OF_BARE_END = 12
_SUPERVISED = 3
_LONGEST_WORD = 1 << 16
_LONGEST_NGRAM = 64
_WORDS_BETWEEN_REPORTS = 1 << 14


@dataclass(frozen=True)
class _Header:
    version: int  # 0 for the first form of the file, which carries no version
    dimensions: int
    loss: int
    model: int
    buckets: int
    min_n: int
    max_n: int
    size: int

    @property
    def has_ngrams(self) -> bool:
        return self.buckets > 0 and self.max_n > 0


def sniff(head: bytes, _filename: str) -> bool:
    """Facebook's magic number, or the settings of the form that came before it."""
    header = _header_in(head)
    if header is None:
        return False
    plausible = 1 <= header.dimensions <= MAX_DIMENSIONS and 0 <= header.min_n <= _LONGEST_NGRAM
    known = header.loss in (1, 2, 3, 4) and header.model in (1, 2, 3)
    return header.version > 0 or (plausible and known and 0 <= header.max_n <= _LONGEST_NGRAM)


def read(source: Source, options: ReadOptions) -> EmbeddingSpace | SubwordModel:
    """The vocabulary (its first ``limit`` words) with all buckets; raises FormatError."""
    header, words = _start(source)
    wanted = options.first(words)
    keys, counts = _vocabulary(source, words, wanted, options)
    _matrix_start(source, header, words)
    vectors = _matrix(source, wanted, header.dimensions, "the vectors of the words", options)
    source.skip((words - wanted) * header.dimensions * 4, "the vectors of the words")
    buckets = _matrix(source, header.buckets, header.dimensions, "the vectors of n-grams", options)
    lengths = (max(1, header.min_n), header.max_n)
    if header.has_ngrams:
        if not np.isfinite(buckets).all():
            raise source.broken("the vectors of its n-grams hold NaN or infinity: it is damaged.")
        bare = header.version >= _VERSION_OF_BARE_END
        for done in composed(keys, vectors, buckets, lengths, bare_end=bare):
            options.tell(source, done, (1 + done / len(keys)) / 2)
    rows = FileRows(keys, vectors, {"count": np.array(counts, dtype=np.int64)}, words)
    space = space_of(rows, options.name, NAME)
    return SubwordModel(space, buckets, *lengths) if header.has_ngrams else space


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the header says, checked against the size of the file; the buckets count as memory."""
    header, words = _start(source)
    wanted = words if limit is None else min(words, limit)
    needed = memory(wanted, header.dimensions, header.buckets)
    return FileSummary(NAME, words, header.dimensions, needed)


def _header_in(head: bytes) -> _Header | None:
    if len(head) < 64:
        return None
    magic, version = struct.unpack_from("<2i", head)
    new = magic == _MAGIC
    values = struct.unpack_from("<12i", head, 8 if new else 0)
    return _Header(
        version if new else 0, values[0], values[6], values[7], values[8], values[9], values[10],
        64 if new else 56,
    )  # fmt: skip


def _start(source: Source) -> tuple[_Header, int]:
    """The header, and the number of words; the vocabulary comes next."""
    header = _header_in(source.head)
    if header is None or not sniff(source.head, source.filename):
        raise source.broken(
            "byte 0: expected the header of a fastText model (.bin), got "
            f"{source.head[:8].hex(' ')}. A word2vec binary file has the same suffix: try "
            "format='word2vec-binary'."
        )
    source.skip(header.size, "the header")
    form = "<3iqq" if header.version else "<3iq"
    block = source.exactly(struct.calcsize(form), "the sizes of the vocabulary")
    entries, words, labels, _, *pruned = struct.unpack(form, block)
    if header.model == _SUPERVISED or labels > 0:
        raise source.broken(
            f"it is a supervised fastText model (a classifier with {max(labels, 0):,} labels), not "
            "word vectors. Read the .vec file that fastText writes beside it."
        )
    if pruned and pruned[0] > 0:
        raise _quantized(source)
    plausible = header.buckets >= 0 and header.min_n >= 0 and header.max_n <= _LONGEST_NGRAM
    if entries != words or not plausible or (header.max_n > 0 and header.min_n > header.max_n):
        raise source.broken(
            f"byte {source.position:,}: its header makes no sense ({entries:,} entries, {words:,} "
            f"words, {header.buckets:,} buckets, n-grams of {header.min_n} to {header.max_n} "
            "characters). It is damaged."
        )
    rows = words + header.buckets
    checked_sizes(source, words, header.dimensions, 4 * header.dimensions, rows)
    return header, words


def _vocabulary(
    source: Source, words: int, wanted: int, options: ReadOptions
) -> tuple[list[bytes], list[int]]:
    keys: list[bytes] = []
    counts: list[int] = []
    for row in range(words):
        word = source.until(b"\0", _LONGEST_WORD, f"word {row + 1:,} of the vocabulary")
        count, kind = struct.unpack("<qb", source.exactly(9, "the count of a word"))
        if kind != 0:
            raise source.broken(
                f"byte {source.position:,}: entry {row + 1:,} of the vocabulary is of kind {kind}, "
                "expected 0 (a word). It is a supervised model, or damaged."
            )
        if row < wanted:
            keys.append(word)
            counts.append(count)
        if row % _WORDS_BETWEEN_REPORTS == 0:
            options.tell(source, row, source.fraction / 2)
    return keys, counts


def _matrix_start(source: Source, header: _Header, words: int) -> None:
    """Check what is said of the matrix of words and buckets, which comes next."""
    if header.version and source.exactly(1, "the mark of a quantized model") != b"\0":
        raise _quantized(source)
    at = source.position
    rows, columns = struct.unpack("<2q", source.exactly(16, "the shape of the vectors"))
    if (rows, columns) != (words + header.buckets, header.dimensions):
        raise source.broken(
            f"byte {at:,}: expected {words + header.buckets:,} × {header.dimensions:,} vectors of "
            f"words and n-grams, got {rows:,} × {columns:,}. It is damaged."
        )


def _matrix(
    source: Source, rows: int, dimensions: int, what: str, options: ReadOptions
) -> NDArray[np.float32]:
    def tell() -> None:
        options.tell(source, rows, source.fraction / 2)

    matrix = source.array("<f4", rows * dimensions, what, tell)
    return matrix.reshape(rows, dimensions).astype(np.float32, copy=False)


def _quantized(source: Source) -> FormatError:
    return source.broken(
        "it is a quantized fastText model (.ftz), which holds codes in place of vectors. "
        "Read the .bin that it was made from, or a .vec file."
    )


FORMAT = Format(
    name=NAME,
    label="fastText .bin",
    suffixes=(".bin",),
    help="Facebook's own format: words outside the vocabulary get a vector from their n-grams.",
    sniff=sniff,
    read=read,
    describe=describe,
)
