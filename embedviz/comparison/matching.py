"""Which keys two spaces share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

LEAST_COMMON = 3
_EXAMPLES = 3


@dataclass(frozen=True, eq=False)
class Matched:
    """Two lists of keys, matched exactly: letter by letter, upper and lower case apart.

    Attributes
    ----------
    keys : tuple of str, length n
        The common keys, in the first list's order.
    rows_a, rows_b : ndarray of shape (n,), intp
        Where they stand in each list.
    only_a, only_b : tuple of str
        The others, in their own order.
    """

    keys: tuple[str, ...]
    rows_a: NDArray[np.intp]
    rows_b: NDArray[np.intp]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


def matched(a: Sequence[str], b: Sequence[str]) -> Matched:
    """Match two lists of unique keys.

    Raises
    ------
    InvalidParameterError
        With fewer than 3 common keys: nothing can be compared then.
    """
    if a == b:
        everything = np.arange(len(a), dtype=np.intp)
        found = Matched(tuple(a), everything, everything, (), ())
    else:
        row_in_b = {key: row for row, key in enumerate(b)}
        rows = [(row, row_in_b[key]) for row, key in enumerate(a) if key in row_in_b]
        at = np.array(rows, np.intp).reshape(-1, 2)
        keys = tuple(a[row] for row, _ in rows)
        common = set(keys)
        found = Matched(
            keys, at[:, 0].copy(), at[:, 1].copy(),
            tuple(key for key in a if key not in row_in_b),
            tuple(key for key in b if key not in common),
        )  # fmt: skip
    if len(found.keys) < LEAST_COMMON:
        raise InvalidParameterError(_too_few(len(found.keys), a, b))
    return found


def _too_few(common: int, a: Sequence[str], b: Sequence[str]) -> str:
    first, second = (", ".join(map(repr, keys[:_EXAMPLES])) or "none" for keys in (a, b))
    # Zero and two or more take the plural; one does not.
    stand = "Only 1 key stands" if common == 1 else f"Only {common} keys stand"
    return (
        f"{stand} in both ({len(a):,} in the first: {first}…; {len(b):,} in the "
        f"second: {second}…). Comparing needs {LEAST_COMMON} or more that are the same letter by "
        "letter: name the items alike in both."
    )
