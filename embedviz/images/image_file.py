"""One image that is read when its turn comes, and what is said of one that could not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO


@dataclass(frozen=True, eq=False)
class ImageFile:
    """An image file, not read yet.

    Attributes
    ----------
    name : str
        What people call it, with ``/`` between folders: ``"cats/tom.jpg"``. Need not be unique.
    open : callable
        Gives its bytes as a binary stream, which the caller closes; called when its turn comes.
    size : int or None
        Its bytes, where they are known beforehand.
    label : str
        What it shows, or "".
    path : str
        Where it lies on this machine; "" for an upload or a sample.
    date : datetime or None
        The file's own date; None where a file system does not vouch for it.
    """

    name: str
    open: Callable[[], IO[bytes]]
    size: int | None = None
    label: str = ""
    path: str = ""
    date: datetime | None = None


@dataclass(frozen=True)
class Failure:
    """A file that was set aside, and why, in one sentence."""

    name: str
    reason: str
