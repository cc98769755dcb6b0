"""Word models: a space of words, plus what can still be asked of the model behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidSpaceError, UnknownKeyError
from embedviz.space import EmbeddingSpace

_FNV_OFFSET = 2166136261
_FNV_PRIME = 16777619


class WordModel:
    """A space of words that can be asked for the vector of a word.

    Parameters
    ----------
    space : EmbeddingSpace
        The vocabulary: one key per word.
    """

    def __init__(self, space: EmbeddingSpace) -> None:
        self._space = space

    @property
    def space(self) -> EmbeddingSpace:
        """The vocabulary and its vectors."""
        return self._space

    @property
    def name(self) -> str:
        """What people call this model."""
        return self._space.name

    @property
    def nbytes(self) -> int:
        """Bytes that the vectors take in memory."""
        return self._space.nbytes

    def vector(self, word: str) -> NDArray[np.float32]:
        """The vector of ``word``, of shape (d,), float32; raises UnknownKeyError."""
        return self._space.vector(word)

    def renamed(self, name: str) -> WordModel:
        """The same model under another name; nothing is copied."""
        return WordModel(self._space.renamed(name))

    def __contains__(self, word: object) -> bool:
        """Whether the vocabulary holds ``word``."""
        return word in self._space

    def __len__(self) -> int:
        return len(self._space)

    def __repr__(self) -> str:
        size = f"{len(self):,} × {self._space.dimensions}"
        return f"{type(self).__name__}({self.name!r}, {size})"


class SubwordModel(WordModel):
    """A fastText model: words outside its vocabulary get a vector from their character n-grams.

    The vector of an unknown word is the mean of the vectors of its n-grams, each found by its hash
    in a table of buckets (Bojanowski, Grave, Joulin & Mikolov 2017, "Enriching Word Vectors with
    Subword Information"). Words of the vocabulary keep the vector in ``space``, which already
    holds their n-grams' share.

    Parameters
    ----------
    space : EmbeddingSpace
        The vocabulary, of dimension d.
    ngram_vectors : ndarray of shape (buckets, d), float32
        The vector of each bucket; at least one.
    min_n, max_n : int
        Shortest and longest n-gram, in characters, with the marks < and > at the word's ends.

    Raises
    ------
    InvalidSpaceError
        If the parts do not fit together.
    """

    def __init__(
        self, space: EmbeddingSpace, ngram_vectors: NDArray[np.float32], min_n: int, max_n: int
    ) -> None:
        super().__init__(space)
        kept = np.ascontiguousarray(ngram_vectors, dtype=np.float32)
        if kept.ndim != 2 or not len(kept) or kept.shape[1] != space.dimensions:
            raise InvalidSpaceError(
                f"ngram_vectors must be of shape (buckets, {space.dimensions}) with at least one "
                f"bucket, got {kept.shape}."
            )
        if not 1 <= min_n <= max_n:
            raise InvalidSpaceError(
                f"n-grams must have 1 ≤ min_n ≤ max_n characters, got {min_n} and {max_n}."
            )
        self._ngram_vectors = kept.view()
        self._ngram_vectors.flags.writeable = False
        self.min_n, self.max_n = int(min_n), int(max_n)

    @property
    def ngram_vectors(self) -> NDArray[np.float32]:
        """The vectors of the buckets, of shape (buckets, d), float32, read-only."""
        return self._ngram_vectors

    @property
    def nbytes(self) -> int:
        """Bytes that the vectors of words and buckets take in memory."""
        return self._space.nbytes + int(self._ngram_vectors.nbytes)

    def vector(self, word: str) -> NDArray[np.float32]:
        """The vector of ``word``, of shape (d,), float32.

        Raises
        ------
        UnknownKeyError
            If the vocabulary does not hold ``word`` and it has no n-grams either.
        """
        if word in self._space:
            return self._space.vector(word)
        rows = [ngram_hash(ngram) % len(self._ngram_vectors) for ngram in self.ngrams(word)]
        # float32 and in this order, as fastText and gensim add them.
        total: NDArray[np.float32] = np.add.reduce(self._ngram_vectors[rows], axis=0)
        return total / np.float32(len(rows))

    def ngrams(self, word: str) -> tuple[str, ...]:
        """The character n-grams of ``word``; raises UnknownKeyError if it has none."""
        found = character_ngrams(word, self.min_n, self.max_n) if word else ()
        if not found:
            raise UnknownKeyError(
                f"'{word}' gives no character n-grams: {self.name or 'this model'} takes pieces of "
                f"{self.min_n} to {self.max_n} characters of '<{word}>'. Ask for a longer word.",
                word,
            )
        return found

    def renamed(self, name: str) -> SubwordModel:
        """The same model under another name; nothing is copied."""
        return SubwordModel(self._space.renamed(name), self._ngram_vectors, self.min_n, self.max_n)


def as_space(source: EmbeddingSpace | WordModel) -> EmbeddingSpace:
    """The space of a word model; a space is returned as it is."""
    return source.space if isinstance(source, WordModel) else source


def vector_of(source: EmbeddingSpace | WordModel, word: str) -> NDArray[np.float32]:
    """The vector of ``word``, of shape (d,), float32; raises UnknownKeyError."""
    return source.vector(word)


def character_ngrams(word: str, min_n: int, max_n: int) -> tuple[str, ...]:
    """The n-grams of ``<word>`` in fastText's order; the marks alone are not n-grams of one."""
    marked = f"<{word}>"
    last = len(marked) - 1
    return tuple(
        marked[start : start + n]
        for start in range(len(marked))
        for n in range(min_n, min(max_n, len(marked) - start) + 1)
        if n > 1 or 0 < start < last
    )


def ngram_hash(ngram: str) -> int:
    """fastText's hash of an n-gram: 32-bit FNV-1a over UTF-8 bytes taken as signed numbers."""
    value = _FNV_OFFSET
    for byte in ngram.encode("utf-8", "surrogatepass"):
        # fastText widens a signed char, so that a byte above 127 sets the upper bits as well.
        widened = byte if byte < 128 else byte | 0xFFFFFF00
        value = ((value ^ widened) * _FNV_PRIME) & 0xFFFFFFFF
    return value
