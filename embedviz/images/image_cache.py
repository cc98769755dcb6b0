"""What was computed of an image, by the hash of its content: vectors, facts, small pictures.

The same image is never embedded twice with the same encoder: in one browser session through a
cache in memory, for samples, server folders and scripts through one on disk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.images.sqlite_file import SqliteFile
from embedviz.store import cache_dir, max_cache_bytes

Vectors = dict[str, NDArray[np.float32]]
_AT_ONCE = 500  # SQLite takes so many question marks, and more
_LOOK_EVERY = 256  # images put, between two looks at the size
_TABLES = """
CREATE TABLE IF NOT EXISTS images
    (hash TEXT PRIMARY KEY, facts TEXT, thumbnail BLOB, view BLOB, used REAL);
CREATE TABLE IF NOT EXISTS vectors
    (encoding TEXT, hash TEXT, vector BLOB, used REAL, PRIMARY KEY (encoding, hash));
"""


@dataclass(frozen=True)
class ImageFacts:
    """What is told of an image in a table.

    ``width`` and ``height`` are pixels of the upright original, ``nbytes`` those of the file,
    ``taken`` an ISO date or "", ``brightness`` its mean luma from 0 to 1.
    """

    width: int
    height: int
    format: str
    nbytes: int
    taken: str
    brightness: float


class ImageCache:
    """Vectors, facts, thumbnails and views of images; satisfies the ``Pictures`` protocol.

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
        self._file = SqliteFile(path, _TABLES)
        self._puts = 0

    def vectors(self, encoding: str, hashes: Sequence[str]) -> Vectors:
        """Those vectors that are known, each of shape (d,), float32, read-only."""
        rows = self._among("SELECT hash, vector FROM vectors WHERE encoding = ?", hashes, encoding)
        return {name: np.frombuffer(vector, np.float32) for name, vector in rows}

    def facts(self, content: str, /) -> ImageFacts | None:
        """What is told of the image, or None if it is not known."""
        rows = self._file.all("SELECT facts FROM images WHERE hash = ?", (content,))
        return ImageFacts(**json.loads(rows[0][0])) if rows else None

    def thumbnail(self, content: str, /) -> bytes | None:
        """See :class:`~embedviz.images.thumbnails.Pictures`."""
        return self.thumbnails([content]).get(content)

    def view(self, content: str, /) -> bytes | None:
        """See :class:`~embedviz.images.thumbnails.Pictures`."""
        rows = self._file.all("SELECT view FROM images WHERE hash = ?", (content,))
        return rows[0][0] if rows else None

    def thumbnails(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """See :class:`~embedviz.images.thumbnails.Pictures`."""
        query = "SELECT hash, thumbnail FROM images WHERE thumbnail IS NOT NULL"
        return dict(self._among(query, hashes))

    def put_vectors(self, encoding: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep these vectors (d,), float32, by the hash of their image."""
        now = time.time()
        rows = [
            (encoding, name, np.ascontiguousarray(vector, np.float32).tobytes(), now)
            for name, vector in vectors.items()
        ]
        self._put("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def put_image(
        self,
        content: str,
        facts: ImageFacts,
        thumbnail: bytes | None,
        view: bytes | None,
    ) -> None:
        """Keep the facts, and the small pictures if there are any (None leaves those it has)."""
        row = (content, json.dumps(asdict(facts)), thumbnail, view, time.time())
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
            query = f"UPDATE vectors SET used = ? WHERE encoding = ? AND hash IN ({marks})"
            self._put(query, [(now, encoding, *part)])

    def forget(self, hashes: Iterable[str]) -> None:
        """Let go of all that is known of these images."""
        for part in _parts(hashes):
            marks = ", ".join("?" * len(part))
            for table in ("images", "vectors"):
                self._put(f"DELETE FROM {table} WHERE hash IN ({marks})", [part])

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Let go of all images but these."""
        known = self._file.all("SELECT hash FROM images UNION SELECT hash FROM vectors")
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
        times = "(SELECT used FROM images UNION ALL SELECT used FROM vectors)"
        quarter = f"LIMIT 1 OFFSET (SELECT count(*) / 4 FROM {times})"
        for _ in range(8):
            if self.nbytes <= self.max_bytes:
                return
            oldest = self._file.all(f"SELECT used FROM {times} ORDER BY used {quarter}")
            for table in ("vectors", "images"):
                self._put(f"DELETE FROM {table} WHERE used <= ?", oldest)


def default_image_cache_path() -> Path:
    """Where the cache on disk is."""
    return cache_dir() / "images.sqlite"


def default_image_cache() -> ImageCache:
    """The cache on disk, opened once in this process for each place."""
    return _at(default_image_cache_path())


@cache
def _at(path: Path) -> ImageCache:
    return ImageCache(path)


def _parts(hashes: Iterable[str]) -> Iterable[Sequence[str]]:
    distinct = list(dict.fromkeys(hashes))
    return (distinct[start : start + _AT_ONCE] for start in range(0, len(distinct), _AT_ONCE))
