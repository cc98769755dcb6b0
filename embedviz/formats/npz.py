"""npz: keys of any kind, vectors, table and origin in one NumPy archive, without pickles."""

from __future__ import annotations

import json
import zipfile
from itertools import pairwise
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.far_from_origin import centered, swallows
from embedviz.formats.base import MAX_DIMENSIONS, FileSummary, Format, ReadOptions, memory
from embedviz.formats.notes import Note
from embedviz.formats.npz_foreign import read_foreign, usable, vectors_member
from embedviz.formats.npz_table import packed_table, unpacked_columns
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.zip_members import Archive, ArrayHeader
from embedviz.space import EmbeddingSpace

NAME = "npz"
_ABOUT = "about.json"
_TIME = (1980, 1, 1, 0, 0, 0)  # a fixed time: the same space gives the same bytes


def sniff(head: bytes, _filename: str) -> bool:
    """A zip archive whose first member is an array."""
    length = int.from_bytes(head[26:28], "little")
    member = head[30 : 30 + length]
    return head[:4] == b"PK\x03\x04" and member.endswith((b".npy", _ABOUT.encode()))


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """Keys, vectors, table and origin; raises FormatError, naming the member that broke."""
    archive = Archive(source)
    if options.vectors or options.key is not None or options.metadata or not _is_ours(archive):
        return read_foreign(archive, source, options, NAME)
    shape = _shape(archive)
    wanted = options.first(shape[0])
    options.tell(source, 0, 0.0)
    keys = _keys(archive, wanted)
    if len(keys) != wanted:
        raise archive.broken("keys", f"{len(keys):,} keys for {wanted:,} vectors")
    vectors = archive.array("vectors", wanted)
    options.tell(source, wanted, 1.0)
    notes = []
    if swallows(vectors):
        vectors, note = centered(vectors)
        notes.append(Note(note))
    with np.errstate(over="ignore"):
        vectors = vectors.astype(np.float32, copy=False)
    about = _about(archive)
    columns = unpacked_columns(archive, about.get("columns", []), shape[0], wanted)
    name = options.name or str(about.get("name", ""))
    space = space_of(FileRows(keys, vectors, columns, shape[0], notes=notes), name, NAME)
    kept = about.get("origin", {})
    origin = {**(kept if isinstance(kept, dict) else {}), **space.origin}
    return EmbeddingSpace(space.keys, space.vectors, space.table, space.name, origin, copy=False)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the headers of the arrays say, checked against their sizes."""
    archive = Archive(source)
    rows, dimensions = _shape(archive) if _is_ours(archive) else _foreign(archive, source)
    wanted = rows if limit is None else min(rows, limit)
    return FileSummary(NAME, rows, dimensions, memory(wanted, dimensions))


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """Arrays ``keys`` (UTF-8 bytes), ``key_offsets``, ``vectors``, columns; the rest as JSON."""
    columns, arrays = packed_table(space.table)
    about = {"name": space.name, "origin": space.origin, "columns": columns}
    encoded = [key.encode("utf-8", "surrogatepass") for key in space.keys]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    text = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    described = json.dumps(about, ensure_ascii=True, default=str).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        members: dict[str, NDArray[Any]] = {
            "vectors": space.vectors,
            "keys": text,
            "key_offsets": offsets,
            **arrays,
        }
        for name, array in members.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy", _TIME), "w", force_zip64=True) as out:
                np.lib.format.write_array(out, array, allow_pickle=False)
        archive.writestr(zipfile.ZipInfo(_ABOUT, _TIME), described)


def _is_ours(archive: Archive) -> bool:
    """Whether it has the arrays that ev.write makes; others are told apart by their shapes."""
    return "vectors" in archive.names and "keys" in archive.names


def _foreign(archive: Archive, source: Source) -> tuple[int, int]:
    headers, _ = usable(archive)
    rows, dimensions = headers[vectors_member(source, headers)].shape
    return rows, dimensions


def _shape(archive: Archive) -> tuple[int, int]:
    header: ArrayHeader = archive.header("vectors")
    if len(header.shape) != 2 or header.dtype.kind not in "fiu":
        raise archive.broken(
            "vectors", f"expected 2-D numbers, got {header.shape} of {header.dtype}"
        )
    rows, dimensions = header.shape
    if not 1 <= dimensions <= MAX_DIMENSIONS or rows < 1:
        raise archive.broken("vectors", f"{rows:,} × {dimensions:,} numbers make no space")
    return rows, dimensions


def _keys(archive: Archive, wanted: int) -> list[str]:
    """The first keys, from UTF-8 bytes and offsets or from an array of strings."""
    header = archive.header("keys")
    if header.dtype.kind in "US" and len(header.shape) == 1:
        values = archive.array("keys", wanted).tolist()
        return [v if isinstance(v, str) else v.decode("utf-8", "replace") for v in values]
    if header.dtype != np.uint8 or "key_offsets" not in archive.names:
        raise archive.broken("keys", f"expected strings, got {header.shape} of {header.dtype}")
    stated = archive.header("key_offsets")
    if len(stated.shape) != 1 or stated.dtype.kind not in "iu":
        raise archive.broken("key_offsets", f"expected whole numbers, got {stated.dtype}")
    offsets: NDArray[Any] = archive.array("key_offsets", wanted + 1).astype(np.int64)
    ordered = len(offsets) > 0 and offsets[0] == 0 and bool((np.diff(offsets) >= 0).all())
    if not ordered or offsets[-1] > header.nbytes:
        raise archive.broken("key_offsets", "they do not divide the keys")
    text = archive.array("keys", int(offsets[-1])).tobytes()
    places = offsets.tolist()
    try:
        return [text[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(places)]
    except UnicodeDecodeError as error:
        raise archive.broken("keys", f"byte {error.start:,} of a key is not UTF-8") from error


def _about(archive: Archive) -> dict[str, Any]:
    if _ABOUT not in archive.names:
        return {}
    try:
        about = json.loads(archive.content(_ABOUT))
    except (ValueError, RecursionError) as error:
        raise archive.broken(_ABOUT, f"not JSON ({error})") from error
    if not isinstance(about, dict):
        raise archive.broken(_ABOUT, "expected a JSON object")
    return about


FORMAT = Format(
    name=NAME,
    label="embedviz archive (npz)",
    suffixes=(".npz",),
    help="Holds any keys, the metadata and where the vectors come from; opens in NumPy too.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    gzip=False,
    keys="any",
    arrays=True,
)
