"""Near-duplicates by the measure that fits: by what a kind knows of copies, or by the vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.items.cache import ItemCache, default_cache
from embedviz.items.copy_measure import Alike, CopyMeasure, Threshold
from embedviz.items.duplicates import (
    MOST_PAIRS,
    Group,
    cosines_of,
    groups_of,
    least_cosine,
    lengths_of,
    similar_pairs,
)
from embedviz.items.files import read_bytes
from embedviz.items.kind import Kind, Previews
from embedviz.items.same_content import content_ids
from embedviz.items.sources import file_at
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

Rows = NDArray[np.intp]

_DOING = "The search for copies"
_AT_ONCE = 256
_DRAWN = 4000  # pairs from which the usual distance is taken
_SHARE = 0.1  # of the usual distance
_FEWEST = 8  # different things below which they say nothing of what is usual
_UNCHOSEN = 0.95


@dataclass(frozen=True, eq=False)
class NearDuplicates(Sequence[Group]):
    """Groups of near-duplicates, largest first, and how they were told.

    Attributes
    ----------
    groups : tuple of Group
    measure : CopyMeasure
        What was compared; its ``help`` says which copies it finds and which it does not.
    threshold : float
        From which score on.
    why : str
        Where the threshold comes from, in a sentence.
    notes : tuple of str
        What was not compared as the rest was, in sentences.
    """

    groups: tuple[Group, ...]
    measure: CopyMeasure
    threshold: float
    why: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.groups)

    @overload
    def __getitem__(self, at: int) -> Group: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Group, ...]: ...
    def __getitem__(self, at: int | slice) -> Group | tuple[Group, ...]:
        return self.groups[at]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Things made ready to be compared by one measure, at whatever threshold.

    Attributes
    ----------
    space : EmbeddingSpace
    measure : CopyMeasure
    chosen : Threshold
        The one that is taken where nobody says another.
    notes : tuple of str
    """

    space: EmbeddingSpace
    measure: CopyMeasure
    chosen: Threshold
    notes: tuple[str, ...] = ()
    _place: Rows = field(repr=False, default_factory=lambda: np.empty(0, np.intp))
    _at_hand: Rows = field(repr=False, default_factory=lambda: np.empty(0, np.intp))
    _compared: NDArray[Any] = field(repr=False, default_factory=lambda: np.empty(0))

    def near_duplicates(
        self,
        threshold: float | None = None,
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> NearDuplicates:
        """The groups at ``threshold``; raises as :func:`embedviz.things.near_duplicates`."""
        why = (
            self.chosen.why if threshold is None else "The threshold is the one that was asked for."
        )
        limit = _checked(self.measure, self.chosen.value if threshold is None else threshold)
        found = self.measure.alike(self._compared, limit, MOST_PAIRS, on_progress, cancel)
        alike = Alike(self._at_hand[found.first], self._at_hand[found.second], found.scores)
        groups = groups_of(self.space, self._place, alike, self._least(alike, cancel), cancel)
        return NearDuplicates(groups, self.measure, limit, why, (*self.notes, *found.notes))

    def _least(self, alike: Alike, cancel: Cancel | None) -> Callable[[Rows], float]:
        least = self.measure.least
        if least is not None:
            return lambda members: least(self._compared[members], cancel)
        weakest = np.ones(int(self._place.max(initial=-1)) + 1)
        for side in (alike.first, alike.second):
            np.minimum.at(weakest, side, alike.scores)
        return lambda members: float(weakest[members].min())


def comparison(
    space: EmbeddingSpace,
    kind: Kind | None,
    measure: CopyMeasure | None = None,
    previews: Previews | None = None,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Comparison:
    """The things of ``space`` ready to be compared by ``measure``.

    What a measure compares of a thing (its fingerprint) is kept with its vectors, by content. Where
    it is not, it is made from the thing's view, or from its file.

    Parameters
    ----------
    kind : Kind or None
        Of the rows; None for words and bare vectors.
    measure : CopyMeasure, optional
        None takes the kind's first whose things are at hand, else the vectors.
    previews : Previews, optional
        Where views (and fingerprints, in an ItemCache) are looked up; None: the cache on disk.

    Raises
    ------
    InvalidParameterError
        If ``measure`` needs the things themselves, and none of them is at hand.
    CancelledError
        If ``cancel`` is set.
    """
    contents, place = np.unique(content_ids(space), return_inverse=True)
    for one in (measure,) if measure is not None else measures_of(kind):
        if one.fingerprint is None:
            compared = space.vectors if contents.size == len(space) else space.vectors[contents]
            notes = () if one is measure else _no_things(kind)
            chosen = one.threshold(compared, on_progress, cancel)
            return Comparison(space, one, chosen, notes, place, np.arange(contents.size), compared)
        if kind is None:
            continue
        finder = _Fingerprints(kind, one, space, previews)
        at_hand, prints = finder.of(contents, on_progress, cancel)
        if at_hand.size:
            notes = _some_missing(kind, contents.size - at_hand.size)
            chosen = one.threshold(prints, on_progress, cancel)
            return Comparison(space, one, chosen, notes, place, at_hand, prints)
    nouns = "things" if kind is None else kind.nouns
    raise InvalidParameterError(
        f"None of the {nouns} themselves is at hand (no preview of it is kept, no file lies at its "
        'path), so that only vectors can be compared: measure="vectors".'
    )


def measures_of(kind: Kind | None) -> tuple[CopyMeasure, ...]:
    """The ways to tell copies of things of this kind, the best first."""
    return (*(() if kind is None else kind.copies), VECTORS)


def _checked(measure: CopyMeasure, threshold: Any) -> float:
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if not number or not measure.lowest <= threshold <= 1:
        raise InvalidParameterError(
            f"threshold={threshold!r} is not a {measure.unit} from {measure.lowest:g} to 1; "
            f"{measure.usual} is usual."
        )
    return float(threshold)


def _no_things(kind: Kind | None) -> tuple[str, ...]:
    if kind is None or not kind.copies:
        return ()
    return (
        f"None of the {kind.nouns} themselves is at hand, so their vectors were compared: these "
        "find what the encoder takes for much alike, and miss many copies.",
    )


def _some_missing(kind: Kind, count: int) -> tuple[str, ...]:
    if not count:
        return ()
    which = f"1 {kind.noun} is" if count == 1 else f"{count:,} {kind.nouns} are"
    return (f"{which} not at hand: only the same file counts as a copy of such a one.",)


# Vectors, which all things have.


def _similar(
    vectors: NDArray[Any],
    threshold: float,
    most: int,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> Alike:
    return Alike(*similar_pairs(vectors, threshold, most, on_progress, cancel))


def _of_the_usual(
    vectors: NDArray[Any], on_progress: OnProgress | None, cancel: Cancel | None
) -> Threshold:
    """A tenth of the distance that two different things usually have: how alike things of a
    collection are depends on the collection and on the encoder, so no one cosine fits all."""
    del on_progress, cancel
    n = len(vectors)
    if n < _FEWEST:
        return Threshold(
            _UNCHOSEN, f"Fewer than {_FEWEST} different ones do not say what is usual among them."
        )
    rng = np.random.default_rng(0)
    first = rng.integers(0, n, _DRAWN)
    second = (first + rng.integers(1, n, _DRAWN)) % n
    usual = float(np.median(cosines_of(vectors, lengths_of(vectors), first, second)))
    value = min(round(1 - _SHARE * (1 - usual), 3), 0.999)
    return Threshold(
        value,
        f"Two of them, drawn at random, usually have a cosine of {usual:.2f}; from {value:g} on they "
        "are ten times nearer than that (1 − cosine).",
    )


VECTORS = CopyMeasure(
    name="vectors",
    label="What the encoder makes of them",
    unit="cosine",
    help="Compares the vectors. Finds what the encoder takes for almost the same, be it a copy or "
    "not; of small or cropped copies it misses many.",
    lowest=0.01,
    usual="0.9 to 0.99",
    threshold=_of_the_usual,
    alike=_similar,
    least=least_cosine,
)
"""Copies by their vectors: for whatever has no measure of its own, or is not at hand."""


# What is compared of things themselves.

_NONE = np.empty(0, np.intp), np.empty((0, 0), np.uint8)


@dataclass(frozen=True, eq=False)
class _Fingerprints:
    """Finds the fingerprints of a space's things, and makes those that are not kept."""

    kind: Kind
    measure: CopyMeasure
    space: EmbeddingSpace
    previews: Previews | None

    def of(
        self, contents: Rows, on_progress: OnProgress | None, cancel: Cancel | None
    ) -> tuple[Rows, NDArray[np.uint8]]:
        """Which of ``contents`` (rows of the space) are at hand, and their fingerprints."""
        table = self.space.table
        if "hash" not in table.columns:
            return _NONE
        hashes = table["hash"].fillna("").astype(str).to_numpy()[contents].tolist()
        paths = (
            table["path"].fillna("").astype(str).to_numpy()[contents].tolist()
            if "path" in table.columns
            else [""] * len(hashes)
        )
        known = self._store.fingerprints(self.measure.name, [one for one in hashes if one])
        missing = {
            one: path for one, path in zip(hashes, paths, strict=True) if one and one not in known
        }
        for made in self._made(missing, on_progress, cancel):
            self._store.put_fingerprints(self.measure.name, made)
            known |= made
        at_hand = np.flatnonzero([one in known for one in hashes])
        if not at_hand.size:
            return _NONE
        data = b"".join(known[hashes[at]] for at in at_hand)
        return at_hand, np.frombuffer(data, np.uint8).reshape(at_hand.size, -1)

    @property
    def _store(self) -> ItemCache:
        return self.previews if isinstance(self.previews, ItemCache) else default_cache()

    def _made(
        self, missing: dict[str, str], on_progress: OnProgress | None, cancel: Cancel | None
    ) -> Iterator[dict[str, bytes]]:
        items, done = list(missing.items()), 0
        with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
            for start in range(0, len(items), _AT_ONCE):
                stop_if(cancel, _DOING)
                part = items[start : start + _AT_ONCE]
                found = pool.map(self._one, *zip(*part, strict=True))
                yield {
                    one: made
                    for (one, _), made in zip(part, found, strict=True)
                    if made is not None
                }
                done += len(part)
                report(on_progress, done / len(items),
                       f"{done:,} of {len(items):,} {self.kind.nouns} looked at")  # fmt: skip

    def _one(self, content: str, path: str) -> bytes | None:
        """The fingerprint of a content, from its view or its file; None where neither is there."""
        view = (self.previews or default_cache()).view(content)
        data = view if view is not None else self._file(content, path)
        assert self.measure.fingerprint is not None
        try:
            return (
                None
                if data is None
                else self.measure.fingerprint(self.kind.decode(data, self.kind.limits()).value)
            )
        except EmbedvizError:
            return None

    def _file(self, content: str, path: str) -> bytes | None:
        # Pages show paths that begin at a folder of the operator's; these are not to be followed.
        if not path or not os.path.isabs(path):
            return None
        try:
            data = read_bytes(file_at(Path(path), path, ""), self.kind.limits())
        except EmbedvizError:
            return None
        return data if self.kind.hash(data) == content else None
