"""The table of formats, and which of them a file or a name is of."""

from __future__ import annotations

from embedviz.errors import InvalidParameterError
from embedviz.formats import (
    arrow,
    comma_separated,
    fasttext_bin,
    gensim_native,
    glove_text,
    jsonl,
    lance_table,
    npy,
    npz,
    parquet,
    projector,
    tab_separated,
    word2vec_binary,
    word2vec_text,
)
from embedviz.formats.base import Format
from embedviz.formats.folder import Folder
from embedviz.formats.source import Source

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        parquet,
        arrow,
        projector,
        jsonl,
        comma_separated,
        tab_separated,
        word2vec_binary,
        word2vec_text,
        glove_text,
        fasttext_bin,
        npz,
        gensim_native,
        npy,
        lance_table,
    )
}
"""Every format by name. Of two with the same suffix, the first is written."""

_ELSEWHERE = {
    b"PK": "It is a zip archive: unpack it and read the file inside.",
    b"BZh": "It is packed with bzip2: unpack it first (gzip is read as it is).",
    b"\xfd7zXZ": "It is packed with xz: unpack it first (gzip is read as it is).",
    b"\xff\xfe": "It looks like UTF-16 text: save it as UTF-8.",
    b"\xfe\xff": "It looks like UTF-16 text: save it as UTF-8.",
}


def chosen(source: Source, name: str | None) -> Format:
    """The format called ``name``, or the one that the content tells; raises FormatError."""
    if name is not None:
        return named(name)
    if isinstance(source, Folder):
        return FORMATS[lance_table.NAME]
    for kind in FORMATS.values():
        if kind.sniff(source.head, source.filename):
            return kind
    hints = [hint for start, hint in _ELSEWHERE.items() if source.head.startswith(start)]
    got = f"it begins with {source.head[:24]!r}" if source.head else "it is empty"
    labels = ", ".join(kind.label for kind in FORMATS.values())
    raise source.broken(
        f"byte 0: {got}, which is no format read here ({labels}). {''.join(hints)}".rstrip()
    )


def named(name: str) -> Format:
    """The format called ``name``; raises InvalidParameterError, which lists them."""
    if name not in FORMATS:
        raise InvalidParameterError(f"No format '{name}'. There are: {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_of(filename: str) -> Format | None:
    """The format that a file of this name is written in; None if the suffix tells none."""
    bare = filename.lower().removesuffix(".gz")
    fitting = (kind for kind in FORMATS.values() if bare.endswith(kind.suffixes))
    return next((kind for kind in fitting if kind.write or kind.trusted_only), None)
