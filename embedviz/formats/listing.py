"""The files of vectors that a folder holds, to choose from."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embedviz.errors import EmbedvizError, FormatError
from embedviz.formats.base import ReadOptions
from embedviz.formats.folder import is_lance, source_of
from embedviz.formats.recognition import recognised_in
from embedviz.formats.table import FORMATS, format_in

_MOST = 1000


@dataclass(frozen=True)
class Listed:
    """A file of vectors in a folder: its path and the name of its format."""

    path: Path
    format: str


def listed(path: str | os.PathLike[str], *, pickles: bool = False) -> tuple[Listed, ...]:
    """The files of vectors in a folder (not below it), by name, told by their content.

    Pickles are left out, unless ``pickles``; what gensim keeps beside one (``model.kv`` and
    ``model.kv.vectors.npy``) is no file of its own. Raises FormatError if the folder cannot be
    opened.
    """
    try:
        names = sorted(Path(path).iterdir())[:_MOST]
    except OSError as error:
        raise FormatError(f"'{path}' cannot be opened: {error.strerror or error}.") from error
    found = []
    for name in names:
        if name.name.startswith(".") or not (name.is_file() or is_lance(name)):
            continue
        try:
            with closing(source_of(name, 1 << 24)) as source:
                kind = format_in(source)
                if kind.columns is not None:  # text with commas may be no table of vectors
                    recognised_in(kind.columns(source, ReadOptions("")), kind.name)
        except EmbedvizError:
            continue
        found.append(Listed(name, kind.name))
    pickled = [one for one in found if FORMATS[one.format].trusted_only]
    beside = tuple(f"{one.path.name}." for one in pickled)
    return tuple(
        one
        for one in found
        if (pickles or one not in pickled) and not one.path.name.startswith(beside)
    )
