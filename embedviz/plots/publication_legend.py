"""The legend and the frame of a picture, in matplotlib's terms."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from embedviz.plots.colors import Colors
from embedviz.plots.picture import Picture
from embedviz.plots.publication_marks import letters
from embedviz.plots.themes import FigureTheme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LEGEND_LABEL = 40


def draw_legend(made: Figure, axes: Any, colors: Colors, theme: FigureTheme) -> None:
    """A scale for numbers, a list for categories."""
    if colors.ticks:
        _scale(made, axes, colors, theme)
    elif colors.categories:
        _list(made, colors, theme)


def legend_texts(colors: Colors | None) -> list[str]:
    """What stands in the legend."""
    if colors is None:
        return []
    if colors.ticks:
        return [colors.title, *(tick.label for tick in colors.ticks)]
    return [colors.title, *_names(colors)] if colors.categories else []


def _names(colors: Colors) -> list[str]:
    return [
        f"{textwrap.shorten(letters(entry.label), _LEGEND_LABEL, placeholder='…')} ({entry.count:,})"
        for entry in colors.categories
    ]


def _scale(made: Figure, axes: Any, colors: Colors, theme: FigureTheme) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    # The very last color is the gray of missing values.
    scale = ScalarMappable(Normalize(0, 1), ListedColormap(list(colors.palette[:-1])))
    bar = made.colorbar(scale, ax=axes, shrink=0.7, aspect=30, pad=0.02)
    bar.set_ticks([tick.position for tick in colors.ticks])
    bar.set_ticklabels([letters(tick.label) for tick in colors.ticks])
    bar.ax.tick_params(colors=theme.text, labelsize=7, width=0.5)
    bar.set_label(letters(colors.title), color=theme.text, fontsize=8)
    bar.outline.set_visible(False)


def _list(made: Figure, colors: Colors, theme: FigureTheme) -> None:
    from matplotlib.lines import Line2D

    dots = [
        Line2D([], [], ls="", marker="o", ms=5, mew=0, color=colors.palette[entry.code])
        for entry in colors.categories
    ]
    legend = made.legend(
        dots, _names(colors), title=letters(colors.title), loc="outside right upper", frameon=False,
        labelcolor=theme.text, fontsize=7, title_fontsize=8, handletextpad=0.2,
    )  # fmt: skip
    legend.get_title().set_color(theme.text)


def draw_frame(axes: Any, picture: Picture, theme: FigureTheme) -> None:
    """Axes without numbers, with titles where they mean something."""
    axes.set_facecolor(theme.background)
    sides = ("x", "y", "z")[: picture.dimensions]
    for side, title in zip(sides, picture.axis_titles, strict=False):
        getattr(axes, f"set_{side}label")(letters(title), color=theme.text, fontsize=8)
    for side in sides:
        getattr(axes, f"set_{side}ticks")([])
    if picture.dimensions == 2:
        axes.set_aspect("equal", adjustable="datalim")
        for spine in axes.spines.values():
            spine.set_color(theme.quiet)
            spine.set_linewidth(0.5)
    else:
        axes.set_aspect("equal")
        axes.set_proj_type("ortho")
        if not picture.axis_titles:
            axes.set_axis_off()
        for pane in (axes.xaxis, axes.yaxis, axes.zaxis):
            pane.set_pane_color((0, 0, 0, 0))
            pane.line.set_color(theme.quiet)
