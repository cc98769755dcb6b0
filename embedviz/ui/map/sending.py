"""What goes to the browser: the description always, a heavy part only when it is not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from embedviz.density import Extent
from embedviz.plots.figure import point_opacity, point_size
from embedviz.plots.palettes import PLAIN
from embedviz.plots.picture import Picture
from embedviz.ui.map.packing import PACKED_FROM, packed, unpacked
from embedviz.ui.map.selecting import Selecting, rows_message

if TYPE_CHECKING:
    import pyarrow as pa

KEPT_VERSIONS = 4
"""How many versions of each heavy part a browser tab keeps (the same number as in 01_parts.js)."""

_UNPACKED = "unpacked"

Focus = tuple[str, Sequence[float]]
Sent = dict[str, list[str]]
"""Per heavy part the versions that the browser should have, the last used at the end."""


def message(
    picture: Picture,
    key: str,
    height: int,
    focus: Focus | None,
    sent: Sent,
    selecting: Selecting | None = None,
) -> dict[str, Any]:
    """The data for the component; notes in ``sent`` what it carries."""
    versions = {
        "points": picture.points_version,
        "colors": picture.colors_version,
        "faded": picture.faded_version,
        "sizes": picture.sizes_version,
        "density": picture.density_version,
        "chosen": "" if selecting is None else selecting.content,
    }
    heavy: dict[str, Any] = {}
    for name, version in versions.items():
        if not version or _is_there(sent.setdefault(name, []), version):
            continue
        if name == "points":
            heavy |= _points(picture, is_packed=_UNPACKED not in sent)
        else:
            heavy |= _PARTS[name](picture) if name in _PARTS else _chosen(selecting, len(picture))
    return _description(picture, key, focus) | {"height": height} | {"versions": versions} | heavy


def forget(sent: Sent, missing: Sequence[str]) -> None:
    """The browser says that it does not have these parts: send them next time.

    "unpacked" among them: it cannot read compressed texts, so send them as they are from now on.
    """
    if _UNPACKED in missing:
        sent[_UNPACKED] = []
    for name in missing:
        if name in sent:
            sent[name].clear()


def _is_there(versions: list[str], version: str) -> bool:
    was_there = version in versions
    if was_there:
        versions.remove(version)
    versions.append(version)
    del versions[:-KEPT_VERSIONS]
    return was_there


def _description(picture: Picture, key: str, focus: Focus | None) -> dict[str, Any]:
    n, dimensions = len(picture), picture.dimensions
    return {
        "id": key,
        "dimensions": dimensions,
        "keys": picture.keys_version,
        "view_of": picture.view_of,
        "whole": None if picture.density is None else _corners(picture.density.whole),
        "size": picture.size or point_size(n, dimensions),
        "opacity": point_opacity(n),
        "plain_color": PLAIN,
        "marks": [
            {"at": list(mark.coordinates), "label": mark.label, "kind": mark.kind}
            for mark in picture.marks
        ],
        "lines": [asdict(line) for line in picture.lines],
        "axis_titles": list(picture.axis_titles),
        "description": picture.description,
        "file_name": "embedviz-map",
        "focus": None if focus is None else {"version": focus[0], "at": list(map(float, focus[1]))},
    }


def _points(picture: Picture, is_packed: bool) -> dict[str, pa.Table]:
    import pyarrow as pa

    columns: dict[str, Any] = dict(zip("xyz", picture.coordinates.T, strict=False))
    columns = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    if is_packed and len(picture) >= PACKED_FROM:
        hover = {"packed_hover": packed(picture.hover)} if len(picture.hover) else {}
        return {"points": pa.table(columns), "packed_keys": packed(picture.keys)} | hover
    columns["key"] = unpacked(picture.keys)
    if len(picture.hover):
        columns["hover"] = unpacked(picture.hover)
    return {"points": pa.table(columns)}


def _colors(picture: Picture) -> dict[str, Any]:
    import pyarrow as pa

    colors = picture.colors
    assert colors is not None
    return {
        "colors": pa.table({"code": colors.codes}),
        "palette": list(colors.palette),
        "legend": colors.legend,
    }


def _faded(picture: Picture) -> dict[str, pa.Table]:
    import pyarrow as pa

    return {"faded": pa.table({"faded": np.asarray(picture.faded, dtype=np.uint8)})}


def _sizes(picture: Picture) -> dict[str, pa.Table]:
    import pyarrow as pa

    return {"sizes": pa.table({"size": picture.sizes})}


def _density(picture: Picture) -> dict[str, Any]:
    import pyarrow as pa

    density = picture.density
    assert density is not None
    place = {"extent": density.extent, "shape": density.image.shape, "whole": density.whole}
    cells = pa.table({"cell": density.image.ravel()})
    return {"density": cells, "density_place": place | {"version": density.version}}


def _corners(extent: Extent) -> list[list[float]]:
    left, right, bottom, top = extent
    return [[left, right], [bottom, top]]


def _chosen(selecting: Selecting | None, n: int) -> dict[str, Any]:
    assert selecting is not None
    return {"chosen": rows_message(selecting.rows, n) | {"n": n}}


_PARTS: dict[str, Callable[[Picture], dict[str, Any]]] = {
    "colors": _colors,
    "faded": _faded,
    "sizes": _sizes,
    "density": _density,
}
