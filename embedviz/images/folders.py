"""The images in a folder on this machine, labelled by sub-folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

from embedviz.errors import EmbedvizError, FormatError
from embedviz.images.file_names import (
    clean_name,
    is_image_name,
    is_left_by_a_system,
    label_from_name,
)
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.labels import LABELS_FILE, LABELS_MB, labeled, labels_from_csv
from embedviz.images.limits import ImageLimits, too_many

_DEFAULT_LIMITS = ImageLimits()


def images_in_folder(
    root: str | os.PathLike[str],
    limits: ImageLimits = _DEFAULT_LIMITS,
    *,
    inside: Sequence[Path] = (),
) -> tuple[list[ImageFile], list[Failure]]:
    """All images below ``root``, sorted by name, none of them read yet.

    The label is the folder in which an image lies, "" in ``root`` itself; ``labels.csv`` in
    ``root`` comes before it. Files that are no images by name are passed over, and links are not
    followed where they lead out. As files are read one by one, ``limits.total_mb`` is no limit.

    Parameters
    ----------
    root : path
    limits : ImageLimits
        Of these, ``count``: the first so many are taken.
    inside : sequence of Path
        If given, ``root`` must lie in one of these folders, links followed.

    Raises
    ------
    EmbedvizError
        If ``root`` is no folder, cannot be read, or lies outside ``inside``.
    """
    folder = _allowed(Path(root), inside)
    failures: list[Failure] = []
    names = sorted(_image_paths(folder, failures))
    if len(names) > limits.count:
        failures.append(Failure(clean_name(folder.name), too_many(len(names), limits)))
    files = []
    for relative in names[: limits.count]:
        name = clean_name(relative)
        files.append(image_at(folder / relative, name, label_from_name(name)))
    return _with_labels(folder, files, failures), failures


def image_at(path: Path, name: str, label: str) -> ImageFile:
    """The file at ``path``; if it is not there, it says so when it is opened."""
    size, date = None, None
    try:
        found = path.stat()
        size = found.st_size if stat.S_ISREG(found.st_mode) else None
        date = datetime.fromtimestamp(found.st_mtime)
    except (OSError, ValueError, OverflowError):  # gone, or a date that no calendar has
        pass
    # What is shown and stored must be text, which a path on disk need not be (PEP 383).
    shown = os.fspath(path.absolute()).encode("utf-8", "replace").decode("utf-8")
    return ImageFile(name, partial(_opened, path), size, label, shown, date)


def _opened(path: Path) -> IO[bytes]:
    # A pipe or a device would wait for ever.
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise FormatError("This is no file but a folder or a device: choose an image file.")
    return path.open("rb")


def _allowed(root: Path, inside: Sequence[Path]) -> Path:
    folder = root.resolve()
    if inside and not any(folder.is_relative_to(allowed.resolve()) for allowed in inside):
        raise EmbedvizError(
            f"The folder '{root}' is not open here. Choose one in: {', '.join(map(str, inside))}."
        )
    if not folder.is_dir():
        raise EmbedvizError(f"There is no folder '{root}'. Give the path of a folder of images.")
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise EmbedvizError(
            f"The folder '{root}' cannot be read: {error.strerror}. Allow this account to read it."
        ) from error
    return folder


def _image_paths(root: Path, failures: list[Failure]) -> Iterator[str]:
    """Paths of image files, relative to ``root``."""

    def note(error: OSError) -> None:
        where = os.path.relpath(str(error.filename), root)
        failures.append(Failure(clean_name(where), f"The folder cannot be read: {error.strerror}."))

    for at, folders, names in os.walk(root, onerror=note):
        inside = os.path.relpath(at, root)
        folders[:] = sorted(name for name in folders if not is_left_by_a_system(clean_name(name)))
        for name in folders:
            if os.path.islink(os.path.join(at, name)):
                reason = "A link to a folder, which is not followed: choose that folder itself."
                failures.append(Failure(clean_name(os.path.join(inside, name)), reason))
        for name in names:
            if not is_image_name(name) or is_left_by_a_system(clean_name(name)):
                continue
            relative = os.path.normpath(os.path.join(inside, name))
            if _leads_out(root, relative):
                reason = "A link to a file outside the folder, which is not followed: copy it here."
                failures.append(Failure(clean_name(relative), reason))
            else:
                yield relative


def _leads_out(root: Path, relative: str) -> bool:
    path = root / relative
    return path.is_symlink() and not path.resolve().is_relative_to(root)


def _with_labels(root: Path, files: list[ImageFile], failures: list[Failure]) -> list[ImageFile]:
    table = root / LABELS_FILE
    if not table.is_file() or _leads_out(root, LABELS_FILE):
        return files
    try:
        with table.open("rb") as opened:
            return labeled(files, labels_from_csv(opened.read((LABELS_MB << 20) + 1)))
    except OSError as error:
        failures.append(Failure(LABELS_FILE, f"The labels cannot be read: {error.strerror}."))
    except FormatError as error:
        failures.append(Failure(LABELS_FILE, str(error)))
    return files
