"""Bringing a set of things to this machine, for use without a network afterwards."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from embedviz.checksums import md5_of
from embedviz.data_folder import in_units
from embedviz.disk import check_space, in_plain_words
from embedviz.download import download
from embedviz.items.datasets import Dataset
from embedviz.items.unpacking import unpack
from embedviz.progress import Cancel, OnProgress, Progress, report, stop_if

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
