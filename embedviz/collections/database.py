"""Where collections are kept: a folder, or an address that LanceDB knows, and its tables."""

from __future__ import annotations

import logging
import os
import re
import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from embedviz.collections.plain_words import in_plain_words
from embedviz.data_folder import data_dir
from embedviz.errors import MissingDependencyError

VARIABLE = "EMBEDVIZ_COLLECTIONS"
ABANDONED = timedelta(hours=1)
Root = str | os.PathLike[str] | None
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_FILE = "file://"
_ID = re.compile(r"collection-([0-9a-f]{8})-[0-9a-f]{16}")
_MANY_FILES = 32
_log = logging.getLogger(__name__)


def collections_root() -> str:
    """Where collections are kept unless told otherwise.

    The variable EMBEDVIZ_COLLECTIONS, a folder or the address of an object store
    (``s3://bucket/collections``), or ``collections`` in embedviz's data folder.
    """
    return os.environ.get(VARIABLE) or str(data_dir() / "collections")


class Database:
    """The tables in ``root``. Nothing is made, and LanceDB not loaded, before that is needed.

    Parameters
    ----------
    root : str or path, optional
        A folder or an address; :func:`collections_root` if None.

    Attributes
    ----------
    address : str
        What LanceDB is told.
    folder : Path or None
        The folder; None in an object store.
    """

    def __init__(self, root: Root = None) -> None:
        given = collections_root() if root is None else os.fspath(root)
        given = given.removeprefix(_FILE)
        self.folder = None if _ADDRESS.match(given) else Path(given).expanduser().absolute()
        self.address = given if self.folder is None else str(self.folder)
        self._connected: Any = None

    @property
    def exists(self) -> bool:
        """Whether there may be something in it; an object store is asked later."""
        return self.folder is None or self.folder.is_dir()

    def tables(self) -> list[str]:
        """The names of all tables, half-written ones too."""
        if not self.exists:
            return []
        names: list[str] = []
        with in_plain_words(f"The collections in {self.address}", "read"):
            page = self._connection().list_tables()
            names.extend(page.tables)
            while page.page_token:
                page = self._connection().list_tables(page_token=page.page_token)
                names.extend(page.tables)
        return names

    def table(self, name: str) -> Any:
        """The table ``name`` as it is now, or None if it is not there or was never finished."""
        if not self.exists:
            return None
        try:
            return self._connection().open_table(name)
        except ValueError as error:
            # LanceDB has no error of its own for this, and says the same of a half-written table.
            if "was not found" in str(error):
                return None
            raise

    def create(self, name: str, schema: Any, reader: Any = None) -> Any:
        """A new table; the folder is made where there is none."""
        return self._connection().create_table(name, data=reader, schema=schema)

    def drop(self, name: str) -> None:
        """Remove the table ``name``, whole or not."""
        if name in self.tables():
            self._connection().drop_table(name)

    def _connection(self) -> Any:
        if self._connected is None:
            try:
                import lancedb
            except ImportError as error:
                raise MissingDependencyError("lancedb", "Keeping collections") from error
            self._connected = lancedb.connect(self.address)
        return self._connected


def new_table_name() -> str:
    """A name that no table has had, with the time in it."""
    return f"collection-{int(time.time()):08x}-{secrets.token_hex(8)}"


def is_table_name(name: str) -> bool:
    """Whether :func:`new_table_name` made ``name``: other tables may stand beside ours."""
    return bool(_ID.fullmatch(name))


def is_abandoned(name: str) -> bool:
    """Whether a table that no catalog names was begun too long ago for it to be being written."""
    matched = _ID.fullmatch(name)
    if matched is None:
        return False
    return time.time() - int(matched[1], 16) > ABANDONED.total_seconds()


def tidy(database: Database, table: Any) -> None:
    """Join the many small files of many small additions; older files stay an hour for readers."""
    try:
        if table.stats()["fragment_stats"]["num_small_fragments"] >= _MANY_FILES:
            # In a folder our lock is held: a file that no version names is of a writer that died.
            table.optimize(
                cleanup_older_than=ABANDONED, delete_unverified=database.folder is not None
            )
    except Exception as error:  # nothing that a reader needs has failed
        _log.warning("A collection was not tidied up: %s", error)
