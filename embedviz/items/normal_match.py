"""What is normal in a collection: how well its things match one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.indexes import index_of
from embedviz.items.kind import nouns_of
from embedviz.items.same_content import content_ids
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

FEWEST = 20
"""Different things below which nothing is said to be normal."""

_ROUNDING = 1e-9
_QUERIES_AT_ONCE = 128


@dataclass(frozen=True)
class NormalMatch:
    """How strong the best match of an image of this collection usually is.

    Attributes
    ----------
    threshold : float
        All but a share ``quantile`` of the images compared have a best match at least this
        strong: at least this similar, or for euclidean at most this far.
    median : float
        What half of them reach.
    shortfall : float
        All but a share ``quantile`` of them match their best match nearly as well as that one is
        matched by another image: weaker by no more than this, which is 0 or more.
    flagged : float
        The share of the images compared that fail one of the two: the false alarms to expect.
    n_compared, n : int
        Different images that were compared with all others, and rows of the space.
    quantile : float
    metric : str
    nouns : str
        What the rows are called.
    """

    threshold: float
    median: float
    shortfall: float
    flagged: float
    n_compared: int
    n: int
    quantile: float
    metric: str
    nouns: str = "items"

    @property
    def explanation(self) -> str:
        """How the thresholds came about, in plain words with their numbers."""
        whose = (
            f"each of the {self.n:,} {self.nouns} here"
            if self.n_compared == self.n
            else f"{self.n_compared:,} different {self.nouns}, drawn from the {self.n:,} here,"
        )
        return (
            f"The best match of {whose} was looked up among all others, copies left out. "
            f"For {self._most} of them it has {self._measure} of {self._bound(self.threshold)} "
            f"(for half, {self._bound(self.median)}), and for {self._most} the one that they "
            f"match has no other match here that is better by more than {self.shortfall:.3g}. A "
            "query that fails either is called unlike anything here; so would be "
            f"{self.flagged:.1%} of the {self.nouns} compared."
        )

    def objection(self, score: float, rival: float) -> str:
        """Why a best match is weaker than normal, in a sentence; "" if it is not.

        ``score`` is that of a picture's best match, ``rival`` that of the best match which the
        matched image has in the collection.
        """
        sign = -1 if metric_named(self.metric).is_distance else 1
        if sign * score < sign * self.threshold:
            return (
                f"Its best match has {self._measure} of {score:.3g}; {self._most} of the "
                f"{self.nouns} here find one of {self._bound(self.threshold)}."
            )
        # What matches an image as well as its best match here is never strange: not by rounding.
        if sign * (rival - score) > self.shortfall + _ROUNDING * max(abs(rival), abs(score)):
            return (
                f"Its best match has {self._measure} of {score:.3g}, but that one has another "
                f"one here with {rival:.3g}; for {self._most} of the {self.nouns} here the two "
                f"differ by at most {self.shortfall:.3g}."
            )
        return ""

    @property
    def _most(self) -> str:
        return f"{100 * (1 - self.quantile):.3g}%"

    @property
    def _measure(self) -> str:
        label = metric_named(self.metric).label
        return f"a {label}" if label.startswith("E") else f"a {label.lower()}"

    def _bound(self, score: float) -> str:
        far = metric_named(self.metric).is_distance
        return f"{score:.3g} or {'less' if far else 'more'}"


_Asked = tuple[str, int, int, float]
_known: WeakKeyDictionary[EmbeddingSpace, dict[_Asked, NormalMatch | None]] = WeakKeyDictionary()


def normal_match(
    space: EmbeddingSpace,
    metric: str = "cosine",
    sample: int = 1000,
    seed: int = 0,
    quantile: float = 0.05,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> NormalMatch | None:
    """How strong a best match is normal here; None below 20 different images.

    For up to ``sample`` images, drawn at random, the best match among all others is looked up
    exactly, and the best match that this one has. The first says what is normal
    anywhere in the collection; the second what is normal at that place, for in a collection of
    many kinds of images the loosest kind sets the first. (The second is the nearest-neighbor
    method of de Ridder, Tax & Duin 1998, "An experimental comparison of one-class classification
    methods", ASCI, with a difference in the place of their quotient.)

    Copies (the same value in the table's ``hash`` column, or the same vector to the last bit) are
    one image and never match each other: otherwise a collection in which each image lies twice
    would find every query strange. The answer is kept as long as the space is.

    Parameters
    ----------
    space : EmbeddingSpace
        n images.
    metric : {"cosine", "euclidean", "dot", "correlation"}
    sample : int
        How many different images to compare with all, at least 20.
    seed : int
        Of the draw.
    quantile : float
        The share of images with the weakest best matches that each rule takes to be unusual,
        above 0 and below 1. For a distance the threshold is the quantile at ``1 - quantile``.

    Raises
    ------
    InvalidParameterError
        For an unknown metric or a number out of its range.
    CancelledError
        If ``cancel`` is set.
    """
    metric_named(metric)
    if isinstance(sample, bool) or not isinstance(sample, int) or sample < FEWEST:
        raise InvalidParameterError(
            f"sample={sample!r} to compare: it must be a whole number, {FEWEST} or more."
        )
    if not 0 < quantile < 1:
        raise InvalidParameterError(f"quantile={quantile!r} must lie between 0 and 1.")
    kept = _known.setdefault(space, {})
    asked = (metric, sample, seed, quantile)
    if asked not in kept:
        kept[asked] = _measured(space, asked, on_progress, cancel)
    return kept[asked]


@dataclass(frozen=True, eq=False)
class BestMatches:
    """For each thing asked for, the row of its best match and its score, both of shape (q,)."""

    rows: Rows
    scores: Scores


def best_matches(
    space: EmbeddingSpace,
    rows: Rows,
    metric: str,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> BestMatches:
    """The best match of each of ``rows`` (q,) among the others, copies left out, exactly.

    There must be two different contents."""
    contents = content_ids(space)
    # Its copies, itself among them, can take so many places; the next one is another's.
    taken = np.bincount(contents, minlength=len(space))[contents[rows]]
    found = BestMatches(np.empty(rows.size, np.intp), np.empty(rows.size))
    done = 0
    for part in _alike(taken):
        stop_if(cancel, "Looking up what is normal here")
        near, scores = index_of(space).search(
            space.vectors[rows[part]], int(taken[part[0]]) + 1, metric, cancel=cancel
        )
        others = contents[near] != contents[rows[part]][:, None]
        first = np.arange(part.size), others.argmax(axis=1)
        found.rows[part], found.scores[part] = near[first], scores[first]
        done += part.size
        report(on_progress, done / rows.size, f"best matches of {done:,} of {rows.size:,}")
    return found


def _measured(
    space: EmbeddingSpace, asked: _Asked, on_progress: OnProgress | None, cancel: Cancel | None
) -> NormalMatch | None:
    metric, sample, seed, quantile = asked
    rows = np.unique(content_ids(space))
    if rows.size < FEWEST:
        return None
    if rows.size > sample:
        rows = np.sort(np.random.default_rng(seed).choice(rows, sample, replace=False))
    first, second = (_half(on_progress, before) for before in (0, 0.5))
    own = best_matches(space, rows, metric, on_progress=first, cancel=cancel)
    matched, place = np.unique(own.rows, return_inverse=True)
    rivals = best_matches(space, matched, metric, on_progress=second, cancel=cancel).scores
    found = _summary(own.scores, rivals[place], len(space), quantile, metric)
    return replace(found, nouns=nouns_of(space.origin))


def _half(on_progress: OnProgress | None, before: float) -> OnProgress:
    return lambda one: report(on_progress, before + (one.fraction or 0) / 2, one.message)


def _summary(scores: Scores, rivals: Scores, n: int, quantile: float, metric: str) -> NormalMatch:
    sign = -1 if metric_named(metric).is_distance else 1
    strengths, shortfalls = sign * scores, sign * (rivals - scores)
    # The rival can be the image that asked: none is below 0, and what is barely above is rounding.
    shortfalls[shortfalls <= _ROUNDING * np.abs(rivals)] = 0
    threshold, median = np.quantile(strengths, [quantile, 0.5])
    shortfall = float(np.quantile(shortfalls, 1 - quantile))
    flagged = (strengths < threshold) | (shortfalls > shortfall)
    return NormalMatch(
        sign * float(threshold), sign * float(median), shortfall, float(flagged.mean()),
        scores.size, n, quantile, metric,
    )  # fmt: skip


def _alike(taken: Rows) -> list[Rows]:
    """Places with the same number in ``taken``, so many as are searched for at once."""
    parts = []
    for number in np.unique(taken):
        places = np.flatnonzero(taken == number)
        parts += np.split(places, range(_QUERIES_AT_ONCE, places.size, _QUERIES_AT_ONCE))
    return parts
