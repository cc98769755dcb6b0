"""Opening an encoder with its weights, once per process."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embedviz.errors import EmbedvizError
from embedviz.images.encoders import Encoder, encoder_named
from embedviz.images.torch_model import TorchModel
from embedviz.images.trained_network import Network, encoding_of
from embedviz.images.weights import existing, not_here
from embedviz.images.weights_file import checked_hash, located

__all__ = ["Network", "network_of", "open_network"]

_lock = threading.Lock()
_networks: dict[str, Network] = {}
_models: dict[tuple[str, str], TorchModel] = {}


def open_network(
    encoder: str, layer: str | None = None, weights: str | os.PathLike[str] | None = None
) -> Network:
    """An encoder ready to see, the same object for the same vectors.

    Parameters
    ----------
    encoder : str
        A name in ``ENCODERS``.
    layer : str, optional
        A name among the encoder's ``layers``; None takes the one for searching.
    weights : path, optional
        A file of weights, ``.safetensors`` or what torch saved. None takes, in this order: what
        the operator registered, what ``python -m embedviz fetch`` or torchvision has downloaded,
        what a package carries.

    Raises
    ------
    InvalidParameterError
        For an unknown encoder or layer, or a file that is not there.
    EmbedvizError
        If the weights are not on this machine; the message says how to get them. Random weights
        never stand in for them.
    FormatError
        If the file is damaged: its content does not have the SHA-256 that its name promises.
    """
    chosen = encoder_named(encoder)
    place = chosen.layer(layer)
    path = _weights(chosen, weights)
    digest = checked_hash(chosen.name, chosen.weights, path)
    with _lock:
        model = _models.setdefault((encoder, digest), TorchModel(chosen, path, digest))
        model.path = path  # the same content, and surely there now
        encoding = encoding_of(chosen, place, digest)
        if encoding not in _networks:
            _networks[encoding] = Network(model, place, _source(chosen, path, digest))
        return _networks[encoding]


def network_of(origin: Mapping[str, Any]) -> Network:
    """The network that made a space, by the space's ``origin``: queries are encoded as it was.

    Raises
    ------
    EmbedvizError
        If the space is not one of images, or the network here would give other vectors.
    """
    encoding = origin.get("encoding")
    with _lock:
        if encoding in _networks:
            return _networks[str(encoding)]
    if not encoding or "encoder" not in origin:
        raise EmbedvizError(
            "This space does not say which image encoder made it, so no picture can be compared "
            "with it. Embed its images with ev.embed_images."
        )
    network = open_network(str(origin["encoder"]), origin.get("layer"))
    if network.encoding != encoding:
        raise EmbedvizError(
            f"These vectors were made by {network.encoder.label} with other weights or another "
            f"preprocessing ({origin.get('weights_source')}, SHA-256 "
            f"{str(origin.get('weights_sha256'))[:8]}…) than are here ({network.weights_hash[:8]}…)"
            ". Open that file with open_network(encoder, weights=…) first, or embed again."
        )
    return network


def _weights(encoder: Encoder, given: str | os.PathLike[str] | None) -> Path:
    if encoder.missing_packages:
        raise not_here(encoder)
    if given is not None:
        return existing(given)
    found = located(encoder.name, encoder.weights)
    if found is None:
        raise not_here(encoder)
    return found.path


def _source(encoder: Encoder, path: Path, digest: str) -> str:
    """Whose weights they are; of a person's own file the name, not the place."""
    weights = encoder.weights
    if weights.digest and digest.startswith(weights.digest):
        return f"{weights.name} of {weights.publisher}"
    return path.name
