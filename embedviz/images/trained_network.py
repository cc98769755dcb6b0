"""A trained network: pictures in, vectors out, and what else it can tell."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError
from embedviz.images.encoders import Encoder, Layer
from embedviz.images.engine import Engine, open_engine
from embedviz.images.torch_model import TorchModel

if TYPE_CHECKING:
    from PIL import Image

Batch = NDArray[np.float32]


class Network:
    """One layer of one encoder with one file of weights. Safe for several threads.

    Made by :func:`~embedviz.images.network.open_network`, once per process. What computes is
    loaded when it is first needed: asking what is in a cache costs no seconds.

    Attributes
    ----------
    encoder, layer : Encoder, Layer
        What sees, and where its vectors are taken.
    weights_hash : str
        The SHA-256 of the file of weights.
    encoding : str
        Names encoder, layer, weights and preprocessing: equal if and only if the vectors are.
    """

    def __init__(self, model: TorchModel, layer: Layer, source: str) -> None:
        self.encoder: Encoder = model.encoder
        self.layer = layer
        self.weights_hash = model.digest
        self.encoding = encoding_of(self.encoder, layer, model.digest)
        self._model, self._source = model, source
        self._engine: Engine | None = None
        self._loading = threading.Lock()

    @property
    def dimensions(self) -> int:
        """Of the vectors."""
        return self.layer.dimensions

    @property
    def origin(self) -> dict[str, Any]:
        """What a space keeps of it, as plain JSON, to find this network again."""
        return {
            "encoder": self.encoder.name,
            "layer": self.layer.name,
            "weights_sha256": self.weights_hash,
            "weights_source": self._source,
            "preprocessing": self.encoder.preprocessing.name,
            "encoding": self.encoding,
        }

    @property
    def engine(self) -> str:
        """What computes, for people: ``"ONNX Runtime on 2 threads"``; "" before :meth:`load`."""
        return self._engine.label if self._engine is not None else ""

    def load(self) -> None:
        """Load what computes, which the first :meth:`embed` does otherwise.

        Takes under a second; the first time on a machine some more, when the graph for ONNX Runtime
        is made.

        Raises
        ------
        FormatError
            If the file of weights cannot be read or does not fit the network.
        """
        self._opened()

    def prepare(self, picture: Image.Image) -> Batch:
        """What the network is shown of an RGB picture: array of shape (3, h, w), float32."""
        return self.encoder.preprocessing(picture)

    def embed(self, batch: ArrayLike) -> Batch:
        """Vectors of prepared pictures.

        Parameters
        ----------
        batch : ndarray of shape (n, 3, h, w), float32
            Made by :meth:`prepare`.

        Returns
        -------
        ndarray of shape (n, d), float32
            A vector does not depend on its company, to 1e-5 of its length.

        Raises
        ------
        InvalidParameterError
            If the batch is of another shape.
        FormatError
            As :meth:`load`.
        """
        pictures = self._checked(batch)
        if not len(pictures):
            return np.empty((0, self.dimensions), np.float32)
        return self._opened().embed(pictures)

    def feature_maps(self, batch: ArrayLike) -> Batch:
        """Features by position, of shape (n, C, h, w).

        Those of the chosen layer: where ``layer.pooled``, the vector is their mean over positions;
        for others (VGG-16's fc7) they are the last convolutional ones before it.

        Raises
        ------
        InvalidParameterError
            If the layer has none, or as :meth:`embed`.
        """
        maps = self.layer.maps
        if maps is None:
            raise InvalidParameterError(
                f"{self.encoder.label} has no features by position at its layer {self.layer.name}."
            )
        return self._model.run(maps, self._checked(batch, empty=False))

    def classify(self, batch: ArrayLike, top: int = 5) -> list[list[tuple[str, float]]]:
        """The classes that the network sees, most probable first.

        Returns
        -------
        For each picture ``top`` pairs of class name and probability (softmax over all classes).

        Raises
        ------
        InvalidParameterError
            If the encoder has no classes, or as :meth:`embed`.
        """
        logits, categories = self.encoder.logits, self.encoder.categories
        if logits is None or categories is None:
            raise InvalidParameterError(f"{self.encoder.label} was not trained to name classes.")
        answers = self._model.run(logits, self._checked(batch, empty=False)).astype(np.float64)
        weights = np.exp(answers - answers.max(axis=1, keepdims=True))
        shares = weights / weights.sum(axis=1, keepdims=True)
        names = categories()
        best = np.argsort(-shares, axis=1, kind="stable")[:, : max(top, 0)]
        return [
            [(names[at], float(row[at])) for at in order]
            for row, order in zip(shares, best, strict=True)
        ]

    def _opened(self) -> Engine:
        with self._loading:
            if self._engine is None:
                self._engine = open_engine(self._model, self.layer, self.encoding)
            return self._engine

    def _checked(self, batch: ArrayLike, *, empty: bool = True) -> Batch:
        pictures = np.ascontiguousarray(batch, np.float32)
        expected = (3, *self.encoder.preprocessing.size)
        if pictures.ndim != 4 or pictures.shape[1:] != expected or not (empty or len(pictures)):
            raise InvalidParameterError(
                f"{self.encoder.label} takes prepared pictures of shape (n, "
                f"{', '.join(map(str, expected))}), got {pictures.shape}. Network.prepare makes "
                "one from a picture; np.stack makes a batch of them."
            )
        return pictures


def encoding_of(encoder: Encoder, layer: Layer, digest: str) -> str:
    """What names the vectors of one layer with one file of weights and its preprocessing."""
    return "/".join((encoder.name, layer.name, digest[:32], encoder.preprocessing.name))
