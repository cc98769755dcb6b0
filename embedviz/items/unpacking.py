"""Tar archives from the network, unpacked without trusting a name or a size in them."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from gzip import BadGzipFile
from pathlib import Path

from embedviz.data_folder import in_units
from embedviz.errors import DownloadError
from embedviz.progress import Cancel, OnProgress, report, stop_if

MAX_MEMBERS = 100_000
# What tarfile and gzip raise for damage. BadGzipFile is an OSError, but not the disk's fault.
_DAMAGED = (tarfile.TarError, BadGzipFile, zlib.error, EOFError)


def unpack(
    archive: Path,
    folder: Path,
    *,
    keep: Sequence[str],
    max_bytes: int,
    max_members: int = MAX_MEMBERS,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> int:
    """Unpack those files of a gzipped tar archive that fit a pattern of ``keep`` into ``folder``.

    Nothing is ever written outside ``folder``, and no link or device is made: an archive with a
    member that leads out, that is a link or that is no plain file is refused, kept or not.

    Parameters
    ----------
    max_bytes, max_members : int
        What all its members together may come to, also those that are not kept.

    Returns
    -------
    How many files were unpacked.

    Raises
    ------
    DownloadError
        If the archive is damaged, refused or larger than allowed, or holds nothing to keep.
    CancelledError
        If a stop was asked for. What was unpacked by then, here as in any error, stays: ``folder``
        is the caller's to remove.
    """
    count = 0
    size = max(archive.stat().st_size, 1)
    try:
        with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r:gz") as opened:
            for member in _checked(opened, folder, archive.name, max_bytes, max_members):
                stop_if(cancel, f"Unpacking {archive.name}")
                if _wanted(member, keep):
                    opened.extract(member, folder, filter="data")
                    count += 1
                    done = f"Unpacking {archive.name}: {count:,} files"
                    report(on_progress, min(file.tell() / size, 1.0), done)
    except _DAMAGED as bad:
        raise DownloadError(
            f"The archive {archive.name} is damaged: {bad}. Fetch it again."
        ) from bad
    if not count:
        raise DownloadError(f"The archive {archive.name} holds nothing like {', '.join(keep)}.")
    return count


def _wanted(member: tarfile.TarInfo, keep: Sequence[str]) -> bool:
    name = member.name.removeprefix("./")
    return member.isfile() and any(fnmatchcase(name, pattern) for pattern in keep)


def _checked(
    opened: tarfile.TarFile, folder: Path, archive: str, max_bytes: int, max_members: int
) -> Iterator[tarfile.TarInfo]:
    """Every member, once it is known to be harmless."""
    total = 0
    for number, member in enumerate(opened, start=1):
        total += member.size
        if total > max_bytes or number > max_members:
            raise DownloadError(
                f"{archive} unpacks to more than {in_units(max_bytes)} or {max_members:,} files, "
                "far beyond what it should be. It was not unpacked."
            )
        if not (member.isfile() or member.isdir()):
            raise _refused(archive, member, "a link or a device")
        try:
            tarfile.data_filter(member, str(folder))
        except tarfile.FilterError as error:
            raise _refused(archive, member, "a path that leads out of its folder") from error
        yield member


def _refused(archive: str, member: tarfile.TarInfo, what: str) -> DownloadError:
    return DownloadError(
        f"{archive} holds {what}: {member.name[:80]!r}. Such an archive is not unpacked."
    )
