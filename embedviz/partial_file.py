"""A file that is not whole yet: what has arrived, and of which version of which file it is."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Version:
    """One version of a file on a server.

    Attributes
    ----------
    url : str
        Where it is.
    total : int or None
        Its length in bytes; None if the server does not say.
    tag : str or None
        What tells it from another version: a strong ETag, or its date.
    """

    url: str
    total: int | None
    tag: str | None

    @property
    def resumable(self) -> bool:
        """Whether anything could tell that the server's file has changed in between."""
        return self.total is not None and self.tag is not None


class PartialFile:
    """``target`` + ``.part``, with a note beside it on what it is the beginning of."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = Path(f"{target}.part")
        self._note = Path(f"{target}.part.json")

    def version(self, url: str) -> Version | None:
        """What it is the beginning of, if fetching ``url`` can go on from its end."""
        try:
            version = Version(**json.loads(self._note.read_text(encoding="utf-8")))
            size = self.path.stat().st_size
        except (OSError, ValueError, TypeError):
            return None
        fits = version.url == url and version.resumable and 0 < size <= (version.total or 0)
        return version if fits else None

    def remember(self, version: Version) -> None:
        """Note what is about to be written."""
        self._note.write_text(json.dumps(asdict(version)), encoding="utf-8")

    def finish(self, digest: str) -> None:
        """Become the whole file; its SHA-256 stands beside it as ``sha256sum --check`` reads it."""
        record = f"{digest}  {self.target.name}\n"
        Path(f"{self.target}.sha256").write_text(record, encoding="utf-8")
        os.replace(self.path, self.target)
        self.forget()

    def forget(self) -> None:
        """Remove what has arrived and the note about it."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
