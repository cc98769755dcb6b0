"""What the color of a point means: a code per point, a palette, and the legend to read it by."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError
from embedviz.plots.palettes import CATEGORICAL, MISSING, OTHER, sequential
from embedviz.plots.ticks import log_ticks, plain_ticks

_STEPS = 255
_NAN_CODE = 255


@dataclass(frozen=True)
class Category:
    """One entry of a categorical legend: ``count`` points wear the color of ``code``."""

    label: str
    code: int
    count: int


@dataclass(frozen=True)
class Tick:
    """A label at ``position`` (0: low end, 1: high end) of a continuous legend."""

    position: float
    label: str


@dataclass(frozen=True, eq=False)
class Colors:
    """A color for each of n points.

    Attributes
    ----------
    codes : ndarray of shape (n,), uint8
        Index into ``palette``.
    palette : tuple of str
        At most 256 colors, ``#rrggbb``.
    title : str
        What the color means.
    categories : tuple of Category
        The legend of a categorical coloring, in its order; empty for a continuous one.
    ticks : tuple of Tick
        The legend of a continuous coloring, whose scale is ``palette[:255]``.
    missing : int
        Points without a value in a continuous coloring.
    """

    codes: NDArray[np.uint8]
    palette: tuple[str, ...]
    title: str = ""
    categories: tuple[Category, ...] = ()
    ticks: tuple[Tick, ...] = ()
    missing: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.palette) <= 256:
            raise InvalidParameterError(
                f"A palette has 1 to 256 colors, got {len(self.palette):,}. Group the values first."
            )
        codes = np.asarray(self.codes)
        if codes.dtype != np.uint8 or codes.ndim != 1:
            raise InvalidParameterError(
                f"Color codes must be uint8 of shape (n,), got {codes.dtype} of shape "
                f"{codes.shape}. Make them with plots.categorical or plots.continuous."
            )
        if codes.size and int(codes.max()) >= len(self.palette):
            raise InvalidParameterError(
                f"Color code {codes.max()} is beyond the palette of {len(self.palette)} colors."
            )

    @cached_property
    def version(self) -> str:
        """A hash of everything here: equal versions look equal."""
        digest = hashlib.blake2b(np.ascontiguousarray(self.codes).tobytes(), digest_size=12)
        digest.update(json.dumps([self.palette, self.legend]).encode())
        return digest.hexdigest()

    @property
    def legend(self) -> dict[str, object]:
        """The legend as plain JSON values."""
        return {
            "title": self.title,
            "categories": [asdict(entry) for entry in self.categories],
            "ticks": [asdict(tick) for tick in self.ticks],
            "missing": self.missing,
        }


def categorical(values: Iterable[object], title: str = "", limit: int = len(CATEGORICAL)) -> Colors:
    """A color for each of the ``limit`` most frequent values; the rest share "other".

    Ties go to the value met first. None, NaN and "" count as missing.

    Raises
    ------
    InvalidParameterError
        If ``limit`` is not between 1 and the number of colors that can be told apart.
    """
    if not 1 <= limit <= len(CATEGORICAL):
        raise InvalidParameterError(
            f"limit is {limit}; {len(CATEGORICAL)} colors can be told apart, so give 1 to "
            f"{len(CATEGORICAL)}."
        )
    labels = [_label(value) for value in values]
    counts = Counter(label for label in labels if label is not None)
    named = [label for label, _ in counts.most_common(limit)]
    code_of = {label: code for code, label in enumerate(named)}
    other, missing = len(named), len(named) + 1
    codes = np.array(
        [missing if label is None else code_of.get(label, other) for label in labels],
        dtype=np.uint8,
    )
    entries = [Category(label, code, counts[label]) for code, label in enumerate(named)]
    rest = len(counts) - len(named)
    if rest:
        entries.append(Category(f"{rest:,} other", other, int((codes == other).sum())))
    if blank := int((codes == missing).sum()):
        entries.append(Category("missing", missing, blank))
    return Colors(codes, (*CATEGORICAL[: len(named)], OTHER, MISSING), title, tuple(entries))


def continuous(values: ArrayLike, title: str = "", log: bool = False) -> Colors:
    """A color on an even scale from the lowest value to the highest; NaN gets a gray of its own.

    Parameters
    ----------
    values : array-like of shape (n,)
        Numbers; NaN means missing.
    log : bool
        Scale by the logarithm; every value must then be above zero.

    Raises
    ------
    InvalidParameterError
        If a value is infinite, or not above zero where ``log`` needs it.
    """
    numbers = np.asarray(values, dtype=np.float64)
    here = ~np.isnan(numbers)
    _check_numbers(numbers[here], numbers.ndim, log)
    scaled = np.log10(numbers[here]) if log else numbers[here]
    low, high = (float(scaled.min()), float(scaled.max())) if scaled.size else (0.0, 0.0)
    codes = np.full(len(numbers), _NAN_CODE, dtype=np.uint8)
    # Divided before subtracting: the range of two huge numbers may overflow.
    span = high / 2 - low / 2
    share = (scaled / 2 - low / 2) / span if span > 0 else np.full(scaled.shape, 0.5)
    codes[here] = np.rint(share * (_STEPS - 1)).astype(np.uint8)
    ticks: tuple[Tick, ...] = ()
    if scaled.size:
        placed = log_ticks(low, high) if log else plain_ticks(low, high)
        ticks = tuple(Tick(position, label) for position, label in placed)
    palette = (*sequential(_STEPS), MISSING)
    return Colors(codes, palette, title, ticks=ticks, missing=int((~here).sum()))


def _check_numbers(numbers: NDArray[np.float64], dimensions: int, log: bool) -> None:
    if dimensions != 1:
        raise InvalidParameterError(
            f"Colors need one value per point, got {dimensions} dimensions."
        )
    if np.isinf(numbers).any():
        raise InvalidParameterError(
            "A value to color by is infinite. Give numbers, or NaN for none."
        )
    if log and numbers.size and numbers.min() <= 0:
        raise InvalidParameterError(
            f"log=True needs values above zero, the lowest is {numbers.min():g}. Use log=False."
        )


def _label(value: object) -> str | None:
    if value is None or value == "" or (isinstance(value, float) and np.isnan(value)):
        return None
    # pandas marks missing values with objects that are not equal to themselves or not decidable.
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return str(value)
