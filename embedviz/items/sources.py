"""Whatever holds things of one kind, as files that are read when their turn comes."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from embedviz.errors import EmbedvizError, FormatError, InvalidParameterError
from embedviz.items.file_names import (
    base_name,
    clean_name,
    is_left_by_a_system,
    label_from_name,
)
from embedviz.items.files import Failure, ItemFile, Limits, Listed
from embedviz.items.kind import Kind
from embedviz.items.labels import (
    LABELS_FILE,
    LABELS_MB,
    labeled,
    labels_from_csv,
    labels_of_none,
)
from embedviz.items.shared_file import SharedFile
from embedviz.items.zips import files_in_zip

_MOST_LISTED = 10_000  # files that are of another kind, one by one


def item_files(kind: Kind, sources: Any, limits: Limits | None = None) -> Iterator[ItemFile]:
    """The things of one kind in ``sources``, one by one, none of them read yet.

    Parameters
    ----------
    sources : iterable, or one of its kind
        Paths of files (labelled by their folder), of folders (walked, see
        :func:`files_in_folder`) and of zip archives (see
        :func:`embedviz.items.zips.files_in_zip`), ItemFile, bytes, binary files, what the kind takes
        from memory (PIL images, say), and pairs of a name and one of the last three. A binary file
        must be able to go back to its beginning; it is left open.
    limits : Limits, optional
        How many of them a folder may give; by default any number.

    Yields
    ------
    ItemFile
        What cannot be read is among them, and raises FormatError when it is opened.

    Raises
    ------
    InvalidParameterError
        For anything else among ``sources``.
    """
    most = limits or kind.limits(count=sys.maxsize)
    if _is_one(kind, sources):
        sources = [sources]
    if not isinstance(sources, Iterable):
        raise _no_source(kind, sources)
    for number, source in enumerate(sources, 1):
        if isinstance(source, ItemFile):
            yield source
        elif kind.accepts(source):
            yield _in_memory(kind, source, number)
        elif isinstance(source, str | os.PathLike):
            yield from _at(kind, Path(source), most)
        else:
            yield _in_memory(kind, source, number)


def files_in_folder(
    kind: Kind,
    root: str | os.PathLike[str],
    limits: Limits | None = None,
    *,
    inside: Sequence[Path] = (),
) -> Listed:
    """All files of one kind below ``root``, sorted by name, none of them read yet.

    The label is the folder in which a file lies, "" in ``root`` itself; ``labels.csv`` in
    ``root`` comes before it. Files that are not of the kind by name are among the failures, but for
    those that systems leave about; links are not followed where they lead out. As files are read
    one by one, ``limits.total_mb`` is no limit.

    Parameters
    ----------
    kind : Kind
    root : path
    limits : Limits, optional
        Of these, ``count``: the first so many are taken.
    inside : sequence of Path
        If given, ``root`` must lie in one of these folders, links followed.

    Raises
    ------
    EmbedvizError
        If ``root`` is no folder, cannot be read, or lies outside ``inside``.
    """
    most = limits or kind.limits()
    folder = _allowed(kind, Path(root), inside)
    failures: list[Failure] = []
    found = _Folder(kind, folder)
    names = sorted(found.paths(failures))
    failures += found.others(min(most.count, _MOST_LISTED))
    if len(names) > most.count:
        failures.append(Failure(clean_name(folder.name), most.too_many(len(names))))
    files = []
    for relative in names[: most.count]:
        name = clean_name(relative)
        files.append(file_at(folder / relative, name, label_from_name(name)))
    return _with_labels(folder, files, [*names, *found.not_named], failures), failures


def file_at(path: Path, name: str, label: str) -> ItemFile:
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
    return ItemFile(name, partial(_opened, path), size, label, shown, date)


def failing(failure: Failure) -> ItemFile:
    """A file that says its reason when it is opened, so that it takes its place among the rest."""

    def refuse() -> NoReturn:
        raise FormatError(failure.reason)

    return ItemFile(failure.name, refuse)


def _is_one(kind: Kind, source: Any) -> bool:
    return (
        isinstance(source, str | os.PathLike | bytes | ItemFile)
        or hasattr(source, "read")
        or kind.accepts(source)
    )


def _at(kind: Kind, path: Path, limits: Limits) -> Iterator[ItemFile]:
    if path.is_dir():
        files, failures = files_in_folder(kind, path, limits)
        yield from files
        yield from map(failing, failures)
    elif path.suffix.lower() == ".zip" and path.is_file():
        files, failures = files_in_zip(kind, path, limits, clean_name(path.name))
        yield from files
        yield from map(failing, failures)
    else:
        name = clean_name(os.fspath(path))
        yield file_at(path, base_name(name), label_from_name(name))


def _in_memory(kind: Kind, source: Any, number: int) -> ItemFile:
    named = isinstance(source, tuple) and len(source) == 2 and isinstance(source[0], str)
    name, content = source if named else ("", source)
    name = name or _own_name(content) or f"{kind.noun} {number}"
    label = label_from_name(name)
    # The name of a file that a program has opened is its whole path.
    name = base_name(clean_name(name)) if os.path.isabs(name) else clean_name(name)
    if isinstance(content, bytes | bytearray | memoryview):
        data = bytes(content)
        return ItemFile(name, lambda: io.BytesIO(data), len(data), label)
    if kind.accepts(content):
        return ItemFile(name, lambda: kind.write(content), None, label)
    if hasattr(content, "read") and hasattr(content, "seek"):
        return ItemFile(name, SharedFile(content).view, None, label)
    raise _no_source(kind, source)


def _own_name(content: Any) -> str:
    named = getattr(content, "filename", "") or getattr(content, "name", "")
    return named if isinstance(named, str) else ""


def _no_source(kind: Kind, source: Any) -> InvalidParameterError:
    return InvalidParameterError(
        f"{kind.nouns.capitalize()} come as paths, folders, bytes, binary files or "
        f"{kind.in_memory}, got {type(source).__name__}."
    )


def _opened(path: Path) -> IO[bytes]:
    # A pipe or a device would wait for ever.
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise FormatError("This is no file but a folder or a device: choose a file.")
    return path.open("rb")


def _allowed(kind: Kind, root: Path, inside: Sequence[Path]) -> Path:
    folder = root.resolve()
    if inside and not any(folder.is_relative_to(allowed.resolve()) for allowed in inside):
        raise EmbedvizError(
            f"The folder '{root}' is not open here. Choose one in: {', '.join(map(str, inside))}."
        )
    if not folder.is_dir():
        raise EmbedvizError(
            f"There is no folder '{root}'. Give the path of a folder of {kind.nouns}."
        )
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise EmbedvizError(
            f"The folder '{root}' cannot be read: {error.strerror}. Allow this account to read it."
        ) from error
    return folder


class _Folder:
    """What lies below a folder: files of a kind, and those that are not named as such."""

    def __init__(self, kind: Kind, root: Path) -> None:
        self.kind, self.root = kind, root
        self.not_named: list[str] = []

    def paths(self, failures: list[Failure]) -> Iterator[str]:
        """Paths of files of the kind, relative to the root; in no order."""

        def note(error: OSError) -> None:
            where = os.path.relpath(str(error.filename), self.root)
            reason = f"The folder cannot be read: {error.strerror}."
            failures.append(Failure(clean_name(where), reason))

        for at, folders, names in os.walk(self.root, onerror=note):
            inside = os.path.relpath(at, self.root)
            folders[:] = sorted(n for n in folders if not is_left_by_a_system(clean_name(n)))
            for name in folders:
                if os.path.islink(os.path.join(at, name)):
                    reason = "A link to a folder, which is not followed: choose that folder itself."
                    failures.append(Failure(clean_name(os.path.join(inside, name)), reason))
            for name in names:
                relative = os.path.normpath(os.path.join(inside, name))
                if is_left_by_a_system(clean_name(name)):
                    continue
                if not self.kind.is_named(name):
                    self.not_named.append(relative)
                elif _leads_out(self.root, relative):
                    reason = (
                        "A link to a file outside the folder, which is not followed: copy it here."
                    )
                    failures.append(Failure(clean_name(relative), reason))
                else:
                    yield relative

    def others(self, most: int) -> list[Failure]:
        """The files that are not named as the kind's are, ``most`` of them one by one."""
        others = sorted(name for name in self.not_named if name.lower() != LABELS_FILE)
        listed = [Failure(clean_name(name), self._why_not(name)) for name in others[:most]]
        if len(others) > most:
            reason = f"{len(others) - most:,} more of its files are not {self.kind.nouns}."
            listed.append(Failure(clean_name(self.root.name), reason))
        return listed

    def _why_not(self, name: str) -> str:
        if base_name(clean_name(name)).lower() == LABELS_FILE:
            return f"Only the {LABELS_FILE} in the folder itself is read: put its lines there."
        return self.kind.why_not_named(name)


def _leads_out(root: Path, relative: str) -> bool:
    path = root / relative
    return path.is_symlink() and not path.resolve().is_relative_to(root)


def _with_labels(
    root: Path, files: list[ItemFile], names: Sequence[str], failures: list[Failure]
) -> list[ItemFile]:
    """``files`` with the labels of the root's table; what it says of none of ``names`` is noted."""
    table = next((name for name in sorted(names) if name.lower() == LABELS_FILE), "")
    if not table or not (root / table).is_file() or _leads_out(root, table):
        return files
    try:
        with (root / table).open("rb") as opened:
            labels = labels_from_csv(opened.read((LABELS_MB << 20) + 1), failures)
    except OSError as error:
        failures.append(Failure(LABELS_FILE, f"The labels cannot be read: {error.strerror}."))
    except FormatError as error:
        failures.append(Failure(LABELS_FILE, str(error)))
    else:
        failures += labels_of_none(labels, names)
        return labeled(files, labels)
    return files
