"""Things read, decoded and prepared ahead of the encoder, in threads, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from embedviz.errors import EmbedvizError
from embedviz.items.cache import ItemCache
from embedviz.items.encoder import Model, Vectors
from embedviz.items.files import Failure, ItemFile, Limits, read_bytes
from embedviz.items.kind import Decoded, Kind
from embedviz.items.sources import item_files


@dataclass(frozen=True, eq=False)
class ReadItem:
    """A thing that was read: with its vector if that is known, else ready for the encoder.

    ``prepared`` is what :meth:`~embedviz.items.encoder.Model.prepare` gave, or None where
    ``vector`` is known.
    """

    file: ItemFile
    hash: str
    facts: Mapping[str, Any]
    vector: Vectors | None
    prepared: Any


@contextmanager
def read_ahead(
    kind: Kind,
    sources: Iterable[Any],
    model: Model,
    cache: ItemCache | None,
    limits: Limits,
    previews: bool,
    ahead: int,
) -> Iterator[Iterator[ReadItem | Failure]]:
    """Read ``sources`` in order, at most ``ahead`` of them before they are asked for.

    Decoding a picture takes about a tenth of the network's time; beside it, in threads that let
    go of the interpreter's lock, it takes none.
    """
    reader = _Reader(kind, model, cache, limits, previews)
    pool = ThreadPoolExecutor(max(2, (os.cpu_count() or 2)), thread_name_prefix="items")
    try:
        yield _in_order(kind, sources, pool, reader, ahead)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    kind: Kind, sources: Iterable[Any], pool: ThreadPoolExecutor, reader: _Reader, ahead: int
) -> Iterator[ReadItem | Failure]:
    under_way: deque[Future[ReadItem | Failure]] = deque()
    for file in item_files(kind, sources):
        under_way.append(pool.submit(reader.read, file))
        if len(under_way) >= ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads one file: what is known of its content is not computed again."""

    kind: Kind
    model: Model
    cache: ItemCache | None
    limits: Limits
    previews: bool

    def read(self, file: ItemFile) -> ReadItem | Failure:
        try:
            data = read_bytes(file, self.limits)
            name = self.kind.hash(data)
            known = self._known(file, name)
            if known is not None:
                return known
            return self._fresh(file, name, len(data), self.kind.decode(data, self.limits))
        except EmbedvizError as error:
            return Failure(file.name, str(error))

    def _fresh(self, file: ItemFile, name: str, nbytes: int, decoded: Decoded) -> ReadItem:
        facts = {**decoded.facts, "nbytes": nbytes}
        vector, prepared = self._vector(name), None
        if vector is None:
            prepared = self.model.prepare(self.kind.name, decoded.value)
        self._keep(decoded, facts)
        return ReadItem(file, name, facts, vector, prepared)

    def _known(self, file: ItemFile, name: str) -> ReadItem | None:
        """The thing without decoding it, if all that is wanted of it is in the cache."""
        if self.cache is None:
            return None
        facts, vector = self.cache.facts(name), self._vector(name)
        if facts is None or vector is None:
            return None
        if self.previews and not (self.cache.thumbnail(name) and self.cache.view(name)):
            return None
        return ReadItem(file, name, facts, vector, None)

    def _vector(self, name: str) -> Vectors | None:
        if self.cache is None:
            return None
        return self.cache.vectors(self.model.encoding, [name]).get(name)

    def _keep(self, decoded: Decoded, facts: Mapping[str, Any]) -> None:
        if self.cache is not None:
            preview = self.kind.preview(decoded.value) if self.previews else None
            self.cache.put_item(decoded.hash, facts, preview)
            for measure in self.kind.copies:
                if measure.fingerprint is not None:
                    found = {decoded.hash: measure.fingerprint(decoded.value)}
                    self.cache.put_fingerprints(measure.name, found)
