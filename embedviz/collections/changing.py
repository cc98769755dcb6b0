"""Renaming and deleting: the catalog first, in one commit, and then what it no longer names."""

from __future__ import annotations

from dataclasses import replace

from embedviz.collections import tables
from embedviz.collections.catalog import Catalog, CollectionInfo
from embedviz.collections.database import Database
from embedviz.collections.locking import locked
from embedviz.collections.names import taken
from embedviz.collections.saving import now


def rename_entry(database: Database, old: str, new: str) -> CollectionInfo:
    """Call the collection ``old`` ``new``."""
    catalog = Catalog(database)
    catalog.named(old)  # said before a lock file would make a folder
    with locked(database):
        info = catalog.named(old)
        if new == old:
            return info
        if new in catalog.entries():
            raise taken(new)
        info = replace(info, name=new, changed=now())
        catalog.change(info)
    return info


def delete_entry(database: Database, name: str) -> None:
    """Remove the collection ``name``, damaged or not."""
    catalog = Catalog(database)
    catalog.named(name)
    with locked(database):
        info = catalog.named(name)
        catalog.remove(info)
        tables.drop_quietly(database, info.id)
