"""One writer at a time: among the threads of this process and among processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import IO

from embedviz.collections.database import Database
from embedviz.collections.plain_words import in_plain_words
from embedviz.errors import EmbedvizError
from embedviz.progress import Cancel, stop_if

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK_FILE = ".lock"
_LONGEST_WAIT = 300.0  # seconds
_BETWEEN = 0.02
_LOCKS: dict[str, threading.Lock] = {}


@contextmanager
def locked(database: Database, cancel: Cancel | None = None) -> Iterator[None]:
    """Be the only writer of ``database`` meanwhile.

    Threads of this process wait for one another everywhere. Other processes are held off through a
    file in the folder, which the system lets go of when a process dies. In an object store, and on
    systems without ``flock``, they are not: Lance's own commits keep each table whole there, and of
    two collections saved under one name at the same moment the later one is found.

    Raises
    ------
    CancelledError
        If a stop was asked for while waiting.
    EmbedvizError
        If another writer does not finish within five minutes.
    """
    lock = _LOCKS.setdefault(database.address, threading.Lock())
    _wait(lambda: lock.acquire(blocking=False), database, cancel)
    try:
        if database.folder is None or fcntl is None:
            yield
            return
        with _lock_file(database) as file:  # closing it lets go
            _wait(lambda: _acquired(file), database, cancel)
            yield
    finally:
        lock.release()


def _lock_file(database: Database) -> IO[bytes]:
    assert database.folder is not None
    with in_plain_words(f"The collections folder {database.folder}", "written"):
        database.folder.mkdir(parents=True, exist_ok=True)
        return (database.folder / LOCK_FILE).open("ab")


def _acquired(file: IO[bytes]) -> bool:
    assert fcntl is not None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(acquire: Callable[[], bool], database: Database, cancel: Cancel | None) -> None:
    end = time.monotonic() + _LONGEST_WAIT
    while not acquire():
        stop_if(cancel, "Saving")
        if time.monotonic() > end:
            raise EmbedvizError(
                f"Something else has been writing to the collections in {database.address} for "
                f"{_LONGEST_WAIT / 60:.0f} minutes. Nothing was changed: try again when it is done."
            )
        time.sleep(_BETWEEN)
