"""Where things come from: samples, a person's own, the server, data sets, saved ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.items.files import Listed
from embedviz.ui.items.data_sets import choose_data_set
from embedviz.ui.items.item_set import ItemPage, ItemSet
from embedviz.ui.items.own import bring_own
from embedviz.ui.items.saved import choose_saved
from embedviz.ui.items.server_folder import choose_folder, folders_of
from embedviz.ui.links import tell_unknown
from embedviz.ui.messages import plain


@dataclass(frozen=True)
class Source:
    """One entry of "… from": its label, how it asks, and whether it is offered here."""

    label: str
    ask: Callable[[ItemPage, DeltaGenerator], ItemSet | None]
    offered: Callable[[ItemPage], bool] = lambda _: True


def bring_items(page: ItemPage, row: DeltaGenerator) -> ItemSet | None:
    """The choice, in ``row``, and what more it needs, below; None until there are some."""
    kind = page.kind
    sources = {"sample": SAMPLE, "own": Source(f"Your {kind.nouns}", bring_own), **OTHERS}
    offered = {name: source for name, source in sources.items() if source.offered(page)}
    tell_unknown(kind.nouns, [one.label for one in offered.values()], f"source of {kind.nouns}")
    first = next(iter(offered))
    source = (
        row.segmented_control(
            f"{kind.nouns.capitalize()} from", list(offered),
            format_func=lambda name: offered[name].label,
            default=first, key=kind.nouns, bind="query-params", required=True,
        )
        or first
    )  # fmt: skip
    return offered[source].ask(page, row)


def _sample(page: ItemPage, row: DeltaGenerator) -> ItemSet:
    labels = {sample.label: sample for sample in page.samples.values()}
    tell_unknown("sample", labels, "sample")
    label = row.selectbox("Sample", list(labels), key="sample", bind="query-params")
    sample = labels[label]
    st.caption(plain(sample.help))

    def files() -> Listed:
        return sample.open(), []

    name = f"sample:{sample.name}"
    return ItemSet(page.kind, name, sample.label, True, files, help=sample.help)


SAMPLE = Source("Samples", _sample, lambda page: bool(page.samples))
OTHERS = {
    "folder": Source("Server folders", choose_folder, lambda page: bool(folders_of(page.kind))),
    "data": Source("Data sets", choose_data_set, lambda page: bool(page.data_sets)),
    "saved": Source("Saved", choose_saved),
}
"""Those that are called alike on every page."""
