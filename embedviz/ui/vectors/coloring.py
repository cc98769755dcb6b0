"""What the color and the size of a point can mean on the map of a set of vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.column_values import moments_of, numbers_of
from embedviz.exporting.columns import colors_by_kind
from embedviz.metadata.kinds import Kind
from embedviz.metadata.sizing import Sizes, sized
from embedviz.plots.picture import Colors, continuous
from embedviz.ui.choices import begin_option
from embedviz.ui.links import tell_unknown
from embedviz.ui.vectors.columns import Columns, columns_of
from embedviz.ui.vectors.groups_shown import group_colors
from embedviz.ui.vectors.hubs import hub_counts
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_measured import usual_k
from embedviz.ui.vectors.trust_stability import found_stability

COLOR, SIZE = "vectors_color", "vectors_size"
# How the groups stand among the options of "Color by".
BY_GROUP = "@groups"
_OWN: dict[str, str] = {
    "@trust": "Trust in each point",
    "@stability": "Stability across seeds",
    BY_GROUP: "Groups",
    "@length": "Vector length",
    "@hubness": "Hubness",
    "@one": "One color",
}
_FIRST_KINDS: tuple[Kind, ...] = ("category", "flag", "number", "date")


def option_of(column: str) -> str:
    """A column among the options; a name that looks like one of ours gets another "@"."""
    return f"@{column}" if column.startswith("@") else column


def column_of_option(option: str) -> str | None:
    """The column that an option names; None for those of our own, such as ``"@trust"``."""
    if option.startswith("@@"):
        return option[1:]
    return None if option.startswith("@") else option


def choose_color(scene: Scene) -> str:
    """The select box "Color by": every column, and what embedviz knows of each point."""
    columns = columns_of(scene.vectors, scene.space, scene.state)
    usable = [name for kind in _FIRST_KINDS for name in columns.of_kind(kind)]
    # Of three points nothing can be measured.
    plain = "@trust" if usual_k(scene) else "@one"
    first = option_of(usable[0]) if usable else plain
    # Only what was measured is offered, or asked for by a link.
    measured = found_stability(scene) is not None or _asked_for("@stability")
    own = [name for name in _OWN if name != "@stability" or measured]
    options = [*map(option_of, columns.kinds), *own]
    return _choose("Color by", COLOR, options, first, "What the color of a point means.")


def choose_size(scene: Scene) -> str:
    """The select box "Size by": the same for all, or every column that can be counted."""
    columns = columns_of(scene.vectors, scene.space, scene.state)
    countable = [name for name in columns.kinds if _countable(columns, name)]
    measures = [name for name in _MEASURES if name != "@stability"]
    options = ["@same", *map(option_of, countable), *measures]
    return _choose("Size by", SIZE, options, "@same", "What the area of a point means.")


def colors_for(scene: Scene, option: str) -> Colors | None:
    """The colors of what :func:`choose_color` gave; None: one color (:func:`color_note` says why)."""
    column = column_of_option(option)
    if option == BY_GROUP:
        return group_colors(scene)
    if column is None:
        measured = _MEASURES[option](scene) if option in _MEASURES else None
        return None if measured is None else continuous(measured.values, title=measured.title)
    columns = columns_of(scene.vectors, scene.space, scene.state)
    if column not in columns.kinds:
        return None
    return columns.kept("colors", column, lambda: _column_colors(columns, column))


def sizes_for(scene: Scene, option: str) -> NDArray[np.float32] | None:
    """Diameters in pixels of what :func:`choose_size` gave, of shape (n,); None: all the same."""
    sizes = _sizes(scene, option)
    return None if sizes is None else sizes.diameters


def color_note(scene: Scene, option: str) -> str:
    """Why there are no colors by ``option`` although it was asked for; else "". Not for Markdown."""
    if option == "@one" or colors_for(scene, option) is not None:
        return ""
    return f"No color by '{_name(option)}': {_WHY_NOT.get(option, 'there is no such column now.')}"


def size_note(scene: Scene, option: str) -> str:
    """The sentence to read the sizes by, or why there are none. Not for Markdown."""
    sizes = _sizes(scene, option)
    if sizes is not None or option == "@same":
        return "" if sizes is None else sizes.legend
    return f"No size by '{_name(option)}': {_WHY_NOT.get(option, 'there is no such column now.')}"


def _sizes(scene: Scene, option: str) -> Sizes | None:
    column = column_of_option(option)
    if column is None:
        measured = _MEASURES[option](scene) if option in _MEASURES else None
        return None if measured is None else sized(measured.values, measured.title)
    columns = columns_of(scene.vectors, scene.space, scene.state)
    if column not in columns.kinds:
        return None
    return columns.kept("sizes", column, lambda: _column_sizes(columns, column))


def _column_colors(columns: Columns, name: str) -> Colors:
    return colors_by_kind(columns.column(name), columns.kinds[name], name)


def _column_sizes(columns: Columns, name: str) -> Sizes:
    values = columns.column(name)
    if columns.kinds[name] != "date":
        return sized(numbers_of(values), name)
    moments = moments_of(values)
    known = moments[~np.isnat(moments)]
    seconds = np.where(np.isnat(moments), np.nan, moments.astype(np.int64).astype(np.float64))
    if not len(known):
        return sized(seconds, name)
    return sized(seconds, name, str(known.min()).split("T")[0], str(known.max()).split("T")[0])


def _countable(columns: Columns, name: str) -> bool:
    kind = columns.kinds[name]
    # Classes that are whole numbers can be counted too.
    return kind in ("number", "date", "flag") or (
        kind == "category" and columns.column(name).dtype.kind in "iuf"
    )


@dataclass(frozen=True, eq=False)
class _Measure:
    """A number for each point, and what it means."""

    values: NDArray[Any]
    title: str


def _trust(scene: Scene) -> _Measure | None:
    if scene.trust is None:
        return None
    return _Measure(scene.trust.per_point, f"share of its {scene.trust.k} neighbors kept")


def _stability(scene: Scene) -> _Measure | None:
    found = found_stability(scene)
    title = "how far it strays from seed to seed, as a share of the map's size"
    return None if found is None else _Measure(found.per_point, title)


def _length(scene: Scene) -> _Measure:
    return _Measure(scene.space.norms, "vector length")


def _hubness(scene: Scene) -> _Measure | None:
    counts, k = hub_counts(scene)
    title = f"how many points have it among their {k} nearest"
    return None if counts is None else _Measure(counts, title)


_MEASURES: dict[str, Callable[[Scene], _Measure | None]] = {
    "@trust": _trust,
    "@stability": _stability,
    "@length": _length,
    "@hubness": _hubness,
}
_WHY_NOT = {
    "@trust": "this map is not measured.",
    "@stability": "it is not measured yet. Do it under the map, in Trust.",
    BY_GROUP: "none are found yet. Find them under the map, in Groups.",
    "@hubness": "the neighbors of all points are not counted yet.",
}


def _asked_for(option: str) -> bool:
    link = st.query_params.get(COLOR)
    return st.session_state.get(COLOR) == option or link == _OWN[option]


def _name(option: str) -> str:
    """What an option is called on the page and, by Streamlit's rule, in its link."""
    own = {"@same": "Same for all"} | _OWN
    column = column_of_option(option)
    if column is None:
        return own.get(option, option)
    return f"{column} (column)" if column in own.values() else column


def _choose(label: str, key: str, options: list[str], first: str, said: str) -> str:
    tell_unknown(key, [_name(option) for option in options], "column")
    begin_option(key, first, options)
    return st.selectbox(
        label,
        options,
        index=options.index(first),
        format_func=_name,
        key=key,
        bind="query-params",
        help=f"{said} Changing it keeps the zoom.",
    )
