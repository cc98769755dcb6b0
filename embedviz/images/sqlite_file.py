"""An SQLite database as a cache: whatever is wrong with its file, it counts as empty."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)


class SqliteFile:
    """One connection that threads share; in memory where ``path`` is None.

    Parameters
    ----------
    tables : str
        SQL that makes the tables unless they are there.
    """

    def __init__(self, path: Path | None, tables: str) -> None:
        self.path, self._tables = path, tables
        self._lock = threading.Lock()
        self._database = self._opened()

    def all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of a question; none if it cannot be read."""
        with self._lock:
            if self._database is None:
                return []
            try:
                return self._database.execute(query, values).fetchall()
            except sqlite3.DatabaseError as error:
                _log.warning("The image cache could not be read: %s", error)
                return []

    def put(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Carry out a change for each of ``rows``, all of them or none."""
        with self._lock:
            if self._database is None:
                return
            try:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany(query, rows)
                self._database.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                _log.warning("The image cache could not be written: %s", error)
                with suppress(sqlite3.DatabaseError):
                    self._database.execute("ROLLBACK")

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        pages = self.all(
            "SELECT (page_count - freelist_count) * page_size "
            "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        )
        return int(pages[0][0]) if pages else 0

    def close(self) -> None:
        """Let go of the file or the memory."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection | None:
        for again in (True, False):
            try:
                return self._connected()
            except (sqlite3.DatabaseError, OSError) as error:
                _log.warning("The image cache %s cannot be used: %s", self.path, error)
                damaged = again and self.path is not None and "not a database" in str(error)
                if not damaged or self.path is None:
                    return None
                with suppress(OSError):
                    self.path.unlink()
        return None

    def _connected(self) -> sqlite3.Connection:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        name = ":memory:" if self.path is None else str(self.path)
        database = sqlite3.connect(
            name, timeout=30.0, check_same_thread=False, isolation_level=None
        )
        if self.path is not None:
            # A writer then never keeps a reader waiting; a power cut costs the last second only.
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(self._tables)
        return database
