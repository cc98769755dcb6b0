"""A zip archive of anyone's, from which single members are read with care."""

from __future__ import annotations

import io
import os
import threading
import weakref
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from embedviz.errors import FormatError
from embedviz.images.shared_file import SharedFile

_BLOCK = 1 << 20
# The list of members; the longest that an honest archive of 300,000 photos has.
_LONGEST_DIRECTORY = 1 << 25
_LOCAL_HEADER = 30
# Encrypted, strongly encrypted, its directory encrypted.
_ENCRYPTED = 0x1 | 0x40 | 0x2000
# Python unpacks a block of the other kinds whole, however large it becomes.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ImageArchive:
    """An open archive, whose members are read one at a time: zipfile is not made for threads."""

    def __init__(self, file: IO[bytes] | str | os.PathLike[str]) -> None:
        if isinstance(file, str | os.PathLike):
            file = open(file, "rb")  # noqa: SIM115 - open as long as its images are
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
