"""What a column of the metadata means as a color or a size: by its kind, as on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.column_values import coded, moments_of, numbers_of
from embedviz.errors import InvalidParameterError
from embedviz.metadata.class_colors import class_colors
from embedviz.metadata.filters import column_of
from embedviz.metadata.kinds import Kind, kind_of
from embedviz.metadata.sizing import sized
from embedviz.plots.colors import Colors, categorical, continuous
from embedviz.plots.dates import dated

if TYPE_CHECKING:
    import pandas as pd


def colors_of_column(table: pd.DataFrame, name: str) -> Colors:
    """The colors of the column ``name``; raises InvalidParameterError if it is not there."""
    values = column_of(table, name)
    return colors_by_kind(values, kind_of(values), name)


def colors_by_kind(values: pd.Series[Any], kind: Kind, name: str) -> Colors:
    """Dates and numbers on a scale, classes and texts by category."""
    if kind == "date":
        return dated(moments_of(values), title=name)
    if kind == "number":
        return continuous(numbers_of(values), title=name)
    if kind == "category":
        return class_colors(values, title=name)
    labels = coded(values)
    named = np.array([*labels.labels, None], object)[labels.codes]
    colors = categorical(named.tolist(), title=name)
    if kind in ("text", "image") and len(labels.labels) > 2 * len(colors.categories):
        return replace(colors, title=f"{name} (mostly different texts)")
    return colors


def sizes_of_column(table: pd.DataFrame, name: str) -> NDArray[np.float32]:
    """Diameters in pixels of the column ``name``, whose values become areas.

    Raises InvalidParameterError if it is not there or cannot be counted.
    """
    values = column_of(table, name)
    kind = kind_of(values)
    if kind == "date":
        moments = moments_of(values)
        seconds = moments.astype(np.int64).astype(np.float64)
        return sized(np.where(np.isnat(moments), np.nan, seconds), name).diameters
    if kind in ("text", "image") or values.dtype.kind not in "iufb":
        raise InvalidParameterError(
            f"Column {name!r} holds no numbers, so it cannot be a size. Choose another column."
        )
    return sized(numbers_of(values), name).diameters
