"""A table as a grid in the browser can show it without changing a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedviz.column_values import are_days, exceed_floats, texts_of

if TYPE_CHECKING:
    import pandas as pd


def cells_of(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with days as days, and ids beyond 2⁵³ as text: browsers round such numbers."""
    shown = {at: _shown(table.iloc[:, at]) for at in range(len(table.columns))}
    changed = {at: column for at, column in shown.items() if column is not None}
    if not changed:
        return table
    cells = table.copy()
    for at, column in changed.items():
        cells.isetitem(at, column)
    return cells


def _shown(values: pd.Series[Any]) -> Any:
    """The column as it is shown; None: as it is."""
    import pandas as pd

    if are_days(values):
        return values.dt.date.astype(object).where(values.notna(), None)
    if exceed_floats(values):
        return pd.Series(texts_of(values), index=values.index, dtype=object)
    return None
