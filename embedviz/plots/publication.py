"""A picture for a paper: millimeters, dpi, a legend, text that stays text. Drawn by matplotlib."""

from __future__ import annotations

import io
import textwrap
import warnings
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from embedviz.errors import InvalidParameterError, MissingDependencyError
from embedviz.plots.figure import point_opacity, point_size
from embedviz.plots.fonts import fonts_for
from embedviz.plots.palettes import PLAIN
from embedviz.plots.picture import Picture
from embedviz.plots.publication_legend import draw_frame, draw_legend, legend_texts
from embedviz.plots.publication_marks import (
    draw_lines,
    draw_marks,
    labels_drawn,
    letters,
)
from embedviz.plots.themes import THEMES, Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FADED = 0.15
_POINTS_PER_PIXEL = 0.75  # at the 96 pixels per inch of a screen
# The map on the page is about this wide: points keep their share of the picture on paper.
_PAGE_MM = 190.0
_VECTORS_UP_TO = 20_000
# The kinds of figure, and what keeps the date out of each: the same picture gives the same file.
_UNDATED: dict[str, dict[str, Any]] = {
    "png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None},
}  # fmt: skip
# matplotlib's settings are one for the whole process, and pages are threads.
_SETTINGS = Lock()


@dataclass(frozen=True)
class Look:
    """How large a figure is, and on what paper.

    Attributes
    ----------
    width_mm, height_mm : float
        The whole figure, with legend and caption: 20 to 2,000. A column of a journal is some 85
        wide, its page some 175.
    dpi : int
        Pixels per inch of a PNG, and of the points of a drawing above 20,000 points: 50 to 1,200.
    theme : {"light", "dark"}

    Raises
    ------
    InvalidParameterError
        For a size, dpi or theme that is not possible.
    """

    width_mm: float = 170.0
    height_mm: float = 120.0
    dpi: int = 300
    theme: Theme = "light"

    def __post_init__(self) -> None:
        ranges = (
            ("width_mm", self.width_mm, 20, 2000),
            ("height_mm", self.height_mm, 20, 2000),
            ("dpi", self.dpi, 50, 1200),
        )
        for name, value, low, high in ranges:
            if not low <= value <= high:
                raise InvalidParameterError(
                    f"{name} is {value:g}; from {low:,} to {high:,} is possible."
                )
        if self.theme not in THEMES:
            raise InvalidParameterError(
                f"Theme {self.theme!r} is unknown; allowed: {', '.join(THEMES)}."
            )
        if self.megapixels > 200:
            raise InvalidParameterError(
                f"{self.width_mm:g} × {self.height_mm:g} mm at {self.dpi} dpi are "
                f"{self.megapixels:,.0f} million pixels; 200 are possible. Make it smaller."
            )

    @property
    def megapixels(self) -> float:
        """Millions of pixels of a PNG."""
        return self.width_mm * self.height_mm * (self.dpi / 25.4) ** 2 / 1e6


def publication(
    picture: Picture,
    format: str,  # noqa: A002 - the word for it
    look: Look | None = None,
    caption: str = "",
) -> bytes:
    """``picture`` as a ``"png"``, ``"svg"`` or ``"pdf"`` file; equal pictures give equal bytes.

    Colors are those of the map. Text stays text: letters of the font in SVG, embedded fonts in
    PDF. Above 20,000 points the points of a drawing are pixels, the rest stays sharp.

    Raises
    ------
    InvalidParameterError
        For another format.
    MissingDependencyError
        Without matplotlib.
    """
    if format not in _UNDATED:
        known = " or ".join(map(repr, _UNDATED))
        raise InvalidParameterError(f"A figure is {known}, not {format!r}.")
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MissingDependencyError("matplotlib", "A figure for a paper") from error
    look = look or Look()
    families = list(fonts_for(_text(picture, caption)).families)
    settings: dict[str, Any] = {
        "font.family": families, "font.size": 8, "svg.fonttype": "none", "pdf.fonttype": 42,
        "svg.hashsalt": "embedviz", "text.parse_math": False, "axes.unicode_minus": True,
    }  # fmt: skip
    file = io.BytesIO()
    with _SETTINGS, mpl.rc_context(settings), warnings.catch_warnings():
        # One line for each letter, and for SVG none is true; see missing_letters.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from")
        made = _drawn(picture, look, caption)
        made.savefig(file, format=format, dpi=look.dpi, metadata=_metadata(format, picture))
    return file.getvalue()


def missing_letters(picture: Picture, caption: str = "") -> tuple[str, ...]:
    """The letters of a figure that no installed font has: PNG and PDF have boxes for them."""
    return fonts_for(_text(picture, caption)).missing


def _text(picture: Picture, caption: str) -> str:
    """All that is written in the figure."""
    said = [picture.title, caption, *picture.axis_titles, *labels_drawn(picture)]
    return "\n".join(map(letters, [*said, *legend_texts(picture.colors)]))


def _metadata(kind: str, picture: Picture) -> dict[str, Any]:
    title = letters(picture.title) or letters(picture.description)[:200]
    return _UNDATED[kind] | ({"Title": title} if title else {})


def _drawn(picture: Picture, look: Look, caption: str) -> Figure:
    from matplotlib.figure import Figure

    theme = THEMES[look.theme]
    inches = (look.width_mm / 25.4, look.height_mm / 25.4)
    made = Figure(figsize=inches, layout="constrained", facecolor=theme.background)
    axes = made.add_subplot(projection="3d" if picture.dimensions == 3 else None)
    _points(axes, picture, look)
    draw_lines(axes, picture, theme)
    draw_marks(axes, picture, theme)
    draw_frame(axes, picture, theme)
    if picture.colors is not None:
        draw_legend(made, axes, picture.colors, theme)
    if picture.title:
        axes.set_title(letters(picture.title), color=theme.text, fontsize=10)
    if caption:
        wide = max(20, int(look.width_mm / 1.25))  # a letter at 7 points is some 1.25 mm wide
        lines = textwrap.fill(letters(caption), wide)
        made.supxlabel(lines, fontsize=7, color=theme.text)
    return made


def _points(axes: Any, picture: Picture, look: Look) -> None:
    scale = _POINTS_PER_PIXEL * look.width_mm / _PAGE_MM
    one = picture.size or point_size(len(picture), picture.dimensions)
    sizes = np.full(len(picture), one) if picture.sizes is None else picture.sizes
    axes.scatter(
        *picture.coordinates.T,
        s=(np.maximum(sizes * scale, 0.5) ** 2).astype(np.float64),
        c=_colors_with_opacity(picture),
        linewidths=0,
        rasterized=len(picture) > _VECTORS_UP_TO,
        **({"depthshade": False} if picture.dimensions == 3 else {}),
    )


def _colors_with_opacity(picture: Picture) -> Any:
    """Red, green, blue and opacity of each point, of shape (n, 4)."""
    from matplotlib.colors import to_rgba_array

    palette = to_rgba_array((PLAIN,) if picture.colors is None else picture.colors.palette)
    codes = np.zeros(len(picture), np.intp) if picture.colors is None else picture.colors.codes
    colors = palette[codes]
    colors[:, 3] = point_opacity(len(picture))
    if picture.faded is not None:
        colors[picture.faded, 3] *= _FADED
    return colors
