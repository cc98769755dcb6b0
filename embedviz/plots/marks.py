"""What is pointed out in a picture: marks with labels, and lines between places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from embedviz.errors import InvalidParameterError

MarkKind = Literal["query", "neighbor", "selected", "new", "group"]
LineKind = Literal["neighbor", "arrow", "side", "torn"]


@dataclass(frozen=True)
class Mark:
    """A point that is pointed out, with its label.

    ``query``: what was asked for. ``neighbor``: an answer. ``selected``: chosen by the person.
    ``new``: placed into this picture afterwards (drawn hollow). ``group``: the name of a region, a
    large label without a dot; where several would overlap the first given stays.
    """

    coordinates: tuple[float, ...]
    label: str = ""
    kind: MarkKind = "neighbor"


@dataclass(frozen=True)
class Line:
    """A straight line between two places.

    ``neighbor`` (thin), ``arrow`` (with a head at ``end``), ``side`` (dashed) or ``torn`` (dashed,
    in the color of a warning: true neighbors that the map has put apart).
    """

    start: tuple[float, ...]
    end: tuple[float, ...]
    kind: LineKind = "neighbor"


def check_places(marks: tuple[Mark, ...], lines: tuple[Line, ...], dimensions: int) -> None:
    """Raise InvalidParameterError for another number of coordinates, or an unknown kind."""
    places = [mark.coordinates for mark in marks]
    places += [place for line in lines for place in (line.start, line.end)]
    if any(len(place) != dimensions for place in places):
        raise InvalidParameterError(
            f"A mark or line does not have {dimensions} coordinates, as the points of this picture."
        )
    for used, kinds in (([m.kind for m in marks], MarkKind), ([n.kind for n in lines], LineKind)):
        if unknown := sorted(set(used) - set(get_args(kinds))):
            raise InvalidParameterError(
                f"Unknown kind {unknown[0]!r}; allowed: {', '.join(get_args(kinds))}."
            )
