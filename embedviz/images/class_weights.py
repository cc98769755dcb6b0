"""The last layer of a trained network: one row of weights for each class that it can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.images.engine import trained
from embedviz.items.encoder import not_here
from embedviz.items.weights import checked_hash, located
from embedviz.network.softmax import softmax

if TYPE_CHECKING:
    from torch.nn import Module

    from embedviz.images.network import ImageEncoder


@dataclass(frozen=True, eq=False)
class LastLayer:
    """What stands between an embedding e and the classes: logits = W e + b.

    Attributes
    ----------
    weights : ndarray of shape (K, d), float32
        W: row k is what class k looks for.
    bias : ndarray of shape (K,), float32
        b.
    classes : tuple of str
        Their names.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ClassAnswer:
    """What the last layer says to one embedding.

    Attributes
    ----------
    logits, probabilities : ndarray of shape (K,), float64
        Scores, and their softmax: K shares that add up to 1.
    ranking : ndarray of shape (K,), intp
        The classes, most probable first.
    """

    logits: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    ranking: NDArray[np.intp]


@dataclass(frozen=True)
class Feature:
    """One number of an embedding as a class uses it.

    Attributes
    ----------
    index : int
        Which of the d numbers.
    value, weight : float
        The number, and the class's weight for it.
    share : float
        Their product: what it adds to the class's logit.
    classes : tuple of str
        The classes that weigh this number most: what it speaks for.
    """

    index: int
    value: float
    weight: float
    share: float
    classes: tuple[str, ...]


def last_layer(encoder: ImageEncoder) -> LastLayer:
    """The classifier of ``encoder``, from its file of weights.

    Raises
    ------
    InvalidParameterError
        If it was not trained to name classes, or its last layer does not take the vectors of its
        first layer.
    EmbedvizError
        If its weights are not on this machine.
    FormatError
        If they are damaged.
    """
    if encoder.categories is None:
        raise InvalidParameterError(f"{encoder.label} was not trained to name classes.")
    known = encoder.weights
    found = None if known is None else located(encoder.name, known)
    if known is None or found is None or encoder.missing_packages:
        raise not_here(encoder)
    checked_hash(encoder.name, known, found.path)
    weights, bias = _last_linear(trained(encoder.label, encoder.build, found.path))
    names = tuple(encoder.categories())
    if weights.shape != (len(names), encoder.dimensions):
        raise InvalidParameterError(
            f"The last layer of {encoder.label} is of shape {weights.shape}, not "
            f"({len(names)}, {encoder.dimensions}): its classes are not read from its embeddings."
        )
    return LastLayer(weights, bias, names)


def class_answer(layer: LastLayer, embedding: NDArray[Any]) -> ClassAnswer:
    """The K probabilities that the network gives, from its embedding (d,) of a picture."""
    vector = np.asarray(embedding, np.float64)
    if vector.shape != layer.weights.shape[1:]:
        raise InvalidParameterError(
            f"This last layer takes {layer.weights.shape[1]} numbers, got shape {vector.shape}."
        )
    logits = layer.weights.astype(np.float64) @ vector + layer.bias
    return ClassAnswer(logits, softmax(logits), np.argsort(-logits, kind="stable"))


def nearest_classes(
    layer: LastLayer, number: int, count: int = 8
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The classes whose rows of weights have the largest cosine with that of class ``number``.

    Returns
    -------
    Their numbers and cosines, best first, without the class itself.
    """
    if not 0 <= number < len(layer.classes):
        raise InvalidParameterError(
            f"There is no class {number}: they are numbered from 0 to {len(layer.classes) - 1:,}."
        )
    rows = layer.weights.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    cosines = rows @ rows[number] / np.maximum(lengths * lengths[number], np.finfo(float).tiny)
    others = np.delete(np.arange(len(rows)), number)
    best = others[np.argsort(-cosines[others], kind="stable")][:count]
    return best, cosines[best]


def features_for(
    layer: LastLayer, embedding: NDArray[Any], number: int, count: int = 5
) -> list[Feature]:
    """The numbers of an embedding that add most to the logit of class ``number``, most first."""
    values = np.asarray(embedding, np.float64)
    shares = layer.weights[number].astype(np.float64) * values
    found = []
    for index in np.argsort(-shares, kind="stable")[:count]:
        speaking = np.argsort(-layer.weights[:, index], kind="stable")[:4]
        names = tuple(layer.classes[at] for at in speaking)
        weight = float(layer.weights[number, index])
        found.append(Feature(int(index), float(values[index]), weight, float(shares[index]), names))
    return found


def numbers_for_half(layer: LastLayer, embedding: NDArray[Any], number: int) -> int:
    """How many numbers of the embedding make half of all that speaks for class ``number``.

    What speaks for it are the products of weight and number above 0, largest first.
    """
    shares = layer.weights[number].astype(np.float64) * np.asarray(embedding, np.float64)
    speaking = np.sort(shares[shares > 0])[::-1]
    if not speaking.size:
        return 0
    return int(np.searchsorted(np.cumsum(speaking), speaking.sum() / 2)) + 1


def _last_linear(module: Module) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    from torch.nn import Linear

    layers = [part for part in module.modules() if isinstance(part, Linear)]
    if not layers:
        raise InvalidParameterError("This network has no fully connected layer.")
    last = layers[-1]
    return last.weight.detach().numpy().copy(), last.bias.detach().numpy().copy()
