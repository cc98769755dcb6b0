"""What the columns of a file are: the vector, the key, or metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["vector", "key", "metadata"]
KeyChoice = str | Literal[False] | None
"""The column that names the rows; False: none, the rows are numbered; None: as recognised."""


@dataclass(frozen=True)
class ColumnInfo:
    """One column: its name, its type in plain words, what it was taken for and an example."""

    name: str
    type: str
    role: Role
    example: str


@dataclass(frozen=True)
class Recognised:
    """What a file was taken to hold.

    Attributes
    ----------
    format : str
        The name of its format in ``FORMATS``.
    columns : tuple of ColumnInfo
        Every column, in the file's order; empty for formats that have none to choose from.
    vector : tuple of str
        The columns that make the vector: one that holds lists, or one for each number.
    key : str or None
        The column that names the rows; None: they are called ``row-1``, ``row-2``, ….
    rows, dimensions : int or None
        None if only reading would tell.
    set_aside : mapping from reason to count
        Among the first ``sampled`` rows: those that would be set aside.
    note : str
        What a person should know about the choice; empty if it was clear.
    """

    format: str
    columns: tuple[ColumnInfo, ...]
    vector: tuple[str, ...]
    key: str | None
    rows: int | None
    dimensions: int | None
    sampled: int = 0
    set_aside: tuple[tuple[str, int], ...] = ()
    note: str = ""

    @property
    def metadata(self) -> tuple[str, ...]:
        """The columns that go into the table, in the file's order."""
        return tuple(column.name for column in self.columns if column.role == "metadata")
