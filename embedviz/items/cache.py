"""What was computed of a thing, by the hash of its content: vectors, facts, previews.

The same thing is never embedded twice with the same encoder: in one browser session through a
cache in memory, for samples, server folders and scripts through one on disk.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError
from embedviz.items.kind import Preview
from embedviz.store import cache_dir, max_cache_bytes

_log = logging.getLogger(__name__)
Vectors = dict[str, NDArray[np.float32]]
_AT_ONCE = 500  # SQLite takes so many question marks, and more
_BESIDE = ("", "-wal", "-shm")  # SQLite keeps what is new in files of its own
_PATIENCE_SECONDS = 10.0
_LOOK_EVERY = 256  # things put, between two looks at the size
# Its tables have the names that they had when there were images only.
_TABLES = """
CREATE TABLE IF NOT EXISTS images
    (hash TEXT PRIMARY KEY, facts TEXT, thumbnail BLOB, view BLOB, used REAL);
CREATE TABLE IF NOT EXISTS vectors
    (encoding TEXT, hash TEXT, vector BLOB, used REAL, PRIMARY KEY (encoding, hash));
CREATE TABLE IF NOT EXISTS fingerprints
    (measure TEXT, hash TEXT, fingerprint BLOB, used REAL, PRIMARY KEY (measure, hash));
"""
_NAMES = ("images", "vectors", "fingerprints")


Facts = Mapping[str, Any]


class ItemCache:
    """Vectors, facts and previews of things; satisfies the ``Previews`` protocol.

    Safe for several threads, and on disk for several processes. A disk that cannot be written to,
    or a file that is damaged, is reported in the log and counts as empty: it is a cache.

    Parameters
    ----------
    path : Path or None
        The file; None keeps everything in memory and lets it go with this object.
    max_bytes : int, optional
        The bound; what was not used for longest goes first. None: the disk cache's.
    """

    def __init__(self, path: Path | None = None, max_bytes: int | None = None) -> None:
        self.path = path
        self.max_bytes = max_cache_bytes() if max_bytes is None else max_bytes
        self._file = _SqliteFile(path, _TABLES)
        self._puts = 0

    def vectors(self, encoding: str, hashes: Sequence[str]) -> Vectors:
        """Those vectors that are known, each of shape (d,), float32, read-only."""
        rows = self._among("SELECT hash, vector FROM vectors WHERE encoding = ?", hashes, encoding)
        return {name: np.frombuffer(vector, np.float32) for name, vector in rows}

    def facts(self, content: str, /) -> dict[str, Any] | None:
        """What is told of the thing, as it was put, or None if it is not known."""
        rows = self._file.all("SELECT facts FROM images WHERE hash = ?", (content,))
        return dict(json.loads(rows[0][0])) if rows else None

    def thumbnail(self, content: str, /) -> bytes | None:
        """See :class:`~embedviz.items.kind.Previews`."""
        return self.thumbnails([content]).get(content)

    def view(self, content: str, /) -> bytes | None:
        """See :class:`~embedviz.items.kind.Previews`."""
        rows = self._file.all("SELECT view FROM images WHERE hash = ?", (content,))
        return rows[0][0] if rows else None

    def thumbnails(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """See :class:`~embedviz.items.kind.Previews`."""
        query = "SELECT hash, thumbnail FROM images WHERE thumbnail IS NOT NULL"
        return dict(self._among(query, hashes))

    def fingerprints(self, measure: str, hashes: Sequence[str]) -> dict[str, bytes]:
        """What a :class:`~embedviz.items.copy_measure.CopyMeasure` compares, where it is known."""
        query = "SELECT hash, fingerprint FROM fingerprints WHERE measure = ?"
        return dict(self._among(query, hashes, measure))

    def put_fingerprints(self, measure: str, fingerprints: Mapping[str, bytes]) -> None:
        """Keep these, by the hash of their thing."""
        now = time.time()
        rows = [(measure, name, found, now) for name, found in fingerprints.items()]
        self._put("INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?, ?)", rows)

    def put_vectors(self, encoding: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep these vectors (d,), float32, by the hash of their thing."""
        now = time.time()
        rows = [
            (encoding, name, np.ascontiguousarray(vector, np.float32).tobytes(), now)
            for name, vector in vectors.items()
        ]
        self._put("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def put_item(self, content: str, facts: Facts, preview: Preview | None = None) -> None:
        """Keep the facts (plain JSON), and the preview if there is one (None leaves what it has)."""
        thumbnail = None if preview is None else preview.thumbnail
        view = None if preview is None else preview.view
        row = (content, json.dumps(dict(facts)), thumbnail, view, time.time())
        self._put(
            "INSERT INTO images VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET "
            "facts = excluded.facts, thumbnail = coalesce(excluded.thumbnail, thumbnail), "
            "view = coalesce(excluded.view, view), used = excluded.used",
            [row],
        )

    def touch(self, encoding: str, hashes: Sequence[str]) -> None:
        """Note that these were used now, so that they are the last to go."""
        for part in _parts(hashes):
            marks = ", ".join("?" * len(part))
            now = time.time()
            self._put(f"UPDATE images SET used = ? WHERE hash IN ({marks})", [(now, *part)])
            self._put(f"UPDATE fingerprints SET used = ? WHERE hash IN ({marks})", [(now, *part)])
            query = f"UPDATE vectors SET used = ? WHERE encoding = ? AND hash IN ({marks})"
            self._put(query, [(now, encoding, *part)])

    def forget(self, hashes: Iterable[str]) -> None:
        """Let go of all that is known of these things."""
        for part in _parts(hashes):
            marks = ", ".join("?" * len(part))
            for table in _NAMES:
                self._put(f"DELETE FROM {table} WHERE hash IN ({marks})", [part])

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Let go of all things but these."""
        known = self._file.all(" UNION ".join(f"SELECT hash FROM {table}" for table in _NAMES))
        self.forget({row[0] for row in known} - set(hashes))

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return self._file.nbytes

    def close(self) -> None:
        """Let go of the file or the memory."""
        self._file.close()

    def _among(self, query: str, hashes: Sequence[str], *first: Any) -> list[tuple[Any, Any]]:
        rows: list[tuple[Any, Any]] = []
        for part in _parts(hashes):
            condition = f" AND hash IN ({', '.join('?' * len(part))})"
            rows += self._file.all(query + condition, (*first, *part))
        return rows

    def _put(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        self._file.put(query, rows)
        self._puts += len(rows)
        if self._puts >= _LOOK_EVERY:
            self._puts = 0
            self._make_room()

    def _make_room(self) -> None:
        """Let go of the quarter that was not used for longest while there is too much."""
        times = f"({' UNION ALL '.join(f'SELECT used FROM {table}' for table in _NAMES)})"
        quarter = f"LIMIT 1 OFFSET (SELECT count(*) / 4 FROM {times})"
        for _ in range(8):
            if self.nbytes <= self.max_bytes:
                return
            oldest = self._file.all(f"SELECT used FROM {times} ORDER BY used {quarter}")
            for table in _NAMES:
                self._put(f"DELETE FROM {table} WHERE used <= ?", oldest)


def default_cache_path() -> Path:
    """Where the cache on disk is."""
    # By the name that it had when there were images only: what is in it is still good.
    return cache_dir() / "images.sqlite"


def default_cache() -> ItemCache:
    """The cache on disk, opened once in this process for each place."""
    return _at(default_cache_path())


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
            f"{path} could not be emptied: {error}. Stop what is embedding, then try again."
        ) from error
    except sqlite3.DatabaseError:
        for suffix in _BESIDE:
            Path(f"{path}{suffix}").unlink(missing_ok=True)


@cache
def _at(path: Path) -> ItemCache:
    return ItemCache(path)


def _parts(hashes: Iterable[str]) -> Iterable[Sequence[str]]:
    distinct = list(dict.fromkeys(hashes))
    return (distinct[start : start + _AT_ONCE] for start in range(0, len(distinct), _AT_ONCE))


def _empty(path: Path) -> None:
    database = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
    with closing(database):
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in found:
            database.execute(f'DELETE FROM "{table}"')
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _SqliteFile:
    """An SQLite database as a cache: whatever is wrong with its file, it counts as empty.

    One connection that threads share; in memory where ``path`` is None.

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
                _log.warning("The cache of items could not be read: %s", error)
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
                _log.warning("The cache of items could not be written: %s", error)
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
                _log.warning("The cache of items %s cannot be used: %s", self.path, error)
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
