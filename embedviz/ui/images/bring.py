"""Where the images come from: samples, a person's own, the server, data sets, saved ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.images.samples import SAMPLES
from embedviz.ui.images.data_sets import choose_data_set
from embedviz.ui.images.image_set import ImageSet, Listed
from embedviz.ui.images.own import bring_own
from embedviz.ui.images.saved import choose_saved
from embedviz.ui.images.server_folder import choose_folder
from embedviz.ui.links import tell_unknown
from embedviz.ui.messages import plain
from embedviz.ui.server import server_settings


@dataclass(frozen=True)
class Source:
    """One entry of "images from": its label, how it asks, and whether it is offered here."""

    label: str
    ask: Callable[[DeltaGenerator], ImageSet | None]
    offered: Callable[[], bool] = lambda: True


def bring_images(row: DeltaGenerator) -> ImageSet | None:
    """The choice, in ``row``, and what more it needs, below; None until there are images."""
    offered = {name: source for name, source in SOURCES.items() if source.offered()}
    tell_unknown("images", [item.label for item in offered.values()], "source of images")
    source = (
        row.segmented_control(
            "Images from", list(offered), format_func=lambda name: offered[name].label,
            default="sample", key="images", bind="query-params", required=True,
        )
        or "sample"
    )  # fmt: skip
    return offered[source].ask(row)


def _sample(row: DeltaGenerator) -> ImageSet:
    labels = {sample.label: sample for sample in SAMPLES.values()}
    tell_unknown("sample", labels, "sample")
    label = row.selectbox("Sample", list(labels), key="sample", bind="query-params")
    sample = labels[label]
    st.caption(plain(sample.help))

    def files() -> Listed:
        return sample.open(), []

    return ImageSet(f"sample:{sample.name}", sample.label, True, files, help=sample.help)


SOURCES: dict[str, Source] = {
    "sample": Source("Samples", _sample),
    "own": Source("Your images", bring_own),
    "folder": Source("Server folders", choose_folder, lambda: bool(server_settings().images)),
    "data": Source("Data sets", choose_data_set),
    "saved": Source("Saved", choose_saved),
}
