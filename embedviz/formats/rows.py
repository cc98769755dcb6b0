"""From what a file holds to a valid space: keys mended, unusable rows set aside, all counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.formats.notes import Note, mended_notes, texts_of_notes
from embedviz.formats.set_aside import Codes, Skipped, codes_of, told
from embedviz.space import EmbeddingSpace


class GrowingRows:
    """An array of rows that grows as they come, so that nothing rests on what a header says.

    Parameters
    ----------
    dimensions : int
        d, the length of each row.
    expected : int
        Rows for which there is space from the start.
    dtype : type
        Of its numbers.
    """

    def __init__(self, dimensions: int, expected: int = 1024, dtype: Any = np.float32) -> None:
        self._array = np.empty((max(1, expected), dimensions), dtype=dtype)
        self._filled = 0

    def append(self, rows: NDArray[Any]) -> None:
        """Add ``rows``, of shape (m, d)."""
        needed = self._filled + len(rows)
        if needed > len(self._array):
            # In place where the allocator can: no second copy of gigabytes.
            grown = max(needed, len(self._array) * 3 // 2)
            self._array.resize((grown, rows.shape[1]), refcheck=False)
        with np.errstate(over="ignore", invalid="ignore"):
            self._array[self._filled : needed] = rows
        self._filled = needed

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers."""
        dtype: np.dtype[Any] = self._array.dtype
        return dtype

    def __len__(self) -> int:
        return self._filled

    def row(self, number: int) -> NDArray[np.float32]:
        """A copy of one row, of shape (d,); growing may move the rows themselves."""
        return np.array(self._array[: self._filled][number])

    def finished(self) -> NDArray[np.float32]:
        """All rows, of shape (n, d), float32; append nothing after this."""
        self._array.resize((self._filled, self._array.shape[1]), refcheck=False)
        return self._array


@dataclass(frozen=True)
class FileRows:
    """What was read from a file, as it stood there.

    Attributes
    ----------
    keys : sequence of str or bytes, length n, or None
        Bytes are UTF-8, or meant to be. Without keys each row is called by its number, ``row-17``.
    vectors : ndarray of shape (n, d), float32
    columns : mapping from name to sequence of length n
        Metadata.
    rows_in_file : int or None
        Rows that the file holds, if it says so.
    zeros : bool
        Whether rows of zeros are set aside too.
    codes : ndarray of shape (n,), optional
        What is known to be wrong with each row (:data:`embedviz.formats.set_aside.REASONS`).
    skipped : sequence of Skipped
        Rows of the file that are not among these.
    encoding : str
        What keys that are bytes are decoded by.
    notes : sequence of Note
        What to say of the reading.
    """

    keys: Sequence[str] | Sequence[bytes] | None
    vectors: NDArray[np.float32]
    columns: Mapping[str, Any]
    rows_in_file: int | None = None
    zeros: bool = False
    codes: Codes | None = None
    skipped: Sequence[Skipped] = ()
    encoding: str = "utf-8"
    notes: Sequence[Note] = ()


def space_of(rows: FileRows, name: str, format_name: str) -> EmbeddingSpace:
    """A valid space from ``rows``; what was mended is counted in ``origin["read"]``, and what a
    person should know besides stands in ``origin["notes"]``, if there is such.

    Rows with a number that is missing, infinite or beyond float32 are set aside, and those that
    ``rows`` says; blank keys become ``row-17`` (counted from 1 in the file) and repeated ones
    ``name#2``, the original in ``table["label"]``; bytes that are not UTF-8 become U+FFFD. All of
    it and what else is to be known of the reading is said in ``origin["notes"]``, if there is any.
    It may be empty.
    """
    labels, undecodable = (None, 0) if rows.keys is None else decoded(rows.keys, rows.encoding)
    codes = codes_of(rows.vectors, rows.zeros, rows.codes)
    places = _places(len(rows.vectors), rows.skipped)
    aside = told(labels, codes, places, rows.skipped)
    vectors, columns = rows.vectors, dict(rows.columns)
    if codes is not None:
        sound = np.flatnonzero(codes == 0)
        labels = None if labels is None else [labels[row] for row in sound]
        vectors, places = vectors[sound], places[sound]
        columns = {column: _taken(values, sound) for column, values in columns.items()}
    if labels is None:
        labels = [f"row-{place}" for place in (places + 1).tolist()]
    keys, duplicates, blanks = mended(labels, places)
    if duplicates or blanks:
        columns = {"label": labels, **{k: v for k, v in columns.items() if k != "label"}}
    counts = {
        "rows": len(keys), "duplicates": duplicates, "blanks": blanks, "undecodable": undecodable,
        "not_finite": aside["missing"] + aside["infinite"], "rows_in_file": rows.rows_in_file,
        **aside,
    }  # fmt: skip
    origin: dict[str, Any] = {"format": format_name, "read": counts}
    notes = [*texts_of_notes(rows.notes), *mended_notes(counts)]
    if notes:
        origin["notes"] = notes
    return EmbeddingSpace(keys, vectors, _table(columns), name, origin, copy=False)


def decoded(
    keys: Sequence[str] | Sequence[bytes], encoding: str = "utf-8"
) -> tuple[list[str], int]:
    """The keys as text, and how many held bytes that ``encoding`` does not have."""
    encoded = [key for key in keys if isinstance(key, bytes)]
    if len(encoded) < len(keys):
        return [str(key) for key in keys], 0
    try:
        # One call for all of them is several times faster than one for each.
        together = b"\n".join(encoded).decode(encoding).split("\n")
        if len(together) == len(encoded):
            return together, 0
    except UnicodeDecodeError:
        pass
    texts = [key.decode(encoding, "replace") for key in encoded]
    bad = sum(
        "\ufffd" in text and text.encode() != key for text, key in zip(texts, encoded, strict=True)
    )
    return texts, bad


def mended(labels: Sequence[str], numbers: NDArray[np.intp]) -> tuple[list[str], int, int]:
    """Unique keys that are not empty, and how many were repeated and how many blank."""
    keys = list(labels)
    taken = set(labels)
    if len(taken) == len(keys) and "" not in taken:
        return keys, 0, 0
    blanks = duplicates = 0
    seen: dict[str, int] = {}
    for row, label in enumerate(labels):
        if not label:
            blanks += 1
            keys[row] = _free(f"row-{numbers[row] + 1}", taken, 1)[0]
        elif label in seen:
            duplicates += 1
            keys[row], seen[label] = _free(label, taken, seen[label] + 1)
        else:
            seen[label] = 1
    return keys, duplicates, blanks


def _free(label: str, taken: set[str], start: int) -> tuple[str, int]:
    """``label#start`` (the bare label for 1), or the next such name that nobody has."""
    count = start
    while (key := label if count == 1 else f"{label}#{count}") in taken:
        count += 1
    taken.add(key)
    return key, count


def _places(count: int, skipped: Sequence[Skipped]) -> NDArray[np.intp]:
    """Where each of ``count`` rows stands in the file, from 0, between those that were skipped."""
    if not skipped:
        return np.arange(count)
    return np.delete(np.arange(count + len(skipped)), [one.row for one in skipped])[:count]


def _taken(values: Any, numbers: NDArray[np.intp]) -> Any:
    if isinstance(values, np.ndarray) or hasattr(values, "iloc"):
        return values[numbers] if isinstance(values, np.ndarray) else values.iloc[numbers]
    return [values[number] for number in numbers]


def _table(columns: Mapping[str, Any]) -> Any:
    import pandas as pd

    if not columns:
        return None
    return pd.DataFrame(
        {
            name: values.reset_index(drop=True) if isinstance(values, pd.Series) else values
            for name, values in columns.items()
        }
    )
