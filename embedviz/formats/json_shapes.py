"""Rows of JSON, however they were written: objects, arrays, pandas' orients, answers of services.

Nested objects become columns with dotted names (``response.body.data[0].embedding``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

Row = Mapping[str, Any]
Place = tuple[str, Any]

_ROWS = (
    "data",
    "rows",
    "records",
    "items",
    "results",
    "embeddings",
    "vectors",
    "predictions",
    "points",
)
_NUMBERED = re.compile(r"(.*?)\d+\D*|[xyz]", re.DOTALL)
_DEEPEST = 8
_MOST_CHILDREN = 64
_MOST_LISTED = 4


class NoRowsError(ValueError):
    """The values hold no rows; the message says what they are."""


def rows_of(places: Iterator[Place]) -> tuple[Iterator[Row], list[str]]:
    """The rows in the values of a file, and what a person should know about how they were found.

    Raises NoRowsError, at once or while the rows are read.
    """
    first = list(islice(places, 2))
    if len(first) == 1 and isinstance(first[0][1], Mapping):
        return _in_object(first[0][1])
    if first and isinstance(first[0][1], list):
        return _of_lists(first, places)
    return _objects(chain(first, places)), []


def _objects(places: Iterable[Place]) -> Iterator[Row]:
    for where, value in places:
        if not isinstance(value, Mapping):
            raise NoRowsError(f"{where}: expected a JSON object, got {_short(value)}.")
        yield value


def _of_lists(first: list[Place], places: Iterator[Place]) -> tuple[Iterator[Row], list[str]]:
    """Rows that are arrays: numbers; a name and numbers; or cells, perhaps under their names."""
    names = first[0][1]
    titled = (
        len(first) > 1 and _texts(names) and len(set(names)) == len(names) > 1
        and isinstance(first[1][1], list) and len(first[1][1]) == len(names)
        and not _texts(first[1][1])
    )  # fmt: skip
    rest = chain(first[titled:], places)
    if titled:
        return (_cells(where, value, names) for where, value in rest), [
            "Its first array was taken for the names of the columns."
        ]
    return (_of_list(where, value) for where, value in rest), []


def _of_list(where: str, value: Any) -> Row:
    if not isinstance(value, list):
        raise NoRowsError(f"{where}: expected an array as in the rows before, got {_short(value)}.")
    if not value or all(map(_is_number, value)):
        return {"vector": value}
    if isinstance(value[0], str) and len(value) > 1:
        numbers = value[1] if len(value) == 2 and _is_vector(value[1]) else value[1:]
        if len(numbers) > 1 and all(map(_is_number, numbers)):
            return {"key": value[0], "vector": numbers}
    return {f"column_{at}": cell for at, cell in enumerate(value, 1)}


def _cells(where: str, value: Any, names: Sequence[str]) -> Row:
    if not isinstance(value, list) or len(value) != len(names):
        raise NoRowsError(f"{where}: expected {len(names):,} cells, got {_short(value)}.")
    return dict(zip(names, value, strict=True))


def _in_object(whole: Row) -> tuple[Iterator[Row], list[str]]:
    """The rows of a file that is one object."""
    if isinstance(whole.get("columns"), list) and _listed(whole.get("data"), list):
        return _split(whole)
    inner = list(whole.values())
    if len(whole) > 1 and all(isinstance(value, Mapping) for value in inner):
        return _oriented(whole)
    held = next((name for name in _ROWS if _listed(whole.get(name), Mapping)), None)
    if held is None:
        lists = [name for name, value in whole.items() if _listed(value, Mapping)]
        held = lists[0] if len(lists) == 1 and not _has_vector(whole) else None
    if held is not None:
        return _objects((f"{held}[{at}]", row) for at, row in enumerate(whole[held])), [
            f"Its rows stand in {held!r}."
        ]
    return _of_columns(whole)


def _split(whole: Row) -> tuple[Iterator[Row], list[str]]:
    """pandas' ``orient="split"``."""
    names, index = [str(name) for name in whole["columns"]], whole.get("index")
    rows = (_cells(f"data[{at}]", row, names) for at, row in enumerate(whole["data"]))
    if not isinstance(index, list) or index == list(range(len(index))) or "index" in names:
        return rows, ["Its names stand in 'columns', its rows in 'data'."]
    named = ({"index": name, **row} for name, row in zip(index, rows, strict=False))
    return named, ["Its names stand in 'columns' and 'index', its rows in 'data'."]


def _oriented(whole: Mapping[str, Any]) -> tuple[Iterator[Row], list[str]]:
    """Objects in an object: columns of rows (pandas' default), or rows of columns."""
    if _by_column(whole):
        rows = list(dict.fromkeys(name for column in whole.values() for name in column))
        counted = rows == [str(at) for at in range(len(rows))] or "index" in whole
        found: Iterator[Row] = (
            {**({} if counted else {"index": row}),
             **{name: column.get(row) for name, column in whole.items()}}
            for row in rows
        )  # fmt: skip
        return found, ["Each object in it was taken for a column."]
    named = ({"index": name, **row} for name, row in whole.items())
    return named, ["Each object in it was taken for a row, named 'index'."]


def _by_column(whole: Mapping[str, Any]) -> bool:
    holders = [name for name, inner in whole.items() if any(map(_is_vector, inner.values()))]
    if holders:
        # A column of vectors stands beside columns without any; rows have one each.
        names = [str(at) for at in range(len(whole[holders[0]]))]
        return len(holders) < len(whole) or (len(names) > 1 and list(whole[holders[0]]) == names)
    inner = [list(value) for value in whole.values()]
    alike = all(set(names) == set(inner[0]) for names in inner)
    if alike and inner[0] == [str(at) for at in range(len(inner[0]))]:
        return True
    if list(whole) == [str(at) for at in range(len(whole))]:
        return False
    numbered = [name for name in whole if _NUMBERED.fullmatch(name)]
    return (
        alike
        and 2 * len(numbered) > len(whole)
        and not all(_NUMBERED.fullmatch(name) for name in inner[0])
    )


def _of_columns(whole: Row) -> tuple[Iterator[Row], list[str]]:
    """Columns as lists, names with a vector each, or a single row."""
    lists = {name: value for name, value in whole.items() if isinstance(value, list)}
    lengths = {len(value) for value in lists.values()}
    nested = [name for name, value in lists.items() if _listed(value, list)]
    vectors = [name for name, value in lists.items() if _is_vector(value)]
    alike = len(lists) == len(whole) > 1 and len(lengths) == 1
    if alike and len(vectors) == len(whole) and not all(map(_NUMBERED.fullmatch, whole)):
        return ({"key": name, "vector": value} for name, value in whole.items()), [
            "Each name in it was taken for a row, and its list for the vector."
        ]
    if nested and len({len(lists[name]) for name in nested}) == 1:
        rows = len(lists[nested[0]])
        lists = {name: value for name, value in lists.items() if len(value) == rows}
        alike = True
    if alike and (nested or len(vectors) != 1):
        return _zipped(lists), ["Each list in it was taken for a column."]
    inside = [value for value in whole.values() if isinstance(value, Mapping)]
    if len(inside) == 1 and not lists and any(isinstance(v, list) for v in inside[0].values()):
        return _in_object(inside[0])
    return iter([whole]), []


def _zipped(columns: Mapping[str, list[Any]]) -> Iterator[Row]:
    names = list(columns)
    return (dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True))


class Flattening:
    """Nested objects as columns with dotted names, the same for all rows.

    Objects with very many different names, and those that hold lists but lead to no vector, stay
    one column of JSON.

    Parameters
    ----------
    rows : sequence of mapping
        The first rows, which decide that.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._children: dict[str, set[str]] = {}
        self._leading: set[str] = set()
        self._listing: set[str] = set()
        for row in rows:
            self._look("", row, 0)
        many = {path for path, names in self._children.items() if len(names) > _MOST_CHILDREN}
        self._whole = many | (self._listing - self._leading)

    def _look(self, path: str, row: Row, depth: int) -> bool:
        """Whether ``row``, which stands at ``path``, leads to a vector."""
        leads = _has_vector(row)
        for name, value in row.items():
            inner = f"{path}.{name}" if path else name
            if isinstance(value, Mapping) and depth < _DEEPEST:
                self._children.setdefault(inner, set()).update(value)
                leads |= self._look(inner, value, depth + 1)
            elif _lists_vectors(value):
                leads = True
            elif isinstance(value, list):
                self._listing.add(path)
        if leads:
            self._leading.add(path)
        return leads

    def __call__(self, row: Row) -> Row:
        """``row`` without nested objects."""
        if not any(isinstance(value, Mapping | list) for value in row.values()):
            return row
        flat: dict[str, Any] = {}
        for name, value in row.items():
            self._add(flat, name, value, 1)
        return flat

    def _add(self, flat: dict[str, Any], path: str, value: Any, depth: int) -> None:
        if depth < _DEEPEST and path not in self._whole:
            if isinstance(value, Mapping) and value:
                for name, inner in value.items():
                    self._add(flat, f"{path}.{name}", inner, depth + 1)
                return
            if _lists_vectors(value):
                for at, inner in enumerate(value):
                    self._add(flat, f"{path}[{at}]", inner, depth + 1)
                return
        flat[path] = value


def _lists_vectors(value: Any) -> bool:
    """A short list of objects some of which hold a vector, as services answer."""
    return (
        isinstance(value, list) and 0 < len(value) <= _MOST_LISTED
        and all(isinstance(one, Mapping) for one in value) and any(map(_has_vector, value))
    )  # fmt: skip


def _has_vector(row: Row) -> bool:
    return any(
        _is_vector(value) or ("emb" in name.lower() and isinstance(value, str | Mapping))
        for name, value in row.items()
    )


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(map(_is_number, value))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _listed(value: Any, kind: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, kind) for v in value)


def _texts(value: Any) -> bool:
    return _listed(value, str)


def _short(value: Any) -> str:
    return repr(value)[:40]
