"""Images in, an EmbeddingSpace out: read, decoded and prepared in threads, embedded in batches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from embedviz.errors import CancelledError, InvalidParameterError, NothingReadError
from embedviz.images.embedded_images import EmbeddedImages
from embedviz.images.embedded_rows import EmbeddedRows
from embedviz.images.image_cache import ImageCache, default_image_cache
from embedviz.images.image_file import Failure
from embedviz.images.limits import ImageLimits
from embedviz.images.reading import read_ahead
from embedviz.images.speed import Speed
from embedviz.progress import Cancel, OnProgress, report

if TYPE_CHECKING:
    from embedviz.images.network import Network


__all__ = ["EmbeddedImages", "embed_images"]

_MOST_HELD_UP = 512  # known images behind one that is not: so much would a stop lose


def embed_images(  # noqa: PLR0913 - all but the first are for the few who need them
    sources: Iterable[Any],
    encoder: str = "resnet50",
    *,
    layer: str | None = None,
    weights: str | os.PathLike[str] | None = None,
    batch_size: int = 8,
    limits: ImageLimits | None = None,
    cache: bool | ImageCache = True,
    pictures: bool = False,
    name: str = "",
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddedImages:
    """A vector for every image, by a network that has seen ImageNet.

    Images are read when their turn comes, so that memory grows with the vectors only. The same
    content is embedded once, also if it comes under two names or was embedded before.

    Parameters
    ----------
    sources : iterable of path, folder, bytes, binary file, PIL image or ImageFile
        A folder gives all images in it, labelled by sub-folder.
    encoder : str
        A name in ``ENCODERS``: ``"resnet50"`` (2,048 dimensions), ``"vgg16"``,
        ``"efficientnet-b0"``, ``"efficientnet-lite0"``.
    layer : str, optional
        A name among the encoder's ``layers``; None takes the one for searching.
    weights : path, optional
        A local file of weights; None takes the known ones.
    batch_size : int
        Images that go through the network together; it changes speed, not vectors.
    limits : ImageLimits, optional
        How large one file and one picture may be; number and total are not limited here.
    cache : bool or ImageCache
        True keeps and finds vectors on disk by content; False keeps nothing.
    pictures : bool
        Also make thumbnails and views, kept in the cache.
    name : str
        What people call the space.

    Raises
    ------
    InvalidParameterError
        For an unknown encoder or layer, or a batch size below 1.
    EmbedvizError
        If the weights are not on this machine (the message says how to get them), or no image
        could be read (the message says why of the first).
    CancelledError
        If a stop was asked for before the first image was done.
    """
    from embedviz.images.network import open_network

    if isinstance(sources, str | os.PathLike | bytes):
        sources = [sources]
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise InvalidParameterError(f"batch_size={batch_size!r}: a whole number, 1 or more.")
    report(on_progress, None, "opening the encoder")
    path = None if weights is None else os.fspath(weights)
    network = open_network(encoder, layer, path)
    memory = _cache_of(cache, pictures)
    work = _Embedding(network, memory, batch_size, limits or ImageLimits(), pictures)
    work.run(sources, on_progress, cancel)
    return work.result(name)


def _cache_of(cache: bool | ImageCache, pictures: bool) -> ImageCache | None:
    if isinstance(cache, ImageCache):
        return cache
    if cache:
        return default_image_cache()
    return ImageCache() if pictures else None


class _Embedding:
    """One run over many images."""

    def __init__(
        self,
        network: Network,
        cache: ImageCache | None,
        batch_size: int,
        limits: ImageLimits,
        pictures: bool,
    ) -> None:
        self.network, self.cache, self.batch_size = network, cache, batch_size
        self.limits, self.pictures = limits, pictures
        self.rows = EmbeddedRows(network, cache)
        self.failures: list[Failure] = []
        self.speed = Speed()
        self.stopped = False

    def run(
        self, sources: Iterable[Any], on_progress: OnProgress | None, cancel: Cancel | None
    ) -> None:
        total = _total(sources)
        ahead = read_ahead(
            sources, self.network, self.cache, self.limits, self.pictures, 4 * self.batch_size
        )
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

    def result(self, name: str) -> EmbeddedImages:
        space = self.rows.space(name)
        if not len(space):
            if self.stopped:
                raise CancelledError("Embedding the images was stopped before the first was done.")
            raise NothingReadError(_nothing(self.failures), self.failures)
        return EmbeddedImages(
            space,
            tuple(self.failures),
            self.cache if self.pictures else None,
            self.speed.per_second,
            self.rows.from_cache,
            self.stopped,
            self.network.engine,
        )

    def _embed(self) -> None:
        if count := self.rows.waiting:
            with self.speed.of(count):
                self.rows.embed_waiting()

    def _tell(self, on_progress: OnProgress | None, total: int | None) -> None:
        done = len(self.rows) - self.rows.waiting + len(self.failures)
        fraction, message = self.speed.told(done, total, len(self.failures))
        report(on_progress, fraction, message, tuple(self.failures))


def _total(sources: Iterable[Any]) -> int | None:
    """How many images there will be, where that can be known without reading."""
    if not isinstance(sources, Sequence):
        return None
    folders = any(isinstance(item, str | os.PathLike) and os.path.isdir(item) for item in sources)
    return None if folders else len(sources)


def _nothing(failures: list[Failure]) -> str:
    if not failures:
        return "There are no images here. Give files, a folder, or both."
    first = failures[0]
    more = f" ({len(failures):,} files, none of which could be read)" if len(failures) > 1 else ""
    return f"No image could be read. '{first.name}': {first.reason}{more}"
