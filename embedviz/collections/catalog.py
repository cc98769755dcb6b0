"""Which collections there are: one small table, changed by one commit at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from embedviz.collections.database import Database, is_table_name, tidy
from embedviz.collections.names import unknown
from embedviz.collections.plain_words import in_plain_words
from embedviz.errors import EmbedvizError
from embedviz.items.kind import kind_name_of

TABLE = "embedviz-catalog"
_BACKUP = f"Bring back the folder '{TABLE}.lance' from a backup, or choose another folder."


@dataclass(frozen=True)
class CollectionInfo:
    """What is known of a collection without opening it.

    Attributes
    ----------
    id : str
        The name of its table: random, never given again.
    name : str
        What people call it.
    count, dimensions : int
        Rows, and numbers in each vector.
    encoder : str
        ``origin["encoder"]``, or "" for vectors of other sources.
    created, changed : datetime
        In UTC: when it was saved first, and when it was last added to or renamed.
    nbytes : int
        Bytes that its rows take on disk.
    origin : mapping
        Where the vectors come from; plain JSON.
    description : str
        What its owner wrote about it.
    """

    id: str
    name: str
    count: int
    dimensions: int
    encoder: str
    created: datetime
    changed: datetime
    nbytes: int
    origin: Mapping[str, Any]
    description: str

    @property
    def kind(self) -> str:
        """Of which kind the rows are, a name in ``KINDS``; "" for words and bare vectors."""
        return kind_name_of(self.origin)


class Catalog:
    """The catalog of ``database``; every question reads it anew, because others may write.

    The methods that write are called under :func:`~embedviz.collections.locking.locked`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._what = f"The catalog of collections in {database.address}"

    def entries(self) -> dict[str, CollectionInfo]:
        """Every collection by name, in the order of the names, as its catalog row has it."""
        table = self._table()
        if table is None:
            return {}
        with in_plain_words(self._what, "read"):
            infos = [_from_row(row) for row in table.to_arrow().to_pylist()]
        # Of two rows of one name, which only object stores can get, the later one counts.
        latest = {info.name: info for info in sorted(infos, key=lambda info: info.changed)}
        return dict(sorted(latest.items(), key=lambda item: item[0].casefold()))

    def named(self, name: str) -> CollectionInfo:
        """The collection ``name``; raises InvalidParameterError, which lists those there are."""
        entries = self.entries()
        if name not in entries:
            raise unknown(name, list(entries))
        return entries[name]

    def create(self) -> None:
        """Make the catalog where there is none: before the first collection's rows are written."""
        if self._table() is None:
            with in_plain_words(self._what, "written"):
                self._database.create(TABLE, _schema())

    def publish(self, info: CollectionInfo) -> None:
        """One commit: the row of this name says ``info`` from now on."""
        self._merge("name", info)

    def change(self, info: CollectionInfo) -> None:
        """One commit: the row of this id says ``info`` from now on."""
        self._merge("id", info)

    def remove(self, info: CollectionInfo) -> None:
        """One commit: the row of this id is gone."""
        with in_plain_words(self._what, "written"):
            self._table().delete(f"id = '{info.id}'")

    def tidy(self) -> None:
        """Let go of what many changes have left behind."""
        tidy(self._database, self._table())

    def _merge(self, on: str, info: CollectionInfo) -> None:
        import pyarrow as pa

        row = pa.Table.from_pylist([_to_row(info)], schema=_schema())
        with in_plain_words(self._what, "written"):
            merge = self._table().merge_insert(on).when_matched_update_all()
            merge.when_not_matched_insert_all().execute(row)

    def _table(self) -> Any:
        table = self._opened()
        # The catalog is made first: rows without one mean that it was lost, and sweeping up what
        # it does not name would delete everything.
        if table is None and any(map(is_table_name, self._database.tables())):
            table = self._opened()  # another process may just have made both
            if table is None:
                raise EmbedvizError(f"{self._what} is missing, though collections are. {_BACKUP}")
        return table

    def _opened(self) -> Any:
        with in_plain_words(self._what, "read"):
            table = self._database.table(TABLE)
            # A file of zeros, which a power failure can leave, is for Lance a table without columns.
            if table is not None and not {*_schema().names} <= {*table.schema.names}:
                raise EmbedvizError(f"{self._what} is damaged. {_BACKUP}")
        return table


def _schema() -> Any:
    import pyarrow as pa

    moment = pa.timestamp("us", "UTC")
    kinds = {
        "id": pa.string(), "name": pa.string(), "count": pa.int64(), "dimensions": pa.int32(),
        "encoder": pa.string(), "created": moment, "changed": moment, "nbytes": pa.int64(),
        "origin": pa.string(), "description": pa.string(),
    }  # fmt: skip
    return pa.schema(list(kinds.items()))


def _to_row(info: CollectionInfo) -> dict[str, Any]:
    return vars(info) | {"origin": json.dumps(dict(info.origin), default=str)}


def _from_row(row: dict[str, Any]) -> CollectionInfo:
    moments = {name: row[name].astimezone(UTC) for name in ("created", "changed")}
    return CollectionInfo(**row | moments | {"origin": json.loads(row["origin"])})
