"""The picture of the map: points, their colors, the word asked for and lines to its neighbors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.plots.picture import Colors, Line, Mark, MarkKind, Picture
from embedviz.projections import Projection
from embedviz.space import EmbeddingSpace
from embedviz.ui.explorer.ask import Answer

Places = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Placed:
    """Where the asked word and its neighbors lie on this map.

    ``new`` are the ones that the map did not have and that were placed by its ``transform``;
    ``away`` are the ones that it cannot show.
    """

    at: Places
    new: tuple[str, ...]
    away: tuple[str, ...]


def placed(answer: Answer, full: EmbeddingSpace, projection: Projection, exact: bool) -> Placed:
    """Find the words of ``answer`` on the map; with an ``exact`` transform place missing ones too."""
    rows = {key: row for row, key in enumerate(projection.keys)}
    at = {word: projection.coordinates[rows[word]] for word in answer.words if word in rows}
    missing = [word for word in answer.words if word not in rows and word in full]
    if not (exact and missing):
        away = tuple(word for word in answer.words if word not in at and word in full)
        return Placed(at, (), away)
    new = projection.transform(full.take([full.index(word) for word in missing]))
    at |= dict(zip(missing, new, strict=True))
    return Placed(at, tuple(missing), ())


def picture_of(
    projection: Projection,
    hover: Sequence[str],
    colors: Colors | None,
    answer: Answer | None,
    places: Placed | None,
    axis_titles: tuple[str, ...],
    description: str,
) -> Picture:
    """Everything that the map shows, as one description."""
    marks, lines = _marks(answer, places)
    return Picture(
        coordinates=projection.coordinates,
        keys=projection.keys,
        hover=hover,
        colors=colors,
        marks=marks,
        lines=lines,
        axis_titles=axis_titles,
        description=description,
    )


def _marks(
    answer: Answer | None, places: Placed | None
) -> tuple[tuple[Mark, ...], tuple[Line, ...]]:
    if answer is None or places is None:
        return (), ()
    marks = []
    for word, point in places.at.items():
        kind: MarkKind = (
            "query" if word == answer.word else "new" if word in places.new else "neighbor"
        )
        marks.append(Mark(coordinates=tuple(map(float, point)), label=word, kind=kind))
    start = places.at.get(answer.word)
    if start is None:
        return tuple(marks), ()
    ends = [point for word, point in places.at.items() if word != answer.word]
    lines = tuple(Line(tuple(map(float, start)), tuple(map(float, end))) for end in ends)
    return tuple(marks), lines
