"""The image cache on disk, seen from outside: how large it is, and emptying it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from embedviz.errors import EmbedvizError

_BESIDE = ("", "-wal", "-shm")  # SQLite keeps what is new in files of its own
_PATIENCE_SECONDS = 10.0


def size_of(path: Path) -> int:
    """Bytes that the cache at ``path`` takes on the disk; 0 if there is none."""
    files = [Path(f"{path}{suffix}") for suffix in _BESIDE]
    return sum(file.stat().st_size for file in files if file.is_file())


def clear(path: Path) -> None:
    """Empty the cache at ``path``; one that is damaged is removed.

    A server that has it open goes on with an empty one: taking the file away under it would leave
    it writing to a cache that nobody else sees.

    Raises
    ------
    EmbedvizError
        If another process keeps it locked, or the disk refuses.
    """
    if not path.is_file():
        return
    try:
        _empty(path)
    except sqlite3.OperationalError as error:
        raise EmbedvizError(
            f"{path} could not be emptied: {error}. Stop what is embedding images, then try again."
        ) from error
    except sqlite3.DatabaseError:
        for suffix in _BESIDE:
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def _empty(path: Path) -> None:
    database = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
    with closing(database):
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in found:
            database.execute(f'DELETE FROM "{table}"')
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
