"""What an encoder is, and opening it: a model with its weights, once per process.

All are of one shape, whatever they encode.
"""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embedviz.download import download
from embedviz.errors import (
    DownloadError,
    EmbedvizError,
    InvalidParameterError,
    MissingDependencyError,
)
from embedviz.items.weights import (
    OpenWeights,
    Weights,
    checked_hash,
    content_hash,
    existing,
    located,
    package_is_here,
)
from embedviz.progress import Cancel, OnProgress

Vectors = NDArray[np.float32]
_lock = threading.Lock()
_models: dict[str, Model] = {}


class Preparation(Protocol):
    """What has to be done to a value of one kind before an encoder sees it."""

    @property
    def name(self) -> str:
        """What names it: equal names prepare alike. Part of the key of every vector."""

    def __call__(self, value: Any, /) -> Any:
        """The prepared value, one of a batch; thread-safe."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A place in the encoder to take vectors from.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and one line in plain words.
    dimensions : int
        Of the vectors.
    """

    name: str
    label: str
    help: str
    dimensions: int


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """What turns things into vectors. Another one is one file and one entry in ``ENCODERS``.

    Attributes
    ----------
    name, label, help, citation : str
        In the API, on the page, one line in plain words, and the paper.
    inputs : mapping of str to Preparation
        Its doors: by the name of a kind, how a value of that kind is prepared. Whoever has two
        doors makes one space of two kinds: a text finds pictures there.
    layers : tuple of Layer
        The first is the one for searching.
    weights : Weights or None
        The only ones it is used with, unless a person names a file; None if it needs none.
    open : callable
        ``(encoder, layer, weights)`` → a :class:`Model`, which loads what
        computes when it is first needed.
    per_second : float
        About, things from prepared to vectors of the first layer in batches of 8, measured on
        two x86 cores without a GPU; a quiet moment gives up to half as much again.
    packages : tuple of str
        What it needs installed, besides what every installation has, as pip knows it.
    """

    name: str
    label: str
    help: str
    citation: str
    inputs: Mapping[str, Preparation]
    layers: tuple[Layer, ...]
    weights: Weights | None
    open: Callable[[Any, Any, OpenWeights | None], Model]
    per_second: float
    packages: tuple[str, ...] = ()

    @property
    def dimensions(self) -> int:
        """Of the vectors of the first layer."""
        return self.layers[0].dimensions

    @property
    def installed(self) -> bool:
        """Whether it can be used now, without a network."""
        if self.missing_packages:
            return False
        return self.weights is None or located(self.name, self.weights) is not None

    @property
    def missing_packages(self) -> tuple[str, ...]:
        """Packages that have to be installed first."""
        return tuple(package for package in self.packages if not package_is_here(package))

    @property
    def where(self) -> str:
        """In words, where its weights are or how large a download they need."""
        if self.missing_packages:
            return f"needs pip install {' '.join(self.missing_packages)}"
        if self.weights is None:
            return "needs no weights"
        found = located(self.name, self.weights)
        if found is not None:
            return found.where
        if self.weights.url:
            return f"needs a {self.weights.size} download"
        return f"needs pip install {self.weights.package}"

    @property
    def size(self) -> str:
        """Of its weights, in words."""
        return "" if self.weights is None else self.weights.size

    def door(self, kind: str) -> Preparation:
        """How a value of this kind is prepared; raises InvalidParameterError, with a list."""
        if kind not in self.inputs:
            taken = " and ".join(f"{name}s" for name in self.inputs)
            raise InvalidParameterError(f"{self.label} takes {taken}, not {kind}s.")
        return self.inputs[kind]

    def layer(self, name: str | None = None) -> Layer:
        """The layer of this name, the first for None; raises InvalidParameterError, with a list."""
        for layer in self.layers:
            if name is None or layer.name == name:
                return layer
        names = ", ".join(repr(layer.name) for layer in self.layers)
        raise InvalidParameterError(f"{self.label} has no layer {name!r} to take. Layers: {names}.")


class Model(ABC):
    """One layer of one encoder with one file of weights. Safe for several threads.

    Made by :func:`open_model`, once per process. What computes is loaded
    when it is first needed: asking what is in a cache costs no seconds.

    Attributes
    ----------
    encoder, layer : Encoder, Layer
        What sees, and where its vectors are taken.
    weights : OpenWeights or None
        Their file; the same content may come to lie elsewhere.
    weights_hash : str
        The SHA-256 of the file of weights; "" without one.
    encoding : str
        Names encoder, layer, weights and preparations: equal if and only if the vectors are.
    """

    def __init__(self, encoder: Encoder, layer: Layer, weights: OpenWeights | None) -> None:
        self.encoder, self.layer, self.weights = encoder, layer, weights
        self.weights_hash = "" if weights is None else weights.digest
        self.encoding = encoding_of(encoder, layer, weights)
        self._loading = threading.Lock()
        self._loaded = False

    @property
    def dimensions(self) -> int:
        """Of the vectors."""
        return self.layer.dimensions

    @property
    def origin(self) -> dict[str, Any]:
        """What a space keeps of it, as plain JSON, to find this model again."""
        return {
            "encoder": self.encoder.name,
            "layer": self.layer.name,
            "weights_sha256": self.weights_hash,
            "weights_source": "" if self.weights is None else self.weights.source,
            "preprocessing": preparations_of(self.encoder),
            "encoding": self.encoding,
        }

    @property
    def engine(self) -> str:
        """What computes, for people: ``"ONNX Runtime on 2 threads"``; "" before :meth:`load`."""
        return self._engine() if self._loaded else ""

    def load(self) -> None:
        """Load what computes, which the first :meth:`embed` does otherwise.

        Raises
        ------
        FormatError
            If the file of weights cannot be read or does not fit the encoder.
        """
        with self._loading:
            if not self._loaded:
                self._load()
                self._loaded = True

    def prepare(self, kind: str, value: Any) -> Any:
        """What the encoder is shown of a value of this kind: one of a batch for :meth:`embed`."""
        return self.encoder.door(kind)(value)

    def embed(self, kind: str, prepared: Sequence[Any] | NDArray[Any]) -> Vectors:
        """Vectors of prepared things of one kind.

        Parameters
        ----------
        prepared : sequence of n
            Each made by :meth:`prepare`, or one array of them.

        Returns
        -------
        ndarray of shape (n, d), float32
            A vector does not depend on its company, to 1e-5 of its length.

        Raises
        ------
        InvalidParameterError
            If the encoder has no door for this kind, or what is given was not prepared for it.
        FormatError
            As :meth:`load`.
        """
        self.encoder.door(kind)
        batch = self._checked(kind, prepared)
        if not len(batch):
            return np.empty((0, self.dimensions), np.float32)
        self.load()
        return self._vectors(kind, batch)

    @abstractmethod
    def _load(self) -> None:
        """Load what computes; called once, by one thread."""

    @abstractmethod
    def _engine(self) -> str:
        """What computes, for people."""

    def _checked(self, kind: str, prepared: Any) -> Any:  # noqa: ARG002 - for those with several doors
        """``prepared`` as one batch; raises InvalidParameterError for what was not prepared."""
        return prepared

    @abstractmethod
    def _vectors(self, kind: str, batch: Any) -> Vectors:
        """Vectors of shape (n, d), float32, of a batch of n ≥ 1."""


def encoding_of(encoder: Encoder, layer: Layer, weights: OpenWeights | None) -> str:
    """What names the vectors of one layer with one file of weights and its preparations."""
    digest = "no-weights" if weights is None else weights.digest[:32]
    return "/".join((encoder.name, layer.name, digest, preparations_of(encoder)))


def preparations_of(encoder: Encoder) -> str:
    """What names how values are prepared, of all kinds that the encoder takes."""
    if len(encoder.inputs) == 1:
        (only,) = encoder.inputs.values()
        return only.name
    return "+".join(f"{kind}:{door.name}" for kind, door in sorted(encoder.inputs.items()))


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
