"""Types of the columns of delimited text that is read by blocks: wider where later rows need it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from embedviz.formats.vector_columns import is_number

_PROBLEM = re.compile(r"In CSV column #(\d+):.*?conversion error to (\w+)", re.DOTALL)
_WIDER = {"null": "int64", "int64": "double", "string": "binary", "binary": None}
_MOST_READINGS = 20


class ColumnTypes:
    """The types that are certain; Arrow takes the others from the first block alone.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the first rows.
    """

    def __init__(self, schema: Any) -> None:
        self._schema, self._wider, self._widened = schema, {}, 0  # type: ignore[var-annotated]

    def known(self, vector: Sequence[str], key: str | None) -> dict[str, Any]:
        """Types by column: numbers of the vector may be fractions though the first are whole."""
        import pyarrow as pa

        numbers = [name for name in vector if is_number(self._schema.field(name).type)]
        types = dict.fromkeys(numbers if len(vector) > 1 else [], pa.float64())
        return types | self._wider | ({} if key is None else {key: pa.binary()})

    def widen(self, problem: str, vector: Sequence[str]) -> bool:
        """Make the column that ``problem`` tells of hold more; False if that cannot be done.

        Whole numbers become fractions, those and all else text: as if the column had been seen
        whole. After many such columns all others become text, which bounds how often it is read.
        """
        import pyarrow as pa

        found = _PROBLEM.search(problem)
        if found is None:
            return False
        name, wider = self._schema.names[int(found[1])], _WIDER.get(found[2], "string")
        if wider is None:
            return False
        self._widened += 1
        names = vector if name in vector else [name]
        if self._widened > _MOST_READINGS and wider != "binary":
            names, wider = (
                [other for other in self._schema.names if other not in self._wider],
                "string",
            )
            names = [*names, name]
        self._wider |= dict.fromkeys(names, pa.type_for_alias(wider))
        return True
