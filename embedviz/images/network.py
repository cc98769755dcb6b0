"""A network that sees pictures: vectors out, and what else it can tell of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError
from embedviz.images.engine import Engine, TorchModel, open_engine
from embedviz.images.preprocessing import Preprocessing
from embedviz.items.encoder import Encoder, Layer, Model
from embedviz.items.weights import OpenWeights

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    Step = Callable[[Module, Tensor], Tensor]

Batch = NDArray[np.float32]
IMAGE = "image"
_lock = threading.Lock()
_models: dict[tuple[str, str], TorchModel] = {}


@dataclass(frozen=True, kw_only=True)
class ImageLayer(Layer):
    """A place in the network to take vectors from.

    Attributes
    ----------
    maps : callable or None
        ``maps(module, batch)`` gives features by position, of shape (n, C, h, w); None for a
        network that has none.
    head : callable or None
        ``head(module, x)`` gives the vectors, of shape (n, dimensions), where ``x`` are the maps
        (the batch, if there are none). None: the mean of the maps over all positions.
    """

    maps: Step | None = None
    head: Step | None = None

    @property
    def pooled(self) -> bool:
        """Whether the vector is the mean of the maps, so that each position has its share in it."""
        return self.head is None

    def vectors(self, module: Module, batch: Tensor) -> Tensor:
        """Vectors of shape (n, dimensions) of prepared pictures (n, 3, h, w)."""
        features = batch if self.maps is None else self.maps(module, batch)
        if self.head is not None:
            return self.head(module, features)
        from torch.nn.functional import adaptive_avg_pool2d

        return adaptive_avg_pool2d(features, 1).flatten(1)


@dataclass(frozen=True, kw_only=True)
class ImageEncoder(Encoder):
    """A torch network that turns pictures into vectors, and the weights that it was trained to.

    Another one (from timm, say) is one more of these, with a test's row.

    Attributes
    ----------
    build : callable
        Makes the architecture. It is called where no values are set: those of the weights are the
        first and only ones.
    logits : callable or None
        ``logits(module, batch)`` gives the classifier's answers, of shape (n, classes).
    categories : callable or None
        Gives the names of those classes.
    """

    build: Callable[[], Module]
    logits: Step | None = None
    categories: Callable[[], Sequence[str]] | None = None

    @property
    def preprocessing(self) -> Preprocessing:
        """How pictures are prepared: what its weights were trained to see."""
        return cast(Preprocessing, self.inputs[IMAGE])


class Network(Model):
    """One layer of one image encoder with one file of weights."""

    encoder: ImageEncoder
    layer: ImageLayer

    def __init__(
        self, encoder: ImageEncoder, layer: ImageLayer, weights: OpenWeights | None
    ) -> None:
        super().__init__(encoder, layer, weights)
        self._opened: Engine | None = None

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
        return self._model().run(maps, self._pictures(batch, empty=False))

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
        answers = self._model().run(logits, self._pictures(batch, empty=False)).astype(np.float64)
        weights = np.exp(answers - answers.max(axis=1, keepdims=True))
        shares = weights / weights.sum(axis=1, keepdims=True)
        names = categories()
        best = np.argsort(-shares, axis=1, kind="stable")[:, : max(top, 0)]
        return [
            [(names[at], float(row[at])) for at in order]
            for row, order in zip(shares, best, strict=True)
        ]

    def _load(self) -> None:
        # Under a second; the first time on a machine some more, when the graph for ONNX Runtime is
        # made.
        size = self.encoder.preprocessing.size
        self._opened = open_engine(self._model(), self.layer.vectors, size, self.encoding)

    def _engine(self) -> str:
        return self._opened.label if self._opened is not None else ""

    def _checked(self, kind: str, prepared: ArrayLike) -> Batch:  # noqa: ARG002 - one door
        return self._pictures(prepared)

    def _vectors(self, kind: str, batch: Batch) -> Batch:  # noqa: ARG002 - one door
        assert self._opened is not None
        return self._opened.embed(batch)

    def _model(self) -> TorchModel:
        """The network in torch, which the layers share."""
        assert self.weights is not None
        encoder = self.encoder
        with _lock:
            model = _models.get((encoder.name, self.weights.digest))
            if model is None:
                model = TorchModel(
                    encoder.label, encoder.build, self.weights.path, self.weights.digest
                )
                _models[encoder.name, self.weights.digest] = model
            model.path = self.weights.path
            return model

    def _pictures(self, batch: ArrayLike, *, empty: bool = True) -> Batch:
        expected = (3, *self.encoder.preprocessing.size)
        pictures = np.ascontiguousarray(batch, np.float32)
        if empty and not pictures.size:
            return np.empty((0, *expected), np.float32)
        if pictures.ndim != 4 or pictures.shape[1:] != expected or not len(pictures):
            raise InvalidParameterError(
                f"{self.encoder.label} takes prepared pictures of shape (n, "
                f"{', '.join(map(str, expected))}), got {pictures.shape}. Its prepare makes "
                "one from a picture; np.stack makes a batch of them."
            )
        return pictures


def as_network(model: Model) -> Network:
    """``model``, if it is one: with features by place and classes; else InvalidParameterError."""
    if not isinstance(model, Network):
        raise InvalidParameterError(
            f"{model.encoder.label} has no features by place and names no classes."
        )
    return model
