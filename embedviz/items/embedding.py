"""Things in, an EmbeddingSpace out: read, decoded and prepared in threads, embedded in batches."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from embedviz.errors import CancelledError, InvalidParameterError, NothingReadError
from embedviz.formats.rows import GrowingRows, mended
from embedviz.items.cache import ItemCache, default_cache
from embedviz.items.encoder import Model, Vectors
from embedviz.items.files import Failure, Limits
from embedviz.items.kind import Kind, Previews
from embedviz.items.reading import ReadItem, read_ahead
from embedviz.items.samples import Sample
from embedviz.progress import Cancel, OnProgress, report
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store, key_of

if TYPE_CHECKING:
    import pandas as pd

_STORED = "samples"
_MOST_HELD_UP = 512  # known things behind one that is not: so much would a stop lose


@dataclass(frozen=True, eq=False)
class Embedded:
    """What came of embedding things.

    Attributes
    ----------
    space : EmbeddingSpace
        One vector per thing that could be read, in the order given. Its table has the columns of
        the kind (for images ``path``, ``width``, ``height`` in pixels, upright, ``hash`` of the
        file's content, ``label``, ``taken`` (date from EXIF, else of the file on a server, or
        missing), ``brightness`` from 0 to 1, ``format`` and ``bytes``); ``origin`` says of which
        kind they are, and which encoder, layer and weights saw them.
    failures : tuple of Failure
        What could not be read, and why; the rest is exact.
    previews : Previews or None
        Thumbnails and views by hash, if they were asked for.
    per_second : float
        Of those that were embedded, not those found in the cache; 0 if all were found.
    from_cache : int
        Things whose vectors were known.
    stopped : bool
        True if a stop was asked for before the end: the space holds what was done by then, and
        embedding the same things again goes on from there.
    engine : str
        What computed, in words.
    """

    space: EmbeddingSpace
    failures: tuple[Failure, ...]
    previews: Previews | None = None
    per_second: float = 0.0
    from_cache: int = 0
    stopped: bool = False
    engine: str = ""

    @property
    def pictures(self) -> Previews | None:
        """The previews, as they are called for images."""
        return self.previews

    def with_failures(self, earlier: Sequence[Failure]) -> Embedded:
        """The same with what had been set aside before the things were read, first."""
        return replace(self, failures=(*earlier, *self.failures))


def embed_items(
    kind: Kind,
    sources: Iterable[Any],
    model: Model,
    *,
    batch_size: int = 8,
    limits: Limits | None = None,
    cache: bool | ItemCache = True,
    previews: bool = False,
    name: str = "",
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Embedded:
    """A vector for every thing of one kind: see :func:`embedviz.things.embed`."""
    if isinstance(sources, str | os.PathLike | bytes):
        sources = [sources]
    check_batch_size(batch_size)
    model.encoder.door(kind.name)
    work = _Embedding(kind, model, _cache_of(cache, previews), batch_size,
                      limits or kind.limits(), previews)  # fmt: skip
    work.run(sources, on_progress, cancel)
    return work.result(name)


def embed_sample(
    kind: Kind,
    sample: Sample,
    model: Model,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Embedded:
    """All things of a sample with their previews, from the cache where they are.

    What :func:`embed_items` gives for ``sample.open()``. It
    has to read every one to know its content; here the contents of a sample are remembered, by
    the versions of the packages that carry it. Where everything is known the table has the columns
    ``label`` and ``hash`` alone.

    Raises
    ------
    EmbedvizError
        If the packages that carry the sample are not here.
    CancelledError
        If a stop was asked for: some of a sample is not given as if it were all.
    """
    cache = default_cache()
    name = key_of(sample.packages, sample=sample.name)
    entry = default_store().get(_STORED, name)
    if entry is not None:
        known = _known(kind, sample, list(entry[1]["hashes"]), model, cache)
        if known is not None:
            return known
    done = embed_items(
        kind, sample.open(), model, cache=cache, previews=True, name=sample.label,
        on_progress=on_progress, cancel=cancel,
    )  # fmt: skip
    if done.stopped:
        raise CancelledError(f"Looking at {sample.label} was stopped.")
    if not done.failures:
        default_store().put(_STORED, name, {}, {"hashes": done.space.table["hash"].tolist()})
    return done


def check_batch_size(batch_size: int) -> None:
    """Raise InvalidParameterError unless it is a whole number, 1 or more."""
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise InvalidParameterError(f"batch_size={batch_size!r}: a whole number, 1 or more.")


def _cache_of(cache: bool | ItemCache, previews: bool) -> ItemCache | None:
    if isinstance(cache, ItemCache):
        return cache
    if cache:
        return default_cache()
    return ItemCache() if previews else None


class _Embedding:
    """One run over many things of one kind."""

    def __init__(
        self,
        kind: Kind,
        model: Model,
        cache: ItemCache | None,
        batch_size: int,
        limits: Limits,
        previews: bool,
    ) -> None:
        self.kind, self.model, self.cache, self.batch_size = kind, model, cache, batch_size
        self.limits, self.previews = limits, previews
        self.rows = _Rows(kind, model, cache)
        self.failures: list[Failure] = []
        self.speed = Speed(kind.nouns)
        self.stopped = False

    def run(
        self, sources: Iterable[Any], on_progress: OnProgress | None, cancel: Cancel | None
    ) -> None:
        total = _total(sources)
        ahead = read_ahead(
            self.kind, sources, self.model, self.cache, self.limits, self.previews,
            4 * self.batch_size,
        )  # fmt: skip
        with ahead as arriving:
            for arrived in arriving:
                if isinstance(arrived, Failure):
                    self.failures.append(arrived)
                else:
                    self.rows.add(arrived)
                if self.rows.waiting >= self.batch_size or self.rows.held_up >= _MOST_HELD_UP:
                    self._embed()
                if self.stopped_by(cancel):
                    break
                self._tell(on_progress, total)
        if not self.stopped:
            self._embed()
            self._tell(on_progress, total)

    def stopped_by(self, cancel: Cancel | None) -> bool:
        self.stopped = cancel is not None and cancel.is_set()
        return self.stopped

    def result(self, name: str) -> Embedded:
        space = self.rows.space(name)
        if not len(space):
            if self.stopped:
                raise CancelledError(
                    f"Embedding the {self.kind.nouns} was stopped before the first was done."
                )
            raise NothingReadError(_nothing(self.kind, self.failures), self.failures)
        return Embedded(
            space,
            tuple(self.failures),
            self.cache if self.previews else None,
            self.speed.per_second,
            self.rows.from_cache,
            self.stopped,
            self.model.engine,
        )

    def _embed(self) -> None:
        if count := self.rows.waiting:
            with self.speed.of(count):
                self.rows.embed_waiting()

    def _tell(self, on_progress: OnProgress | None, total: int | None) -> None:
        done = len(self.rows) - self.rows.waiting + len(self.failures)
        fraction, message = self.speed.told(done, total, len(self.failures))
        report(on_progress, fraction, message, tuple(self.failures))


class _Rows:
    """Things in the order they came, each with its vector or waiting for it.

    What waits is always the end: a row is complete once all rows before it are.
    """

    def __init__(self, kind: Kind, model: Model, cache: ItemCache | None) -> None:
        self._kind, self._model, self._cache = kind, model, cache
        self._vectors = GrowingRows(model.dimensions)
        self._told: list[dict[str, Any]] = []
        self._names: list[str] = []
        self._waiting: list[ReadItem] = []
        self._first_row: dict[str, int] = {}
        self._found: list[str] = []
        self._needing = 0

    def __len__(self) -> int:
        return len(self._vectors) + len(self._waiting)

    @property
    def waiting(self) -> int:
        """Things that need the encoder."""
        return self._needing

    @property
    def held_up(self) -> int:
        """Things that wait in all, also those whose vectors are known."""
        return len(self._waiting)

    @property
    def from_cache(self) -> int:
        """Things whose vector was known before this run."""
        return len(self._found)

    def add(self, item: ReadItem) -> None:
        """The next thing; it waits if it needs the encoder, or stands behind one that does."""
        if item.vector is not None:
            self._found.append(item.hash)
        if item.vector is None or self._waiting:
            self._waiting.append(item)
            self._needing += item.vector is None
        else:
            self._append([item], item.vector[None])

    def embed_waiting(self) -> None:
        """Send what waits through the encoder, each content once, and keep its vectors."""
        fresh = {
            item.hash: item.prepared
            for item in self._waiting
            if item.vector is None and item.hash not in self._first_row
        }
        known: dict[str, Vectors] = {}
        if fresh:
            batch = list(fresh.values())
            known = dict(zip(fresh, self._model.embed(self._kind.name, batch), strict=True))
            if self._cache is not None:
                self._cache.put_vectors(self._model.encoding, known)
        for item in self._waiting:
            vector = item.vector if item.vector is not None else known.get(item.hash)
            if vector is None:
                vector = self._vectors.row(self._first_row[item.hash])
            self._append([item], vector[None])
        self._waiting, self._needing = [], 0

    def space(self, name: str) -> EmbeddingSpace:
        """The space of all rows that have their vector."""
        if self._cache is not None and self._found:
            self._cache.touch(self._model.encoding, self._found)
        names = self._names[: len(self._vectors)]
        keys, _, _ = mended(names, np.arange(len(names)))
        origin = self._model.origin | {"kind": self._kind.name}
        return EmbeddingSpace(
            keys, self._vectors.finished(), self._table(), name, origin, copy=False
        )

    def _append(self, items: Sequence[ReadItem], vectors: Vectors) -> None:
        for item in items:
            self._first_row.setdefault(item.hash, len(self._vectors))
            self._names.append(item.file.name)
            self._told.append(_row(self._kind, item))
        self._vectors.append(vectors)

    def _table(self) -> pd.DataFrame:
        import pandas as pd

        table = pd.DataFrame(self._told, columns=list(self._kind.columns))
        for column in self._kind.dates:
            table[column] = pd.to_datetime(table[column])
        return table


def _row(kind: Kind, item: ReadItem) -> dict[str, Any]:
    """The thing's row: what its file says, and what is known of itself."""
    file, facts = item.file, item.facts
    row = {name: facts.get(name) for name in kind.columns} | {
        "path": file.path, "hash": item.hash, "label": file.label, "bytes": facts["nbytes"],
    }  # fmt: skip
    for column in kind.dates:
        known = facts.get(column)
        date = datetime.fromisoformat(known) if known else file.date
        # Dates of cameras and of file systems here: neither says its time zone.
        row[column] = None if date is None else date.replace(tzinfo=None)
    return {name: row[name] for name in kind.columns}


class Speed:
    """Things per second, of late (for the time left) and in all."""

    def __init__(self, nouns: str = "items") -> None:
        self._nouns = nouns
        self.embedded = 0
        self._started = time.monotonic()
        self._ended = self._started
        self._marks: deque[tuple[float, int]] = deque(maxlen=12)

    @contextmanager
    def of(self, count: int) -> Iterator[None]:
        """Note that ``count`` things are embedded within."""
        if not self.embedded and not self._marks:
            self._marks.append((time.monotonic(), 0))
        yield
        self.embedded += count
        self._ended = time.monotonic()
        self._marks.append((self._ended, self.embedded))

    @property
    def per_second(self) -> float:
        """Things embedded per second, reading and decoding included; 0 before the first."""
        passed = self._ended - self._started
        return self.embedded / passed if self.embedded and passed > 0 else 0.0

    @property
    def lately(self) -> float:
        """The same over the last few batches."""
        if len(self._marks) < 2:
            return 0.0
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end > start else 0.0

    def told(self, done: int, total: int | None, set_aside: int) -> tuple[float | None, str]:
        """The fraction done (None if the total is not known), and a line for people."""
        parts = [
            f"{done:,} of {total:,} {self._nouns}"
            if total is not None
            else f"{done:,} {self._nouns}"
        ]
        if self.lately:
            parts.append(f"{self.lately:.1f} per second")
            if total is not None and done < total:
                parts.append(f"about {_duration((total - done) / self.lately)} left")
        if set_aside:
            parts.append(f"{set_aside:,} set aside")
        fraction = None if not total else min(done / total, 1.0)
        return fraction, ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _total(sources: Iterable[Any]) -> int | None:
    """How many things there will be, where that can be known without reading."""
    if not isinstance(sources, Sequence):
        return None
    folders = any(
        isinstance(item, str | os.PathLike)
        and (os.path.isdir(item) or os.fspath(item).lower().endswith(".zip"))
        for item in sources
    )
    return None if folders else len(sources)


def _nothing(kind: Kind, failures: list[Failure]) -> str:
    if not failures:
        return f"There are no {kind.nouns} here. Give files, a folder, or both."
    first = failures[0]
    more = f" ({len(failures):,} files, none of which could be read)" if len(failures) > 1 else ""
    return f"No {kind.noun} could be read. '{first.name}': {first.reason}{more}"


def _known(
    kind: Kind, sample: Sample, hashes: list[str], model: Model, cache: ItemCache
) -> Embedded | None:
    """What the cache holds of the sample, or None if it is not all."""
    import pandas as pd

    files = sample.open()
    vectors = cache.vectors(model.encoding, hashes)
    wanted = set(hashes)
    if len(files) != len(hashes) or wanted - vectors.keys() or wanted - _previewed(cache, hashes):
        return None
    cache.touch(model.encoding, hashes)
    table = pd.DataFrame({"label": [file.label for file in files], "hash": hashes})
    rows = np.stack([vectors[content] for content in hashes])
    keys = [file.name for file in files]
    origin = model.origin | {"kind": kind.name}
    space = EmbeddingSpace(keys, rows, table, sample.label, origin, copy=False)
    return Embedded(space, (), cache, from_cache=len(files), engine=model.engine)


def _previewed(cache: ItemCache, hashes: list[str]) -> set[str]:
    """Those whose previews are kept: thumbnail and view are put, and go, together."""
    return set(cache.thumbnails(hashes))
