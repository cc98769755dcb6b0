"""A saved collection, opened: its space in memory, its pictures read when they are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from embedviz.collections import tables
from embedviz.collections.catalog import CollectionInfo
from embedviz.collections.content import HASH, KEY, hashes_of
from embedviz.collections.database import Database
from embedviz.collections.plain_words import in_plain_words
from embedviz.collections.saving import opened
from embedviz.space import EmbeddingSpace

T = TypeVar("T")


class Collection:
    """What was saved under a name, as it was when it was opened.

    It shows pictures by the hash of their content, as ``ev.embed_images`` keeps it in
    ``space.table["hash"]``; they are fetched by row, never all of them. Rows that are added later
    are seen by opening it again. Threads may share it.

    Attributes
    ----------
    info : CollectionInfo
        Its name, size and origin.
    """

    def __init__(self, database: Database, info: CollectionInfo) -> None:
        self._database = database
        self._table = opened(database, info)
        self._loading = threading.Lock()
        self.info = tables.measured(info, self._table)

    @property
    def space(self) -> EmbeddingSpace:
        """Keys, vectors, metadata, name and origin; read once, then kept."""
        with self._loading:
            return self._space

    @property
    def previews(self) -> Collection:
        """Itself: it shows its own things."""
        return self

    @property
    def pictures(self) -> Collection:
        """Itself: it shows its own pictures."""
        return self

    def thumbnail(self, content: str, /) -> bytes | None:
        """The small picture (JPEG) of an image, or None if there is none."""
        return self.thumbnails([content]).get(content)

    def thumbnails(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """The small pictures (JPEG) of many, by hash; those without one are left out."""
        return self._by_hash(hashes, "thumbnail")

    def view(self, content: str, /) -> bytes | None:
        """The large picture (JPEG) of an image, or None if there is none."""
        return self._by_hash([content], "view").get(content)

    def original(self, key: str) -> bytes | None:
        """The image's own file, or None if it was not saved; raises UnknownKeyError."""
        found = self._taken([self.space.index(key)], "original", KEY)
        return next(iter(found.values()), None)

    def __len__(self) -> int:
        return self.info.count

    def __repr__(self) -> str:
        return f"Collection({self.info.name!r}, {self.info.count:,} × {self.info.dimensions})"

    @cached_property
    def _space(self) -> EmbeddingSpace:
        return self._read(lambda table: tables.space_in(table, self.info))

    @cached_property
    def _rows(self) -> dict[str, int]:
        """The first row of each hash."""
        hashes = hashes_of(self.space)
        rows = {one: row for row, one in reversed([*enumerate(hashes)])}
        rows.pop("", None)
        return rows

    def _by_hash(self, hashes: Sequence[str], column: str) -> dict[str, bytes]:
        rows = [self._rows[one] for one in hashes if one in self._rows]
        return self._taken(rows, column, HASH) if rows else {}

    def _taken(self, rows: Sequence[int], column: str, by: str) -> dict[str, bytes]:
        return self._read(lambda table: tables.taken(table, rows, column, by))

    def _read(self, ask: Callable[[Any], T]) -> T:
        try:
            return ask(self._table)
        except Exception:  # what fails again below is told
            # Files of an older version go an hour after they were joined. Rows are only ever added
            # behind the others, so they are found in the table as it is now.
            with in_plain_words(f"The collection '{self.info.name}'", "read"):
                self._table = opened(self._database, self.info)
                return ask(self._table)
