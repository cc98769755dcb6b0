"""One member out of a zip archive, by name, whole or not there."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from embedviz.data_folder import in_units
from embedviz.disk import check_space, in_plain_words
from embedviz.errors import DownloadError
from embedviz.partial_file import PartialFile, sha256_of
from embedviz.progress import Cancel, OnProgress, report, stop_if

_BLOCK = 1 << 20
# What zipfile raises for a broken, an encrypted and an unknown kind of packing.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def extract_member(
    archive: str | os.PathLike[str],
    member: str,
    target: str | os.PathLike[str],
    *,
    max_bytes: int,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Path:
    """Unpack the one member whose base name is ``member`` to ``target``.

    Nothing else is unpacked, and no name from the archive becomes a path. The SHA-256 of the file
    is recorded in ``target`` + ``.sha256``.

    Raises
    ------
    DownloadError
        If the archive is damaged, holds no such member or several, or the member unpacks to more
        than ``max_bytes``.
    CancelledError
        If a stop was asked for; nothing is kept.
    """
    part = PartialFile(Path(target))
    with in_plain_words(part.target):
        try:
            with zipfile.ZipFile(archive) as opened:
                info = _found(opened, member, max_bytes, Path(archive).name)
                check_space(part.target, info.file_size)
                for done in _unpacked(opened, info, part.path):
                    stop_if(cancel, f"Unpacking {member}")
                    if done > max_bytes:
                        raise _too_large(member, max_bytes)
                    report(on_progress, done / info.file_size, _how_far(member, done, info))
            part.finish(sha256_of(part.path))
        except _DAMAGED as bad:
            raise DownloadError(
                f"The archive {Path(archive).name} is damaged: {bad}. Fetch it anew, with --again."
            ) from bad
        finally:
            part.forget()
    return part.target


def _unpacked(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Iterator[int]:
    """Write the member to ``path``; yields the bytes written so far after every block."""
    done = 0
    with opened.open(info) as packed, path.open("wb") as file:
        while block := packed.read(_BLOCK):
            file.write(block)
            done += len(block)
            yield done


def _found(opened: zipfile.ZipFile, member: str, max_bytes: int, archive: str) -> zipfile.ZipInfo:
    names = [info.filename for info in opened.infolist() if not info.is_dir()]
    fitting = [name for name in names if PurePosixPath(name).name == member]
    if len(fitting) != 1:
        inside = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        raise DownloadError(
            f"The archive {archive} should hold one file '{member}' and holds {len(fitting)}. "
            f"In it: {inside or 'nothing'}."
        )
    info = opened.getinfo(fitting[0])
    if info.file_size > max_bytes:
        raise _too_large(member, max_bytes)
    return info


def _too_large(member: str, max_bytes: int) -> DownloadError:
    return DownloadError(
        f"'{member}' unpacks to more than {in_units(max_bytes)}, far beyond what it should be. "
        "It was not unpacked."
    )


def _how_far(member: str, done: int, info: zipfile.ZipInfo) -> str:
    return f"Unpacking {member}: {in_units(done)} of {in_units(info.file_size)}"
