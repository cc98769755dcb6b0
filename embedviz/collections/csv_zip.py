"""A zip for spreadsheets: metadata.csv, vectors.npy and a folder of thumbnails.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a return for a
formula, and runs it. Text that begins so gets an apostrophe in front, which spreadsheets take for
"this is text"; reading takes it away again. Numbers are left as they are.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
import zipfile
from typing import IO, Any

import numpy as np

from embedviz.collections.content import KEY, Content, Watch
from embedviz.collections.csv_cells import from_csv, to_csv
from embedviz.collections.exported import Exported, ThumbnailsInMemory
from embedviz.collections.metadata import packed, unpacked
from embedviz.errors import EmbedvizError
from embedviz.formats.rows import mended
from embedviz.formats.source import Source
from embedviz.formats.zip_members import Archive
from embedviz.progress import report, stop_if
from embedviz.space import EmbeddingSpace

CSV, VECTORS, ABOUT, FOLDER = "metadata.csv", "vectors", "about.json", "thumbnails"
FILE_COLUMN = "thumbnail_file"
_TIME = (1980, 1, 1, 0, 0, 0)  # a fixed time: the same content gives the same bytes
_UNSAFE = re.compile(r"[^\w.-]+")
_SUFFIX = re.compile(r"\.\w{1,5}$")
_LONGEST = 60
_JPEG = b"\xff\xd8\xff"
_ROWS_AT_ONCE = 256
_HELP = (
    "One row of metadata.csv and of vectors.npy (NumPy, float32) for each key. In metadata.csv, "
    "text that a spreadsheet would take for a formula has an apostrophe in front."
)


def sniff(source: Source) -> bool:
    """A zip archive with the member metadata.csv."""
    if not source.head.startswith(b"PK\x03\x04"):
        return False
    try:
        source.raw.seek(0)
        with zipfile.ZipFile(source.raw) as archive:
            return CSV in archive.namelist()
    except Exception:  # whatever a damaged directory makes zipfile raise
        return False


def write(content: Content, file: IO[bytes], watch: Watch) -> None:
    """The members, thumbnails last; types, name and origin are in about.json."""
    space = content.space
    columns = _columns(content)
    about = {
        "help": _HELP,
        "name": space.name,
        "origin": space.origin,
        "schema": base64.b64encode(columns.schema.serialize()).decode(),
    }
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, CSV, to_csv(columns), zipfile.ZIP_DEFLATED)
        _add(archive, ABOUT, json.dumps(about, default=str).encode(), zipfile.ZIP_DEFLATED)
        with archive.open(zipfile.ZipInfo(f"{VECTORS}.npy", _TIME), "w", force_zip64=True) as out:
            np.lib.format.write_array(out, space.vectors, allow_pickle=False)
        _write_thumbnails(archive, content, watch)


def read(source: Source) -> Exported:
    """The space and its thumbnails.

    Raises
    ------
    FormatError
        If a member is missing or damaged, or the parts have different lengths.
    """
    archive = Archive(source)
    about = _about(archive)
    try:
        columns = from_csv(archive.content(CSV), _schema(about))
        keys = columns[KEY].cast("string").to_pylist()
        files = columns[FILE_COLUMN].to_pylist() if FILE_COLUMN in columns.column_names else []
        ours = [name for name in (KEY, FILE_COLUMN) if name in columns.column_names]
        table = unpacked(columns.drop_columns(ours))
    except EmbedvizError:
        raise
    except Exception as error:  # damage makes Arrow raise almost anything
        raise archive.broken(CSV, f"cannot be read as a table: {error}") from error
    vectors = archive.array(VECTORS)
    if vectors.ndim != 2 or len(vectors) != len(keys):
        raise archive.broken(VECTORS, f"{vectors.shape} numbers for {len(keys):,} rows of {CSV}")
    unique, _, _ = mended([key or "" for key in keys], np.arange(len(keys)))
    name, origin = str(about.get("name", "")), about.get("origin")
    space = EmbeddingSpace(
        unique, vectors, table, name, origin if isinstance(origin, dict) else {}, copy=False
    )
    return Exported(space, _thumbnails(archive, files, table))


def safe_name(key: str, row: int) -> str:
    """A file name for ``key``: unique by its row, of letters, digits, dots, ``-`` and ``_``."""
    text = _SUFFIX.sub("", unicodedata.normalize("NFC", key))
    return f"{row + 1:05d}-{_UNSAFE.sub('_', text)[:_LONGEST].strip('._')}.jpg"


def _columns(content: Content) -> Any:
    """The columns of metadata.csv: the key, the file of the thumbnail, the metadata."""
    import pyarrow as pa

    columns: dict[str, Any] = {KEY: pa.array(content.space.keys, pa.string())}
    if content.pictures is not None:
        rows = enumerate(zip(content.space.keys, content.hashes, strict=True))
        files = [f"{FOLDER}/{safe_name(key, row)}" if one else None for row, (key, one) in rows]
        columns[FILE_COLUMN] = pa.array(files, pa.string())
    rest = packed(content.space.table, (KEY, FILE_COLUMN))
    fields = [pa.field(name, values.type) for name, values in columns.items()]
    schema = pa.schema([*fields, *rest.schema], rest.schema.metadata)
    return pa.Table.from_arrays([*columns.values(), *rest.columns], schema=schema)


def _write_thumbnails(archive: zipfile.ZipFile, content: Content, watch: Watch) -> None:
    if content.pictures is None:
        return
    total = len(content.hashes)
    for start in range(0, total, _ROWS_AT_ONCE):
        stop_if(watch.cancel, "Exporting")
        hashes = content.hashes[start : start + _ROWS_AT_ONCE]
        found = content.pictures.thumbnails([one for one in hashes if one])
        for row, one in enumerate(hashes, start):
            if one in found:
                name = f"{FOLDER}/{safe_name(content.space.keys[row], row)}"
                _add(archive, name, found[one], zipfile.ZIP_STORED)
        done = start + len(hashes)
        report(watch.on_progress, done / total, f"Exporting: {done:,} of {total:,}")


def _add(archive: zipfile.ZipFile, name: str, content: bytes, packing: int) -> None:
    member = zipfile.ZipInfo(name, _TIME)
    member.compress_type = packing
    archive.writestr(member, content)


def _about(archive: Archive) -> dict[str, Any]:
    """What about.json says; nothing if somebody left it out."""
    if ABOUT not in archive.names:
        return {}
    try:
        about = json.loads(archive.content(ABOUT))
    except (ValueError, RecursionError) as error:
        raise archive.broken(ABOUT, f"not JSON ({error})") from error
    if not isinstance(about, dict):
        raise archive.broken(ABOUT, "expected a JSON object")
    return about


def _schema(about: dict[str, Any]) -> Any:
    import pyarrow as pa

    if "schema" not in about:
        return pa.schema([(KEY, pa.string())])
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(about["schema"])))


def _thumbnails(archive: Archive, files: list[Any], table: Any) -> ThumbnailsInMemory | None:
    if not files or table is None or "hash" not in table.columns:
        return None
    there = {name for name in archive.names if name.startswith(f"{FOLDER}/")}
    found: dict[str, bytes] = {}
    for name, one in zip(files, table["hash"].tolist(), strict=True):
        if name in there and isinstance(one, str):
            picture = archive.content(name)
            if picture.startswith(_JPEG):  # nothing but a picture is shown as one
                found[one] = picture
    return ThumbnailsInMemory(found)
