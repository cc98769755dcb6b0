"""A folder on the server, under one of the roots that the operator allowed."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.folders import images_in_folder
from embedviz.ui.images.image_set import ImageSet, Listed, image_limits
from embedviz.ui.messages import plain
from embedviz.ui.server import server_settings

_MOST = 500


def choose_folder(row: DeltaGenerator) -> ImageSet | None:
    """Root and sub-folder; None only if the operator's folders have gone."""
    roots = [root for root in server_settings().images if root.is_dir()]
    if not roots:
        st.info("The folders that this server was started with are not there any more.")
        return None
    names = _names(roots)
    root = names[row.selectbox("Folder", list(names), key="root", bind="query-params")]
    inside = ["(all of it)", *_sub_folders(root)]
    chosen = row.selectbox(
        "Part of it", inside, key="part", bind="query-params",
        help="Labels come from the names of the folders that the images lie in.",
    )  # fmt: skip
    folder = root if chosen == inside[0] else root / chosen
    st.caption(f"Images are read where they are: {plain(folder.name)}.")
    limits = image_limits()

    def files() -> Listed:
        return images_in_folder(folder, limits, inside=[root])

    return ImageSet(f"folder:{folder}", folder.name, True, files)


def _names(roots: list[Path]) -> dict[str, Path]:
    """Names to choose the roots by; never their whole paths, which are the operator's business."""
    names: dict[str, Path] = {}
    for root in roots:
        name, number = root.name or str(root), 2
        while name in names:
            name, number = f"{root.name} ({number})", number + 1
        names[name] = root
    return names


def _sub_folders(root: Path) -> list[str]:
    found = (
        str(Path(folder, name).relative_to(root))
        for folder, names, _ in os.walk(root)
        for name in sorted(names)
        if not name.startswith(".")
    )
    return sorted(islice(found, _MOST))
