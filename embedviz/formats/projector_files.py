"""The TensorFlow Projector's files by name, in a folder or a zip, and never from elsewhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from embedviz.formats.source import Source

CONFIG = "projector_config.json"
TENSORS, METADATA = "tensors.tsv", "metadata.tsv"
_LONGEST_CONFIG = 1 << 20


@dataclass(frozen=True)
class Named:
    """Which files make the vectors and the metadata (or None), and how to open one."""

    tensors: str
    metadata: str | None
    name: str
    open: Callable[[str], Path | IO[bytes]]


def in_zip(source: Source) -> Named:
    """The files in a zip, each bounded by what may be unpacked; raises FormatError."""
    source.raw.seek(0)
    try:
        archive = zipfile.ZipFile(source.raw)
        names = {Path(info.filename).name: info for info in archive.infolist()}
    except Exception as error:  # whatever a damaged directory makes zipfile raise
        raise source.broken(f"byte 0: expected a zip archive ({error}). It is damaged.") from error
    if sum(info.file_size for info in names.values()) > source.max_bytes:
        raise source.broken(
            f"its members say that they unpack to more than {source.max_bytes:,} bytes, which are "
            "allowed here."
        )

    def opened(name: str) -> IO[bytes]:
        if name not in names:
            raise source.broken(f"member '{name}' is named in its config, but is not there.")
        try:
            with archive.open(names[name]) as file:
                content = file.read(names[name].file_size + 1)
        except Exception as error:  # zlib and zipfile have no common parent
            raise source.broken(f"member '{name}': it cannot be read ({error}).") from error
        stream = io.BytesIO(content)
        stream.name = name
        return stream

    if CONFIG in names:
        if names[CONFIG].file_size > _LONGEST_CONFIG:
            raise source.broken(f"member '{CONFIG}' is too large for a config.")
        return _configured(source, opened(CONFIG).read(), opened)
    if TENSORS not in names:
        raise source.broken(f"expected '{TENSORS}' or '{CONFIG}' among its members.")
    return Named(TENSORS, METADATA if METADATA in names else None, "", opened)


def beside(source: Source) -> Named:
    """The files that a config names, in its own folder; raises FormatError."""
    if source.path is None:
        raise source.broken(
            "line 1: it is a config of the TensorFlow Projector, which only names other files. "
            "Bring its tensors.tsv and metadata.tsv, or a zip of all of them."
        )
    folder = source.path.resolve().parent

    def opened(name: str) -> Path:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise source.broken(f"it names '{name}', which lies outside its folder.")
        return path

    return _configured(source, source.read(_LONGEST_CONFIG), opened)


def _configured(source: Source, content: bytes, opened: Callable[[str], Path | IO[bytes]]) -> Named:
    try:
        config: Any = json.loads(content)
        entry = config["embeddings"][0]
        tensors, metadata = entry["tensorPath"], entry.get("metadataPath") or None
        name = str(entry.get("tensorName", ""))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise source.broken(
            "line 1: expected a config of the TensorFlow Projector: "
            '{"embeddings": [{"tensorPath": …, "metadataPath": …}]} '
            f"({type(error).__name__}: {error})."
        ) from error
    for path in (tensors, *([] if metadata is None else [metadata])):
        if not isinstance(path, str) or "://" in path or path.startswith(("//", "/", "\\")):
            raise source.broken(
                f"it names {str(path)[:80]!r}; only files beside it are opened, never addresses. "
                "Put the file beside it and name that."
            )
    return Named(tensors, metadata, name, opened)
