"""Take a map away: a page that works offline, a figure for a paper, a table, a script."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterable, Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.arguments import checked
from embedviz.errors import EmbedvizWarning, FormatError, InvalidParameterError
from embedviz.exporting.captions import caption_of
from embedviz.exporting.content import Content, described
from embedviz.exporting.table import EXPORTS, Export, export_named
from embedviz.exporting.view import Measure, View, script_of
from embedviz.formats.writing import write_whole
from embedviz.plots.colors import Colors
from embedviz.plots.publication import Look
from embedviz.projections.projection import Projection
from embedviz.trust import Quality

__all__ = [
    "EXPORTS",
    "Content",
    "Export",
    "Look",
    "Measure",
    "View",
    "caption_of",
    "export",
    "export_named",
    "script_of",
    "write_content",
]


@checked
def export(  # noqa: PLR0913 - one argument for each thing that a map shows
    projection: Projection,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    *,
    color: str | Colors | Iterable[object] | None = None,
    size: str | float | ArrayLike | None = None,
    hover: Sequence[str] | None = None,
    labels: Sequence[str] = (),
    shown: ArrayLike | None = None,
    selected: Sequence[str] = (),
    quality: Quality | None = None,
    format: str | None = None,  # noqa: A002 - the word for it
    title: str = "",
    look: Look | None = None,
) -> None:
    """Write a map to a file: a web page, a figure or a table.

    Parameters
    ----------
    projection : Projection
        From :func:`embedviz.project`; its space brings keys and metadata.
    path_or_file : path or binary file
        The suffix tells the format unless ``format`` does. A path gets the whole file or keeps
        what it had.
    color : column name, Colors or n values, optional
        As in ``ev.plots.scatter``; a text names a column of the metadata.
    size : column name, number, or n diameters in pixels, optional
        A column's values become areas.
    hover : sequence of str, length n, optional
        More text for each point of a web page; None shows the metadata.
    labels : sequence of str
        Keys to write beside their points.
    shown : n booleans, optional
        False: drawn faintly, and told in a column ``shown`` of a table.
    selected : sequence of str
        Keys to point out, and to tell in a column ``selected`` of a table.
    quality : Quality, optional
        From :func:`embedviz.quality`: how far to trust the map, for the caption.
    format : str, optional
        A name in ``EXPORTS``.
    title : str
    look : Look, optional
        Theme, millimeters and dpi of a figure.

    Warns
    -----
    EmbedvizWarning
        If a PNG or PDF has boxes for letters that no installed font has.

    Raises
    ------
    InvalidParameterError
        If a column or format does not exist, or the parts do not fit together.
    UnknownKeyError
        If a label or selected key is not on the map.
    FormatError
        If the format cannot hold a key, or the file cannot be written.
    """
    chosen = _chosen(path_or_file, format)
    content = described(
        projection, color=color, size=size, hover=hover, labels=labels, shown=_flags(shown),
        selected=selected, caption=caption_of(projection, quality), title=title,
        look=look or Look(),
    )  # fmt: skip
    if isinstance(path_or_file, str | os.PathLike):
        write_whole(path_or_file, lambda file: chosen.write(content, file), zipped=False)
    else:
        chosen.write(content, path_or_file)
    for note in chosen.notes(content):
        warnings.warn(note, EmbedvizWarning, stacklevel=2)


def write_content(content: Content, name: str) -> bytes:
    """What the file of format ``name`` holds; for pages that have a picture already."""
    file = io.BytesIO()
    export_named(name).write(content, file)
    return file.getvalue()


def _chosen(path_or_file: Any, name: str | None) -> Export:
    if name is not None:
        return export_named(name)
    if not isinstance(path_or_file, str | os.PathLike):
        raise InvalidParameterError(
            f"An open file does not tell its format. Give format= one of {', '.join(EXPORTS)}."
        )
    path = os.fspath(path_or_file).lower()
    by_suffix = {item.suffix: item for item in EXPORTS.values()}
    for suffix, item in by_suffix.items():
        if path.endswith(suffix):
            return item
    raise FormatError(
        f"Cannot tell how to write '{path_or_file}'. Give format= one of {', '.join(EXPORTS)}, or "
        f"a file name that ends in one of {', '.join(by_suffix)}."
    )


def _flags(shown: ArrayLike | None) -> NDArray[np.bool_] | None:
    return None if shown is None else np.asarray(shown, np.bool_)
