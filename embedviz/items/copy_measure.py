"""What makes one thing a copy of another: by its vectors, or by what a kind knows of its things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.progress import Cancel, OnProgress

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Alike:
    """Pairs that are alike.

    Attributes
    ----------
    first, second : ndarray of shape (pairs,), intp
        Rows, ``first < second``.
    scores : ndarray of shape (pairs,), float64
    notes : tuple of str
        What was not compared as the rest was, in sentences.
    """

    first: Rows
    second: Rows
    scores: NDArray[np.float64]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Threshold:
    """From which score on two things are called copies, and why, in one sentence."""

    value: float
    why: str


@dataclass(frozen=True, kw_only=True)
class CopyMeasure:
    """One way to tell copies. Another one is one more of these, named by its :class:`Kind`.

    Attributes
    ----------
    name, label : str
        In the API, and on the page.
    unit : str
        What its scores are, in the singular: ``"cosine"``; at most 1, which is the same.
    help : str
        What is compared, which copies are found so and which are not.
    lowest : float
        No threshold is below this; above 0.
    usual : str
        Which thresholds are usual, for an error: ``"0.9 to 0.99"``.
    threshold : callable
        Of what is compared (n, …) and of its origin the :class:`Threshold` where nobody says one.
    alike : callable
        ``(compared, threshold, most, on_progress, cancel)`` → :class:`Alike`; raises
        InvalidParameterError for more pairs than ``most``.
    least : callable or None
        The smallest score of any two of a group (n, …); None: that of its links is told.
    fingerprint : callable or None
        Of a thing's value the bytes that are compared, always as many; None: vectors are compared.
    """

    name: str
    label: str
    unit: str
    help: str
    lowest: float
    usual: str
    threshold: Callable[[NDArray[Any], OnProgress | None, Cancel | None], Threshold]
    alike: Callable[[NDArray[Any], float, int, OnProgress | None, Cancel | None], Alike]
    least: Callable[[NDArray[Any], Cancel | None], float] | None = None
    fingerprint: Callable[[Any], bytes] | None = None
