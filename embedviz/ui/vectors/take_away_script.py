"""The view as a Python script that draws it again."""

from __future__ import annotations

import streamlit as st

from embedviz.exporting.view import Measure, View, script_of
from embedviz.metadata.filters import to_json
from embedviz.ui.vectors.coloring import COLOR, SIZE, column_of_option
from embedviz.ui.vectors.groups_shown import GroupsShown
from embedviz.ui.vectors.hubs import hub_neighbors
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.taken_names import stem_of, title_now
from embedviz.ui.vectors.trust_stability import found_stability, seeds_of


def script_to_take(scene: Scene) -> None:
    """The script, and a button to download it."""
    if not scene.vectors.reading:
        st.info(
            "Nothing says how these vectors were read, so no script can read them again. Take them "
            "away as Parquet: the script of vectors read from a file begins with that file."
        )
        return
    view = view_of(scene)
    script = script_of(view, f"{stem_of(scene)}.html")
    st.caption(
        "This draws the same map from Python: the same points in the same places, colors and "
        "filters, written as a web page. It needs embedviz where it runs: `pip install .` in the "
        "folder of embedviz."
    )
    st.download_button(
        "Download the script", script.encode("utf-8", "replace"), f"{stem_of(scene)}.py",
        on_click="ignore", key="vectors_script",
    )  # fmt: skip
    st.code(script, language="python", height=320)


def view_of(scene: Scene) -> View:
    """What is on the map now, as plain values."""
    projection, state = scene.projection, scene.state
    notes: list[str] = []
    if not scene.vectors.shared:
        notes.append("Put the file that you opened beside this script.")
    elif scene.vectors.reading.startswith("ev.read("):
        notes.append(
            "The file is one of the server's: run this there, in the folder that the server was "
            "started in, or read a copy of it."
        )
    if state.table is not None:
        notes.append("Edited metadata is not in this script: take the data away as Parquet.")
    if state.added is not None:
        notes.append("Points added to the map are not in this script.")
    return View(
        reading=scene.vectors.reading,
        method=projection.method,
        n_components=projection.n_components,
        seed=projection.seed,
        params=dict(projection.params),
        fit_on=_fitted_on(scene),
        color=_meaning(scene, COLOR, notes),
        size=_as_sizes(_meaning(scene, SIZE, notes)),
        filters=_filters(scene, notes),
        selected=tuple(scene.space.keys[row] for row in state.selected),
        title=title_now(scene),
        notes=tuple(notes),
    )


def _fitted_on(scene: Scene) -> int | None:
    fitted = scene.projection.details.get("fitted_on")
    return None if fitted is None else int(fitted)


def _original_columns(scene: Scene) -> set[str]:
    """The columns that reading the vectors gives; edits are not read."""
    return {str(name) for name in scene.vectors.space.table.columns}


def _filters(scene: Scene, notes: list[str]) -> str:
    there = _original_columns(scene)
    kept = {name: one for name, one in scene.state.filters.items() if name in there}
    for name in scene.state.filters.keys() - kept.keys():
        notes.append(f"Not filtered by {name!r}: that column was made on the page.")
    return to_json(kept) if kept else ""


def _meaning(scene: Scene, key: str, notes: list[str]) -> str | Measure | None:
    """What an option of "Color by" or "Size by" is in the script."""
    option = st.session_state.get(key)
    if not isinstance(option, str):
        return None
    column = column_of_option(option)
    if column is None:
        return _measure(scene, option)
    if column in _original_columns(scene):
        return column
    notes.append(f"Not colored or sized by {column!r}: that column was made on the page.")
    return None


def _as_sizes(meaning: str | Measure | None) -> str | Measure | None:
    """A measure as diameters in pixels, as the page draws it; a column's values become areas anyway."""
    if not isinstance(meaning, Measure):
        return meaning
    code = f"sized({meaning.code}, {meaning.title!r}).diameters"
    imports = [
        line for line in (meaning.imports, "from embedviz.metadata.sizing import sized") if line
    ]
    return Measure(meaning.title, code, "\n".join(imports))


def _measure(scene: Scene, option: str) -> Measure | None:
    if option == "@trust" and scene.trust is not None:
        return Measure("trust in each point", "quality.per_point")
    if option == "@length":
        return Measure("vector length", "space.norms")
    if option == "@stability" and found_stability(scene) is not None:
        return Measure("stability across seeds", f"{_stability_code(scene)}.per_point")
    if option == "@hubness" and (k := hub_neighbors(len(scene.space))):
        imports = "from embedviz.trust.hubs import hubness"
        return Measure("hubness", f"hubness(space, {k}).counts", imports)
    groups = scene.state.groups
    if option == "@groups" and isinstance(groups, GroupsShown):
        found = groups.clusters
        of = "projection" if found.on == "map" else "space"
        params = "".join(f", {name}={value!r}" for name, value in found.params.items())
        labels = f"ev.cluster({of}, {found.method!r}, seed={found.seed}{params}).labels"
        names = (*groups.names, None)
        return Measure("group", f"[{names!r}[label] for label in {labels}]")
    return None


def _stability_code(scene: Scene) -> str:
    settings = scene.settings
    params = "".join(f", {name}={value!r}" for name, value in settings.params)
    seeds = seeds_of(settings)
    return f"ev.stability(space, {settings.method!r}, {settings.n_components}, {seeds!r}{params})"
