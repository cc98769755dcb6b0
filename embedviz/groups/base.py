"""What a clustering method is: one object per method, all of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress

Limits = Mapping[str, tuple[float | None, float | None]]
Labels = NDArray[np.int32]
Points = NDArray[Any]


@dataclass(frozen=True)
class Grouping:
    """What a method is asked to group: ``points`` of shape (n, d), float32 or float64."""

    points: Points
    seed: int
    on_progress: OnProgress | None = None
    cancel: Cancel | None = None


@dataclass(frozen=True)
class Clustering:
    """One way to find groups.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and one line in plain words.
    params : type
        The frozen params dataclass (see :mod:`embedviz.params`).
    uses_seed : bool
        True if random draws decide something.
    reduce_to : int
        Dimensions that PCA first leaves of longer vectors, unless another number is given; 0: all.
    limits : callable
        ``limits(n, d)`` gives what this much data allows of each parameter.
    most_points : callable
        ``most_points(d)``: more points of d dimensions than this are refused, as too slow.
    find : callable
        ``find(grouping, params)`` gives labels of shape (n,): 0, 1, … and −1 for no group.
    wanted : callable
        ``wanted(params)``: how many groups were asked for; 0 where the method finds the number.
    """

    name: str
    label: str
    help: str
    params: type
    uses_seed: bool
    reduce_to: int
    limits: Callable[[int, int], Limits]
    most_points: Callable[[int], int]
    find: Callable[[Grouping, Any], NDArray[Any]]
    wanted: Callable[[Any], int] = lambda _params: 0
