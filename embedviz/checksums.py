"""Whether a file is what its makers say it is, by what it hashes to."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from embedviz.errors import DownloadError
from embedviz.partial_file import sha256_of


def check_sums(path: Path, name: str, *, sha256: str = "", md5: str = "") -> str:
    """The SHA-256 of a file, in hexadecimal, once it is known to be right; empty sums fit any.

    Raises
    ------
    DownloadError
        If it has another sum; ``name`` is what the message calls the file.
    """
    found = sha256_of(path)
    sums = [("SHA-256", found, sha256)] + ([("MD5", md5_of(path), md5)] if md5 else [])
    for kind, got, expected in sums:
        if expected and got != expected.lower():
            raise DownloadError(
                f"{name} arrived damaged: its {kind} is {got}, expected {expected}. "
                "It was thrown away; fetch it again."
            )
    return found


def md5_of(path: Path) -> str:
    """The MD5 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.md5, usedforsecurity=False)).hexdigest()
