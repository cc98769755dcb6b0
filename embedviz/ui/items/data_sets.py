"""Data sets that are downloaded once: their size first, then progress, then a choice of some."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.data_folder import in_units
from embedviz.items.datasets import Dataset
from embedviz.items.fetching import fetch_dataset
from embedviz.items.files import Listed
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.items.item_set import ItemPage, ItemSet, limits_of
from embedviz.ui.messages import plain
from embedviz.ui.work import work


def choose_data_set(page: ItemPage, row: DeltaGenerator) -> ItemSet | None:
    """The set, or None until it is on this machine."""
    kind = page.kind
    labels = {item.label: item for item in page.data_sets.values()}
    data = labels[row.selectbox("Data set", list(labels), key="data", bind="query-params")]
    st.caption(
        f"{plain(data.help)} {data.count:,} {data.nouns}, {data.classes} classes. {plain(data.citation)}"
    )
    if not data.installed and not _downloaded(data):
        return None
    most = min(data.count, limits_of(kind).count)
    limit = row.number_input(
        f"{kind.nouns.capitalize()} to take", 1, limits_of(kind).count, min(500, limits_of(kind).count),
        step=100, key="take", bind="query-params",
        help="As many of each class as can be, chosen with a fixed seed: the same every time.",
    )  # fmt: skip
    limit = min(limit, most)

    def files() -> Listed:
        # Where it lies on this machine is the operator's business.
        return [replace(file, path="") for file in data.open(limit=int(limit))], []

    name = f"{data.label}, {int(limit):,} {data.nouns}"
    return ItemSet(kind, f"data:{data.name}:{int(limit)}", name, True, files, help=data.help)


def _downloaded(data: Dataset) -> bool:
    """Offer the download and carry it out; True once it is here."""
    size = in_units(data.download_bytes)
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.info(f"{data.label} is not on this machine: a download of about {size}, once.")
    wanted = st.session_state.setdefault("fetching_data", set())
    if button.button("Download it", key=f"fetch-{data.name}", width="stretch"):
        wanted.add(data.name)
    if data.name not in wanted:
        return False

    def do(on_progress: OnProgress, cancel: Cancel) -> str:
        return str(fetch_dataset(data, on_progress=on_progress, cancel=cancel))

    keeps = "What has arrived is kept; going on starts from there."
    if work(f"Downloading {data.label}", ("data", data.name), do, stop_keeps=keeps) is not None:
        wanted.discard(data.name)
        st.rerun()
    return False
