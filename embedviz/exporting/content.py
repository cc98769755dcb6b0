"""What leaves with a map: the picture of it, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.column_values import texts_of
from embedviz.exporting.columns import colors_of_column, sizes_of_column
from embedviz.plots.colors import Colors
from embedviz.plots.picture import Mark, Picture
from embedviz.plots.publication import Look
from embedviz.plots.scatter import coloring
from embedviz.projections.projection import Projection

if TYPE_CHECKING:
    import pandas as pd

_HOVER_COLUMNS = 8
_LONGEST = 200


@dataclass(frozen=True, eq=False)
class Content:
    """A map as it is taken away.

    Attributes
    ----------
    picture : Picture
        What figures and web pages show.
    projection : Projection
        Keys, vectors, metadata and coordinates of all n points: what tables hold.
    columns : mapping from name to n values
        What tables hold besides: what is selected, which group.
    caption : str
        How the map came about and how far to trust it.
    look : Look
        Theme, millimeters and dpi.
    """

    picture: Picture
    projection: Projection
    columns: Mapping[str, Any] = field(default_factory=dict)
    caption: str = ""
    look: Look = field(default_factory=Look)


def described(
    projection: Projection,
    *,
    color: str | Colors | Iterable[object] | None,
    size: str | float | ArrayLike | None,
    hover: Sequence[str] | None,
    labels: Sequence[str],
    shown: NDArray[np.bool_] | None,
    selected: Sequence[str],
    caption: str,
    title: str,
    look: Look,
) -> Content:
    """The content of :func:`embedviz.exporting.export`, from what the caller said."""
    table = projection.space.table
    by_column = isinstance(color, str)
    colors = colors_of_column(table, str(color)) if by_column else coloring(color)
    picture = Picture(
        coordinates=projection.coordinates,
        keys=projection.keys,
        hover=hover_of(table) if hover is None else hover,
        colors=colors,
        marks=_marks(projection, labels, selected),
        faded=None if shown is None else ~shown,
        title=title,
        description=caption,
        **_size(table, size),
    )
    columns: dict[str, Any] = {} if shown is None else {"shown": shown}
    if selected:
        chosen = np.zeros(len(projection.space), np.bool_)
        chosen[[projection.space.index(key) for key in selected]] = True
        columns["selected"] = chosen
    return Content(picture, projection, columns, caption, look)


def hover_of(table: pd.DataFrame) -> tuple[str, ...]:
    """``column: value`` for the first few columns of each row; long texts are cut."""
    names = list(table.columns)[:_HOVER_COLUMNS]
    if not names:
        return ()
    texts = [
        [f"{name}: {_short(value)}" for value in texts_of(table.iloc[:, at])]
        for at, name in enumerate(names)
    ]
    return tuple("\n".join(lines) for lines in zip(*texts, strict=True))


def _short(value: str | None) -> str:
    text = "no value" if value is None else " ".join(value.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _size(table: pd.DataFrame, size: str | float | ArrayLike | None) -> dict[str, Any]:
    """The Picture's arguments that say how large points are."""
    if size is None or isinstance(size, int | float):
        return {"size": size}
    if isinstance(size, str):
        return {"sizes": sizes_of_column(table, size)}
    return {"sizes": np.asarray(size, np.float32)}


def _marks(
    projection: Projection, labels: Sequence[str], selected: Sequence[str]
) -> tuple[Mark, ...]:
    named = set(labels)
    return tuple(
        Mark(
            tuple(map(float, projection.coordinates[projection.space.index(key)])),
            key if key in named else "",
            "selected",
        )
        for key in dict.fromkeys([*labels, *selected])
    )
