"""The columns of a file: opened, and what each of them is: the vector, the key, or metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from embedviz.formats.notes import Note, texts_of_notes
from embedviz.formats.set_aside import Skipped

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
    notes : tuple of Note
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
    notes: tuple[Note, ...] = ()

    @property
    def note(self) -> str:
        """What the notes say; empty if the choice was clear."""
        return " ".join(texts_of_notes(self.notes))

    @property
    def metadata(self) -> tuple[str, ...]:
        """The columns that go into the table, in the file's order."""
        return tuple(column.name for column in self.columns if column.role == "metadata")


@dataclass(frozen=True)
class Tabular:
    """A file of columns, opened.

    Attributes
    ----------
    schema : pyarrow.Schema
    sample : pyarrow.Table
        The first rows, at most some 1,000.
    batches : callable
        The RecordBatches of the whole file; takes the names of the vector's columns and the key.
    rows : int or None
        How many there are, if the file says so.
    vector, key : str or None
        What the file itself says they are.
    headless : bool
        True if the columns have no names of their own.
    row_bytes : float or None
        What one of the first rows takes in the file, on average, if that is known.
    skipped : list of Skipped
        Rows that no batch holds; filled while the batches are read.
    written : str
        The decimal mark, if columns that are neither the vector nor the key come as they were
        written (binary), so that all their values tell their type; else empty.
    notes : callable
        What to say of how it was opened and of what was read so far.
    """

    schema: Any
    sample: Any
    batches: Callable[[Sequence[str], str | None], Iterator[Any]]
    rows: int | None = None
    vector: str | None = None
    key: str | None = None
    headless: bool = False
    row_bytes: float | None = None
    skipped: list[Skipped] = field(default_factory=list)
    written: str = ""
    notes: Callable[[], Sequence[Note]] = tuple


@dataclass(frozen=True)
class Metadata:
    """A table that stands in a file of its own.

    Attributes
    ----------
    label : str
        What messages call the file.
    columns : mapping from name to pandas Series, all of one length
    headless : bool
        True where no line was taken for the names of the columns: the first one may be that.
    with_first_line : callable, optional
        Where one was: the same table with that line as its first row.
    notes : sequence of Note
        What a person should know about how it was read.
    """

    label: str
    columns: dict[str, Any]
    headless: bool = False
    with_first_line: Callable[[], Metadata] | None = None
    notes: Sequence[Note] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0
