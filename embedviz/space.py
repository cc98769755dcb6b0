"""The one noun: keys, vectors and metadata, validated, immutable and fingerprinted."""

from __future__ import annotations

import copy as copy_module
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError, InvalidSpaceError, UnknownKeyError, shown
from embedviz.far_from_origin import lost, swallows
from embedviz.spelling import nearest_spellings

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_SPELLED = 200


class EmbeddingSpace:
    """Named vectors: what every encoder gives and every tool takes.

    Parameters
    ----------
    keys : sequence of str, length n
        Unique and not empty.
    vectors : array-like of shape (n, d)
        Finite numbers, also as a torch tensor or a SciPy sparse matrix; kept as float32,
        C-contiguous and read-only.
    table : DataFrame of n rows, optional
        Metadata, row by row. None means no columns.
    name : str
        What people call this space.
    origin : mapping, optional
        Where the vectors come from (encoder, file, settings); plain JSON values. ``notes`` lists what
        a person should know, such as numbers so far from 0 that float32 made some of them equal.
    copy : bool
        False takes over a float32 C-contiguous array without copying; write to it no more.

    Raises
    ------
    InvalidSpaceError
        If the parts do not fit together.
    """

    def __init__(
        self,
        keys: Iterable[str],
        vectors: ArrayLike,
        table: pd.DataFrame | None = None,
        name: str = "",
        origin: Mapping[str, Any] | None = None,
        *,
        copy: bool = True,
    ) -> None:
        if not isinstance(copy, bool):
            raise InvalidParameterError(f"copy must be True or False, got a {type(copy).__name__}.")
        self._keys = _checked_keys(keys)
        self._vectors = _checked_vectors(vectors, len(self._keys), copy)
        self._table = _checked_table(table, len(self._keys), copy)
        self._name = str(name)
        self._origin = _checked_origin(origin)
        given = vectors if isinstance(vectors, np.ndarray) else None
        if given is not None and given.dtype != np.float32 and swallows(given):
            notes = self._origin.get("notes")
            before = notes if isinstance(notes, list) else []
            self._origin["notes"] = [*before, lost(given)]

    @property
    def keys(self) -> tuple[str, ...]:
        """The n unique keys."""
        return self._keys

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The vectors, of shape (n, d), float32, read-only."""
        return self._vectors

    @property
    def table(self) -> pd.DataFrame:
        """A copy of the metadata, n rows."""
        import pandas as pd

        return pd.DataFrame(index=range(len(self))) if self._table is None else self._table.copy()

    @property
    def name(self) -> str:
        """What people call this space."""
        return self._name

    @property
    def origin(self) -> dict[str, Any]:
        """A copy of where the vectors come from."""
        return dict(self._origin)

    @property
    def dimensions(self) -> int:
        """d, the length of each vector."""
        return int(self._vectors.shape[1])

    @property
    def nbytes(self) -> int:
        """Bytes that the vectors take in memory."""
        return int(self._vectors.nbytes)

    @cached_property
    def norms(self) -> NDArray[np.float32]:
        """Euclidean length of each vector, of shape (n,), float32."""
        squares = np.einsum("ij,ij->i", self._vectors, self._vectors, dtype=np.float64)
        norms: NDArray[np.float32] = np.sqrt(squares).astype(np.float32)
        norms.flags.writeable = False
        return norms

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self._keys)}

    def index(self, key: str) -> int:
        """The row of ``key``; raises UnknownKeyError, which names the nearest spellings."""
        row = self._rows.get(key) if isinstance(key, str) else None
        if row is None:
            raise self._unknown(key)
        return row

    def vector(self, key: str) -> NDArray[np.float32]:
        """The vector of ``key``, of shape (d,); raises UnknownKeyError."""
        vector: NDArray[np.float32] = self._vectors[self.index(key)]
        return vector

    def take(
        self, rows: Sequence[int] | NDArray[np.integer[Any]], name: str | None = None
    ) -> EmbeddingSpace:
        """The space of these rows only, in this order.

        Raises
        ------
        InvalidParameterError
            If a row is not a whole number from 0 to n − 1; a mask is not rows.
        InvalidSpaceError
            If a row is asked for twice.
        """
        chosen = _checked_rows(rows, len(self))
        keys = [self._keys[row] for row in chosen]
        table = None if self._table is None else self._table.iloc[chosen].reset_index(drop=True)
        new_name = self._name if name is None else name
        return EmbeddingSpace(
            keys, self._vectors[chosen], table, new_name, self._origin, copy=False
        )

    def renamed(self, name: str) -> EmbeddingSpace:
        """The same vectors under another name; nothing is copied or computed again."""
        renamed = copy_module.copy(self)
        renamed._name = str(name)
        return renamed

    def with_table(self, table: pd.DataFrame | None) -> EmbeddingSpace:
        """The same vectors with other metadata, n rows; the vectors are not copied.

        Raises InvalidSpaceError if the table has another number of rows.
        """
        checked = _checked_table(table, len(self), copy=True)
        other = copy_module.copy(self)
        other._table = checked
        other.__dict__.pop("fingerprint", None)
        return other

    def with_origin(self, origin: Mapping[str, Any]) -> EmbeddingSpace:
        """The same vectors with another account of where they come from; nothing is copied."""
        other = copy_module.copy(self)
        other._origin = _checked_origin(origin)
        return other

    @cached_property
    def vectors_fingerprint(self) -> str:
        """A hash of the ordered keys and the vectors: what computations are kept under."""
        digest = hashlib.blake2b(digest_size=16)
        encoded = [key.encode("utf-8", "surrogatepass") for key in self._keys]
        digest.update(repr(self._vectors.shape).encode())
        # Lengths first: ("ab", "c") and ("a", "bc") must differ.
        digest.update(np.fromiter(map(len, encoded), dtype="<u4", count=len(encoded)).tobytes())
        digest.update(b"".join(encoded))
        digest.update(self._vectors.data if len(self) else b"")
        return digest.hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """``vectors_fingerprint`` and the metadata: changes when a label is edited."""
        digest = hashlib.blake2b(self.vectors_fingerprint.encode(), digest_size=16)
        if self._table is not None:
            described = self._table.to_json(orient="split", date_format="iso", double_precision=15)
            digest.update(described.encode())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __repr__(self) -> str:
        return f"EmbeddingSpace({self._name!r}, {len(self):,} × {self.dimensions})"

    def _unknown(self, key: object) -> UnknownKeyError:
        where = f"{self._name or 'this space'} ({len(self):,} keys)"
        if not isinstance(key, str):
            return UnknownKeyError(f"{key!r} is not in {where}: its keys are strings.", str(key))
        near = nearest_spellings(key, self._keys) if len(key) <= _LONGEST_SPELLED else ()
        listed = ", ".join(one if len(one) <= _LONGEST_SPELLED else shown(one) for one in near)
        hint = f" Nearest spellings: {listed}." if near else " No spelling here is near it."
        name = f"'{key}'" if len(key) <= _LONGEST_SPELLED else shown(key)
        return UnknownKeyError(f"{name} is not in {where}.{hint}", key, near)


def _checked_keys(keys: Iterable[str]) -> tuple[str, ...]:
    if isinstance(keys, str):
        raise InvalidSpaceError(f"keys must be a sequence of strings, got the one string {keys!r}.")
    if not isinstance(keys, Iterable):
        raise InvalidSpaceError(f"keys must be a sequence of strings, got a {type(keys).__name__}.")
    checked = tuple(keys)
    # A million keys: the types all at once, and one by one only where there are others than str.
    if set(map(type, checked)) - {str} or not all(checked):
        _check_each(checked)
    if (different := len(set(checked))) != len(checked):
        seen: set[str] = set()
        repeated = next(key for key in checked if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        extra = len(checked) - different
        raise InvalidSpaceError(
            f"Keys must be unique: {repeated!r} stands more than once ({extra:,} repeats in all). "
            "Rename the repeats, or read the file with ev.read, which does so."
        )
    return checked


def _check_each(keys: Sequence[object]) -> None:
    for row, key in enumerate(keys):
        if not isinstance(key, str) or not key:
            raise InvalidSpaceError(
                f"Key {row} is {key!r}. Every key must be a string that is not empty."
            )


def _checked_rows(rows: Sequence[int] | NDArray[np.integer[Any]], count: int) -> NDArray[np.intp]:
    given = np.asarray(rows)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise InvalidParameterError(
            f"rows must be a list of whole numbers, got shape {given.shape} of {given.dtype}. "
            "Of a mask, give np.flatnonzero(mask)."
        )
    if given.size and not 0 <= given.min() <= given.max() < count:
        raise InvalidParameterError(
            f"rows {given.min():,} to {given.max():,} were asked for; "
            f"this space has rows 0 to {count - 1:,}."
        )
    return given.astype(np.intp)


def _checked_vectors(vectors: ArrayLike, count: int, copy: bool) -> NDArray[np.float32]:
    array = np.asarray(_dense(vectors))
    if array.ndim != 2 or array.dtype.kind not in "fiub":
        raise InvalidSpaceError(
            f"vectors must be a 2-D array of numbers, got shape {array.shape} of {array.dtype}."
        )
    if array.shape[0] != count:
        raise InvalidSpaceError(
            f"{count:,} keys but {array.shape[0]:,} vectors: one vector per key."
        )
    if count and array.shape[1] == 0:
        raise InvalidSpaceError("The vectors have no dimensions (d = 0).")
    with np.errstate(over="ignore", invalid="ignore"):
        kept = np.array(array, dtype=np.float32, order="C", copy=True if copy else None)
        # A sum is finite only if all is finite: one pass, and a closer look only where it is not.
        all_finite = bool(np.isfinite(kept.sum(dtype=np.float64)))
    if not all_finite and not (finite := np.isfinite(kept).all(axis=1)).all():
        row = int(np.flatnonzero(~finite)[0])
        raise InvalidSpaceError(
            f"{int((~finite).sum()):,} of {count:,} vectors hold a value that is missing, infinite "
            f"or beyond float32; the first is row {row}. Remove or repair these rows."
        )
    kept = kept.view()
    kept.flags.writeable = False
    return kept


def _dense(vectors: Any) -> Any:
    """What NumPy takes: a torch tensor off its device and its graph, a sparse matrix spread out."""
    if hasattr(vectors, "detach") and hasattr(vectors, "cpu"):
        return vectors.detach().cpu().float().numpy()
    return vectors.toarray() if hasattr(vectors, "toarray") else vectors


def _checked_origin(origin: Mapping[str, Any] | None) -> dict[str, Any]:
    if origin is None:
        return {}
    if not isinstance(origin, Mapping):
        raise InvalidSpaceError(
            f"origin must be a mapping of names to plain values, got a {type(origin).__name__}."
        )
    return dict(origin)


def _checked_table(table: pd.DataFrame | None, count: int, copy: bool) -> pd.DataFrame | None:
    if table is None:
        return None
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise InvalidSpaceError(
            f"table must be a pandas DataFrame of n rows, got a {type(table).__name__}. Make one: "
            "pd.DataFrame({'name': values})."
        )
    if len(table) == count and not len(table.columns):
        return None
    if len(table) != count:
        raise InvalidSpaceError(
            f"{count:,} keys but a table of {len(table):,} rows: one row per key."
        )
    return table.reset_index(drop=True) if copy else table
