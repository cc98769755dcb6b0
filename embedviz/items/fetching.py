"""Bringing a set of things to this machine, for use without a network afterwards.

Tar archives are unpacked without trusting a name or a size in them.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from gzip import BadGzipFile
from pathlib import Path
from tempfile import TemporaryDirectory

from embedviz.checksums import md5_of
from embedviz.data_folder import in_units
from embedviz.disk import check_space, in_plain_words
from embedviz.download import download
from embedviz.errors import DownloadError
from embedviz.items.datasets import Dataset
from embedviz.progress import Cancel, OnProgress, Progress, report, stop_if

MAX_MEMBERS = 100_000
# What tarfile and gzip raise for damage. BadGzipFile is an OSError, but not the disk's fault.
_DAMAGED = (tarfile.TarError, BadGzipFile, zlib.error, EOFError)
# How much of the progress is fetching; the rest is unpacking.
_FETCHING = 0.9


def fetch_dataset(
    dataset: Dataset,
    *,
    again: bool = False,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Path:
    """Download and unpack a set; what is here already is left alone.

    Its folder appears only when it is whole. Until then what has arrived lies in that name +
    ``.part``, and the next call goes on from there. The archives are removed when unpacked.

    Parameters
    ----------
    dataset : Dataset
    again : bool
        Fetch it also if it is here already, in case it is damaged.

    Returns
    -------
    The folder of the set.

    Raises
    ------
    DownloadError
        If there is no network, no such file, no space, or what arrived is not what was announced.
    FormatError
        If what was unpacked is not laid out as the set is; it is not kept.
    CancelledError
        If a stop was asked for; what has arrived is kept, and so is what was here before.
    """
    if dataset.installed and not again:
        return dataset.folder
    work = dataset.folder.with_name(f"{dataset.name}.part")
    with in_plain_words(dataset.folder):
        work.mkdir(parents=True, exist_ok=True)
        _download_all(dataset, work, on_progress, cancel)
        # A room of its own: what another process is unpacking must not be taken for whole.
        with TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as room:
            new = Path(room, "unpacked")
            _unpack_all(dataset, work, new, on_progress, cancel)
            _put_in_place(new, dataset.folder, Path(room, "before"))
    shutil.rmtree(work, ignore_errors=True)
    size = in_units(dataset.download_bytes)
    report(
        on_progress,
        1.0,
        f"{dataset.label} is here: {dataset.count:,} {dataset.nouns}, {size} fetched",
    )
    return dataset.folder


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


def _download_all(
    dataset: Dataset, work: Path, on_progress: OnProgress | None, cancel: Cancel | None
) -> None:
    done = 0
    for archive in dataset.archives:
        target = work / archive.file
        before, after = (
            _FETCHING * nbytes / dataset.download_bytes for nbytes in (done, done + archive.nbytes)
        )
        # One that arrived before a break need not come twice, if the disk has kept it well.
        if not (target.is_file() and md5_of(target) == archive.md5):
            told = _between(before, after, on_progress)
            download(archive.url, target, md5=archive.md5, on_progress=told, cancel=cancel)
        done += archive.nbytes


def _unpack_all(
    dataset: Dataset,
    work: Path,
    new: Path,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> None:
    """Everything in the archives, unpacked to the folder ``new`` and prepared."""
    new.mkdir()
    check_space(new, dataset.disk_bytes)
    told = _between(_FETCHING, 1.0, on_progress)
    for archive in dataset.archives:
        if not archive.keep:
            # Copied, not moved: a stop from here on then leaves nothing to be fetched anew.
            shutil.copyfile(work / archive.file, new / archive.file)
            continue
        unpack(
            work / archive.file,
            new,
            keep=archive.keep,
            # Twice what is expected: room for surprises, none for an archive that explodes.
            max_bytes=2 * dataset.disk_bytes,
            on_progress=told,
            cancel=cancel,
        )
    if dataset.prepare is not None:
        report(on_progress, 1.0, f"Preparing {dataset.label}")
        dataset.prepare(new, cancel)
    stop_if(cancel, f"Unpacking {dataset.label}")


def _put_in_place(new: Path, folder: Path, old: Path) -> None:
    """``new`` becomes ``folder``; a folder that cannot be replaced stays as it was."""
    if folder.exists():
        os.replace(folder, old)
    try:
        os.replace(new, folder)
    except OSError:
        if old.exists():
            os.replace(old, folder)
        raise


def _between(start: float, end: float, on_progress: OnProgress | None) -> OnProgress:
    """What tells ``on_progress`` of a part as a stretch of the whole, never going back."""
    furthest = start

    def tell(progress: Progress) -> None:
        nonlocal furthest
        furthest = max(furthest, start + (end - start) * (progress.fraction or 0.0))
        report(on_progress, furthest, progress.message)

    return tell


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
