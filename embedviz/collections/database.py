"""Where collections are kept: a folder, or an address that LanceDB knows, and its tables."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from embedviz.collections.plain_words import in_plain_words
from embedviz.data_folder import data_dir
from embedviz.errors import MissingDependencyError

VARIABLE = "EMBEDVIZ_COLLECTIONS"
Root = str | os.PathLike[str] | None
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_FILE = "file://"


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
