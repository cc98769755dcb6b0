"""One thing in a file, read when its turn comes and under limits; what is said if it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, ClassVar

from embedviz.errors import EmbedvizError, FormatError
from embedviz.params import param

_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class ItemFile:
    """A file of one thing, not read yet.

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


Listed = tuple[list[ItemFile], list[Failure]]
"""Files that were found somewhere, and what there is none."""


@dataclass(frozen=True)
class Limits:
    """What is read in one go; whatever lies beyond is listed as a failure and the rest goes on.

    A kind of things has a child of it, with the bounds that only this kind knows.
    """

    noun: ClassVar[str] = "item"
    shrink: ClassVar[str] = "make it smaller first"

    file_mb: int = param(
        50, "Largest file, in MB (2**20 bytes).",
        label="Size of a file", minimum=1, maximum=2047,
    )  # fmt: skip
    count: int = param(
        10_000, "Most of them in one go.", label="Number", minimum=1, maximum=10_000_000
    )
    total_mb: int = param(
        2048, "All files of one archive together, unpacked, in MB (2**20 bytes).",
        label="Size of all files", minimum=1, maximum=10_000_000,
    )  # fmt: skip

    @property
    def also(self) -> str:
        """What a child bounds besides, to go on a sentence with."""
        return ""

    @property
    def file_bytes(self) -> int:
        """``file_mb`` in bytes."""
        return self.file_mb << 20

    @property
    def total_bytes(self) -> int:
        """``total_mb`` in bytes."""
        return self.total_mb << 20

    def too_many(self, count: int) -> str:
        """What is said where there are ``count`` of them and only the first ones are taken."""
        return (
            f"It holds {count:,} {self.noun}s, and at most {self.count:,} are taken in one go: the "
            f"first {self.count:,} were taken and {count - self.count:,} were not."
        )

    def too_large_together(self, left: int) -> str:
        """What is said of those ``left`` that came after the total was reached."""
        return (
            f"Its {self.noun}s unpack to more than {self.total_mb:,} MB together, the limit in one "
            f"go: {left:,} of them were left out, so bring them in parts."
        )

    def too_large(self) -> str:
        """What is said of one file that is larger than a file may be."""
        return (
            f"The file is larger than {self.file_mb:,} MB, the limit for one {self.noun}: "
            f"{self.shrink}."
        )


def read_bytes(file: ItemFile, limits: Limits) -> bytes:
    """The bytes of ``file``; at most one more than the limit is ever read.

    Raises
    ------
    FormatError
        If the file is empty, larger than ``limits.file_mb`` or cannot be read, in one sentence.
    """
    if file.size is not None:
        check_size(file.size, limits)
    try:
        with file.open() as stream:
            data = _up_to(stream, limits.file_bytes + 1)
    except EmbedvizError:
        raise
    except Exception as error:  # a stream may be anyone's, and so may be what it raises
        reason = (error.strerror if isinstance(error, OSError) else None) or "it was closed or lost"
        raise FormatError(f"The file cannot be read ({reason}): choose it again.") from error
    check_size(len(data), limits)
    return data


def check_size(size: int, limits: Limits) -> None:
    """Raise FormatError unless a file of ``size`` bytes is read here."""
    if size == 0:
        raise FormatError("The file is empty (0 bytes): copy it again from where it came.")
    if size > limits.file_bytes:
        raise FormatError(limits.too_large())


def _up_to(stream: IO[bytes], count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        block = stream.read(min(_BLOCK, count - len(data)))
        if not block:
            break
        data += block
    return bytes(data)
