"""Collections: spaces and their pictures, kept by name in an embedded database (LanceDB).

A collection is there after a restart and after a crash: what was saved or added last is either
whole or not there. Each is one Lance table; a small catalog names them. They live in
:func:`collections_root`, a folder or the address of an object store. Several threads and processes
may use one folder at once.

``root`` is, in every function, a folder or an address to use instead; what cannot be read or
written is an EmbedvizError.
"""

from __future__ import annotations

import os
from typing import IO

from embedviz.collections.catalog import Catalog, CollectionInfo
from embedviz.collections.changing import delete_entry, rename_entry
from embedviz.collections.collection import Collection
from embedviz.collections.content import Embedded, Originals, Watch, content_of
from embedviz.collections.database import VARIABLE, Database, Root, collections_root
from embedviz.collections.exported import Exported
from embedviz.collections.exporting import (
    EXPORTS,
    Export,
    export_named,
    read_export,
    write_export,
)
from embedviz.collections.listing import listed
from embedviz.collections.names import checked_name
from embedviz.collections.saving import Added, add_content, save_content
from embedviz.items.kind import Previews
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace

__all__ = [
    "EXPORTS", "VARIABLE", "Added", "Collection", "CollectionInfo", "Export", "Exported", "add",
    "checked_name", "collections_root", "delete", "export", "list", "open", "read_export",
    "rename", "save",
]  # fmt: skip


def save(
    name: str,
    space_or_embedded: EmbeddingSpace | Embedded,
    *,
    pictures: Previews | None = None,
    originals: Originals | None = None,
    description: str = "",
    replace: bool = False,
    most: int | None = None,
    root: Root = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> CollectionInfo:
    """Keep a space, its metadata and its pictures under a name.

    Parameters
    ----------
    name : str
        1 to 80 characters of any language; unique.
    space_or_embedded : EmbeddingSpace, or what has ``.space`` and ``.pictures``
        What ``ev.embed_images`` gives, an opened Collection, or what :func:`read_export` gives.
    pictures : Previews, optional
        What shows the pictures of ``space.table["hash"]``; by default those that came along.
    originals : callable, optional
        The bytes of the file behind a key, or None; originals are copied only if this is given.
    replace : bool
        Put it in the place of a collection that has the name.
    most : int, optional
        How many collections there may be; a new one beyond is refused.
    on_progress, cancel
        As in :mod:`embedviz.progress`; a stop leaves nothing behind. All of these are called on
        the thread that called ``save``.

    Raises
    ------
    InvalidParameterError
        If the name is taken or impossible, there are ``most`` collections already, nothing is
        given, or a column cannot be kept.
    CancelledError
        If a stop was asked for.
    """
    kept = checked_name(name)
    content = content_of(space_or_embedded, pictures, originals)
    watch = Watch(on_progress, cancel)
    return save_content(Database(root), kept, content, description, replace, watch, most)


def list(  # noqa: A001 - as it is asked for: collections.list()
    root: Root = None, *, kind: str | None = None
) -> tuple[CollectionInfo, ...]:
    """Every collection, by name. Where nothing was saved yet it is empty, and no folder is made.

    ``kind`` leaves only those whose rows are of that kind (``"image"``); "" those of no kind.
    """
    infos = listed(Database(root))
    return tuple(info for info in infos if kind is None or info.kind == kind)


def open(name: str, root: Root = None) -> Collection:  # noqa: A001 - as it is asked for: collections.open("cats")
    """The collection ``name``; raises InvalidParameterError, which lists those there are."""
    database = Database(root)
    return Collection(database, Catalog(database).named(checked_name(name)))


def add(
    name: str,
    space_or_embedded: EmbeddingSpace | Embedded,
    *,
    pictures: Previews | None = None,
    originals: Originals | None = None,
    root: Root = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Added:
    """Add to a collection, in one commit: all that is new, or nothing.

    Images whose content is there (``table["hash"]``) are left out. A key that is taken gets a
    number: ``name#2``. Columns that only one side has are empty in the rows of the other.

    Raises
    ------
    InvalidParameterError
        If the vectors come from another encoder, layer or weights than those that are there, a
        column's values are of another kind, or there is no such collection.
    CancelledError
        If a stop was asked for; the collection is as it was.
    """
    content = content_of(space_or_embedded, pictures, originals)
    return add_content(Database(root), checked_name(name), content, Watch(on_progress, cancel))


def rename(old: str, new: str, root: Root = None) -> CollectionInfo:
    """Call the collection ``old`` ``new``; raises InvalidParameterError if that is taken."""
    return rename_entry(Database(root), checked_name(old), checked_name(new))


def delete(name: str, root: Root = None) -> None:
    """Remove the collection ``name`` and all that is in it; there is no way back."""
    delete_entry(Database(root), checked_name(name))


def export(
    collection: str | EmbeddingSpace | Embedded,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    format: str,  # noqa: A002 - the word for it
    *,
    root: Root = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> None:
    """Write a collection, by its name or itself, to a file that :func:`read_export` opens again.

    Parameters
    ----------
    collection : str, Collection, EmbeddingSpace, or what has ``.space`` and ``.pictures``
    path_or_file : path or binary file
        A path gets the whole file, or keeps what it had.
    format : str
        A name in ``EXPORTS``: ``"parquet"``, ``"csv-zip"`` or ``"npz"`` (which ``ev.read`` opens
        too).

    Raises
    ------
    InvalidParameterError
        If there is no such format or collection, or CSV cannot hold a column.
    FormatError
        If the file cannot be written, or npz cannot hold a column.
    """
    kind = export_named(format)
    given = open(collection, root) if isinstance(collection, str) else collection
    write_export(given, path_or_file, kind, Watch(on_progress, cancel))
