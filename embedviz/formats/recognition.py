"""Which columns are the vector and which names the rows: rules that a person can overrule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats.as_table import NAMING
from embedviz.formats.columns import ColumnInfo, KeyChoice, Recognised, Role, Tabular
from embedviz.formats.set_aside import REASONS, codes_of
from embedviz.formats.vector_columns import (
    dimensions_of,
    is_list,
    is_number,
    is_text,
    numbers_among,
    numbers_in,
    vectors_of,
)
from embedviz.spelling import nearest_spellings

KEY_NAMES = ("embedviz_key", "key", "id", "uuid", "name", "word", "token", "label", "title", "text", "path",
             "file", "filename", "sentence", "", "index", "__index_level_0__")  # fmt: skip
"""Columns of these names are the key where their values are unique; the first one wins."""

_VECTOR_NAMES = ("vector", "vectors", "embedding", "embeddings", "emb", "features")
_COUNTED = re.compile(r"(.*?)(\d{1,9})(\D*)", re.DOTALL)
_LOOKED_AT = 20


@dataclass(frozen=True)
class _Vector:
    """The columns of the vector, and what to say about the choice."""

    names: tuple[str, ...]
    note: str = ""


def recognised_in(
    tabular: Tabular, format_name: str, vectors: Sequence[str] = (), key: KeyChoice = None
) -> Recognised:
    """What the columns of an opened file are; ``vectors`` and ``key`` overrule the rules.

    With ``key=False`` no column names the rows.

    Raises
    ------
    InvalidParameterError
        If there is no column of a name that was given.
    FormatError
        If no columns make a vector; the message lists those there are.
    """
    names = tabular.schema.names
    _known([*vectors, *([key] if isinstance(key, str) else [])], names)
    vector = _Vector(tuple(vectors)) if vectors else _vector_in(tabular)
    chosen = _key_in(tabular, vector.names) if key is None else None if key is False else key
    _refuse_texts(tabular.sample, vector.names)
    dimensions = dimensions_of(tabular.sample, vector.names)
    if not dimensions:
        raise FormatError(
            f"column {vector.names[0]!r} was expected to hold lists of numbers, and holds none. "
            f"{_listed(tabular)}"
        )
    roles: dict[str, Role] = dict.fromkeys(names, "metadata")
    roles |= dict.fromkeys(vector.names, "vector")
    if chosen is not None:
        roles[chosen] = "key"
    counted = _set_aside(tabular.sample, vector.names, dimensions)
    return Recognised(
        format_name, tuple(_info(tabular.sample, name, roles[name]) for name in names),
        vector.names, chosen, tabular.rows, dimensions, tabular.sample.num_rows, counted,
        " ".join(filter(None, [*tabular.notes, vector.note])),
    )  # fmt: skip


def _vector_in(tabular: Tabular) -> _Vector:
    schema = tabular.schema
    if tabular.vector is not None and tabular.vector in schema.names:
        return _Vector((tabular.vector,))
    lists = [name for name in schema.names if _holds_lists(tabular.sample, name)]
    if lists:
        best = min(lists, key=lambda name: (_rank(name), -dimensions_of(tabular.sample, [name])))
        others = ", ".join(repr(name) for name in lists if name != best)
        return _Vector((best,), f"There are other columns of lists: {others}." if others else "")
    wide = [name for name in schema.names if is_number(schema.field(name).type)]
    run = _longest_run([name for name in schema.names if name in wide or _broken(tabular, name)])
    run = run if set(run) & set(wide) else _longest_run(wide)
    if len(run) >= 2 or (len(run) == 1 and len(schema.names) <= 2):
        return _Vector(run)
    import pyarrow as pa

    decimals = tuple(name for name in wide if pa.types.is_floating(schema.field(name).type))
    if len(decimals) >= 3:
        return _Vector(
            decimals,
            f"No columns are numbered like a vector's: all {len(decimals)} columns of decimal "
            "numbers were taken.",
        )
    raise FormatError(
        "expected columns that make a vector: one that holds lists of numbers, numbered ones (x0, x1, …) "
        f"or three or more of decimal numbers. {_listed(tabular)}"
    )


def _holds_lists(sample: Any, name: str) -> bool:
    column = sample.column(name)
    if is_list(column.type):
        return True
    if not is_text(column.type):
        return False
    texts = [text for text in column.slice(0, _LOOKED_AT).to_pylist() if text]
    found = [numbers_in(text) for text in texts]
    long = sum(
        numbers is not None and len(numbers) >= (1 if text.strip()[:1] in "[(" else 2)
        for numbers, text in zip(found, texts, strict=True)
    )
    return bool(texts) and 2 * long > len(texts)


def _broken(tabular: Tabular, name: str) -> bool:
    """Whether it is a numbered column of numbers that a few cells made text."""
    column = tabular.sample.column(name)
    if not is_text(column.type) or not _COUNTED.fullmatch(name):
        return False
    return _reads_as_numbers(column)


def _reads_as_numbers(column: Any) -> bool:
    """Whether more cells of a column of text are numbers than are neither that nor blank."""
    numbers, unreadable = numbers_among(column)
    return int((~np.isnan(numbers) & ~unreadable).sum()) > int(unreadable.sum())


def _refuse_texts(sample: Any, names: Sequence[str]) -> None:
    for name in names if len(names) > 1 else ():
        column = sample.column(name)
        if is_text(column.type) and len(column) and not _reads_as_numbers(column):
            raise FormatError(f"Column {name!r} was to hold numbers, and holds text.")


def _rank(name: str) -> int:
    """Names that say what a column is go first."""
    plain = name.lower()
    if plain in _VECTOR_NAMES:
        return 0
    return 1 if any(part in plain for part in ("vec", "emb")) else 2


def _longest_run(names: Sequence[str]) -> tuple[str, ...]:
    """The columns that count up by one within one pattern (x0, x1, …), the most of them."""
    runs: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for name in names:
        found = _COUNTED.fullmatch(name)
        if found:
            runs.setdefault((found[1], found[3]), []).append((int(found[2]), name))
    best: tuple[str, ...] = ()
    for numbered in runs.values():
        numbered.sort()
        breaks = [0, *(np.flatnonzero(np.diff([n for n, _ in numbered]) != 1) + 1), len(numbered)]
        for start, end in pairwise(breaks):
            if end - start > len(best):
                best = tuple(name for _, name in numbered[start:end])
    return best


def _key_in(tabular: Tabular, vector: Sequence[str]) -> str | None:
    if tabular.key in tabular.schema.names:
        return tabular.key
    by_name = {name.lower(): name for name in reversed(tabular.schema.names) if name not in vector}
    candidates = [by_name[name] for name in KEY_NAMES if name in by_name]
    if tabular.headless:
        candidates += [name for name in by_name.values() if name not in candidates]
    return next((name for name in candidates if _names_rows(tabular, name)), None)


def _names_rows(tabular: Tabular, name: str) -> bool:
    """Whether the values are text, or whole numbers where the name says so, and unique."""
    import pyarrow as pa

    kind = tabular.schema.field(name).type
    whole = pa.types.is_integer(kind) and name.lower() in NAMING
    if not (is_text(kind) or whole):
        return False
    values = tabular.sample.column(name).to_pylist()
    # Without a header the one column of text is what names the rows, repeats or not.
    return len(set(values)) * (2 if tabular.headless else 1) >= len(values)


def _info(sample: Any, name: str, role: Role) -> ColumnInfo:
    column = sample.column(name)
    example = next(
        (value for value in column.slice(0, _LOOKED_AT).to_pylist() if value is not None), ""
    )
    text = str(example[:4])[:-1] + ", …]" if isinstance(example, list) else str(example)
    return ColumnInfo(name, _kind(column.type), role, text[:80])


def _kind(kind: Any) -> str:  # noqa: PLR0911 - one for each kind
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "yes or no"
    if pa.types.is_dictionary(kind):
        return "category"
    if pa.types.is_temporal(kind):
        return "date or time"
    if is_list(kind):
        return "list of numbers"
    if pa.types.is_integer(kind):
        return "whole number"
    if is_number(kind):
        return "decimal number"
    return "text" if is_text(kind) else str(kind)[:40]


def _set_aside(sample: Any, names: Sequence[str], dimensions: int) -> tuple[tuple[str, int], ...]:
    counts = np.zeros(len(REASONS), int)
    for batch in sample.to_batches():
        rows, codes = vectors_of(batch, names, dimensions)
        found = codes_of(rows, True, codes)
        if found is not None:
            counts += np.bincount(found, minlength=len(REASONS))
    return tuple(
        (REASONS[code], int(counts[code])) for code in range(1, len(REASONS)) if counts[code]
    )


def _known(asked: Sequence[str], names: Sequence[str]) -> None:
    for name in asked:
        if name not in names:
            near = nearest_spellings(name, names) or names[:8]
            raise InvalidParameterError(
                f"No column {name!r}. There are {len(names):,}, such as "
                f"{', '.join(map(repr, near))}."
            )


def _listed(tabular: Tabular) -> str:
    shown = [f"{field.name} ({_kind(field.type)})" for field in tabular.schema][:12]
    more = ", …" if len(tabular.schema.names) > len(shown) else ""
    return f"It has: {', '.join(shown)}{more}. Say which they are: ev.read(path, vectors=[names])."
