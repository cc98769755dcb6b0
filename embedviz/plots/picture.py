"""A picture of points, described once: the page draws it live, Plotly exports it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embedviz.density import Density
from embedviz.errors import InvalidParameterError
from embedviz.plots.colors import Category, Colors, Tick, categorical, continuous
from embedviz.plots.marks import Line, LineKind, Mark, MarkKind, check_places

__all__ = [
    "Category",
    "Colors",
    "Line",
    "LineKind",
    "Mark",
    "MarkKind",
    "Picture",
    "Tick",
    "categorical",
    "continuous",
]


@dataclass(frozen=True, eq=False)
class Picture:
    """n points in the plane or in space and everything that is shown with them.

    Attributes
    ----------
    coordinates : ndarray of shape (n, 2) or (n, 3), float32
        Where the points lie; finite.
    keys : sequence of str, length n
        What each point is; the first line of its hover text.
    hover : sequence of str, length n, or empty
        More lines for the hover text, separated by line feeds.
    colors : Colors or None
        None: one calm color.
    size : float or None
        Diameter of a point in pixels; None: chosen by n.
    sizes : ndarray of shape (n,), float32, or None
        A diameter in pixels for each point, in place of ``size``; above 0.
    marks, lines : tuple
        What is pointed out, drawn above the points.
    faded : ndarray of shape (n,), bool, or None
        True: shown as context only.
    density : Density or None
        How many points lie where, drawn under those that are points of this picture; flat maps only.
    axis_titles : tuple of str
        One per axis, or empty where axes have no meaning (t-SNE, UMAP).
    title : str
        Shown in an export.
    description : str
        What the picture shows, for those who do not see it.

    Raises
    ------
    InvalidParameterError
        If the parts do not fit together.
    """

    coordinates: NDArray[np.float32]
    keys: Sequence[str]
    hover: Sequence[str] = ()
    colors: Colors | None = None
    size: float | None = None
    sizes: NDArray[np.float32] | None = None
    marks: tuple[Mark, ...] = ()
    lines: tuple[Line, ...] = ()
    faded: NDArray[np.bool_] | None = None
    density: Density | None = None
    axis_titles: tuple[str, ...] = ()
    title: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "coordinates", _checked_coordinates(self.coordinates))
        if self.sizes is not None:
            object.__setattr__(self, "sizes", _checked_sizes(self.sizes))
        counts = {"keys": len(self.keys), "hover texts": len(self.hover) or len(self)}
        counts["colors"] = len(self) if self.colors is None else len(self.colors.codes)
        counts["sizes"] = len(self) if self.sizes is None else len(self.sizes)
        counts["flags in faded"] = len(self) if self.faded is None else len(self.faded)
        for name, count in counts.items():
            if count != len(self):
                raise InvalidParameterError(
                    f"{len(self):,} points but {count:,} {name}: one per point."
                )
        if self.axis_titles and len(self.axis_titles) != self.dimensions:
            raise InvalidParameterError(
                f"{self.dimensions} axes but {len(self.axis_titles)} axis titles. "
                "Give one per axis, or none."
            )
        if self.density is not None and self.dimensions != 2:
            raise InvalidParameterError("Density lies under flat maps only, of 2 dimensions.")
        check_places(self.marks, self.lines, self.dimensions)

    def __len__(self) -> int:
        return len(self.coordinates)

    @property
    def dimensions(self) -> int:
        """2 or 3."""
        return int(self.coordinates.shape[1])

    @property
    def density_version(self) -> str:
        """A hash of the density's image and place; empty for none."""
        return "" if self.density is None else self.density.version

    @property
    def view_of(self) -> str:
        """What a view belongs to: of a part of many points, all of them."""
        return self.density.of if self.density is not None else self.keys_version

    @cached_property
    def keys_version(self) -> str:
        """A hash of the keys: while it holds, a row number means the same thing."""
        return _hashed(_joined(self.keys))

    @cached_property
    def points_version(self) -> str:
        """A hash of coordinates, keys and hover text: what is sent to a browser once."""
        shape = str(self.coordinates.shape).encode()
        return _hashed(
            shape, self.coordinates.tobytes(), self.keys_version.encode(), _joined(self.hover)
        )

    @property
    def colors_version(self) -> str:
        """A hash of the colors; empty for none."""
        return "" if self.colors is None else self.colors.version

    @cached_property
    def sizes_version(self) -> str:
        """A hash of the sizes; empty for none."""
        return "" if self.sizes is None else _hashed(self.sizes.tobytes())

    @cached_property
    def marks_version(self) -> str:
        """A hash of marks, lines and fading."""
        shown = [[asdict(mark) for mark in self.marks], [asdict(line) for line in self.lines]]
        return _hashed(json.dumps(shown).encode(), self.faded_version.encode())

    @cached_property
    def faded_version(self) -> str:
        """A hash of which points are faded; empty for none."""
        return "" if self.faded is None else _hashed(np.packbits(self.faded).tobytes())


def _checked_coordinates(coordinates: NDArray[np.float32]) -> NDArray[np.float32]:
    checked = np.ascontiguousarray(coordinates, dtype=np.float32)
    if checked.ndim != 2 or checked.shape[1] not in (2, 3):
        raise InvalidParameterError(
            f"A picture needs coordinates of shape (n, 2) or (n, 3), got {checked.shape}. "
            "Project the vectors first, with ev.project."
        )
    if not np.isfinite(checked).all():
        rows = np.flatnonzero(~np.isfinite(checked).all(axis=1))
        raise InvalidParameterError(
            f"{len(rows):,} of {len(checked):,} points lie nowhere: a coordinate is missing or "
            f"infinite; the first is row {rows[0]}. Remove these rows."
        )
    return checked


def _checked_sizes(sizes: NDArray[np.float32]) -> NDArray[np.float32]:
    checked = np.ascontiguousarray(sizes, dtype=np.float32)
    if checked.ndim != 1 or not np.isfinite(checked).all() or (checked <= 0).any():
        raise InvalidParameterError(
            "Sizes are diameters in pixels, one per point: an array of shape (n,) of finite numbers "
            f"above 0, got shape {checked.shape}. Give a point without a value the smallest size."
        )
    return checked


def _joined(texts: Sequence[str]) -> bytes:
    # Lengths first: ("ab", "c") and ("a", "bc") must differ.
    lengths = np.fromiter(map(len, texts), dtype="<u4", count=len(texts)).tobytes()
    return lengths + "".join(texts).encode("utf-8", "surrogatepass")


def _hashed(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()
