"""Saving and adding: what a crash leaves is what was there before, or what is there after.

A collection's rows are written first, and exist for nobody until the catalog names their table in
one commit. Rows are added in one commit of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from embedviz.collections import tables
from embedviz.collections.catalog import Catalog, CollectionInfo
from embedviz.collections.content import (
    SCHEMA,
    VECTOR,
    Content,
    Watch,
    batches,
    schema_number,
    schema_of,
)
from embedviz.collections.database import Database, is_abandoned, new_table_name, tidy
from embedviz.collections.joining import check_same_encoder, fitted, new_rows
from embedviz.collections.locking import locked
from embedviz.collections.names import taken
from embedviz.collections.plain_words import in_plain_words
from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.formats.rows import mended


@dataclass(frozen=True)
class Added:
    """What became of an addition.

    Attributes
    ----------
    info : CollectionInfo
        The collection as it is now.
    added : int
        Rows that are new in it.
    skipped : int
        Rows left out, because an image of the same content is there.
    """

    info: CollectionInfo
    added: int
    skipped: int


def save_content(
    database: Database,
    name: str,
    content: Content,
    description: str,
    exchange: bool,
    watch: Watch,
    most: int | None = None,
) -> CollectionInfo:
    """A new collection ``name``; if ``exchange``, in the place of one that has the name."""
    if not len(content.space):
        raise InvalidParameterError(f"There is nothing to save as '{name}': no vectors were given.")
    with locked(database, watch.cancel):
        _prepare(database, name, exchange)
    info = _new(name, content, description)
    schema = schema_of(content)
    rows = batches(content, content.space.keys, schema, f"Saving '{name}'", watch)
    table = tables.create(database, info.id, schema, rows, f"The collection '{name}'")
    try:
        info = tables.measured(info, table)
        with locked(database, watch.cancel):
            return _publish(database, info, exchange, most)
    except BaseException:
        _drop_unless_published(database, info)
        raise


def add_content(database: Database, name: str, content: Content, watch: Watch) -> Added:
    """Add rows to the collection ``name``."""
    catalog = Catalog(database)
    catalog.named(name)  # said before a lock file would make a folder
    with locked(database, watch.cancel):
        info = catalog.named(name)
        table = opened(database, info)
        info = tables.measured(info, table)
        if not len(content.space):
            return Added(info, 0, 0)
        check_same_encoder(info, content.space)
        there, hashes = tables.keys_and_hashes(table, info)
        rows = new_rows(hashes, content)
        if rows:
            with in_plain_words(f"The collection '{name}'", "written"):
                new = fitted(content, rows, table)
            keys = _free_keys(there, new)
            added = batches(new, keys, table.schema, f"Adding to '{name}'", watch)
            tables.append(table, table.schema, added, f"The collection '{name}'")
            tidy(database, table)
            info = replace(info, changed=now())
            catalog.change(info)
        info = tables.measured(info, table)
    return Added(info, len(rows), len(content.space) - len(rows))


def opened(database: Database, info: CollectionInfo) -> Any:
    """The table of ``info`` as it is now; raises EmbedvizError if it is gone or damaged."""
    with in_plain_words(f"The collection '{info.name}'", "read"):
        table = database.table(info.id)
        if table is None:
            raise ValueError("its rows are not there")
        # A file of zeros, which a power failure can leave, is for Lance a table without columns.
        if VECTOR not in table.schema.names:
            raise ValueError("it has no vectors")
    _check_schema(info, schema_number(table.schema))
    return table


def _check_schema(info: CollectionInfo, number: int) -> None:
    if not 1 <= number <= SCHEMA:
        raise EmbedvizError(
            f"The collection '{info.name}' was saved by a newer embedviz (its schema is number "
            f"{number or 'unknown'}, and this one reads up to {SCHEMA}). Update embedviz to open it; "
            "it can be renamed and deleted here."
        )


def now() -> datetime:
    """The time, as the catalog keeps it."""
    return datetime.now(UTC)


def _new(name: str, content: Content, description: str) -> CollectionInfo:
    space, moment = content.space, now()
    return CollectionInfo(
        id=new_table_name(),
        name=name,
        count=len(space),
        dimensions=space.dimensions,
        encoder=str(space.origin.get("encoder") or ""),
        created=moment,
        changed=moment,
        nbytes=0,
        origin=space.origin,
        description=description,
    )


def _prepare(database: Database, name: str, exchange: bool) -> None:
    """Refuse a name that is taken before rows are written; sweep up what writers that died left."""
    catalog = Catalog(database)
    catalog.create()
    entries = catalog.entries()
    if name in entries and not exchange:
        raise taken(name)
    catalog.tidy()
    known = {info.id for info in entries.values()}
    for table in database.tables():
        if is_abandoned(table) and table not in known:
            tables.drop_quietly(database, table)


def _free_keys(there: Sequence[str], new: Content) -> list[str]:
    """The new keys; one that is taken gets a number."""
    keys = [*there, *new.space.keys]
    return mended(keys, np.arange(len(keys)))[0][len(there) :]


def _publish(
    database: Database, info: CollectionInfo, exchange: bool, most: int | None
) -> CollectionInfo:
    catalog = Catalog(database)
    entries = catalog.entries()
    old = entries.get(info.name)
    if old is None:
        if most is not None and len(entries) >= most:
            raise InvalidParameterError(
                f"There are {len(entries):,} collections here and there may be {most:,}: delete "
                "one, or add to one."
            )
        catalog.publish(info)
        return info
    if not exchange:
        raise taken(info.name)
    info = replace(info, created=old.created)
    catalog.publish(info)
    tables.drop_quietly(database, old.id)
    return info


def _drop_unless_published(database: Database, info: CollectionInfo) -> None:
    """After an error: one that came behind the catalog's commit must not take the rows away."""
    try:
        known = {entry.id for entry in Catalog(database).entries().values()}
    except Exception:  # it is swept up later
        return
    if info.id not in known:
        tables.drop_quietly(database, info.id)
