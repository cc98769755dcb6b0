"""Full-text search over keys and text columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.metadata.folding import arrow_text, folded, folded_text
from embedviz.metadata.kinds import Kind, kinds_of

if TYPE_CHECKING:
    import pandas as pd

_PART = re.compile(r'"([^"]*)"|(\S+)')
_SEARCHED: tuple[Kind, ...] = ("category", "text", "image")
# Between two columns, so that no phrase runs from one into the next.
_BETWEEN = "\n"


class SearchText:
    """The text of n rows, folded once and searched many times.

    Parameters
    ----------
    table : DataFrame of n rows
        Its text, category and image columns are searched.
    keys : sequence of str, length n
        Searched too.
    kinds : mapping, optional
        The kinds of the columns, if they are known.
    """

    def __init__(
        self, table: pd.DataFrame, keys: Sequence[str], kinds: dict[str, Kind] | None = None
    ) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        known = kinds_of(table) if kinds is None else kinds
        self._keys = folded(arrow_text(keys))
        columns = [
            folded(arrow_text(table.iloc[:, at]))
            for at, kind in enumerate(known.values())
            if kind in _SEARCHED
        ]
        self._text = pc.binary_join_element_wise(
            self._keys, *columns, pa.scalar(_BETWEEN, pa.large_string())
        )

    def __len__(self) -> int:
        return len(self._text)

    def found(self, query: str) -> NDArray[np.intp]:
        """Rows in which every word and every "quoted phrase" of ``query`` occurs, best first.

        Neither case nor accents matter, and a word may be part of a longer one. The best are
        those whose key is the query itself, then those in which the words occur most often; equals
        stand in the order of the rows. An empty query finds nothing.
        """
        import pyarrow.compute as pc

        parts = parts_of(query)
        rows = np.arange(len(self) if parts else 0)
        text = self._text
        times = np.zeros(len(rows), np.int64)
        for part in parts:
            counts = pc.count_substring(text, part).to_numpy(zero_copy_only=False)
            left = counts > 0
            rows, times = rows[left], times[left] + counts[left]
            text = text.filter(_arrow_mask(left))
        whole = folded_text(query.strip().strip('"'))
        same = pc.equal(self._keys.take(_arrow(rows)), whole).to_numpy(zero_copy_only=False)
        return rows[np.lexsort((rows, -times, ~same.astype(bool)))]


def found(table: pd.DataFrame, keys: Sequence[str], query: str) -> NDArray[np.intp]:
    """:meth:`SearchText.found` for one question; keep a :class:`SearchText` to ask several."""
    return SearchText(table, keys).found(query)


def parts_of(query: str) -> list[str]:
    """The words and quoted phrases of a query, folded."""
    parts = [folded_text(phrase or word) for phrase, word in _PART.findall(query)]
    return list(dict.fromkeys(part for part in parts if part.strip()))


def _arrow(rows: NDArray[np.intp]) -> Any:
    import pyarrow as pa

    return pa.array(rows)


def _arrow_mask(mask: NDArray[np.bool_]) -> Any:
    import pyarrow as pa

    return pa.array(mask)
