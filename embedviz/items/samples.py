"""Things that installed packages carry, to look at without a file and a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from embedviz.items.files import ItemFile


@dataclass(frozen=True)
class Sample:
    """Things that installed packages carry, to look at without a file and a network.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and what to expect of it in one line.
    count : int
        How many things it has.
    citation : str
        Where they are from.
    packages : tuple of str
        Whose versions decide what they are.
    open : callable
        Its files, not read yet; raises MissingDependencyError if a package is not installed.
    """

    name: str
    label: str
    help: str
    count: int
    citation: str
    packages: tuple[str, ...]
    open: Callable[[], list[ItemFile]] = field(repr=False)
