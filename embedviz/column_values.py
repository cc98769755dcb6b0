"""The values of one metadata column as arrays: numbers, moments or coded labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Coded:
    """Labels by number.

    Attributes
    ----------
    codes : ndarray of shape (n,), intp
        Index into ``labels``; -1 where the value is missing.
    labels : tuple of str
        The distinct labels; whole numbers ascending, all others in the order they were met.
    """

    codes: NDArray[np.intp]
    labels: tuple[str, ...]

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many rows wear each label, of shape (len(labels),)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.labels))


def numbers_of(values: pd.Series[Any]) -> NDArray[np.float64]:
    """The column as float64 of shape (n,); what is missing, infinite or no number is NaN."""
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def moments_of(values: pd.Series[Any]) -> NDArray[np.datetime64]:
    """The column as datetime64[s] of shape (n,), in UTC where it has a time zone; NaT: missing."""
    import pandas as pd

    moments = values if _is_moment(values) else pd.to_datetime(values, errors="coerce", utc=True)
    if getattr(moments.dtype, "tz", None) is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    return moments.to_numpy("datetime64[s]")


def are_days(values: pd.Series[Any]) -> bool:
    """Whether a column holds days: moments without a time zone, all of them at midnight."""
    if not _is_moment(values) or getattr(values.dtype, "tz", None) is not None:
        return False
    moments = values.to_numpy()
    known = moments[~np.isnat(moments)]
    return bool(len(known)) and bool(np.all(known == known.astype("datetime64[D]")))


def whole_numbers_of(values: pd.Series[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
    """A column of whole numbers, exact (int64 or uint64, 0 where missing), and what is missing.

    None for any other column.
    """
    import pandas as pd

    if values.dtype == object:
        held = set(map(type, values.dropna().tolist()))
        if held != {int}:
            return None
        try:
            values = pd.Series(pd.array(values.tolist(), dtype="Int64"), name=values.name)
        except (OverflowError, ValueError, TypeError):
            return None
    if getattr(values.dtype, "kind", "O") not in "iu":
        return None
    absent = values.isna().to_numpy(bool)
    exact = values.fillna(0) if absent.any() else values
    return exact.to_numpy(np.uint64 if values.dtype.kind == "u" else np.int64), absent


def exceed_floats(values: pd.Series[Any]) -> bool:
    """Whether some whole numbers are no float64 (beyond 2⁵³): ids, and nothing to calculate with."""
    exact = whole_numbers_of(values)
    if exact is None:
        return False
    numbers = exact[0]
    large = numbers[
        (numbers > 2**53) | (numbers < -(2**53) if numbers.dtype.kind == "i" else False)
    ]
    return any(int(float(number)) != number for number in large.tolist())


def texts_of(values: pd.Series[Any]) -> list[str | None]:
    """Each value as it is written: days without a time, ids digit by digit; None: missing."""
    absent = values.isna().to_numpy(bool)
    if are_days(values):
        texts: list[Any] = values.to_numpy().astype("datetime64[D]").astype(str).tolist()
    else:
        # Not through Series.astype: whole numbers beside a missing one would become fractions.
        texts = [str(value) for value in values.tolist()]
    return [None if gone else text for gone, text in zip(absent, texts, strict=True)]


def arrow_column(values: pd.Series[Any]) -> Any:
    """A pyarrow array of the column, days as days; raises what pyarrow raises."""
    import pyarrow as pa

    column = pa.array(values, from_pandas=True)
    return column.cast(pa.date32()) if are_days(values) else column


def coded(values: pd.Series[Any]) -> Coded:
    """Labels of any column; None, NaN, NaT and "" are missing, and 3.0 is the label "3"."""
    import pandas as pd

    codes, distinct = pd.factorize(hashable(values), use_na_sentinel=True)
    days = are_days(values)
    found = [str(value)[:10] if days else _label(value) for value in distinct.tolist()]
    labels = tuple(sorted(set(found) - {""}, key=_whole)) if _all_whole(distinct) else tuple(
        dict.fromkeys(label for label in found if label)
    )  # fmt: skip
    code_of = {label: code for code, label in enumerate(labels)} | {"": -1}
    # One more at the end, where -1 points to.
    translated = np.array([*(code_of[label] for label in found), -1], np.intp)
    return Coded(translated[codes], labels)


def hashable(values: pd.Series[Any]) -> pd.Series[Any]:
    """The column itself; as text where it holds lists or the like."""
    if values.dtype != object:
        return values
    held = {type(value) for value in values}
    if all(kind.__hash__ is not None for kind in held):
        return values
    return values.map(lambda value: None if value is None else str(value))


def _is_moment(values: pd.Series[Any]) -> bool:
    return values.dtype.kind == "M"


def _all_whole(distinct: Any) -> bool:
    kinds = getattr(getattr(distinct, "dtype", None), "kind", "O")
    return kinds in "iu" or (kinds == "f" and bool(np.all(np.mod(distinct, 1) == 0)))


def _whole(label: str) -> int:
    return int(label)


def _label(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
