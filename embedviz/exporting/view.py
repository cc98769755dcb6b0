"""A view of some vectors, and the script that draws it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.projections.pca import PCA_METHOD


@dataclass(frozen=True)
class Measure:
    """Something to color or size by that is computed: ``code`` is the expression that gives it,
    of ``ev``, ``space``, ``projection``, ``quality`` and what the lines ``imports`` bring."""

    title: str
    code: str
    imports: str = ""


@dataclass(frozen=True)
class View:
    """What decides what a map shows; plain values, so that it can be written down.

    Attributes
    ----------
    reading : str
        The Python expression that gives the space, of ``ev`` alone.
    method, n_components, seed, params
        As in :func:`embedviz.project`; ``params`` has all that were used.
    fit_on : int or None
        Rows of the sample that the method was fitted on; None: all.
    color, size : str, Measure or None
        A column of the metadata, something measured, or nothing.
    filters : str
        JSON of :mod:`embedviz.metadata.filters`; empty for none.
    selected : tuple of str
        The selected keys.
    title : str
    notes : tuple of str
        What the script cannot repeat, in plain words.
    """

    reading: str
    method: str = PCA_METHOD.name
    n_components: int = 2
    seed: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    fit_on: int | None = None
    color: str | Measure | None = None
    size: str | Measure | None = None
    filters: str = ""
    selected: tuple[str, ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()


# The script may be run where embedviz is not: it says so itself, and what to do.
_NEEDED = """\
try:
    import embedviz as ev
except ImportError as missing:
    raise SystemExit(
        f"This script needs embedviz, which this Python does not have ({missing}). "
        "Install it from the folder that holds embedviz's pyproject.toml: pip install ."
    ) from None"""


def script_of(view: View, file: str = "view.html") -> str:
    """A Python script that makes exactly this view through the API and writes it to ``file``.

    Raises
    ------
    InvalidParameterError
        If the view does not know how its vectors are read.
    """
    if not view.reading:
        raise InvalidParameterError(
            "Nothing says how these vectors are read, so no script can. Give View a reading, for "
            "example \"ev.read('vectors.parquet')\"."
        )
    parts = [
        '"""This view again, through the API of embedviz."""',
        _NEEDED,
        "\n".join(_imports(view)),
        _comments(view),
        f"space = {view.reading}",
        _call("projection = ev.project", ["space", repr(view.method)], _how(view)),
        _filtering(view),
        "# How far to trust it: one number for the map, one for each point.\n"
        "quality = ev.quality(space, projection, k=max(1, min(15, (len(space) - 1) // 3)))",
        _call("ev.export", ["projection", repr(file)], _shown(view)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _imports(view: View) -> list[str]:
    lines = ["from embedviz.metadata.filters import from_json, mask"] if view.filters else []
    measures = [what for what in (view.color, view.size) if isinstance(what, Measure)]
    return sorted({*lines, *(line for what in measures for line in what.imports.splitlines())})


def _comments(view: View) -> str:
    # A note is one line whatever it holds: a line end in it would begin code.
    return "\n".join(f"# {' '.join(note.split())}" for note in view.notes)


def _how(view: View) -> dict[str, str]:
    how = {"n_components": repr(view.n_components), "seed": repr(view.seed)}
    how |= {name: _literal(value) for name, value in view.params.items()}
    return how if view.fit_on is None else how | {"fit_on": repr(view.fit_on)}


def _filtering(view: View) -> str:
    return f"shown = mask(space.table, from_json({view.filters!r}))" if view.filters else ""


def _shown(view: View) -> dict[str, str]:
    said = {"color": _value(view.color), "size": _value(view.size)}
    said |= {"shown": "shown" if view.filters else ""}
    said |= {"selected": repr(list(view.selected)) if view.selected else ""}
    said |= {"quality": "quality", "title": repr(view.title) if view.title else ""}
    return {name: code for name, code in said.items() if code}


def _value(what: str | Measure | None) -> str:
    if what is None:
        return ""
    return what.code if isinstance(what, Measure) else repr(what)


def _literal(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)


def _call(function: str, positional: list[str], named: Mapping[str, str]) -> str:
    arguments = [*positional, *(f"{name}={code}" for name, code in named.items())]
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"
