"""Files and folders of vectors that the operator offers to everyone: how they are written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from embedviz.errors import FormatError, InvalidParameterError


@dataclass(frozen=True)
class VectorsFile:
    """One file of vectors on the server.

    Attributes
    ----------
    name : str
        What people choose it by; different for each.
    path : Path
        Where it is; of a LanceDB table its folder.
    limit : int or None
        How many rows of it to read, the first; None for all.
    trusted : bool
        Whether it may be a pickle, which can run code when it is opened.
    words : bool
        Whether it is offered as a model of words too: every file that is named itself, and those
        of a folder whose format holds words.
    """

    name: str
    path: Path
    limit: int | None = None
    trusted: bool = True
    words: bool = True


def vectors_file(text: str, where: str, folder: Path | None = None) -> VectorsFile:
    """The file or folder that ``PATH`` or ``PATH:LIMIT`` names; a relative path starts from ``folder``.

    A colon belongs to the path if a file or folder of the whole name exists, or if no number follows it
    (``C:\\vectors.bin``). ``where`` says in messages which option ``text`` comes from.

    Raises
    ------
    InvalidParameterError
        If there is no such file or folder, or the limit is 0.
    """
    path, limit = _placed(text, folder), None
    head, colon, tail = text.rpartition(":")
    digits = tail.replace("_", "").replace(",", "")
    if colon and head and digits.isdecimal() and not _exists(path):
        path, limit = _placed(head, folder), int(digits)
    return checked_file(VectorsFile(default_name(path), path, limit), where)


def vectors_files(text: str, where: str, folder: Path | None = None) -> tuple[VectorsFile, ...]:
    """What :func:`vectors_file` names, or the files in it if it is a folder: see :func:`spread`."""
    return spread(vectors_file(text, where, folder), where)


def spread(file: VectorsFile, where: str) -> tuple[VectorsFile, ...]:
    """``file`` itself, or of a folder each file of vectors in it, told by its content.

    A folder that is a LanceDB table stands for itself. The files have the limit and the trust of
    their folder: where that is not trusted, pickles are left out.

    Raises
    ------
    InvalidParameterError
        If no file of the folder holds vectors, or it cannot be opened.
    """
    if not file.path.is_dir():
        return (file,)
    from embedviz.formats import FORMATS
    from embedviz.formats.folder import is_lance
    from embedviz.formats.listing import listed

    if is_lance(file.path):
        return (replace(file, words=False),)
    try:
        found = listed(file.path, pickles=file.trusted)
    except FormatError as error:
        raise InvalidParameterError(f"{where}: {error}") from error
    if not found:
        raise InvalidParameterError(
            f"{where}: the folder '{file.path}' holds no file of vectors (nothing below it is "
            f"looked at). Formats: {', '.join(kind.label for kind in FORMATS.values())}."
        )
    return tuple(
        VectorsFile(default_name(one.path), one.path, file.limit, file.trusted,
                    words=not FORMATS[one.format].chooses)
        for one in found
    )  # fmt: skip


def checked_file(file: VectorsFile, where: str) -> VectorsFile:
    """``file`` if it is there and its limit is possible; else InvalidParameterError."""
    if not _exists(file.path):
        raise InvalidParameterError(
            f"{where}: there is no file '{file.path}' and no folder of this name. Give PATH or "
            "PATH:LIMIT, where LIMIT is how many rows to read, e.g. vectors.bin:200000."
        )
    if file.limit is not None and file.limit < 1:
        raise InvalidParameterError(
            f"{where}: '{file.path}' with a limit of {file.limit} rows. At least 1 row, or no "
            "limit for all of them."
        )
    return file


def default_name(path: Path) -> str:
    """The file's name without its suffix."""
    return Path(path.name.removesuffix(".gz")).stem


def distinct(files: Iterable[VectorsFile]) -> tuple[VectorsFile, ...]:
    """The files once each, with a number behind a name that another has already."""
    named: dict[str, VectorsFile] = {}
    for file in dict.fromkeys(files):
        name, number = file.name, 2
        while name in named:
            name, number = f"{file.name} ({number})", number + 1
        named[name] = replace(file, name=name)
    return tuple(named.values())


def _exists(path: Path) -> bool:
    return path.is_file() or path.is_dir()


def _placed(text: str, folder: Path | None) -> Path:
    path = Path(text).expanduser()
    return path if folder is None else folder / path
