"""The groups of a set of vectors as the page keeps them, and what the map shows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from embedviz.groups import Clusters, GroupName, label_places
from embedviz.plots.colors import Category
from embedviz.plots.palettes import CATEGORICAL, MISSING, OTHER
from embedviz.plots.picture import Colors, Mark
from embedviz.ui.session import session
from embedviz.ui.vectors.scene import Scene

NO_GROUP = "no group"
_LABELS_AT_MOST = 100
_LONGEST_LABEL = 40
_numbers = count(1)


@dataclass(frozen=True, eq=False)
class GroupsShown:
    """Groups that were found, with the names that they have now.

    ``found`` is what speaks for each name; ``names`` is what the person made of it: groups of the
    same name count as one wherever names are shown. ``number`` tells one search from another.
    """

    clusters: Clusters
    found: tuple[GroupName, ...]
    names: tuple[str, ...]
    labels_on_map: bool = True
    number: int = field(default_factory=lambda: next(_numbers))

    def renamed(self, names: Iterable[str]) -> GroupsShown:
        """With other names; an empty one becomes that which was found."""
        chosen = (name.strip() for name in names)
        kept = tuple(a or b.name for a, b in zip(chosen, self.found, strict=True))
        return replace(self, names=kept)

    def with_labels(self, labels_on_map: bool) -> GroupsShown:
        """With names on the map, or without."""
        return replace(self, labels_on_map=labels_on_map)

    def rows_named(self, groups: Iterable[int]) -> NDArray[np.intp]:
        """The rows of these groups, ascending."""
        return np.flatnonzero(np.isin(self.clusters.labels, list(groups)))

    def column(self) -> list[str | None]:
        """The name of each point's group; None for noise."""
        by_label: list[str | None] = [*self.names, None]
        return [by_label[label] for label in self.clusters.labels]


def group_marks(scene: Scene) -> tuple[Mark, ...]:
    """The names of the groups, each in its densest place on the map, the largest first."""
    shown = _fitting(scene)
    if shown is None or not shown.labels_on_map:
        return ()
    coordinates = scene.projection.coordinates
    drawn = hashlib.blake2b(coordinates.data, digest_size=12).hexdigest()
    places = session().kept(
        ("group-places", scene.space.vectors_fingerprint, shown.number, drawn),
        lambda: label_places(scene.projection, shown.clusters),
    )
    first = {name: group for group, name in reversed(list(enumerate(shown.names)))}
    largest = sorted(first.values())[:_LABELS_AT_MOST]
    return tuple(
        Mark(tuple(map(float, places[group])), _clipped(shown.names[group]), "group")
        for group in largest
    )


def group_colors(scene: Scene) -> Colors | None:
    """A color for each of the largest groups; the rest share one, and noise has its own gray."""
    shown = _fitting(scene)
    if shown is None:
        return None
    names = list(dict.fromkeys(shown.names))
    which = np.array([names.index(name) for name in shown.names], np.intp)
    sizes = np.bincount(which, weights=shown.clusters.sizes, minlength=len(names)).astype(int)
    order = np.argsort(-sizes, kind="stable")
    colored = order[: len(CATEGORICAL)]
    other, missing = len(colored), len(colored) + 1
    code_of_name = np.full(len(names), other)
    code_of_name[colored] = np.arange(len(colored))
    # The last entry is reached by label −1: noise.
    code_of_group = np.append(code_of_name[which], missing).astype(np.uint8)
    legend = [
        Category(_clipped(names[at]), code, int(sizes[at])) for code, at in enumerate(colored)
    ]
    if rest := order[len(colored) :].tolist():
        legend.append(Category(f"{len(rest):,} other", other, int(sizes[rest].sum())))
    if shown.clusters.noise:
        legend.append(Category(NO_GROUP, missing, shown.clusters.noise))
    palette = (*CATEGORICAL[: len(colored)], OTHER, MISSING)
    return Colors(code_of_group[shown.clusters.labels], palette, "group", tuple(legend))


def _fitting(scene: Scene) -> GroupsShown | None:
    """The groups, if they are of the points that are drawn."""
    shown = scene.state.groups
    if not isinstance(shown, GroupsShown) or len(shown.clusters) != len(scene.projection.keys):
        return None
    return shown


def _clipped(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"
