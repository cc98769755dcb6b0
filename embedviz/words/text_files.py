"""Plain text, gzipped text and zip archives of texts, read as a stream of bytes with a limit."""

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from embedviz.data_folder import in_units
from embedviz.errors import FormatError

BLOCK = 1 << 16
DEFAULT_MAX_BYTES = 4 * 10**9
"""How much text is read, unpacked, unless told otherwise: 4 GB."""
MAX_MEMBERS = 10_000
"""More files in one archive than this are refused."""
TextFile = str | os.PathLike[str] | tuple[str, str | os.PathLike[str] | IO[bytes]]
"""A path, or a name with a path or a binary file that can go back to its beginning."""

_NOT_RUNNING_TEXT = {
    ".htm", ".html", ".xml", ".json", ".jsonl", ".csv", ".tsv", ".py", ".js", ".css",
}  # fmt: skip
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Part:
    """One text to read: ``blocks()`` gives its bytes, ``fraction()`` how far the file is read."""

    name: str
    blocks: Callable[[], Iterator[bytes]]
    fraction: Callable[[], float]
    in_archive: bool


@dataclass(frozen=True)
class SetAside:
    """A member of an archive that was not read, and why."""

    name: str
    reason: str


class Budget:
    """How many unpacked bytes may still be read, of all files together."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.used = 0

    def take(self, count: int, name: str) -> None:
        """Use ``count`` bytes; raises FormatError where they are more than are left."""
        self.used += count
        if self.used > self.max_bytes:
            raise FormatError(
                f"The text is larger than {in_units(self.max_bytes)} (unpacked), which is the "
                f"limit here; it was reached in '{name}'. Give a shorter text, or raise max_bytes."
            )


def parts(files: Sequence[TextFile], budget: Budget) -> Iterator[Part | SetAside]:
    """The texts in ``files``, in order: one of a plain or gzipped file, each member of a zip.

    Raises
    ------
    FormatError
        If a file cannot be opened or is damaged, or the whole is beyond the budget.
    """
    for number, file in enumerate(files):
        name, content = file if isinstance(file, tuple) else (os.path.basename(file), file)
        share = number / len(files), 1 / len(files)
        if isinstance(content, str | os.PathLike):
            with closing(_opened(name, content)) as opened:
                yield from _of_file(name, opened, budget, share)
        else:
            yield from _of_file(name, content, budget, share)


def _opened(name: str, path: str | os.PathLike[str]) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise FormatError(f"'{name}' cannot be opened: {error.strerror}.") from error


def _of_file(
    name: str, file: IO[bytes], budget: Budget, share: tuple[float, float]
) -> Iterator[Part | SetAside]:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(4)
    file.seek(0)

    def fraction() -> float:
        return share[0] + share[1] * (min(1.0, file.tell() / size) if size else 1.0)

    if start[:4] == b"PK\x03\x04":
        yield from _of_zip(name, file, budget, fraction)
        return
    stream: IO[bytes] = file
    if start[:2] == b"\x1f\x8b":
        stream = gzip.GzipFile(fileobj=file)  # type: ignore[assignment]
    yield Part(name, lambda: _blocks(stream, name, budget), fraction, in_archive=False)


def _of_zip(
    name: str, file: IO[bytes], budget: Budget, fraction: Callable[[], float]
) -> Iterator[Part | SetAside]:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise FormatError(f"'{name}' is a damaged zip archive: {error}.") from error
    with closing(archive):
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise FormatError(
                f"'{name}' holds {len(members):,} files; at most {MAX_MEMBERS:,} are read. "
                "Put the texts together into fewer files."
            )
        for member in members:
            inside = PurePosixPath(member.filename).name or "(no name)"
            reason = _why_not(member, budget)
            if reason:
                yield SetAside(inside, reason)
            else:
                yield Part(inside, _member(archive, member, inside, budget), fraction, True)


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: Budget
) -> Callable[[], Iterator[bytes]]:
    def blocks() -> Iterator[bytes]:
        try:
            opened = archive.open(member)
        except _DAMAGED as error:
            raise FormatError(f"'{name}' in the archive is damaged: {error}.") from error
        with closing(opened):
            yield from _blocks(opened, name, budget)

    return blocks


def _why_not(member: zipfile.ZipInfo, budget: Budget) -> str:
    path = PurePosixPath(member.filename)
    if path.name.startswith(".") or "__MACOSX" in path.parts:
        return "a hidden file"
    if member.flag_bits & 1:
        return "encrypted with a password"
    if path.suffix.lower() in _NOT_RUNNING_TEXT:
        return f"{path.suffix.lower()}: markup, code or a table, not running text"
    # Not read at all: a claim that is beyond the limit needs no unpacking to be refused.
    budget_left = budget.max_bytes - budget.used
    if member.file_size > budget_left:
        budget.take(member.file_size, path.name)
    return ""


def _blocks(stream: IO[bytes], name: str, budget: Budget) -> Iterator[bytes]:
    while True:
        try:
            block = stream.read(BLOCK)
        except _DAMAGED as error:
            raise FormatError(
                f"'{name}' is damaged or cut off after {budget.used:,} bytes of text: {error}."
            ) from error
        if not block:
            return
        budget.take(len(block), name)
        yield block
