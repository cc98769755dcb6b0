"""A small table of who chose what, as it is typed and as it stands in a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError

MOST_PEOPLE = 24
MOST_CATEGORIES = 16
LONGEST_NAME = 24
_PERSON, _CELL, _CATEGORY = ";", "|", ","
_SEPARATORS = str.maketrans(dict.fromkeys(_PERSON + _CELL + _CATEGORY + "\n\r\t", " "))


@dataclass(frozen=True, eq=False)
class Choices:
    """Who chose which category of one feature.

    Attributes
    ----------
    people : tuple of str
    categories : tuple of str
        As they first appear in the table.
    chosen : ndarray of shape (people, categories), float64
        1 where the person chose it, 0 elsewhere.
    """

    people: tuple[str, ...]
    categories: tuple[str, ...]
    chosen: NDArray[np.float64]

    def shared(self, a: int, b: int) -> tuple[int, int]:
        """How many people chose both categories, and how many just one of the two."""
        first, second = self.chosen[:, a] > 0, self.chosen[:, b] > 0
        return int((first & second).sum()), int((first ^ second).sum())


@dataclass(frozen=True)
class ChoiceTable:
    """A row for each person, a cell for each feature, in each cell the categories chosen.

    Attributes
    ----------
    people : tuple of str
    cells : tuple of tuple of tuple of str
        By person, by feature: the categories.
    """

    people: tuple[str, ...]
    cells: tuple[tuple[tuple[str, ...], ...], ...]

    def categories(self, feature: int) -> tuple[str, ...]:
        """The different categories of one column, as they first appear."""
        return tuple(dict.fromkeys(name for row in self.cells for name in row[feature]))

    def choices(self, feature: int) -> Choices:
        """One column of the table, as an interaction table.

        Raises InvalidParameterError if it holds no category, or more than are drawn.
        """
        column = [row[feature] for row in self.cells]
        categories = self.categories(feature)
        if not 1 <= len(categories) <= MOST_CATEGORIES:
            raise InvalidParameterError(
                f"This column of the table holds {len(categories)} different categories; "
                f"1 to {MOST_CATEGORIES} can be shown. Edit the table, or begin again with it."
            )
        chosen = np.array(
            [[float(name in cell) for name in categories] for cell in column], dtype=np.float64
        )
        return Choices(self.people, categories, chosen)


def choice_table(people: Sequence[str], cells: Sequence[Sequence[Sequence[str]]]) -> ChoiceTable:
    """A table of what a person typed: names cleaned, rows that say nothing left out.

    Raises InvalidParameterError for more than :data:`MOST_PEOPLE` rows.
    """
    rows = [
        (clean_name(person), tuple(_clean_cell(cell) for cell in row))
        for person, row in zip(people, cells, strict=True)
    ]
    rows = [(person or "?", row) for person, row in rows if person or any(row)]
    if len(rows) > MOST_PEOPLE:
        raise InvalidParameterError(
            f"The table has {len(rows)} rows; {MOST_PEOPLE} can be shown. Leave some out."
        )
    return ChoiceTable(tuple(person for person, _ in rows), tuple(row for _, row in rows))


def clean_name(text: str) -> str:
    """A name on one line, without the marks that separate names in a link, not too long."""
    return " ".join(str(text).translate(_SEPARATORS).split())[:LONGEST_NAME].strip()


def table_text(table: ChoiceTable) -> str:
    """The table as one line: ``Ana|red,blue|Paris;Ben|…``."""
    return _PERSON.join(
        _CELL.join([person, *(_CATEGORY.join(cell) for cell in row)])
        for person, row in zip(table.people, table.cells, strict=True)
    )


def parse_table(text: str, features: int) -> ChoiceTable:
    """The table that :func:`table_text` wrote.

    Raises InvalidParameterError if a row does not have ``features`` cells after its name, or if
    there are too many rows.
    """
    people, cells = [], []
    for line in filter(None, text.split(_PERSON)):
        person, *row = line.split(_CELL)
        if len(row) != features:
            raise InvalidParameterError(
                f"The row '{line[:60]}' has {len(row)} cells after its name; {features} are needed."
            )
        people.append(person)
        cells.append([cell.split(_CATEGORY) for cell in row])
    return choice_table(people, cells)


def _clean_cell(cell: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean_name, cell))))
