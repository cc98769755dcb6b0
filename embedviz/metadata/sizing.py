"""What the size of a point means: a diameter for each, and the sentence to read it by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError

SMALLEST, LARGEST = 3.0, 14.0


@dataclass(frozen=True, eq=False)
class Sizes:
    """A diameter for each of n points.

    Attributes
    ----------
    diameters : ndarray of shape (n,), float32
        Pixels, from 3 to 14.
    legend : str
        What they mean.
    """

    diameters: NDArray[np.float32]
    legend: str


def sized(values: ArrayLike, title: str, low: str = "", high: str = "") -> Sizes:
    """Diameters whose *areas* grow evenly from the lowest value to the highest.

    Parameters
    ----------
    values : array-like of shape (n,)
        Numbers; NaN means missing, drawn smallest.
    title : str
        What the size means.
    low, high : str
        What the ends are called; by default the numbers themselves.

    Raises
    ------
    InvalidParameterError
        If a value is infinite.
    """
    numbers = np.asarray(values, np.float64)
    if np.isinf(numbers).any():
        raise InvalidParameterError(
            "A value to size by is infinite. Give numbers, or NaN for none."
        )
    here = ~np.isnan(numbers)
    diameters = np.full(len(numbers), SMALLEST, np.float32)
    if not here.any():
        return Sizes(diameters, f"No point has a value of {title}: all are drawn smallest.")
    least, most = float(numbers[here].min()), float(numbers[here].max())
    # Halves first: the range of two huge numbers may overflow.
    span = most / 2 - least / 2
    share = (numbers[here] / 2 - least / 2) / span if span > 0 else np.full(int(here.sum()), 0.5)
    diameters[here] = np.sqrt(SMALLEST**2 + share * (LARGEST**2 - SMALLEST**2))
    return Sizes(diameters, _sentence(title, low or f"{least:.4g}", high or f"{most:.4g}", ~here))


def _sentence(title: str, low: str, high: str, absent: NDArray[np.bool_]) -> str:
    if low == high:
        said = f"Size: {title} is {low} for every point that has one."
    else:
        said = f"Area of a point: {title}, smallest {low}, largest {high}."
    missing = int(absent.sum())
    return f"{said} {missing:,} without a value are drawn smallest." if missing else said
