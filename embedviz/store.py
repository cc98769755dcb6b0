"""What is kept on disk: computed arrays by what they were computed from, within a bound."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.version import __version__

Arrays = dict[str, NDArray[Any]]
Meta = dict[str, Any]
DEFAULT_MAX_BYTES = 1_000_000_000
_META, _ENTRY, _TEMPORARY = "meta.json", ".npz", ".part"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}")
_ABANDONED_SECONDS = 3600.0
_log = logging.getLogger(__name__)
_warned: set[Path] = set()  # each folder that cannot be written to is reported once


def cache_dir() -> Path:
    """Where embedviz keeps what can be computed again: ``EMBEDVIZ_CACHE_DIR`` or the system's."""
    import platformdirs

    return Path(os.environ.get("EMBEDVIZ_CACHE_DIR") or platformdirs.user_cache_dir("embedviz"))


def key_of(libraries: Sequence[str] = (), **parts: Any) -> str:
    """A name for what is computed from ``parts``: 32 hexadecimal digits.

    ``parts`` are plain JSON values. The versions of embedviz and of ``libraries`` (distributions)
    count too: a new version never serves the results of an old one.
    """
    versions = {name: _version(name) for name in libraries} | {"embedviz": __version__}
    try:
        text = json.dumps([versions, parts], sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(
            f"Only plain numbers, text, lists and mappings name a result: {error}."
        ) from error
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Store:
    """Results on disk: one file per entry, least recently used ones give way to new ones.

    Safe for several threads and processes: an entry appears whole or not at all; a damaged one
    counts as absent. A disk that cannot be written to is reported once, in the log.

    Parameters
    ----------
    root : Path
        The folder; made when first written to.
    max_bytes : int, optional
        The bound on all entries together; 1 GB, or ``EMBEDVIZ_CACHE_MAX_BYTES``.
    """

    def __init__(self, root: Path | str, max_bytes: int | None = None) -> None:
        self.root = Path(root)
        self.max_bytes = max_cache_bytes() if max_bytes is None else max_bytes

    def get(self, kind: str, key: str) -> tuple[Arrays, Meta] | None:
        """What was put under ``kind`` and ``key``, or None."""
        path = self._path(kind, key)
        try:
            file = path.open("rb")
        except OSError:
            return None
        try:
            with file:
                entry = _read(file)
        except Exception as error:  # damage makes zipfile and NumPy raise almost anything
            _log.warning("A kept result is damaged and was removed: %s (%s)", path.name, error)
            _remove(path)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return entry

    def put(self, kind: str, key: str, arrays: Mapping[str, NDArray[Any]], meta: Meta) -> bool:
        """Keep ``arrays`` (no objects) and ``meta`` (plain JSON); False if that was not possible."""
        path = self._path(kind, key)
        if sum(array.nbytes for array in arrays.values()) > self.max_bytes:
            return False  # it would push out all the others, and then itself
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, arrays, meta)
            self._make_room(path)
        except OSError as error:
            if self.root not in _warned:
                _warned.add(self.root)
                _log.warning("Results cannot be kept in %s: %s", self.root, error)
            return False
        return True

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(size for _, size, _ in self._entries())

    def clear(self) -> int:
        """Remove every entry, and nothing else; how many there were."""
        paths = [path for path, _, _ in self._entries()]
        for path in paths:
            _remove(path)
        return len(paths)

    def _path(self, kind: str, key: str) -> Path:
        for name in (kind, key):
            if not _NAME.fullmatch(name):
                raise InvalidParameterError(
                    f"{name!r} cannot name a kept result. Allowed: a–z, 0–9, '-' and '_'."
                )
        return self.root / kind / (key + _ENTRY)

    def _entries(self) -> Iterator[tuple[Path, int, float]]:
        """Path, bytes and time of last use of every entry."""
        for path in self.root.glob(f"*/*{_ENTRY}"):
            with contextlib.suppress(OSError):
                status = path.stat()
                yield path, status.st_size, status.st_mtime

    def _make_room(self, newest: Path) -> None:
        # What a process that died while writing has left behind.
        for path in self.root.glob(f"*/*{_TEMPORARY}"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                    _remove(path)
        entries = sorted(self._entries(), key=lambda entry: (entry[0] == newest, entry[2]))
        excess = sum(size for _, size, _ in entries) - self.max_bytes
        for path, size, _ in entries:
            if excess <= 0:
                return
            _remove(path)
            excess -= size


def default_store() -> Store:
    """The store of computed results, in :func:`cache_dir`."""
    return Store(cache_dir() / "results")


def _read(file: IO[bytes]) -> tuple[Arrays, Meta]:
    arrays: Arrays = {}
    with zipfile.ZipFile(file) as archive:
        meta = json.loads(archive.read(_META))
        for name in meta["arrays"]:
            with archive.open(f"{name}.npy") as member:
                arrays[name] = np.lib.format.read_array(member, allow_pickle=False)
    return arrays, meta["meta"]


def _write(path: Path, arrays: Mapping[str, NDArray[Any]], meta: Meta) -> None:
    handle, temporary = tempfile.mkstemp(_TEMPORARY, path.stem, path.parent)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
            archive.writestr(_META, json.dumps({"arrays": list(arrays), "meta": meta}))
        os.replace(temporary, path)
    except BaseException:
        _remove(Path(temporary))
        raise


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def max_cache_bytes() -> int:
    """The bound on what is kept on disk: ``EMBEDVIZ_CACHE_MAX_BYTES``, or 1 GB."""
    text = os.environ.get("EMBEDVIZ_CACHE_MAX_BYTES", "")
    if not text:
        return DEFAULT_MAX_BYTES
    if not text.isdecimal():
        raise InvalidParameterError(
            f"EMBEDVIZ_CACHE_MAX_BYTES={text!r} is not a number of bytes, such as 500000000."
        )
    return int(text)


@cache
def _version(library: str) -> str:
    return metadata.version(library)
