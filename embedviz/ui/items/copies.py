"""Near-duplicates: groups of things that are almost the same."""

from __future__ import annotations

import math
from functools import partial

import streamlit as st

from embedviz.items.copies import Comparison, NearDuplicates, comparison, measures_of
from embedviz.items.copy_measure import CopyMeasure
from embedviz.items.duplicates import Group
from embedviz.items.embedding import Embedded
from embedviz.items.kind import Kind
from embedviz.items.retrieval import precision_at_k
from embedviz.ui.items.grid import Tile, grid
from embedviz.ui.items.query import ask_about
from embedviz.ui.messages import count
from embedviz.ui.work import work

_GROUPS, _IN_A_GROUP = 12, 8


def near_duplicates_panel(kind: Kind, embedded: Embedded) -> None:
    """The groups, once asked for; what is compared can be chosen and the limit moved."""
    if not st.toggle("Find near-duplicates", key="copies", bind="query-params"):
        return
    space, measure = embedded.space, _measure(kind)
    ready: Comparison | None = work(
        f"Looking at {count(len(space), kind.noun)}",
        ("compared", space.fingerprint, measure.name),
        lambda on_progress, cancel: comparison(
            space, kind, measure, embedded.previews, on_progress=on_progress, cancel=cancel
        ),
    )
    if ready is None:
        return
    threshold = st.slider(
        f"Near-duplicates from a {measure.unit} of", max(0.5, measure.lowest), 1.0,
        ready.chosen.value, 0.001, format="%.3f", key=f"copies_{measure.name}", bind="query-params",
        help="1 is the same. Move this until the groups are right.",
    )  # fmt: skip
    st.caption(f"Chosen here: {ready.chosen.value:g}. {ready.chosen.why}")
    found: NearDuplicates | None = work(
        f"Comparing all pairs of {count(len(space), kind.noun)}",
        ("copies", space.fingerprint, measure.name, threshold),
        lambda on_progress, cancel: ready.near_duplicates(
            threshold, on_progress=on_progress, cancel=cancel
        ),
    )
    if found is not None:
        _found(kind, embedded, found)


def same_label_panel(kind: Kind, embedded: Embedded) -> None:
    """How often what looks alike has the same label: a measure of the encoder on these things."""
    space = embedded.space
    labels = space.table["label"]
    if labels.nunique() < 2 or (labels == "").any() or len(space) < 7:
        return
    if not st.toggle("How often do look-alikes share a label?", key="same", bind="query-params"):
        return
    k = 5
    measured = work(
        "Comparing labels",
        ("same-label", space.fingerprint),
        lambda on_progress, cancel: precision_at_k(
            space, k=k, on_progress=on_progress, cancel=cancel
        ),
    )
    if measured is None:
        return
    st.metric(
        f"precision@{k}: of the {k} nearest {kind.nouns}, the share with the same label",
        f"{measured.precision:.1%}",
        f"{measured.chance:.1%} by chance, {measured.ceiling:.1%} at best",
        delta_color="off",
        delta_arrow="off",
    )


def _measure(kind: Kind) -> CopyMeasure:
    """What is compared, chosen where there is a choice; and what that finds."""
    measures = {one.name: one for one in measures_of(kind)}
    first = next(iter(measures))
    name = first
    if len(measures) > 1:
        name = (
            st.segmented_control(
                "Compare", list(measures), format_func=lambda name: measures[name].label,
                default=first, key="copies_by", bind="query-params", required=True,
            )
            or first
        )  # fmt: skip
    st.caption(measures[name].help)
    return measures[name]


def _found(kind: Kind, embedded: Embedded, found: NearDuplicates) -> None:
    for note in found.notes:
        st.caption(note)
    if not found:
        st.info(f"No two of the {len(embedded.space):,} {kind.nouns} are that much alike.")
        return
    inside = sum(len(group) for group in found)
    shown = f"; the {_GROUPS} largest are shown" if len(found) > _GROUPS else ""
    st.markdown(f"**{count(len(found), 'group')}** of {count(inside, kind.noun)} in all{shown}.")
    for place, group in enumerate(found[:_GROUPS]):
        _group(kind, embedded, group, found.measure, place)


def _how_alike(group: Group, measure: CopyMeasure) -> str:
    if len(group) == 2:
        return f"{measure.unit} {group.similarity_min:.3f}"
    if measure.least is None:
        least = math.floor(group.similarity_min * 1000) / 1000
        return f"each like another of them, by a {measure.unit} of {least:.3f} or more"
    return (
        f"each like another of them; the two least alike have a {measure.unit} of "
        f"{group.similarity_min:.3f}"
    )


def _group(kind: Kind, embedded: Embedded, group: Group, measure: CopyMeasure, place: int) -> None:
    what = "the same file" if group.identical else _how_alike(group, measure)
    st.caption(f"{count(len(group), kind.noun)}, {what}")
    contents = embedded.space.table["hash"]
    rows, previews = group.rows[:_IN_A_GROUP], embedded.previews
    found = {} if previews is None else previews.thumbnails([str(contents.iloc[r]) for r in rows])
    tiles = [
        Tile(key, found.get(str(contents.iloc[row])), key, kind.media[0])
        for key, row in zip(group.keys, rows, strict=False)
    ]
    grid(tiles, _IN_A_GROUP, f"copies-{place}", partial(ask_about, kind))
    if len(group) > _IN_A_GROUP:
        st.caption(f"and {len(group) - _IN_A_GROUP:,} more")
