"""The filled tables: which kinds of things there are, and what encodes them.

They stand above the kinds, so that nothing below imports up: the mechanism in
:mod:`embedviz.items` is given a :class:`Kind` and an :class:`Encoder`, and never asks which.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.images.encoders import IMAGE_ENCODERS
from embedviz.images.kind import IMAGE
from embedviz.items.copies import VECTORS
from embedviz.items.copy_measure import CopyMeasure
from embedviz.items.encoder import Encoder, Model, open_model, opened_before
from embedviz.items.kind import Kind, kind_name_of
from embedviz.items.weights import register
from embedviz.joint import JOINT_ENCODERS
from embedviz.texts.kind import TEXT

__all__ = [
    "COPY_MEASURES", "ENCODERS", "KINDS", "encoder_named", "encoders_of", "kind_named", "kind_of", "model_of",
    "open_encoder", "register_weights",
]  # fmt: skip

KINDS: dict[str, Kind] = {kind.name: kind for kind in (IMAGE, TEXT)}
"""The kinds of things, by ``origin["kind"]``."""

ENCODERS: dict[str, Encoder] = {
    encoder.name: encoder for encoder in (*IMAGE_ENCODERS, *JOINT_ENCODERS)
}
"""The encoders, by ``origin["encoder"]``."""

COPY_MEASURES: dict[str, CopyMeasure] = {
    measure.name: measure
    for measure in (*(one for kind in KINDS.values() for one in kind.copies), VECTORS)
}
"""The ways to tell copies: those that the kinds name, and the vectors, which all things have."""


def kind_named(name: str) -> Kind:
    """The kind of this name; raises InvalidParameterError, which lists them."""
    if name not in KINDS:
        raise InvalidParameterError(
            f"There is no kind of things {name!r}. Kinds: {', '.join(map(repr, KINDS))}."
        )
    return KINDS[name]


def encoder_named(name: str) -> Encoder:
    """The encoder of this name; raises InvalidParameterError, which lists them."""
    if name not in ENCODERS:
        raise InvalidParameterError(
            f"There is no encoder {name!r}. Encoders: {', '.join(map(repr, ENCODERS))}."
        )
    return ENCODERS[name]


def encoders_of(kind: Kind) -> dict[str, Encoder]:
    """Those that have a door for this kind, by name, in the order of the table."""
    return {name: encoder for name, encoder in ENCODERS.items() if kind.name in encoder.inputs}


def register_weights(name: str, path: str | os.PathLike[str]) -> None:
    """Let the encoder ``name`` take its weights from a file of the operator's, before any other.

    Raises
    ------
    InvalidParameterError
        If there is no such encoder or no such file.
    """
    register(encoder_named(name).name, path)


def open_encoder(
    name: str, layer: str | None = None, weights: str | os.PathLike[str] | None = None
) -> Model:
    """The encoder of this name, ready to see: :func:`~embedviz.items.encoder.open_model`."""
    encoder = encoder_named(name)
    return open_model(encoder, layer, weights, _alike(encoder))


def model_of(origin: Mapping[str, Any]) -> Model:
    """The model that made a space, by the space's ``origin``: queries are encoded as it was.

    Raises
    ------
    EmbedvizError
        If the space is of no encoder, or the one here would give other vectors.
    """
    encoding = origin.get("encoding")
    known = opened_before(encoding)
    if known is not None:
        return known
    if not encoding or "encoder" not in origin:
        raise EmbedvizError(
            "This space does not say which encoder made it, so nothing from outside can be "
            "compared with it. Embed its things with ev.embed_images, say."
        )
    model = open_encoder(str(origin["encoder"]), origin.get("layer"))
    if model.encoding != encoding:
        raise EmbedvizError(
            f"These vectors were made by {model.encoder.label} with other weights or another "
            f"preprocessing ({origin.get('weights_source')}, SHA-256 "
            f"{str(origin.get('weights_sha256'))[:8]}…) than are here ({model.weights_hash[:8]}…)"
            ". Open that file with open_encoder(name, weights=…) first, or embed again."
        )
    return model


def kind_of(origin: Mapping[str, Any]) -> Kind | None:
    """The kind of the things in a space, or None if they are of none (words, bare vectors)."""
    return KINDS.get(kind_name_of(origin))


def _alike(encoder: Encoder) -> Iterable[Encoder]:
    """Those that take what ``encoder`` takes."""
    return [other for other in ENCODERS.values() if other.inputs.keys() >= encoder.inputs.keys()]
