"""Near-duplicates: groups of things that are almost the same."""

from __future__ import annotations

from functools import partial

import streamlit as st

from embedviz.items.duplicates import Group, near_duplicates
from embedviz.items.embedding import Embedded
from embedviz.items.kind import Kind
from embedviz.items.retrieval import precision_at_k
from embedviz.ui.items.grid import Tile, grid
from embedviz.ui.items.query import ask_about
from embedviz.ui.messages import count
from embedviz.ui.work import work

_GROUPS, _IN_A_GROUP = 12, 8


def near_duplicates_panel(kind: Kind, embedded: Embedded) -> None:
    """The groups, once asked for; the limit can be moved."""
    if not st.toggle("Find near-duplicates", key="copies", bind="query-params"):
        return
    space = embedded.space
    threshold = st.slider(
        "Alike from a cosine of", 0.80, 1.0, 0.95, 0.01, key="copies_from", bind="query-params",
        help="What a cosine means depends on the encoder: move this until the groups are right.",
    )  # fmt: skip
    groups: tuple[Group, ...] | None = work(
        f"Comparing all pairs of {count(len(space), kind.noun)}",
        ("copies", space.fingerprint, threshold),
        lambda on_progress, cancel: near_duplicates(
            space, threshold, on_progress=on_progress, cancel=cancel
        ),
    )
    if groups is None:
        return
    if not groups:
        st.info(f"No two of the {len(space):,} {kind.nouns} are that much alike.")
        return
    inside = sum(len(group) for group in groups)
    shown = f"; the {_GROUPS} largest are shown" if len(groups) > _GROUPS else ""
    st.markdown(f"**{count(len(groups), 'group')}** of {count(inside, kind.noun)} in all{shown}.")
    for place, group in enumerate(groups[:_GROUPS]):
        _group(kind, embedded, group, place)


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


def _how_alike(group: Group) -> str:
    if len(group) == 2:
        return f"cosine {group.similarity_min:.3f}"
    return f"each like another of them; the two least alike have a cosine of {group.similarity_min:.3f}"


def _group(kind: Kind, embedded: Embedded, group: Group, place: int) -> None:
    what = "the same file" if group.identical else _how_alike(group)
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
