"""Things in a zip archive of anyone's, read member by member and never unpacked to the disk."""

from __future__ import annotations

import io
import os
import threading
import weakref
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from typing import IO, Any

from embedviz.errors import FormatError
from embedviz.items.file_names import (
    base_name,
    clean_name,
    in_own_script,
    is_left_by_a_system,
    label_from_name,
)
from embedviz.items.files import Failure, ItemFile, Limits, Listed
from embedviz.items.kind import Kind
from embedviz.items.labels import LABELS_FILE, LABELS_MB, labeled, labels_from_csv
from embedviz.items.shared_file import SharedFile

_BLOCK = 1 << 20
# The list of members; the longest that an honest archive of 300,000 photos has.
_LONGEST_DIRECTORY = 1 << 25
_LOCAL_HEADER = 30
# Encrypted, strongly encrypted, its directory encrypted.
_ENCRYPTED = 0x1 | 0x40 | 0x2000
# Python unpacks a block of the other kinds whole, however large it becomes.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF_8 = 0x800
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cbz")


def files_in_zip(
    kind: Kind,
    file: IO[bytes] | str | os.PathLike[str],
    limits: Limits | None = None,
    name: str = "archive.zip",
) -> Listed:
    """The files of one kind in ``file``, in its order, none of them unpacked yet.

    Names come from the archive, cleaned for showing; nothing is ever written to them. The label is
    the folder in which a file lies, and ``labels.csv`` in the archive comes before it. They
    can be opened from any thread as long as ``file`` is open; it is never closed here.

    Parameters
    ----------
    kind : Kind
    file : path or binary file
        An open file must be able to go back to its beginning.
    limits : Limits, optional
        By the sizes that the archive announces, which unpacking holds it to.
    name : str
        What failures call the archive.

    Returns
    -------
    files, failures
        A damaged archive is one failure.
    """
    try:
        archive = Archive(file)
    except Exception as error:  # whatever a damaged directory makes zipfile raise
        return [], [Failure(name, _no_archive(error))]
    found = _Found(kind, archive, limits or kind.limits())
    for info in archive.members:
        found.add(info)
    return found.result(name)


class Archive:
    """An open archive, whose members are read one at a time: zipfile is not made for threads."""

    def __init__(self, file: IO[bytes] | str | os.PathLike[str]) -> None:
        if isinstance(file, str | os.PathLike):
            file = open(file, "rb")  # noqa: SIM115 - open as long as its files are
            weakref.finalize(self, file.close)
        self._zip = zipfile.ZipFile(_Careful(SharedFile(file).view()))
        self._lock = threading.Lock()
        self.members = [info for info in self._zip.infolist() if not info.is_dir()]
        self._overlapping = set(_overlapping(self.members))

    def why_not(self, info: zipfile.ZipInfo) -> str:
        """Why a member is not even tried, or ""."""
        if info.flag_bits & _ENCRYPTED:
            return "The file is encrypted with a password: pack the archive anew without one."
        if info.compress_type not in _PACKINGS:
            return "The file is packed in an unusual way: pack the archive anew as a plain zip."
        if info in self._overlapping:
            return "The file shares its bytes with another one in the archive, as traps do."
        return ""

    def content(self, info: zipfile.ZipInfo, most: int) -> IO[bytes]:
        """The bytes of a member, ``most`` and one block at most; FormatError if it is damaged."""
        data = bytearray()
        try:
            with self._lock, self._zip.open(info) as packed:
                while len(data) <= most and (block := packed.read(_BLOCK)):
                    data += block
        except Exception as error:  # zlib, zipfile and the file itself have no common parent
            raise FormatError(
                "The file is damaged inside the archive: pack or download the archive again."
            ) from error
        return io.BytesIO(data)


class _Found:
    """What was found in an archive so far."""

    def __init__(self, kind: Kind, archive: Archive, limits: Limits) -> None:
        self.kind, self.archive, self.limits = kind, archive, limits
        self.files: list[ItemFile] = []
        self.failures: list[Failure] = []
        self.labels: dict[str, str] = {}
        self.total_bytes = self.beyond_count = self.beyond_total = self.not_listed = 0

    def add(self, info: zipfile.ZipInfo) -> None:
        name = clean_name(_own_name(info))
        if is_left_by_a_system(name):
            return
        reason = self.archive.why_not(info)
        if reason:
            self._fail(name, reason)
        elif self.kind.is_named(name):
            self._add_file(info, name)
        elif base_name(name).lower() == LABELS_FILE:
            self._add_labels(info, name)
        elif name.lower().endswith(_ARCHIVES):
            self._fail(name, "An archive inside the archive: unpack it and bring it on its own.")
        else:
            self._fail(name, f"Not {self.kind.a_noun} file.")

    def result(self, name: str) -> Listed:
        if self.not_listed:
            self._note(
                name,
                f"{self.not_listed:,} more of its files are not {self.kind.nouns} or not whole.",
            )
        if self.beyond_count:
            self._note(name, self.limits.too_many(len(self.files) + self.beyond_count))
        if self.beyond_total:
            self._note(name, self.limits.too_large_together(self.beyond_total))
        return labeled(self.files, self.labels), self.failures

    def _add_file(self, info: zipfile.ZipInfo, name: str) -> None:
        if info.file_size > self.limits.file_bytes:
            self._fail(name, self.limits.too_large())
        elif len(self.files) >= self.limits.count:
            self.beyond_count += 1
        elif self.beyond_total or self.total_bytes + info.file_size > self.limits.total_bytes:
            self.beyond_total += 1
        else:
            self.total_bytes += info.file_size
            opening = partial(self.archive.content, info, self.limits.file_bytes)
            self.files.append(ItemFile(name, opening, info.file_size, label_from_name(name)))

    def _add_labels(self, info: zipfile.ZipInfo, name: str) -> None:
        try:
            data = self.archive.content(info, LABELS_MB << 20).read()
            found = labels_from_csv(data)
            self.labels |= found
            if found.note:
                self._fail(name, found.note)
        except FormatError as error:
            self._fail(name, str(error))

    def _fail(self, name: str, reason: str) -> None:
        """One line, unless there are so many already that nobody would read it."""
        if len(self.failures) < self.limits.count:
            self._note(name, reason)
        else:
            self.not_listed += 1

    def _note(self, name: str, reason: str) -> None:
        self.failures.append(Failure(name, reason))


def _own_name(info: zipfile.ZipInfo) -> str:
    """The member's name; without a mark for UTF-8 zipfile reads it as MS-DOS would."""
    if info.flag_bits & _UTF_8 or info.filename.isascii():
        return info.filename
    try:
        return in_own_script(info.filename.encode("cp437")) or info.filename
    except UnicodeEncodeError:
        return info.filename


def _no_archive(error: Exception) -> str:
    if isinstance(error, FormatError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"The archive cannot be opened: {error.strerror}."
    return "This is no zip archive, or a damaged one: pack or download it again."


class _Careful:
    """A file that refuses to be read in one piece larger than any honest list of members."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, count: int = -1) -> bytes:
        wanted = count if 0 <= count <= _LONGEST_DIRECTORY else _LONGEST_DIRECTORY + 1
        data = self._file.read(wanted)
        if len(data) > _LONGEST_DIRECTORY:
            raise FormatError("It lists far too many files: pack fewer into one archive.")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _overlapping(members: Iterable[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    """Members that begin before the one in front of them ends: the same bytes packed many times."""
    end = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            yield info
        end = max(end, info.header_offset + _LOCAL_HEADER + info.compress_size)
