"""What the disk refuses, said in plain words."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedviz.data_folder import VARIABLE, in_units
from embedviz.errors import DownloadError

_FULL = {errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else [])}


@contextmanager
def in_plain_words(target: Path) -> Iterator[None]:
    """Turn an OSError while ``target`` is written into a DownloadError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DownloadError(
                f"The disk is full: {target.name} could not be written to {target.parent}. Make "
                f"room, or set {VARIABLE} to a folder on another disk, and fetch it again."
            ) from error
        raise DownloadError(
            f"{target.name} could not be written to {target.parent}: {error.strerror or error}. "
            f"The variable {VARIABLE} chooses another folder."
        ) from error


def check_space(target: Path, needed: int) -> None:
    """Raise DownloadError if the folder of ``target`` has less than ``needed`` bytes free."""
    free = shutil.disk_usage(target.parent).free
    if needed > free:
        raise DownloadError(
            f"{target.name} needs {in_units(needed)} in {target.parent}, where {in_units(free)} "
            f"are free. Make room, or set {VARIABLE} to a folder on another disk."
        )
