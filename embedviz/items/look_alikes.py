"""Look-alikes: the things of a collection that are nearest to another one, or to one of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, InvalidParameterError, UnknownKeyError
from embedviz.items.encoder import Model
from embedviz.items.files import Limits, read_bytes
from embedviz.items.kind import Decoded, Kind
from embedviz.items.normal_match import NormalMatch, best_matches, normal_match
from embedviz.items.second_look import FROM_VIEWS
from embedviz.items.sources import item_files
from embedviz.search import Neighbors, neighbors
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True, eq=False)
class LookAlikes:
    """What is most like one thing, best first.

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
        was not asked for or the collection has fewer than 20 different things.
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


@dataclass(frozen=True, eq=False)
class EncodedQuery:
    """A thing as the encoder of a collection saw it.

    Attributes
    ----------
    kind : Kind
        Of the thing; it need not be that of the collection.
    value : object
        What was encoded: an RGB picture, upright; a text.
    vector : ndarray of shape (d,), float32
    model : Model
        What encoded it: for explanations.
    """

    kind: Kind
    value: Any
    vector: NDArray[np.float32]
    model: Model


def look_alikes_of_key(
    space: EmbeddingSpace, key: str, k: int = 10, metric: str = "cosine", *, normal: bool = True
) -> LookAlikes:
    """Look-alikes of one of the space's own, which is left out; see :func:`look_alikes_of_vectors`.

    Raises
    ------
    UnknownKeyError
        For a key that is not there; it names the nearest spellings.
    InvalidParameterError
        For an unknown metric or k < 1.
    """
    vector = space.vector(key)
    return _judged(space, neighbors(space, [key], k, metric), vector[None], normal)[0]


def look_alikes_of_vectors(
    space: EmbeddingSpace,
    vectors: NDArray[np.float32],
    k: int = 10,
    metric: str = "cosine",
    *,
    normal: bool = True,
) -> tuple[LookAlikes, ...]:
    """Look-alikes of things that were encoded before, as the space was.

    Parameters
    ----------
    vectors : ndarray of shape (q, d)
        From :func:`encode_query`, say; none excludes anything.
    k, metric, normal
        As in :func:`embedviz.things.look_alikes`.

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


def encode_query(
    space: EmbeddingSpace, kind: Kind, item: Any, model: Model, *, limits: Limits | None = None
) -> EncodedQuery:
    """Encode a thing exactly as those of ``space`` were, or refuse.

    Parameters
    ----------
    space : EmbeddingSpace
        What :func:`~embedviz.items.embedding.embed_items` made.
    kind : Kind
        Of ``item``; the encoder must have a door for it.
    item : path, bytes, binary file, ItemFile, Decoded, or what the kind takes from memory
        One thing; a str is a path unless the kind takes it. What is decoded already (a Decoded, a
        PIL image) is not decoded again.
    model : Model
        The one that made the space.
    limits : Limits, optional
        How large a file, and what is in it, may be; what is in memory already is taken as it is.

    Raises
    ------
    FormatError
        If the thing cannot be read, in one sentence.
    InvalidParameterError
        For a folder, or a kind that the encoder has no door for.
    EmbedvizError
        If the model is not the one that made the space.
    """
    check_model(space, model)
    model.encoder.door(kind.name)
    value = _as_collected(space, kind, value_of(kind, item, limits))
    (vector,) = model.embed(kind.name, [model.prepare(kind.name, value)])
    return EncodedQuery(kind, value, vector, model)


def value_of(kind: Kind, item: Any, limits: Limits | None = None) -> Any:
    """The value of one thing, read and decoded at most once; raises as :func:`encode_query`."""
    if isinstance(item, Decoded):
        return item.value
    if kind.accepts(item):
        return kind.value(item)
    if isinstance(item, str | os.PathLike) and os.path.isdir(item):
        raise InvalidParameterError(
            f"'{os.fspath(item)}' is a folder. Look-alikes are of one {kind.noun}: give a file in "
            "it."
        )
    used = limits or kind.limits()
    files = list(item_files(kind, [item]))
    if len(files) != 1:
        raise InvalidParameterError(
            f"'{item}' is an archive. Look-alikes are of one {kind.noun}: give a file of it."
        )
    return kind.decode(read_bytes(files[0], used), used).value


def check_model(space: EmbeddingSpace, model: Model) -> None:
    """Raise EmbedvizError, naming both, unless ``model`` gives vectors like those of ``space``."""
    made_by = space.origin.get("encoding")
    if model.encoding != made_by:
        raise EmbedvizError(
            f"{space.name or 'This space'} was made by {made_by or 'an unknown encoder'}, and the "
            f"query would be encoded by {model.encoding}: their vectors cannot be compared. "
            "Leave model out, or give the one that made the space."
        )


def own_key(space: EmbeddingSpace, item: Any, key: str | None, a_noun: str) -> str | None:
    """The key of ``space`` that is asked for, or None if it is a thing from outside."""
    if (item is None) == (key is None):
        raise InvalidParameterError(
            f"Look-alikes are of one thing: give either {a_noun} or key=, the name of one here."
        )
    if key is not None:
        space.index(key)
        return key
    if not isinstance(item, str):
        return None
    if item not in space and not os.path.exists(item):
        try:
            space.index(item)
        except UnknownKeyError as error:
            message = f"There is no file '{item}', and {error}"
            raise UnknownKeyError(message, item, error.suggestions) from None
    return item if item in space else None


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


def _as_collected(space: EmbeddingSpace, kind: Kind, value: Any) -> Any:
    """``value``, made a view of first if the collection's own things were seen in theirs."""
    origin = space.origin
    if origin.get("pictures") != FROM_VIEWS or origin.get("kind", kind.name) != kind.name:
        return value
    return kind.decode(kind.preview(value).view, kind.limits()).value
