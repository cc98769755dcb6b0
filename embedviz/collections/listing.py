"""Which collections there are, and how large each is."""

from __future__ import annotations

import logging

from embedviz.collections import tables
from embedviz.collections.catalog import Catalog, CollectionInfo
from embedviz.collections.database import Database
from embedviz.collections.saving import opened
from embedviz.errors import EmbedvizError

_log = logging.getLogger(__name__)


def listed(database: Database) -> tuple[CollectionInfo, ...]:
    """Every collection, by name, with its rows counted in its own table."""
    return tuple(_counted(database, info) for info in Catalog(database).entries().values())


def _counted(database: Database, info: CollectionInfo) -> CollectionInfo:
    try:
        return tables.measured(info, opened(database, info))
    except EmbedvizError as error:
        # It stays in the list, as it was when the catalog was last written: so it can be deleted.
        _log.warning("%s", error)
        return info
