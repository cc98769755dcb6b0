"""Opening an encoder with its weights, once per process; bringing the weights where they are not."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from embedviz.download import download
from embedviz.errors import DownloadError, EmbedvizError, MissingDependencyError
from embedviz.items.encoder import Encoder, Model, encoding_of
from embedviz.items.weights import (
    OpenWeights,
    Weights,
    checked_hash,
    content_hash,
    existing,
    located,
)
from embedviz.progress import Cancel, OnProgress

_lock = threading.Lock()
_models: dict[str, Model] = {}


def open_model(
    encoder: Encoder,
    layer: str | None = None,
    weights: str | os.PathLike[str] | None = None,
    instead: Iterable[Encoder] = (),
) -> Model:
    """An encoder ready to see, the same object for the same vectors.

    Parameters
    ----------
    encoder : Encoder
    layer : str, optional
        A name among the encoder's ``layers``; None takes the one for searching.
    weights : path, optional
        A file of weights, ``.safetensors`` or what torch saved. None takes, in this order: what
        the operator registered, what ``python -m embedviz fetch`` or torchvision has downloaded,
        what a package carries.
    instead : iterable of Encoder
        Others that could be used, for the message where its weights are not here.

    Raises
    ------
    InvalidParameterError
        For an unknown layer, or a file that is not there.
    EmbedvizError
        If the weights are not on this machine; the message says how to get them. Random weights
        never stand in for them.
    FormatError
        If the file is damaged: its content does not have the SHA-256 that its name promises.
    """
    place = encoder.layer(layer)
    opened = _opened(encoder, weights, instead)
    encoding = encoding_of(encoder, place, opened)
    with _lock:
        model = _models.get(encoding)
        # Another object of the same name (in a test, say) may give other vectors.
        if model is None or model.encoder is not encoder:
            model = _models[encoding] = encoder.open(encoder, place, opened)
        model.weights = opened  # the same content, and surely there now
        return model


def opened_before(encoding: object) -> Model | None:
    """The model of this encoding, if it was opened in this process, with whatever weights."""
    with _lock:
        return _models.get(str(encoding))


def fetch_weights(
    encoder: Encoder,
    again: bool = False,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Path | None:
    """The file of an encoder's weights, downloaded if it is not here yet; None if it needs none.

    Parameters
    ----------
    again : bool
        Download also what is here, in case it is damaged.

    Raises
    ------
    MissingDependencyError
        If its weights come as a package, which is not installed.
    DownloadError
        If the download failed or arrived damaged.
    CancelledError
        If a stop was asked for; what has arrived is kept, and fetching goes on from there.
    """
    weights = encoder.weights
    if weights is None:
        return None
    found = located(encoder.name, weights)
    if found is not None and not (again and weights.url):
        return found.path
    if not weights.url:
        raise MissingDependencyError(weights.package, encoder.label)
    path = download(weights.url, weights.path, on_progress=on_progress, cancel=cancel)
    digest = content_hash(path)
    if not digest.startswith(weights.digest):
        path.unlink(missing_ok=True)
        Path(f"{path}.sha256").unlink(missing_ok=True)
        raise DownloadError(
            f"{weights.file} arrived damaged: its SHA-256 begins with {digest[:8]}, expected "
            f"{weights.digest}. It was thrown away; fetch it again."
        )
    return path


def not_here(encoder: Encoder, instead: Iterable[Encoder] = ()) -> EmbedvizError:
    """What to say where an encoder cannot be used yet: what is missing and how to get it."""
    if encoder.missing_packages:
        return MissingDependencyError(" ".join(encoder.missing_packages), encoder.label)
    if encoder.weights is not None and not encoder.weights.url:
        return MissingDependencyError(encoder.weights.package, encoder.label)
    others = [other.name for other in instead if other.installed]
    offline = f" Without a network: encoder='{others[-1]}'." if others else ""
    return EmbedvizError(
        f"{encoder.label}'s weights are not on this machine: a download of "
        f"{encoder.size}. Run: python -m embedviz fetch {encoder.name}.{offline}"
    )


def _opened(
    encoder: Encoder, given: str | os.PathLike[str] | None, instead: Iterable[Encoder]
) -> OpenWeights | None:
    if encoder.missing_packages:
        raise not_here(encoder, instead)
    weights = encoder.weights
    if weights is None:
        return None
    if given is not None:
        path = existing(given)
    else:
        found = located(encoder.name, weights)
        if found is None:
            raise not_here(encoder, instead)
        path = found.path
    digest = checked_hash(encoder.name, weights, path)
    return OpenWeights(path, digest, _source(weights, path, digest))


def _source(weights: Weights, path: Path, digest: str) -> str:
    """Whose weights they are; of a person's own file the name, not the place."""
    if weights.digest and digest.startswith(weights.digest):
        return f"{weights.name} of {weights.publisher}"
    return path.name
