"""What the columns of a table hold: categories, numbers, dates, text, pictures or flags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from embedviz.column_values import exceed_floats, hashable

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["category", "number", "date", "text", "image", "flag"]

_FEW_NUMBERS = 20  # distinct whole numbers that still read as names of classes
_REPEATS = 5
_FEW_LABELS = 50
_LONGEST_LABEL = 80
_LOOKED_AT = 200
_IMAGE = re.compile(
    r"(?i)^data:image/[a-z0-9.+-]+[;,]|\.(png|jpe?g|gif|webp|bmp|tiff?|heic|avif)(\?\S*)?(#\S*)?$"
)
_ADDRESS = re.compile(r"(?i)^https?://\S+$")
_IMAGE_NAMES = re.compile(r"(?i)(^|[_\W])(image|img|picture|photo|thumbnail|thumb)s?([_\W]|$)")


def kinds_of(table: pd.DataFrame) -> dict[str, Kind]:
    """The kind of each column, by its name, in the table's order."""
    return {str(name): kind_of(table.iloc[:, at]) for at, name in enumerate(table.columns)}


def kind_of(values: pd.Series[Any]) -> Kind:
    """What a column holds.

    ``flag``: true or false. ``date``: moments. ``number``; whole numbers with at most 20 distinct
    values, each met five times on average, are a ``category``, as are labels that repeat. ``image``:
    paths, addresses or data of pictures. All else is ``text``, and so are whole numbers that are no
    float64 (ids beyond 2⁵³: nobody calculates with them). Text that looks like numbers or dates
    stays what it is: readers decide that.
    """
    import pandas as pd

    types = pd.api.types
    if isinstance(values.dtype, pd.CategoricalDtype):
        return "category"
    if types.is_bool_dtype(values):
        return "flag"
    if types.is_datetime64_any_dtype(values):
        return "date"
    if exceed_floats(values):
        return "text"
    if types.is_numeric_dtype(values):
        return "category" if _few_whole(values) else "number"
    return _kind_of_objects(values.dropna(), str(values.name))


def _few_whole(values: pd.Series[Any]) -> bool:
    numbers = values.dropna().to_numpy(np.float64)
    # A look at the first values spares sorting a million different numbers.
    if not len(numbers) or len(np.unique(numbers[:2000])) > _FEW_NUMBERS:
        return False
    distinct = np.unique(numbers)
    whole = bool(np.all(np.isfinite(distinct)) and np.all(np.mod(distinct, 1) == 0))
    return whole and len(distinct) <= min(_FEW_NUMBERS, len(numbers) / _REPEATS)


def _kind_of_objects(values: pd.Series[Any], name: str) -> Kind:
    import datetime
    from decimal import Decimal

    first = values.head(_LOOKED_AT).tolist()
    if not first:
        return "text"
    for types, kind in (
        ((bool,), "flag"),
        ((datetime.date,), "date"),
        ((int, float, Decimal), "number"),
    ):
        if all(isinstance(value, types) for value in first) and _all_are(values, types):
            return kind  # type: ignore[return-value]
    if _are_images([str(value) for value in first if value != ""], name):
        return "image"
    return "category" if _few_labels(values) else "text"


def _all_are(values: pd.Series[Any], types: tuple[type, ...]) -> bool:
    return all(isinstance(value, types) for value in values.tolist())


def _are_images(texts: Sequence[str], name: str) -> bool:
    if not texts:
        return False
    named = _IMAGE_NAMES.search(name) is not None
    like = sum(bool(_IMAGE.search(t) or (named and _ADDRESS.match(t))) for t in texts)
    return like >= 0.8 * len(texts)


def _few_labels(values: pd.Series[Any]) -> bool:
    n = len(values)
    most = min(max(_FEW_LABELS, n**0.5), n / 2)
    # A look at the first rows spares the rest of a column whose texts all differ.
    for part in (values.head(int(4 * most) + 8), values):
        distinct = hashable(part).unique()
        if len(distinct) > most:
            return False
    return max((len(str(value)) for value in distinct), default=0) <= _LONGEST_LABEL
