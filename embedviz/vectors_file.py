"""A file of vectors that the operator offers to everyone: how it is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from embedviz.errors import InvalidParameterError


@dataclass(frozen=True)
class VectorsFile:
    """One file of vectors on the server.

    Attributes
    ----------
    name : str
        What people choose it by; different for each.
    path : Path
        Where it is.
    limit : int or None
        How many rows of it to read, the first; None for all.
    trusted : bool
        Whether it may be a pickle, which can run code when it is opened.
    """

    name: str
    path: Path
    limit: int | None = None
    trusted: bool = True


def vectors_file(text: str, where: str, folder: Path | None = None) -> VectorsFile:
    """The file that ``PATH`` or ``PATH:LIMIT`` names; a relative path starts from ``folder``.

    A colon belongs to the path if a file of the whole name exists, or if no number follows it
    (``C:\\vectors.bin``). ``where`` says in messages which option ``text`` comes from.

    Raises
    ------
    InvalidParameterError
        If there is no such file or the limit is 0.
    """
    path, limit = _placed(text, folder), None
    head, colon, tail = text.rpartition(":")
    digits = tail.replace("_", "").replace(",", "")
    if colon and head and digits.isdecimal() and not path.is_file():
        path, limit = _placed(head, folder), int(digits)
    return checked_file(VectorsFile(default_name(path), path, limit), where)


def checked_file(file: VectorsFile, where: str) -> VectorsFile:
    """``file`` if it is there and its limit is possible; else InvalidParameterError."""
    if not file.path.is_file():
        raise InvalidParameterError(
            f"{where}: there is no file '{file.path}'. Give PATH or PATH:LIMIT, where LIMIT is how "
            "many rows to read, e.g. vectors.bin:200000."
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


def _placed(text: str, folder: Path | None) -> Path:
    path = Path(text).expanduser()
    return path if folder is None else folder / path
