"""A folder on the server, under one of the roots that the operator allowed."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import islice
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.file_names import clean_name
from embedviz.images.folders import images_in_folder
from embedviz.ui.images.image_set import ImageSet, Listed, image_limits
from embedviz.ui.server import server_settings

_MOST = 500
_ALL = "(all of it)"


def choose_folder(row: DeltaGenerator) -> ImageSet | None:
    """Root and sub-folder; None only if the operator's folders have gone."""
    roots = [root for root in server_settings().images if root.is_dir()]
    if not roots:
        st.info("The folders that this server was started with are not there any more.")
        return None
    names = _names(roots)
    root = names[row.selectbox("Folder", list(names), key="root", bind="query-params")]
    parts = {_ALL: root} | _sub_folders(root)
    chosen = row.selectbox(
        "Part of it", list(parts), key="part", bind="query-params",
        help="Labels come from the names of the folders that the images lie in.",
    )  # fmt: skip
    folder, limits = parts[chosen], image_limits()
    with row:
        again = st.session_state.get("read_again", 0)
        if st.button("Read again", help="What was added to the folder or taken away since."):
            again += 1
            st.session_state["read_again"] = again

    def files() -> Listed:
        found, set_aside = images_in_folder(folder, limits, inside=[root])
        # Where the folder lies on this machine is the operator's business.
        return [replace(file, path=_inside(root, file.path)) for file in found], set_aside

    name = folder.name if chosen == _ALL else chosen
    return ImageSet(f"folder:{folder}:{again}", name, True, files, folder=root)


def _inside(root: Path, path: str) -> str:
    return clean_name(os.path.relpath(path, root)) if path else ""


def _names(roots: list[Path]) -> dict[str, Path]:
    """Names to choose the roots by; never their whole paths, which are the operator's business."""
    names: dict[str, Path] = {}
    for root in roots:
        name, number = root.name or str(root), 2
        while name in names:
            name, number = f"{root.name} ({number})", number + 1
        names[name] = root
    return names


def _sub_folders(root: Path) -> dict[str, Path]:
    """Folders by the name to choose them by, which is fit to be shown; links are not followed."""
    found = (
        Path(folder, name)
        for folder, names, _ in os.walk(root)
        for name in sorted(names)
        if not name.startswith(".") and not Path(folder, name).is_symlink()
    )
    return {clean_name(str(path.relative_to(root))): path for path in sorted(islice(found, _MOST))}
