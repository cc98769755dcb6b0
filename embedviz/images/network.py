"""A network that sees pictures: how they are prepared for it, and what it makes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.errors import InvalidParameterError
from embedviz.images.engine import Engine, TorchModel, open_engine
from embedviz.items.encoder import Encoder, Layer, Model
from embedviz.items.weights import OpenWeights

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor
    from torch.nn import Module

    Step = Callable[[Module, Tensor], Tensor]

Batch = NDArray[np.float32]
_DOOR = "image"
# In which the ImageNet networks of torchvision and timm were trained (red, green, blue).
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Longer pictures are not resized whole: one pixel by a million would need gigabytes.
_LONG = 4
_lock = threading.Lock()
_models: dict[tuple[str, str], TorchModel] = {}


class Preprocessing(Protocol):
    """What has to be done to a picture for one set of weights."""

    @property
    def name(self) -> str:
        """What names it: equal names give equal arrays. Part of the key of every vector."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what comes out."""

    def __call__(self, picture: Image.Image) -> NDArray[np.float32]:
        """Array of shape (3, height, width) from an RGB picture; thread-safe."""


@dataclass(frozen=True)
class CenterCrop:
    """Resize until the short side fits, cut out the middle square, normalize.

    The same array, to the last bit, as torchvision's ``ImageClassification`` transform. Only
    pictures more than four times as long as wide are resized no further than the square needs,
    which Pillow may round differently.

    Attributes
    ----------
    resize, crop : int
        Pixels of the short side, and of the square.
    interpolation : str
        ``"bilinear"`` or ``"bicubic"``, both smoothing when they make smaller.
    mean, std : tuple of float
        Per color, for values from 0 to 1.
    """

    resize: int
    crop: int
    interpolation: Literal["bilinear", "bicubic"]
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD

    @property
    def name(self) -> str:
        """E.g. ``"resize232-crop224-bilinear-mean0.485,0.456,0.406-std0.229,0.224,0.225"``."""
        mean, std = (",".join(f"{value:.6g}" for value in of) for of in (self.mean, self.std))
        return f"resize{self.resize}-crop{self.crop}-{self.interpolation}-mean{mean}-std{std}"

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the square."""
        return self.crop, self.crop

    def __call__(self, picture: Image.Image) -> NDArray[np.float32]:
        """Array of shape (3, crop, crop); raises InvalidParameterError unless it is RGB."""
        if picture.mode != "RGB":
            raise InvalidParameterError(
                f"A picture to embed must be RGB, got mode {picture.mode!r}. "
                "embedviz.images.decoding.decode gives it so; picture.convert('RGB') too."
            )
        # float32 at every step, in torchvision's order: the same bits.
        values = np.asarray(self._square(picture), np.float32)
        values /= np.float32(255)
        values -= np.array(self.mean, np.float32)
        values /= np.array(self.std, np.float32)
        return np.ascontiguousarray(values.transpose(2, 0, 1))

    def _square(self, picture: Image.Image) -> Image.Image:
        from PIL import Image

        filters = {
            "bilinear": Image.Resampling.BILINEAR,
            "bicubic": Image.Resampling.BICUBIC,
        }
        chosen = filters[self.interpolation]
        width, height = self._resized(*picture.size)
        left, top = round((width - self.crop) / 2), round((height - self.crop) / 2)
        right, bottom = left + self.crop, top + self.crop
        if max(width, height) <= _LONG * self.resize:
            return picture.resize((width, height), chosen).crop((left, top, right, bottom))
        across, down = picture.width / width, picture.height / height
        box = (left * across, top * down, right * across, bottom * down)
        return picture.resize((self.crop, self.crop), chosen, box=box)

    def _resized(self, width: int, height: int) -> tuple[int, int]:
        if width <= height:
            return self.resize, int(self.resize * height / width)
        return int(self.resize * width / height), self.resize


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
        return cast(Preprocessing, self.inputs[_DOOR])


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
            if not model.path.is_file():
                model.path = self.weights.path  # the same content, elsewhere
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
