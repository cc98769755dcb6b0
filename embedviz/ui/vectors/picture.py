"""The picture of a set of vectors, assembled from what the panels say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.exporting.content import hover_of
from embedviz.plots.picture import Colors, Line, Mark, Picture
from embedviz.projections import PROJECTIONS
from embedviz.ui.explorer.captions import axis_titles
from embedviz.ui.session import session
from embedviz.ui.vectors.add_points import added_marks
from embedviz.ui.vectors.ask import Answer
from embedviz.ui.vectors.groups_shown import group_marks
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_panel import torn_lines

_LONGEST = 80


@dataclass(frozen=True, eq=False)
class Look:
    """Colors and sizes of all points of a scene."""

    colors: Colors | None
    sizes: NDArray[np.float32] | None


def picture_of(
    scene: Scene,
    look: Look,
    answer: Answer | None,
    torn: bool,
    rows: NDArray[np.intp] | None = None,
) -> Picture:
    """Everything that the map shows, of all points or of these ``rows`` only."""
    coordinates = scene.projection.coordinates
    whole = rows is None
    chosen: Any = slice(None) if rows is None else rows
    colors = look.colors
    if colors is not None and not whole:
        colors = replace(colors, codes=colors.codes[chosen])
    method = PROJECTIONS[scene.projection.method].label
    return Picture(
        coordinates=coordinates[chosen],
        keys=scene.space.keys if rows is None else [scene.space.keys[row] for row in rows],
        hover=_hover(scene) if whole else hover_of(scene.table.iloc[chosen]),
        colors=colors,
        sizes=None if look.sizes is None else look.sizes[chosen],
        marks=(*group_marks(scene), *_answer_marks(scene, answer), *added_marks(scene)),
        lines=_lines(scene, answer, torn),
        faded=None if scene.kept is None else ~scene.kept[chosen],
        axis_titles=axis_titles(scene.projection),
        description=f"{method} map of {len(scene.space):,} vectors of {scene.vectors.name}",
    )


def _hover(scene: Scene) -> tuple[str, ...]:
    key = ("vectors_hover", scene.vectors.identity, scene.space.fingerprint)
    return session().kept(key, lambda: hover_of(scene.table))


def _answer_marks(scene: Scene, answer: Answer | None) -> tuple[Mark, ...]:
    if answer is None:
        return ()
    at = scene.projection.coordinates
    marks = [
        Mark(tuple(map(float, at[row])), key[:_LONGEST])
        for row, key in zip(answer.found.rows, answer.found.keys, strict=True)
    ]
    if answer.row is not None:
        marks.insert(0, Mark(tuple(map(float, at[answer.row])), answer.label[:_LONGEST], "query"))
    return tuple(marks)


def _lines(scene: Scene, answer: Answer | None, torn: bool) -> tuple[Line, ...]:
    if answer is None or answer.row is None:
        return ()
    if torn:
        return torn_lines(scene, answer.row)
    at = scene.projection.coordinates
    start = tuple(map(float, at[answer.row]))
    return tuple(Line(start, tuple(map(float, at[row]))) for row in answer.found.rows)
