"""Life expectancies by country, continent and income: a real table with categories of both kinds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

INCOME_LEVELS: tuple[str, ...] = ("low", "lower middle", "middle", "upper middle", "high")
"""The fifths of all rows by income per person, in their order."""


@dataclass(frozen=True, eq=False)
class LifeExpectancies:
    """142 countries, every fifth year from 1952 to 2007 (Gapminder, CC-BY): 1,704 rows.

    Attributes
    ----------
    features : dict of str to tuple of str
        ``continent`` and ``country`` (nominal) and ``income`` (ordinal, :data:`INCOME_LEVELS`).
    years : ndarray of shape (1704,), float64
        How long a newborn can expect to live: the target.
    """

    features: dict[str, tuple[str, ...]]
    years: NDArray[np.float64]


@cache
def life_expectancies() -> LifeExpectancies:
    """Read the table that the plotly package carries."""
    from plotly.data import gapminder

    table = gapminder(return_type="pandas")
    place = table["gdpPercap"].rank(method="first").to_numpy() - 1
    level = (place * len(INCOME_LEVELS) / len(table)).astype(int)
    features = {
        "continent": tuple(map(str, table["continent"])),
        "country": tuple(map(str, table["country"])),
        "income": tuple(INCOME_LEVELS[i] for i in level),
    }
    return LifeExpectancies(features, table["lifeExp"].to_numpy(dtype=np.float64))
