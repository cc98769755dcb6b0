"""An image from outside, encoded as the images of a collection were, or refused."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.images.limits import ImageLimits
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    from PIL import Image

    from embedviz.images.network import Network


@dataclass(frozen=True, eq=False)
class EncodedQuery:
    """An image as the encoder of a collection saw it.

    Attributes
    ----------
    picture : PIL.Image.Image
        RGB, upright.
    vector : ndarray of shape (d,), float32
    network : Network
        What encoded it: for heat maps and classes.
    """

    picture: Image.Image
    vector: NDArray[np.float32]
    network: Network


def encode_query(
    space: EmbeddingSpace,
    image: Any,
    *,
    network: Network | None = None,
    limits: ImageLimits | None = None,
) -> EncodedQuery:
    """Encode ``image`` exactly as the images of ``space`` were, or refuse.

    Parameters
    ----------
    space : EmbeddingSpace
        A collection that :func:`~embedviz.images.embedding.embed_images` made.
    image : path, bytes, binary file, PIL image or ImageFile
        One image; a str is a path.
    network : Network, optional
        The one that made the space, if it is open already; None opens it.
    limits : ImageLimits, optional
        How large the file and the picture may be.

    Raises
    ------
    FormatError
        If the image cannot be read, in one sentence.
    InvalidParameterError
        For a folder.
    EmbedvizError
        If the image cannot be encoded as the collection was: the encoder is not known, or its
        weights are others or not here.
    """
    from embedviz.images.decoding import decode, image_files, read_bytes

    if isinstance(image, str | os.PathLike) and os.path.isdir(image):
        raise InvalidParameterError(
            f"'{os.fspath(image)}' is a folder. Look-alikes are of one image: give a file in it."
        )
    seeing = _network(space, network)
    used = limits or ImageLimits()
    (file,) = image_files([image])
    picture = _as_collected(space, decode(read_bytes(file, used), used).picture)
    (vector,) = seeing.embed(seeing.prepare(picture)[None])
    return EncodedQuery(picture, vector, seeing)


def _network(space: EmbeddingSpace, network: Network | None) -> Network:
    from embedviz.images.network import network_of

    if network is None:
        return network_of(space.origin)
    made_by = space.origin.get("encoding")
    if network.encoding != made_by:
        raise EmbedvizError(
            f"{space.name or 'This space'} was made by {made_by or 'an unknown encoder'}, and the "
            f"query would be encoded by {network.encoding}: their vectors cannot be compared. "
            "Leave network out, or give the one that made the space."
        )
    return network


def _as_collected(space: EmbeddingSpace, picture: Image.Image) -> Image.Image:
    """``picture``, shrunk first if the collection's own pictures were."""
    from embedviz.images.second_look import FROM_VIEWS
    from embedviz.images.thumbnails import make_view, opened

    if space.origin.get("pictures") == FROM_VIEWS:
        return opened(make_view(picture))
    return picture
