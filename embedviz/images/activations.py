"""What the layers of a network answer to one picture, place by place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

    from embedviz.images.network import Network


@dataclass(frozen=True, eq=False)
class Activations:
    """The features of one picture at one layer.

    Attributes
    ----------
    shape : tuple of 3 int
        Channels, height and width: C kinds of features, looked for at h × w places.
    energy : ndarray of shape (h, w), float32
        The root of the mean square over all channels: how much the layer answers here.
    channels : tuple of int
        Those that change most from place to place (standard deviation), most first.
    maps : ndarray of shape (len(channels), h, w), float32
        What each of these answers.
    vector : ndarray of shape (C,), float32
        The mean over all places: the picture's embedding at this layer.
    """

    shape: tuple[int, int, int]
    energy: NDArray[np.float32]
    channels: tuple[int, ...]
    maps: NDArray[np.float32]
    vector: NDArray[np.float32]


def activations(network: Network, picture: Image.Image, channels: int = 6) -> Activations:
    """The answers of the network's layer to an RGB ``picture``, and its liveliest channels.

    Raises
    ------
    InvalidParameterError
        If the layer has no features by place, or the picture is not RGB.
    """
    features = network.feature_maps(network.encoder.preprocessing(picture)[None])[0]
    spread = features.std(axis=(1, 2))
    lively = np.argsort(-spread, kind="stable")[: max(channels, 0)]
    return Activations(
        shape=(int(features.shape[0]), int(features.shape[1]), int(features.shape[2])),
        energy=np.sqrt(np.mean(features**2, axis=0)),
        channels=tuple(int(channel) for channel in lively),
        maps=features[lively],
        vector=features.mean(axis=(1, 2)),
    )
