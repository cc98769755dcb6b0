"""gensim's own files: pickles, opened only from a path and only when declared trusted."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from embedviz.errors import UntrustedFileError
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel, as_space

NAME = "gensim"
_NEWEST_PICKLE = 5
# Protocol 0 is text: an object made by name, or a memorised dict or list.
_TEXT_PICKLE = re.compile(rb"c[\w.]+\n\w+\n|\(?[dl]p\d+\n|\(i[\w.]+\n\w+\n|ccopy_reg\n")


def sniff(head: bytes, _filename: str) -> bool:
    """A pickle of any age, or PyTorch's archive, which is a pickle in a zip."""
    new = head[:1] == b"\x80" and head[1:2] <= bytes([_NEWEST_PICKLE]) and head[2:3] > b"\0"
    member = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    torch = head[:4] == b"PK\x03\x04" and member.endswith((b"data.pkl", b"/version"))
    return new or torch or _TEXT_PICKLE.match(head) is not None


def read(source: Source, options: ReadOptions) -> EmbeddingSpace | SubwordModel:
    """Word vectors of a trusted file; raises UntrustedFileError, or FormatError if it has none."""
    if source.path is None or not options.trusted:
        raise untrusted(source)
    if not source.head.startswith(b"\x80") and not _TEXT_PICKLE.match(source.head):
        raise source.broken(
            "byte 0: expected what gensim's save() writes. Arrays of NumPy and files of PyTorch "
            "are not read here: make ev.EmbeddingSpace(keys, vectors) of what they hold."
        )
    options.tell(source, 0, 0.0)
    loaded = _loaded(source)
    vectors = getattr(loaded, "wv", getattr(loaded, "kv", loaded))
    if not hasattr(vectors, "index_to_key") or getattr(vectors, "vectors", None) is None:
        raise source.broken(f"it holds a {type(loaded).__name__}, which has no word vectors.")
    result = from_keyed_vectors(vectors, options.name, options.limit)
    options.tell(source, len(as_space(result)), 1.0)
    return result


def from_keyed_vectors(
    vectors: Any, name: str, limit: int | None = None
) -> EmbeddingSpace | SubwordModel:
    """What gensim's KeyedVectors hold; FastTextKeyedVectors with n-grams give a SubwordModel.

    The arrays are copied. Word counts, if kept, stand in ``table["count"]``.
    """
    keys = [str(key) for key in vectors.index_to_key[:limit]]
    array = np.array(vectors.vectors[: len(keys)], dtype=np.float32, order="C")
    counts = vectors.expandos.get("count")
    usable = counts is not None and np.asarray(counts).dtype.kind in "iuf"
    columns = {"count": np.array(counts[: len(keys)])} if usable else {}
    rows = FileRows(keys, array, columns, len(vectors.index_to_key))
    space = space_of(rows, name, NAME)
    if not getattr(vectors, "bucket", 0) or not vectors.max_n:
        return space
    buckets = np.array(vectors.vectors_ngrams, dtype=np.float32, order="C")
    return SubwordModel(space, buckets, max(1, vectors.min_n), vectors.max_n)


def describe(_source: Source, _limit: int | None) -> FileSummary:
    """Nothing: to look inside is to run what is there."""
    return FileSummary(NAME, None, None, None, exact=False)


def untrusted(source: Source) -> UntrustedFileError:
    """The error for a pickle that was not declared trusted, or that is no file on this machine."""
    return UntrustedFileError(
        f"{source.label} is a Python pickle, as gensim, PyTorch and joblib write them. Opening a "
        "pickle can run any code, so it is not opened. Convert it where you trust it: in gensim, "
        "KeyedVectors.load('model.kv').save_word2vec_format('vectors.bin', binary=True), for a "
        "whole model its .wv, and read vectors.bin here. A gensim file that you made yourself can "
        "be read from its path with ev.read(path, trusted=True)."
    )


def _loaded(source: Source) -> Any:
    from gensim.utils import SaveLoad

    try:
        return SaveLoad.load(str(source.path))
    except Exception as error:  # a pickle may fail with anything
        raise source.broken(
            f"gensim cannot load it ({type(error).__name__}: {error}). It may be of another "
            "version, damaged, or without the .npy files saved beside it."
        ) from error


FORMAT = Format(
    name=NAME,
    label="gensim .kv and .model",
    suffixes=(".kv", ".model"),
    help="gensim's own files are pickles: never read from an upload, only from a trusted path.",
    sniff=sniff,
    read=read,
    describe=describe,
    trusted_only=True,
    gzip=False,
)
