"""Things of any kind, by the names of the tables: embedding them, and asking with one of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from embedviz.arguments import checked, checked_but
from embedviz.errors import InvalidParameterError
from embedviz.items.cache import ItemCache
from embedviz.items.copies import NearDuplicates, comparison, measures_of
from embedviz.items.copy_measure import CopyMeasure
from embedviz.items.embedding import Embedded, check_batch_size, embed_items
from embedviz.items.encoder import Encoder, Model
from embedviz.items.files import ItemFile, Limits
from embedviz.items.kind import Kind, Previews
from embedviz.items.look_alikes import (
    LookAlikes,
    encode_query,
    look_alikes_of_key,
    look_alikes_of_vectors,
    own_key,
)
from embedviz.metrics import metric_named
from embedviz.progress import Cancel, OnProgress, report
from embedviz.registry import (
    COPY_MEASURES,
    ENCODERS,
    KINDS,
    kind_named,
    kind_of,
    model_of,
    open_encoder,
)
from embedviz.search import Neighbors, neighbors
from embedviz.space import EmbeddingSpace

__all__ = [
    "embed",
    "embed_images",
    "find",
    "kind_of_query",
    "look_alikes",
    "near_duplicates",
]


def embed(  # noqa: PLR0913 - all but the first three are for the few who need them
    kind: str,
    sources: Iterable[Any],
    encoder: str,
    *,
    layer: str | None = None,
    weights: str | os.PathLike[str] | None = None,
    batch_size: int = 8,
    limits: Limits | None = None,
    cache: bool | ItemCache = True,
    previews: bool = False,
    name: str = "",
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Embedded:
    """A vector for every thing of one kind.

    Things are read when their turn comes, so that memory grows with the vectors only. The same
    content is embedded once, also if it comes under two names or was embedded before.

    Parameters
    ----------
    kind : str
        A name in ``KINDS``.
    sources : iterable of path, folder, bytes, binary file, ItemFile, or what the kind takes
        A folder gives all files of the kind in it, labelled by sub-folder. From memory images come
        as PIL images, texts as str; a pair of a name and one of these has that name.
    encoder : str
        A name in ``ENCODERS`` that has a door for the kind.
    layer : str, optional
        A name among the encoder's ``layers``; None takes the one for searching.
    weights : path, optional
        A local file of weights; None takes the known ones.
    batch_size : int
        Things that go through the encoder together; it changes speed, not vectors.
    limits : Limits, optional
        How large one file (and one picture) may be; number and total are not limited here.
    cache : bool or ItemCache
        True keeps and finds vectors on disk by content; False keeps nothing.
    previews : bool
        Also make thumbnails and views, kept in the cache.
    name : str
        What people call the space.

    Raises
    ------
    InvalidParameterError
        For an unknown kind, encoder or layer, an encoder without a door for the kind, or a batch
        size below 1.
    EmbedvizError
        If the weights are not on this machine (the message says how to get them), or nothing
        could be read (the message says why of the first).
    CancelledError
        If a stop was asked for before the first was done.
    """
    chosen = kind_named(kind)
    check_batch_size(batch_size)
    report(on_progress, None, "opening the encoder")
    model = open_encoder(encoder, layer, None if weights is None else os.fspath(weights))
    return embed_items(
        chosen, sources, model, batch_size=batch_size, limits=limits, cache=cache,
        previews=previews, name=name, on_progress=on_progress, cancel=cancel,
    )  # fmt: skip


@checked_but("sources")
def embed_images(
    sources: Iterable[Any],
    encoder: str = "resnet50",
    *,
    layer: str | None = None,
    weights: str | os.PathLike[str] | None = None,
    pictures: bool = False,
    **settings: Any,
) -> Embedded:
    """A vector for every image, by a network that has seen ImageNet, say.

    Parameters
    ----------
    sources : iterable of path, folder, bytes, binary file, PIL image or ItemFile
        A folder gives all images in it, labelled by sub-folder.
    encoder : str
        A name in ``ENCODERS`` that takes images: ``"resnet50"`` (2,048 dimensions), ``"vgg16"``,
        ``"efficientnet-b0"``, ``"efficientnet-lite0"``.
    pictures : bool
        Also make thumbnails and views, kept in the cache.
    layer, weights, **settings
        As in :func:`embed`: ``batch_size``, ``limits`` (an ImageLimits), ``cache``, ``name``,
        ``on_progress``, ``cancel``.

    Raises
    ------
    As :func:`embed`.
    """
    return embed(
        "image", sources, encoder, layer=layer, weights=weights, previews=pictures, **settings
    )


@checked
def look_alikes(
    space: EmbeddingSpace,
    item: Any = None,
    k: int = 10,
    metric: str = "cosine",
    *,
    key: str | None = None,
    model: Model | None = None,
    limits: Limits | None = None,
    normal: bool = True,
) -> LookAlikes:
    """The ``k`` things of ``space`` that are most like ``item``, exactly.

    Parameters
    ----------
    space : EmbeddingSpace
        A collection that :func:`embed` made.
    item : str, path, bytes, binary file, ItemFile, or what a kind takes from memory
        A str that is a key of the space is that thing of the collection, even if a file of that
        name exists (give ``Path(name)`` for the file); any other str is a path. One of the
        collection excludes itself; anything else excludes nothing, so that a file that is in the
        collection finds itself.
    k : int
        At least 1; where fewer things are there, all of them are returned.
    metric : {"cosine", "euclidean", "dot", "correlation"}
    key : str, optional
        Instead of ``item``: a key of the space and nothing else.
    model : Model, optional
        The one that made the space, if it is open already; None opens it.
    limits : Limits, optional
        How large a file, and what is in it, may be; what is in memory already is taken as it is.
    normal : bool
        Also look up what is normal here (:func:`~embedviz.items.normal_match.normal_match`):
        once for a space and metric, some ten seconds for 100,000 things. Only for queries of the
        collection's own kind.

    Raises
    ------
    UnknownKeyError
        For a key that is not there; it names the nearest spellings.
    FormatError
        If the thing cannot be read, in one sentence.
    InvalidParameterError
        For an unknown metric, k < 1, a folder, or neither or both of ``item`` and ``key``.
    EmbedvizError
        If the thing cannot be encoded as the collection was: the encoder is not known, or its
        weights are others or not here.
    """
    metric_named(metric)
    own_kind = kind_of(space.origin)
    own = own_key(space, item, key, "a thing" if own_kind is None else own_kind.a_noun)
    if own is not None:
        return look_alikes_of_key(space, own, k, metric, normal=normal)
    asked = Path(item) if isinstance(item, str) else item
    query = encode_query(space, *_opened(space, asked, model), limits=limits)
    # How well pictures match pictures says nothing of how well a text matches them.
    usual = normal and query.kind is own_kind
    return look_alikes_of_vectors(space, query.vector[None], k, metric, normal=usual)[0]


@checked
def find(
    space: EmbeddingSpace,
    query: Any,
    k: int = 10,
    metric: str = "cosine",
    *,
    model: Model | None = None,
    limits: Limits | None = None,
) -> Neighbors:
    """The ``k`` things of ``space`` nearest to a query of any kind that its encoder has a door for.

    Parameters
    ----------
    space : EmbeddingSpace
        A collection that :func:`embed` made.
    query : str, path, bytes, binary file, ItemFile, or what a kind takes from memory
        A str is a text, never a key or a path (:func:`look_alikes` takes those): give
        ``Path(name)`` for a file.
    k : int
        At least 1; where fewer things are there, all of them are returned.
    metric : {"cosine", "euclidean", "dot", "correlation"}
    model, limits
        As in :func:`look_alikes`.

    Raises
    ------
    InvalidParameterError
        If the encoder has no door for the query's kind (the message names those that have), for an
        unknown metric, or k < 1.
    FormatError
        If the query cannot be read, in one sentence.
    EmbedvizError
        If it cannot be encoded as the collection was.
    """
    metric_named(metric)
    found = encode_query(space, *_opened(space, query, model), limits=limits)
    return neighbors(space, found.vector, k, metric)


@checked_but("threshold")
def near_duplicates(
    space: EmbeddingSpace,
    threshold: float | None = None,
    *,
    measure: str | None = None,
    previews: Previews | None = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> NearDuplicates:
    """Groups of things that are copies of one another, or almost the same, largest first.

    Images are compared by what they show, where they are at hand: in the cache, or as the files
    that they were embedded from. Anything else is compared by its vectors. Copies of one file
    always belong together. A group is a connected component: whoever is a copy of one of its
    members belongs to it.

    Parameters
    ----------
    space : EmbeddingSpace
        A collection that :func:`embed` made, or any vectors.
    threshold : float, optional
        The least score of two copies, at most 1, in the unit of the measure. None takes the
        measure's own, and ``.why`` says where it comes from.
    measure : str, optional
        A name in ``COPY_MEASURES``: ``"picture"`` finds smaller, recompressed, gray and slightly
        cropped copies of images, not mirrored or turned ones; ``"vectors"`` what has almost the
        same vector. None takes the best that is possible.
    previews : Previews, optional
        Where the things' views are: ``Embedded.previews``, a saved collection. None: the cache on
        disk.
    on_progress, cancel
        Called as the work goes on; an event that stops it.

    Returns
    -------
    NearDuplicates
        A sequence of groups with ``.measure``, ``.threshold``, ``.why`` and ``.notes``.

    Raises
    ------
    InvalidParameterError
        For an unknown measure, one that these things do not have, a threshold out of its range, or
        one so low that more than a million pairs reach it.
    CancelledError
        If ``cancel`` is set.
    """
    kind = kind_of(space.origin)
    chosen = None if measure is None else _copy_measure(kind, measure)
    first, second = (_half(on_progress, before) for before in (0, 0.5))
    ready = comparison(space, kind, chosen, previews, on_progress=first, cancel=cancel)
    return ready.near_duplicates(threshold, on_progress=second, cancel=cancel)


def kind_of_query(space: EmbeddingSpace, encoder: Encoder, query: Any) -> Kind:
    """Of which kind ``query`` is, among those that the encoder has a door for.

    What a kind takes from memory is of that kind; a path is of the kind whose files are named so;
    what does not say it is of the space's own kind. Raises InvalidParameterError if that is none of
    the encoder's.
    """
    doors = [KINDS[name] for name in encoder.inputs if name in KINDS]
    own = kind_of(space.origin)
    doors.sort(key=lambda kind: kind is not own)
    for kind in doors:
        if kind.accepts(query):
            return kind
    for kind in KINDS.values():
        if kind not in doors and kind.accepts(query):
            raise _no_door(encoder, kind, query)
    name = _file_name(query)
    named = [kind for kind in doors if name and kind.is_named(name)]
    return (named or doors)[0]


def _opened(space: EmbeddingSpace, query: Any, model: Model | None) -> tuple[Kind, Any, Model]:
    """The query's kind, the query, and the model to encode it."""
    opened = model_of(space.origin) if model is None else model
    return kind_of_query(space, opened.encoder, query), query, opened


def _half(on_progress: OnProgress | None, before: float) -> OnProgress:
    return lambda one: report(on_progress, before + (one.fraction or 0) / 2, one.message)


def _copy_measure(kind: Kind | None, name: str) -> CopyMeasure:
    possible = measures_of(kind)
    if name in COPY_MEASURES and COPY_MEASURES[name] in possible:
        return COPY_MEASURES[name]
    rows = "these things" if kind is None else kind.nouns
    raise InvalidParameterError(
        f"measure={name!r} tells no copies of {rows}. Possible: "
        f"{', '.join(repr(one.name) for one in possible)}."
    )


def _file_name(query: Any) -> str:
    if isinstance(query, ItemFile):
        return query.name
    return os.fspath(query) if isinstance(query, os.PathLike) else ""


def _no_door(encoder: Encoder, kind: Kind, query: Any) -> InvalidParameterError:
    shown = f"{query!r} is" if isinstance(query, str) and len(query) <= 80 else "The query is"
    taken = " and ".join(KINDS[name].nouns for name in encoder.inputs if name in KINDS)
    others = [
        other.name
        for other in ENCODERS.values()
        if other.inputs.keys() >= {kind.name, *encoder.inputs}
    ]
    remedy = (
        f"Embed with one that takes both: {', '.join(others)}."
        if others
        else f"No encoder here takes both; ask with {taken}: a Path, bytes or an object."
    )
    return InvalidParameterError(
        f"{shown} {kind.a_noun}, and {encoder.label}, which made these vectors, takes {taken} "
        f"alone. {remedy}"
    )
