"""A course: how a figure changes from step to step, for a browser that plays it by itself.

A figure for every step would be large to send and slow to build. A course is the figure once, and a
*track* for each of its properties that changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_FRAMES = 60
_EARLY = 2 / 3  # of the frames: until the training has settled


@dataclass(frozen=True)
class Track:
    """How one property of a figure goes along a course.

    Attributes
    ----------
    trace : int or None
        The number of the trace that it belongs to; None for the layout.
    path : str
        The property: ``"x"``, ``"marker.color"``, ``"title.text"``.
    values : sequence or ndarray
        Its value in each frame.
    """

    trace: int | None
    path: str
    values: Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class Growing:
    """A property whose value is the beginning of one list: a line that becomes longer.

    Attributes
    ----------
    trace, path
        As those of :class:`Track`.
    whole : sequence or ndarray
        The list.
    lengths : sequence of int
        How much of it each frame shows.
    """

    trace: int | None
    path: str
    whole: Sequence[Any] | NDArray[Any]
    lengths: Sequence[int]


Course = tuple[Track | Growing, ...]


def course_steps(last: int, settled: int, most: int = MOST_FRAMES) -> tuple[int, ...]:
    """The steps of 0 to ``last`` that are frames: dense until it has ``settled``, then sparse.

    They begin with 0, end with ``last`` and are ``most`` at the most.
    """
    if last < most:
        return tuple(range(last + 1))
    turn = min(max(settled, 1), last)
    early = np.linspace(0, turn, round(most * _EARLY))
    late = np.linspace(turn, last, most - len(early) + 1)
    return tuple(np.unique(np.concatenate([early, late]).round().astype(int)).tolist())


def growing_line(
    trace: int,
    x: Sequence[Any] | NDArray[Any],
    y: Sequence[Any] | NDArray[Any],
    steps: Sequence[int],
) -> Course:
    """Trace ``trace`` as a line that has come to each of the steps, of which its list has all."""
    lengths = [step + 1 for step in steps]
    return Growing(trace, "x", x, lengths), Growing(trace, "y", y, lengths)


def moving_points(trace: int, places: NDArray[np.float64]) -> Course:
    """Trace ``trace`` as points that move; ``places`` is of shape (frames, points, 2)."""
    return Track(trace, "x", places[..., 0]), Track(trace, "y", places[..., 1])


def course_json(course: Course) -> list[dict[str, Any]]:
    """What the browser reads: floats of four digits, equal neighbors once, no property that rests."""
    read = [_growing(track) if isinstance(track, Growing) else _track(track) for track in course]
    return [track for track in read if track]


def _growing(track: Growing) -> dict[str, Any]:
    whole, lengths = _plain(track.whole), [int(length) for length in track.lengths]
    return {"trace": track.trace, "path": track.path, "whole": whole, "lengths": lengths}


def _track(track: Track) -> dict[str, Any]:
    different: list[Any] = []
    of = []
    for value in _plain(track.values):
        if not different or different[-1] != value:
            different.append(value)
        of.append(len(different) - 1)
    if len(different) < 2:
        return {}
    head = {"trace": track.trace, "path": track.path, "values": different}
    return head if len(different) == len(of) else {**head, "of": of}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.4g}") if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
