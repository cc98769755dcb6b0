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
    space_separated,
    tab_separated,
    word2vec_binary,
    word2vec_text,
)
from embedviz.formats.base import Format
from embedviz.formats.delimited_dialect import nearly_divided
from embedviz.formats.folder import Folder
from embedviz.formats.projector import projector_format
from embedviz.formats.source import Source
from embedviz.formats.text_rows import look_of

_ELSEWHERE = {
    b"PK": "It is a zip archive: unpack it and read the file inside.",
    b"BZh": "It is packed with bzip2: unpack it first (gzip is read as it is).",
    b"\xfd7zXZ": "It is packed with xz: unpack it first (gzip is read as it is).",
}


def format_in(source: Source) -> Format:
    """The format that the content tells; raises FormatError where it is of none."""
    if isinstance(source, Folder):
        return FORMATS[lance_table.NAME]
    source.recode_wide()
    for kind in FORMATS.values():
        if kind.sniff(source.head, source.filename):
            return kind
    hints = [hint for start, hint in _ELSEWHERE.items() if source.head.startswith(start)]
    hints = hints or [nearly(source.head)]
    got = f"it begins with {source.head[:24]!r}" if source.head else "it is empty"
    labels = ", ".join(kind.label for kind in FORMATS.values())
    raise source.broken(
        f"byte 0: {got}, which is no format read here ({labels}). {''.join(hints)}".rstrip()
    )


FORMATS: dict[str, Format] = {
    kind.name: kind
    for kind in (
        parquet.FORMAT,
        arrow.FORMAT,
        projector_format(format_in),
        jsonl.FORMAT,
        comma_separated.FORMAT,
        tab_separated.FORMAT,
        word2vec_binary.FORMAT,
        word2vec_text.FORMAT,
        space_separated.FORMAT,
        glove_text.FORMAT,
        fasttext_bin.FORMAT,
        npz.FORMAT,
        gensim_native.FORMAT,
        npy.FORMAT,
        lance_table.FORMAT,
    )
}
"""Every format by name. Of two with the same suffix, the first is written."""


def nearly(head: bytes) -> str:
    """What was nearly recognised and what broke it, with the line; empty where nothing was."""
    first = next((line for line in head.split(b"\n") if line.strip()), b"")
    look = look_of(first)
    if look.startswith(("numbers written", "hexadecimal", "numbers with a decimal")):
        return f"Line 1 looks like {look}: write each row as a word and all of its numbers."
    return nearly_divided(head)


def chosen(source: Source, name: str | None) -> Format:
    """The format called ``name``, or the one that the content tells; raises FormatError."""
    if name is None:
        return format_in(source)
    source.recode_wide()
    return named(name)


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
