"""The groups panel: how to look for groups, and what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from embedviz.groups import CLUSTERINGS, Clusters, GroupName, cluster, named
from embedviz.groups.clustering import preparation_defaults
from embedviz.groups.preparation import PreparationParams
from embedviz.params import within
from embedviz.progress import Cancel, OnProgress
from embedviz.projections import Projection
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import count
from embedviz.ui.param_widgets import param_widgets
from embedviz.ui.vectors.groups_result import show_groups
from embedviz.ui.vectors.groups_shown import GroupsShown
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.set_state import SEARCHES
from embedviz.ui.work import cancel_others, work

_WHERE = {"full": "Full space", "map": "This map"}
_TEACHING = (
    "Groups are found in the **full space**, where distances are true, or on **this map**, as "
    "you see it. Each gets a name from what its points have in common, a number that says how well "
    "it holds together, and a label on the map."
)
_LEAST_POINTS = 4


@dataclass(frozen=True, eq=False)
class _Wanted:
    """A search that was asked for, with the points as they were then."""

    key: Hashable
    points: EmbeddingSpace | Projection
    space: EmbeddingSpace
    table: pd.DataFrame | None
    method: str
    seed: int
    params: tuple[tuple[str, Any], ...]


def groups_panel(scene: Scene) -> None:
    """Controls at the left; the groups, or what they are good for, at the right."""
    if len(scene.space) < _LEAST_POINTS:
        st.info(f"Groups need at least {_LEAST_POINTS} points; here are {len(scene.space)}.")
        return
    choices, result = st.columns([2, 3], gap="medium")
    with choices:
        _choices(scene)
    with result:
        _under_way(scene)
        if isinstance(scene.state.groups, GroupsShown):
            show_groups(scene, scene.state.groups)
        else:
            st.info(_TEACHING)


def _choices(scene: Scene) -> None:
    with st.container(horizontal=True, gap="medium"):
        method = _method()
        where = (
            st.segmented_control(
                "Look in", list(_WHERE), format_func=_WHERE.__getitem__, default="full",
                key="vectors_groups_where", bind="query-params", required=True,
                help="The full space is the honest place. A map may tear groups or push two together.",
            )
            or "full"
        )  # fmt: skip
    with st.form(f"vectors_groups_form_{method}_{where}", border=False):
        params, seed = _parameters(scene, method, where)
        if st.form_submit_button("Find groups", type="primary", width="stretch"):
            _want(scene, method, where == "map", seed, params)


def _method() -> str:
    first = next(iter(CLUSTERINGS))
    return (
        st.segmented_control(
            "Find groups by", list(CLUSTERINGS), format_func=lambda name: CLUSTERINGS[name].label,
            default=first, key="vectors_groups_method", bind="query-params", required=True,
            help="  \n".join(f"**{each.label}**: {each.help}" for each in CLUSTERINGS.values()),
        )
        or first
    )  # fmt: skip


def _parameters(scene: Scene, method: str, where: str) -> tuple[dict[str, Any], int]:
    chosen, n, d = CLUSTERINGS[method], len(scene.space), scene.space.dimensions
    values: dict[str, Any] = {}
    limits = {"reduce_to": (0, min(n, d)), **chosen.limits(n, d)}
    if where == "full":
        values |= param_widgets(
            PreparationParams, f"vectors_groups_{method}", limits,
            preparation_defaults(chosen, n, d), columns=2,
        )  # fmt: skip
    values |= param_widgets(chosen.params, f"vectors_groups_{method}", limits, columns=2)
    seed = 0
    if chosen.uses_seed:
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, 0, key="vectors_groups_seed", bind="query-params",
            help="The same seed gives the same groups; another one shows what is chance.",
        )  # fmt: skip
    return within(values, limits), int(seed)


def _want(scene: Scene, method: str, on_map: bool, seed: int, params: dict[str, Any]) -> None:
    points = scene.projection if on_map else scene.space
    drawn = hashlib.blake2b(scene.projection.coordinates.data, digest_size=12).hexdigest()
    chosen = tuple(sorted(params.items()))
    # Names come from the metadata too. An edited table is another object, which the result keeps:
    # no other can have its id while the result is there.
    table = scene.state.table
    key = (
        "groups", scene.space.vectors_fingerprint, id(table), drawn if on_map else "", method, seed,
        chosen,
    )  # fmt: skip
    cancel_others("groups", keep=key)
    _searches()[scene.vectors.identity] = _Wanted(
        key, points, scene.space, table, method, seed, chosen
    )


def _under_way(scene: Scene) -> None:
    """The progress of a search; what it found becomes the groups of this set."""
    wanted = _searches().get(scene.vectors.identity)
    if wanted is None:
        return
    title = f"{CLUSTERINGS[wanted.method].label} of {count(len(wanted.space), 'point')}"
    found = work(title, wanted.key, lambda report, cancel: _find(wanted, report, cancel))
    if found is None:
        return
    del _searches()[scene.vectors.identity]
    clusters, names, _ = found
    scene.state.groups = GroupsShown(clusters, names, tuple(entry.name for entry in names))


def _find(
    wanted: _Wanted, on_progress: OnProgress, cancel: Cancel
) -> tuple[Clusters, tuple[GroupName, ...], pd.DataFrame | None]:
    found = cluster(
        wanted.points, wanted.method, wanted.seed, on_progress, cancel, **dict(wanted.params)
    )
    return found, named(found, wanted.space, cancel=cancel), wanted.table


def _searches() -> dict[str, _Wanted]:
    return st.session_state.setdefault(SEARCHES, {})  # type: ignore[no-any-return]
