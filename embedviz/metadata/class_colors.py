"""Colors for classes: those that are whole numbers keep their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from embedviz.column_values import coded
from embedviz.plots.colors import Category, Colors, categorical
from embedviz.plots.palettes import CATEGORICAL, MISSING, sequential

if TYPE_CHECKING:
    import pandas as pd

_SHADES = 20


def class_colors(values: pd.Series[Any], title: str = "") -> Colors:
    """A color for each class of a column of n values.

    Up to twelve whole numbers get the colors that everyone can tell apart, in ascending order;
    13 to 20 of them get shades from low to high, so that none has to share "other". Any other
    labels are as in :func:`~embedviz.plots.colors.categorical`.
    """
    found = coded(values)
    count = len(found.labels)
    whole = values.dtype.kind in "iuf" and 0 < count <= _SHADES
    if not whole:
        named = np.array([*found.labels, None], object)[found.codes]
        return categorical(named.tolist(), title=title)
    palette = CATEGORICAL[:count] if count <= len(CATEGORICAL) else sequential(count)
    codes = np.where(found.codes < 0, count, found.codes).astype(np.uint8)
    counts = found.counts
    entries = [Category(label, i, int(counts[i])) for i, label in enumerate(found.labels)]
    if missing := int((found.codes < 0).sum()):
        entries.append(Category("missing", count, missing))
    return Colors(codes, (*palette, MISSING), title, tuple(entries))
