"""Points in the plane or in space as a Plotly figure: for a notebook, a file or a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.plots.colors import Colors, categorical, continuous
from embedviz.plots.figure import figure
from embedviz.plots.picture import Line, Mark, Picture
from embedviz.plots.themes import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FEW_WHOLE_NUMBERS = 10


class Projected(Protocol):
    """What :func:`scatter` needs of a projection."""

    @property
    def coordinates(self) -> NDArray[np.float32]: ...


def scatter(
    projection: Projected | ArrayLike,
    color: Colors | Iterable[object] | None = None,
    size: float | ArrayLike | None = None,
    hover: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    marks: Sequence[Mark] = (),
    lines: Sequence[Line] = (),
    theme: Theme = "light",
    title: str | None = None,
) -> go.Figure:
    """A figure of points in the plane or in space.

    Parameters
    ----------
    projection : Projection, or array-like of shape (n, 2) or (n, 3)
        From :func:`embedviz.project`, or coordinates from anywhere.
    color : Colors, or n values, optional
        Text and booleans are categories, and so are whole numbers with at most ten different
        values; other numbers make a scale. ``plots.categorical`` and ``plots.continuous`` say it
        outright.
    size : float or array-like of shape (n,), optional
        Diameter of a point in pixels, for all or for each; None chooses by n.
    hover : sequence of str, length n, optional
        More text for each point, under its key.
    keys : sequence of str, length n, optional
        Names of the points; None takes the projection's, or numbers the rows.
    marks, lines : sequences, optional
        :class:`~embedviz.plots.Mark` and :class:`~embedviz.plots.Line` to draw above the points.
    theme : {"light", "dark"}
    title : str, optional

    Raises
    ------
    InvalidParameterError
        If the parts do not fit together.
    """
    coordinates = np.asarray(getattr(projection, "coordinates", projection), dtype=np.float32)
    one_size = None if size is None or np.ndim(size) else float(np.asarray(size))
    names = getattr(projection, "keys", None) if keys is None else keys
    picture = Picture(
        coordinates=coordinates,
        keys=[f"row {row}" for row in range(len(coordinates))] if names is None else names,
        hover=() if hover is None else hover,
        colors=coloring(color),
        size=one_size,
        sizes=None if size is None or one_size is not None else np.asarray(size, np.float32),
        marks=tuple(marks),
        lines=tuple(lines),
        title=title or "",
    )
    return figure(picture, theme)


def coloring(values: Colors | Iterable[object] | None, title: str = "") -> Colors | None:
    """Colors for ``values``: categories or a scale, by the rule that :func:`scatter` states."""
    if values is None or isinstance(values, Colors):
        return values
    array = np.asarray(values if hasattr(values, "__array__") else list(values))
    title = title or str(getattr(values, "name", None) or "")
    few = array.dtype.kind in "iu" and len(np.unique(array)) <= _FEW_WHOLE_NUMBERS
    if array.dtype.kind not in "fiu" or few:
        return categorical(array.tolist(), title)
    return continuous(array, title)
