"""TensorFlow Projector: tensors.tsv, metadata.tsv and a config, as a zip or side by side."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import IO

from embedviz.column_values import texts_of
from embedviz.formats.as_table import checked_columns, free_name
from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.metadata_file import read_metadata
from embedviz.formats.projector_files import CONFIG, METADATA, TENSORS, Named, beside, in_zip
from embedviz.formats.source import Source
from embedviz.formats.tab_separated import FORMAT as TSV
from embedviz.formats.writing import check_keys
from embedviz.space import EmbeddingSpace

NAME = "projector"
_LABEL = "TensorFlow Projector (zip or config)"
_TIME = (1980, 1, 1, 0, 0, 0)  # a fixed time: the same space gives the same bytes
_MEMBERS = (TENSORS.encode(), METADATA.encode(), CONFIG.encode())


def sniff(head: bytes, _filename: str) -> bool:
    """A zip whose first member is one of its files, or its config."""
    member = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    zipped = head[:4] == b"PK\x03\x04" and member.endswith(_MEMBERS)
    return zipped or (head.lstrip()[:1] == b"{" and b'"tensorPath"' in head)


def projector_format(format_in: Callable[[Source], Format]) -> Format:
    """The format; ``format_in`` tells of what format its metadata are, by their content."""

    def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
        """The tensors with their metadata; raises FormatError."""
        files = _files(source)
        metadata = None
        if files.metadata is not None:
            metadata = read_metadata(
                files.open(files.metadata), source.max_bytes, format_in, options.key, text=True
            )
        with closing(Source(files.open(files.tensors), source.max_bytes)) as tensors:
            space = TSV.read(tensors, replace(options, metadata=metadata))
        assert isinstance(space, EmbeddingSpace)
        return space.with_origin(space.origin | {"format": NAME})

    return Format(
        name=NAME,
        label=_LABEL,
        suffixes=(".projector.zip",),
        help="tensors.tsv and metadata.tsv with their config; the pair is also read as two files.",
        sniff=sniff,
        read=read,
        describe=describe,
        write=write,
        gzip=False,
        keys="lines",
    )


def describe(source: Source, limit: int | None) -> FileSummary:
    """What its tensors are."""
    files = _files(source)
    with closing(Source(files.open(files.tensors), source.max_bytes)) as tensors:
        found = TSV.describe(tensors, limit)
    return FileSummary(NAME, found.rows, found.dimensions, found.bytes_needed, found.exact)


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """A zip of tensors.tsv (nine digits: exact for float32), metadata.tsv and a config.

    One column of metadata has no header there, several have one: the Projector's own rule.
    """
    check_keys(space.keys, b"\t\r\n", _LABEL)
    table = checked_columns(space, _LABEL)
    names = list(table.columns)
    header = [free_name("key", names), *names] if names else []
    columns = [space.keys, *([" ".join((text or "").split()) for text in texts_of(table[name])]
                             for name in names)]  # fmt: skip
    lines = ["\t".join(row) for row in ([header] if header else [])]
    lines += ["\t".join(row) for row in zip(*columns, strict=True)]
    config = {"embeddings": [{
        "tensorName": space.name or "vectors", "tensorShape": [len(space), space.dimensions],
        "tensorPath": TENSORS, "metadataPath": METADATA,
    }]}  # fmt: skip
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_member(TENSORS), "w", force_zip64=True) as out:
            for start in range(0, len(space), 1024):
                rows = space.vectors[start : start + 1024].tolist()
                out.write(
                    "".join("\t".join(f"{v:.9e}" for v in row) + "\n" for row in rows).encode()
                )
        archive.writestr(_member(METADATA), "\n".join(lines).encode() + b"\n")
        archive.writestr(_member(CONFIG), json.dumps(config, indent=1))


def _files(source: Source) -> Named:
    if source.head[:2] == b"PK":
        return in_zip(source)
    return beside(source)


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
