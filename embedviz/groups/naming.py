"""Names for groups, from what their points have in common and others do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.groups.clusters import Clusters
from embedviz.groups.terms import Term, are_words, terms_of
from embedviz.progress import Cancel, stop_if
from embedviz.space import EmbeddingSpace

_LOOKED_AT = 5_000
_TIMES_AS_OFTEN = 2.0
_LEAST_SHARE = {True: 0.3, False: 0.05}
_NEARLY_ALL = 0.8


@dataclass(frozen=True)
class GroupName:
    """What a group may be called.

    Attributes
    ----------
    name : str
        Unlike that of any other group.
    words : tuple of str
        What speaks for it, the strongest first; empty where nothing does.
    score : float
        Of the first word: its c-TF-IDF weight, or its cosine with the group's center; 0 for none.
    source : str
        ``"metadata"``, ``"nearest words"`` or ``"number"``.
    """

    name: str
    words: tuple[str, ...]
    score: float
    source: str


def named(
    clusters: Clusters, space: EmbeddingSpace, top: int = 3, cancel: Cancel | None = None
) -> tuple[GroupName, ...]:
    """A name for each group, the same every time.

    The words are those of c-TF-IDF (Grootendorst 2022): how many points of the group carry a word
    (of a text, of the key, or a whole value of a category), times log(1 + A / f), where f counts
    the word in all groups and A is the mean number of words of a group; noise counts as one more
    group. Only what stands at least twice as often in the group as outside it may name it. Where
    nothing does and the keys are words, those nearest to the group's center name it; else it
    keeps its number. Of a large group 5,000 evenly spaced points are read.

    Parameters
    ----------
    clusters : Clusters
    space : EmbeddingSpace
        The points that were grouped, with their metadata.
    top : int
        Words to name at most, from 1.
    cancel
        An event that stops the work.

    Raises
    ------
    InvalidParameterError
        If the space has another number of points, or ``top`` is below 1.
    """
    if len(space) != len(clusters) or top < 1:
        raise InvalidParameterError(
            f"Groups of {len(clusters):,} points cannot be named from {len(space):,} points, "
            f"top={top}. Give the space that was grouped, and top from 1."
        )
    counted = _Counted(clusters, terms_of(space), cancel)
    words_too = are_words(space.keys)
    found = []
    for group in range(clusters.n_groups):
        stop_if(cancel, "Naming the groups")
        best = _said_once(counted.distinctive(group))[:top]
        if best:
            found.append(_from_terms(best))
        elif words_too:
            found.append(_from_center(space, clusters.rows(group), top))
        else:
            found.append(GroupName(f"group {group + 1}", (), 0.0, "number"))
    return _told_apart(found)


class _Counted:
    """How many points of each group carry each term; the last group is the noise."""

    def __init__(
        self, clusters: Clusters, terms: Callable[[int], set[Term]], cancel: Cancel | None
    ) -> None:
        self.counts: list[Counter[Term]] = []
        self.points: list[int] = []
        for group in [*range(clusters.n_groups), -1]:
            stop_if(cancel, "Naming the groups")
            rows = _evenly(clusters.rows(group), _LOOKED_AT)
            count: Counter[Term] = Counter()
            for row in rows:
                count.update(terms(int(row)))
            self.counts.append(count)
            self.points.append(len(rows))
        self.total: Counter[Term] = Counter()
        for count in self.counts:
            self.total.update(count)
        groups = sum(points > 0 for points in self.points)
        self.mean_words = self.total.total() / max(1, groups)

    def distinctive(self, group: int) -> list[tuple[Term, float, float]]:
        """Terms that may name the group: each with its weight and its share, the best first."""
        count, points = self.counts[group], self.points[group]
        outside = sum(self.points) - points
        found = []
        for term, times in count.items():
            share = times / points
            elsewhere = (self.total[term] - times) / outside if outside else 0.0
            often = times >= min(3, points) and share >= _LEAST_SHARE[term.whole]
            if often and share >= _TIMES_AS_OFTEN * elsewhere:
                weight = times * float(np.log1p(self.mean_words / self.total[term]))
                found.append((term, weight, share))
        # Of equal weight a whole value goes before the words that it is made of.
        return sorted(found, key=lambda entry: (-entry[1], not entry[0].whole, entry[0].label))


def _said_once(best: list[tuple[Term, float, float]]) -> list[tuple[Term, float, float]]:
    """Without terms whose words all stand in one before: "kitchen" after "home & kitchen"."""
    kept: list[tuple[Term, float, float]] = []
    said: list[set[str]] = []
    for entry in best:
        words = set(entry[0].label.casefold().split())
        if not any(words <= before for before in said):
            kept.append(entry)
            said.append(words)
    return kept


def _from_terms(best: list[tuple[Term, float, float]]) -> GroupName:
    words = tuple(dict.fromkeys(term.label for term, _, _ in best))
    first, weight, share = best[0]
    enough = first.whole and share >= _NEARLY_ALL
    return GroupName(words[0] if enough else ", ".join(words), words, weight, "metadata")


def _from_center(space: EmbeddingSpace, rows: NDArray[np.intp], top: int) -> GroupName:
    vectors = space.vectors[rows].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    center = vectors.mean(axis=0)
    scores = vectors @ center / (np.linalg.norm(center) or 1.0)
    # Rounded, so that ties are broken by the row on every machine.
    order = np.lexsort((rows, -scores.round(9)))[:top]
    words = tuple(space.keys[rows[at]] for at in order)
    return GroupName(", ".join(words), words, float(scores[order[0]]), "nearest words")


def _told_apart(names: list[GroupName]) -> tuple[GroupName, ...]:
    """Names that stand more than once get a number: ``name #2``."""
    taken: set[str] = set()
    different = []
    for entry in names:
        name, number = entry.name, 1
        while name in taken:
            number += 1
            name = f"{entry.name} #{number}"
        taken.add(name)
        different.append(GroupName(name, entry.words, entry.score, entry.source))
    return tuple(different)


def _evenly(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]
