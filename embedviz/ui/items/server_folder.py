"""A folder on the server, under one of the roots that the operator allowed."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import islice
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.items.file_names import clean_name
from embedviz.items.files import Listed
from embedviz.items.kind import Kind
from embedviz.items.sources import files_in_folder
from embedviz.ui.items.item_set import ItemPage, ItemSet, limits_of
from embedviz.ui.server import server_settings

_MOST = 500
_ALL = "(all of it)"


def folders_of(kind: Kind) -> tuple[Path, ...]:
    """The folders of the operator's with things of this kind: ``--images``."""
    found: tuple[Path, ...] = getattr(server_settings(), kind.nouns, ())
    return found


def choose_folder(page: ItemPage, row: DeltaGenerator) -> ItemSet | None:
    """Root and sub-folder; None only if the operator's folders have gone."""
    kind = page.kind
    roots = [root for root in folders_of(kind) if root.is_dir()]
    if not roots:
        st.info("The folders that this server was started with are not there any more.")
        return None
    names = _names(roots)
    root = names[row.selectbox("Folder", list(names), key="root", bind="query-params")]
    parts = {_ALL: root} | _sub_folders(root)
    chosen = row.selectbox(
        "Part of it", list(parts), key="part", bind="query-params",
        help=f"Labels come from the names of the folders that the {kind.nouns} lie in.",
    )  # fmt: skip
    folder, limits = parts[chosen], limits_of(kind)
    with row:
        again = st.session_state.get("read_again", 0)
        if st.button("Read again", help="What was added to the folder or taken away since."):
            again += 1
            st.session_state["read_again"] = again

    def files() -> Listed:
        found, set_aside = files_in_folder(kind, folder, limits, inside=[root])
        # Where the folder lies on this machine is the operator's business.
        return [replace(file, path=_inside(root, file.path)) for file in found], set_aside

    name = folder.name if chosen == _ALL else chosen
    return ItemSet(kind, f"folder:{folder}:{again}", name, True, files, folder=root)


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
