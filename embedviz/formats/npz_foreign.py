"""NumPy archives that others made: arrays of any names, told apart by their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError, UntrustedFileError
from embedviz.far_from_origin import centered, swallows
from embedviz.formats.base import MAX_DIMENSIONS, ReadOptions
from embedviz.formats.columns import KeyChoice
from embedviz.formats.joining import with_metadata
from embedviz.formats.notes import Note
from embedviz.formats.recognition import KEY_NAMES
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.unusable_arrays import why_no_vectors
from embedviz.formats.zip_members import Archive, ArrayHeader
from embedviz.space import EmbeddingSpace

_NUMBERS, _TEXT = "fiu", "US"


def read_foreign(
    archive: Archive, source: Source, options: ReadOptions, name: str
) -> EmbeddingSpace:
    """The 2-D array as vectors, a 1-D array of different texts as keys, the rest as metadata."""
    headers, notes = usable(archive)
    vector = vectors_member(source, headers, options.vectors)
    total = headers[vector].shape[0]
    wanted = options.first(total)
    options.tell(source, 0, 0.0)
    stored = archive.array(vector, wanted)
    if swallows(stored):
        vectors, note = centered(stored)
        notes.append(Note(note))
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            vectors = stored.astype(np.float32, copy=False)
    lists = {
        member: _column(archive.array(member, wanted))
        for member, header in headers.items()
        if header.shape == (total,) and header.dtype.kind in _NUMBERS + _TEXT + "bM"
    }
    key = _key(lists, options.key)
    keys = None if key is None else [str(value) for value in lists.pop(key)]
    options.tell(source, wanted, 1.0)
    content = FileRows(keys, vectors, lists, total, zeros=True, notes=notes)
    return space_of(with_metadata(content, options), options.name, name)


def arrays_in(archive: Archive) -> list[str]:
    """The members that are arrays."""
    return [name for name in archive.names if not name.endswith((".json", ".txt"))]


def usable(archive: Archive) -> tuple[dict[str, ArrayHeader], list[Note]]:
    """The headers of the arrays, and notes about arrays of Python objects, which are left out.

    Raises UntrustedFileError where there is no array of numbers beside them.
    """
    headers: dict[str, ArrayHeader] = {}
    refused: dict[str, UntrustedFileError] = {}
    for member in arrays_in(archive):
        try:
            headers[member] = archive.header(member)
        except UntrustedFileError as error:
            refused[member] = error
    numbers = any(len(h.shape) == 2 and h.dtype.kind in _NUMBERS for h in headers.values())
    if refused and not numbers:
        raise next(iter(refused.values()))
    return headers, [Note(f"Left out: {error}") for error in refused.values()]


def vectors_member(
    source: Source, headers: dict[str, ArrayHeader], asked: tuple[str, ...] = ()
) -> str:
    """The name of the one 2-D array of numbers, or of the one asked for; raises FormatError."""
    flat = {
        name: header
        for name, header in headers.items()
        if len(header.shape) == 2 and header.dtype.kind in _NUMBERS
        and header.shape[0] > 0 and 0 < header.shape[1] <= MAX_DIMENSIONS
    }  # fmt: skip
    held = ", ".join(f"{name!r} {header.shape}" for name, header in [*headers.items()][:8])
    if asked:
        if len(asked) != 1 or asked[0] not in flat:
            raise InvalidParameterError(
                f"vectors={list(asked)}: one 2-D array of the archive makes the vectors. It holds "
                f"{held}."
            )
        return asked[0]
    if "vectors" in flat or len(flat) == 1:
        return "vectors" if "vectors" in flat else next(iter(flat))
    names = ", ".join(map(repr, headers)) or "nothing"
    problem = "several 2-D arrays" if flat else "no 2-D array of numbers"
    if len(headers) == 1:
        only = next(iter(headers.values()))
        raise source.broken(f"array {names}: {why_no_vectors(only.shape, only.dtype)}")
    raise source.broken(
        f"expected one 2-D array as the vectors; it holds {problem} ({held or names}; arrays "
        f"{', '.join(map(repr, [*headers][:8])) or 'none'}). Name one: "
        "ev.read(path, vectors='name')."
    )


def _column(values: NDArray[Any]) -> Any:
    if values.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in values.tolist()]
    return values.tolist() if values.dtype.kind == "U" else values


def _key(lists: dict[str, Any], asked: KeyChoice) -> str | None:
    if asked is False:
        return None
    if asked is not None:
        if asked not in lists:
            raise InvalidParameterError(
                f"key={asked!r}: there is no such array with one value for each vector. There are "
                f"{', '.join(map(repr, lists)) or 'none'}."
            )
        return asked
    texts = [name for name, values in lists.items() if isinstance(values, list)]
    known = [name for wanted in (*KEY_NAMES, "keys", "words", "names", "labels", "ids", "texts")
             for name in texts if name.lower() == wanted]  # fmt: skip
    unique = (name for name in [*known, *texts] if len(set(lists[name])) == len(lists[name]))
    return next(unique, None)
