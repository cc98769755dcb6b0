"""Images read, decoded and prepared ahead of the network, in threads, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError
from embedviz.images.image_cache import ImageCache, ImageFacts
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.limits import ImageLimits

if TYPE_CHECKING:
    from embedviz.images.decoding import DecodedImage
    from embedviz.images.network import Network


@dataclass(frozen=True, eq=False)
class ReadImage:
    """An image that was read: with its vector if that is known, else ready for the network.

    ``pixels`` is of shape (3, height, width), float32, or None where ``vector`` is known.
    """

    file: ImageFile
    hash: str
    facts: ImageFacts
    vector: NDArray[np.float32] | None
    pixels: NDArray[np.float32] | None


@contextmanager
def read_ahead(
    sources: Iterable[Any],
    network: Network,
    cache: ImageCache | None,
    limits: ImageLimits,
    pictures: bool,
    ahead: int,
) -> Iterator[Iterator[ReadImage | Failure]]:
    """Read ``sources`` in order, at most ``ahead`` of them before they are asked for.

    Decoding takes about a tenth of the network's time; beside it, in threads that let go of the
    interpreter's lock, it takes none.
    """
    reader = _Reader(network, cache, limits, pictures)
    pool = ThreadPoolExecutor(max(2, (os.cpu_count() or 2)), thread_name_prefix="images")
    try:
        yield _in_order(sources, pool, reader, ahead)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    sources: Iterable[Any], pool: ThreadPoolExecutor, reader: _Reader, ahead: int
) -> Iterator[ReadImage | Failure]:
    from embedviz.images.decoding import image_files

    under_way: deque[Future[ReadImage | Failure]] = deque()
    for file in image_files(sources):
        under_way.append(pool.submit(reader.read, file))
        if len(under_way) >= ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads one file: what is known of its content is not computed again."""

    network: Network
    cache: ImageCache | None
    limits: ImageLimits
    pictures: bool

    def read(self, file: ImageFile) -> ReadImage | Failure:
        from embedviz.images.decoding import decode, hash_of, read_bytes

        try:
            data = read_bytes(file, self.limits)
            name = hash_of(data)
            known = self._known(file, name)
            if known is not None:
                return known
            decoded = decode(data, self.limits)
        except EmbedvizError as error:
            return Failure(file.name, str(error))
        facts = _facts(decoded)
        self._keep(decoded, facts)
        vector = self._vector(name)
        pixels = None if vector is not None else self.network.prepare(decoded.picture)
        return ReadImage(file, name, facts, vector, pixels)

    def _known(self, file: ImageFile, name: str) -> ReadImage | None:
        """The image without decoding it, if all that is wanted of it is in the cache."""
        if self.cache is None:
            return None
        facts, vector = self.cache.facts(name), self._vector(name)
        if facts is None or vector is None:
            return None
        if self.pictures and not (self.cache.thumbnail(name) and self.cache.view(name)):
            return None
        return ReadImage(file, name, facts, vector, None)

    def _vector(self, name: str) -> NDArray[np.float32] | None:
        if self.cache is None:
            return None
        return self.cache.vectors(self.network.encoding, [name]).get(name)

    def _keep(self, decoded: DecodedImage, facts: ImageFacts) -> None:
        from embedviz.images.thumbnails import make_both

        if self.cache is None:
            return
        small = make_both(decoded.picture) if self.pictures else (None, None)
        self.cache.put_image(decoded.hash, facts, *small)


def _facts(decoded: DecodedImage) -> ImageFacts:
    return ImageFacts(
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        nbytes=decoded.nbytes,
        taken=_iso(decoded.taken),
        brightness=decoded.brightness,
    )


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds")
