"""Which things of a space are one and the same: by the hash of the file, or by the vector."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from embedviz.space import EmbeddingSpace

Ids = NDArray[np.intp]
_known: WeakKeyDictionary[EmbeddingSpace, Ids] = WeakKeyDictionary()


def file_ids(space: EmbeddingSpace) -> Ids:
    """A number for each row, equal for copies of one file.

    Copies have the same value in the table's ``hash`` column; in a space without that column,
    the same vector to the last bit. The numbers are the first row of each file, of shape (n,).
    """
    hashes = _hashes(space)
    return _first_rows(_digests(space) if hashes is None else hashes)


def content_ids(space: EmbeddingSpace) -> Ids:
    """A number for each row, equal where the encoder saw the same thing.

    That is: the same file, or the same vector to the last bit, as a photo saved once as PNG and
    once as BMP has. The numbers are the first row of each content, of shape (n,),
    read-only; they are kept as long as the space is.
    """
    if space not in _known:
        contents = _contents(space)
        contents.flags.writeable = False
        _known[space] = contents
    return _known[space]


def _contents(space: EmbeddingSpace) -> Ids:
    hashes = _hashes(space)
    by_vector = _first_rows(_digests(space))
    if hashes is None:
        return by_vector
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = np.arange(len(space))
    tails = np.concatenate([rows, rows])
    heads = np.concatenate([by_vector, _first_rows(hashes)])
    links = coo_array((np.ones(tails.size, np.int8), (tails, heads)), shape=(rows.size, rows.size))
    _, component = connected_components(links, directed=False)
    return _first_rows(component.tolist())


def _first_rows(values: Iterable[Hashable]) -> Ids:
    """For each value the place where it stands first."""
    first: dict[Hashable, int] = {}
    return np.fromiter((first.setdefault(value, at) for at, value in enumerate(values)), np.intp)


def _hashes(space: EmbeddingSpace) -> list[Hashable] | None:
    """The table's ``hash`` column; a row without one has a value of its own."""
    table = space.table
    if "hash" not in table.columns:
        return None
    known = table["hash"]
    named = known.notna() & (known != "")
    return [
        value if has else ("row", row)
        for row, (value, has) in enumerate(zip(known, named, strict=True))
    ]


def _digests(space: EmbeddingSpace) -> list[bytes]:
    # + 0 makes −0 and 0, which are equal numbers, equal bytes too.
    return [hashlib.blake2b((row + 0).data, digest_size=16).digest() for row in space.vectors]
