"""The images in a zip archive, read member by member and never unpacked to the disk."""

from __future__ import annotations

import os
import zipfile
from functools import partial
from typing import IO

from embedviz.errors import FormatError
from embedviz.images.file_names import (
    base_name,
    clean_name,
    in_own_script,
    is_image_name,
    is_left_by_a_system,
    label_from_name,
)
from embedviz.images.image_archive import ImageArchive
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.labels import LABELS_FILE, LABELS_MB, labeled, labels_from_csv
from embedviz.images.limits import ImageLimits, too_large, too_large_together, too_many

_UTF_8 = 0x800
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cbz")
_DEFAULT_LIMITS = ImageLimits()


def images_in_zip(
    file: IO[bytes] | str | os.PathLike[str],
    limits: ImageLimits = _DEFAULT_LIMITS,
    name: str = "archive.zip",
) -> tuple[list[ImageFile], list[Failure]]:
    """The images in ``file``, in its order, none of them unpacked yet.

    Names come from the archive, cleaned for showing; nothing is ever written to them. The label is
    the folder in which an image lies, and ``labels.csv`` in the archive comes before it. The
    images can be opened from any thread as long as ``file`` is open; it is never closed here.

    Parameters
    ----------
    file : path or binary file
        An open file must be able to go back to its beginning.
    limits : ImageLimits
        By the sizes that the archive announces, which unpacking holds it to.
    name : str
        What failures call the archive.

    Returns
    -------
    files, failures
        A damaged archive is one failure.
    """
    try:
        archive = ImageArchive(file)
    except Exception as error:  # whatever a damaged directory makes zipfile raise
        return [], [Failure(name, _no_archive(error))]
    found = _Found(archive, limits)
    for info in archive.members:
        found.add(info)
    return found.result(name)


class _Found:
    """What was found in an archive so far."""

    def __init__(self, archive: ImageArchive, limits: ImageLimits) -> None:
        self.archive, self.limits = archive, limits
        self.files: list[ImageFile] = []
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
        elif is_image_name(name):
            self._add_image(info, name)
        elif base_name(name).lower() == LABELS_FILE:
            self._add_labels(info, name)
        elif name.lower().endswith(_ARCHIVES):
            self._fail(name, "An archive inside the archive: unpack it and bring it on its own.")
        else:
            self._fail(name, "Not an image file.")

    def result(self, name: str) -> tuple[list[ImageFile], list[Failure]]:
        if self.not_listed:
            self._note(name, f"{self.not_listed:,} more of its files are not images or not whole.")
        if self.beyond_count:
            self._note(name, too_many(len(self.files) + self.beyond_count, self.limits))
        if self.beyond_total:
            self._note(name, too_large_together(self.beyond_total, self.limits))
        return labeled(self.files, self.labels), self.failures

    def _add_image(self, info: zipfile.ZipInfo, name: str) -> None:
        if info.file_size > self.limits.file_bytes:
            self._fail(name, too_large(self.limits))
        elif len(self.files) >= self.limits.count:
            self.beyond_count += 1
        elif self.beyond_total or self.total_bytes + info.file_size > self.limits.total_bytes:
            self.beyond_total += 1
        else:
            self.total_bytes += info.file_size
            opening = partial(self.archive.content, info, self.limits.file_bytes)
            self.files.append(ImageFile(name, opening, info.file_size, label_from_name(name)))

    def _add_labels(self, info: zipfile.ZipInfo, name: str) -> None:
        try:
            data = self.archive.content(info, LABELS_MB << 20).read()
            self.labels |= labels_from_csv(data)
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
