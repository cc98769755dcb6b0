"""Look-alikes: the images of a collection that are nearest to another image, or to one of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError, UnknownKeyError
from embedviz.images.best_matches import best_matches
from embedviz.images.limits import ImageLimits
from embedviz.images.normal_match import NormalMatch, normal_match
from embedviz.images.query_image import encode_query
from embedviz.metrics import metric_named
from embedviz.search import Neighbors, neighbors
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    from embedviz.images.network import Network


@dataclass(frozen=True, eq=False)
class LookAlikes:
    """What looks most like one image, best first.

    Attributes
    ----------
    keys : tuple of str
        k keys of the space.
    scores : ndarray of shape (k,), float64
        Similarities for cosine and dot, distances for euclidean.
    rows : ndarray of shape (k,), intp
        Where the keys stand in the space.
    metric : str
    query_vector : ndarray of shape (d,), float32
        What was compared.
    normal : NormalMatch or None
        How strong a best match is normal in this collection, and how that is known; None if it
        was not asked for or the collection has fewer than 20 different images.
    nothing_like_this : bool
        True if the best match is weaker than what is normal here; False where that is not known.
    reason : str
        Why nothing here looks like this, in one sentence with its numbers; else "".
    """

    keys: tuple[str, ...]
    scores: NDArray[np.float64]
    rows: NDArray[np.intp]
    metric: str
    query_vector: NDArray[np.float32]
    normal: NormalMatch | None
    nothing_like_this: bool
    reason: str = ""


def look_alikes(
    space: EmbeddingSpace,
    image: Any = None,
    k: int = 10,
    metric: str = "cosine",
    *,
    key: str | None = None,
    network: Network | None = None,
    limits: ImageLimits | None = None,
    normal: bool = True,
) -> LookAlikes:
    """The ``k`` images of ``space`` that look most like ``image``, exactly.

    Parameters
    ----------
    space : EmbeddingSpace
        A collection that :func:`~embedviz.images.embedding.embed_images` made.
    image : str, path, bytes, binary file, PIL image or ImageFile
        A str that is a key of the space is that image of the collection, even if a file of that
        name exists (give ``Path(name)`` for the file); any other str is a path. An image of the
        collection excludes itself; anything else excludes nothing, so that a file that is in the
        collection finds itself.
    k : int
        At least 1; where fewer images are there, all of them are returned.
    metric : {"cosine", "euclidean", "dot", "correlation"}
    key : str, optional
        Instead of ``image``: a key of the space and nothing else.
    network : Network, optional
        The one that made the space, if it is open already; None opens it.
    limits : ImageLimits, optional
        How large the file and the picture may be.
    normal : bool
        Also look up what is normal here (:func:`~embedviz.images.normal_match.normal_match`):
        once for a space and metric, some ten seconds for 100,000 images.

    Raises
    ------
    UnknownKeyError
        For a key that is not there; it names the nearest spellings.
    FormatError
        If the image cannot be read, in one sentence.
    InvalidParameterError
        For an unknown metric, k < 1, a folder, or neither or both of ``image`` and ``key``.
    EmbedvizError
        If the image cannot be encoded as the collection was: the encoder is not known, or its
        weights are others or not here.
    """
    metric_named(metric)
    own = _own_key(space, image, key)
    if own is None:
        query = encode_query(space, image, network=network, limits=limits).vector
        return look_alikes_of_vectors(space, query[None], k, metric, normal=normal)[0]
    return _judged(space, neighbors(space, [own], k, metric), space.vector(own)[None], normal)[0]


def look_alikes_of_vectors(
    space: EmbeddingSpace,
    vectors: NDArray[np.float32],
    k: int = 10,
    metric: str = "cosine",
    *,
    normal: bool = True,
) -> tuple[LookAlikes, ...]:
    """Look-alikes of images that were encoded before, as the space was.

    Parameters
    ----------
    vectors : ndarray of shape (q, d)
        From :func:`~embedviz.images.query_image.encode_query`, say; none excludes anything.
    k, metric, normal
        As in :func:`look_alikes`.

    Returns
    -------
    tuple of LookAlikes, of length q

    Raises
    ------
    InvalidParameterError
        For vectors of another length or shape, an unknown metric or k < 1.
    """
    asked = np.asarray(vectors)
    if asked.ndim != 2:
        raise InvalidParameterError(
            f"vectors must be of shape (q, {space.dimensions}), got {asked.shape}. "
            "Of one vector, give vector[None]."
        )
    if not len(asked):
        return ()
    return _judged(space, neighbors(space, asked, k, metric), asked, normal)


def _own_key(space: EmbeddingSpace, image: Any, key: str | None) -> str | None:
    """The key that is asked for, or None if it is an image from outside."""
    if (image is None) == (key is None):
        raise InvalidParameterError(
            "Look-alikes are of one image: give either an image or key=, the name of one here."
        )
    if key is not None:
        space.index(key)
        return key
    if not isinstance(image, str):
        return None
    if image not in space and not os.path.exists(image):
        try:
            space.index(image)
        except UnknownKeyError as error:
            message = f"There is no file '{image}', and {error}"
            raise UnknownKeyError(message, image, error.suggestions) from None
    return image if image in space else None


def _judged(
    space: EmbeddingSpace, found: Neighbors, vectors: NDArray[np.float32], normal: bool
) -> tuple[LookAlikes, ...]:
    """What was ``found`` for each of ``vectors`` (q, d), judged by what is normal here."""
    metric = found.metric
    usual = normal_match(space, metric) if normal else None
    reasons = [""] * len(vectors)
    if usual is not None:
        rivals = best_matches(space, found.rows[:, 0], metric).scores
        reasons = [
            usual.objection(float(score), float(rival))
            for score, rival in zip(found.scores[:, 0], rivals, strict=True)
        ]
    return tuple(
        LookAlikes(
            found.keys[at], found.scores[at], found.rows[at], metric,
            np.asarray(vectors[at], np.float32), usual, bool(reason), reason,
        )
        for at, reason in enumerate(reasons)
    )  # fmt: skip
