"""What every encoding is: one row of numbers for each category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

Unknown = Literal["error", "value", "nan"]


@dataclass(frozen=True, eq=False)
class Encoding:
    """The numbers of each category.

    Attributes
    ----------
    categories : tuple of str
        The k categories it knows, each once.
    vectors : ndarray of shape (k, d), float64
        The row of each category.
    unknown : ndarray of shape (d,), float64
        What a category that it does not know gets, if asked not to refuse it.
    learned : int
        How many numbers were learned from a target to make it, those thrown away among them.
    """

    categories: tuple[str, ...]
    vectors: NDArray[np.float64]
    unknown: NDArray[np.float64]
    learned: int = 0

    def encode(self, values: Sequence[str], unknown: Unknown = "error") -> NDArray[np.float64]:
        """The rows of ``values``, of shape (n, d).

        ``unknown`` says what becomes of a value that is no category: ``"error"`` raises
        InvalidParameterError, ``"value"`` gives :attr:`unknown`, ``"nan"`` a row of NaN.
        """
        places = {category: place for place, category in enumerate(self.categories)}
        strangers = sorted({value for value in values if value not in places})
        if strangers and unknown == "error":
            raise InvalidParameterError(
                f"{_named(strangers)} is not among the {len(self.categories)} categories that "
                f"this encoding knows: {_named(self.categories)}. Add it to the data that the "
                "encoding is made from, or ask with unknown='value'."
            )
        stranger = self.unknown if unknown == "value" else np.full_like(self.unknown, np.nan)
        rows = np.vstack([self.vectors, stranger])
        return np.asarray(rows[[places.get(value, len(places)) for value in values]])


def categories_of(values: Sequence[str], order: str = "first") -> tuple[str, ...]:
    """The different values: as they first appear (``"first"``) or ``"sorted"`` by code point.

    Raises InvalidParameterError for another order and for a blank value.
    """
    if order not in ("first", "sorted"):
        raise InvalidParameterError(
            f"order is {order!r}. Choose 'first' (as they first appear) or 'sorted'."
        )
    if any(not value.strip() for value in values):
        raise InvalidParameterError("A category is blank. Give it a name or leave the row out.")
    different = tuple(dict.fromkeys(values))
    return tuple(sorted(different)) if order == "sorted" else different


def check_categories(categories: Sequence[str]) -> tuple[str, ...]:
    """The categories, at least one and each once, or an InvalidParameterError."""
    if not categories:
        raise InvalidParameterError("There are no categories. Give at least one.")
    twice = sorted({name for name in categories if list(categories).count(name) > 1})
    if twice:
        raise InvalidParameterError(
            f"{_named(twice)} stands twice among the categories. Name each one once."
        )
    return tuple(categories)


def _named(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown + (" …" if len(names) > most else "")
