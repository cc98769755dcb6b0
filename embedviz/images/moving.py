"""A picture moved by some pixels: nearly all numbers change, and what is in sight does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embedviz.images.kind import IMAGE
from embedviz.images.network import Network
from embedviz.metrics import METRICS
from embedviz.search import neighbors
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    from PIL import Image

_FELT = 1 / 255  # of the range of a pixel: less is what resizing rounds


@dataclass(frozen=True)
class Standing:
    """How near a moved picture is to the picture itself.

    Attributes
    ----------
    score : float
        By the metric.
    nearer : int
        How many other pictures are nearer to it than its own moved copy; 0 is right.
    others : int
    """

    score: float
    nearer: int
    others: int


@dataclass(frozen=True, eq=False)
class Moved:
    """A picture and its moved copy, as pixels and as a network sees them.

    Attributes
    ----------
    picture : PIL image
        The moved one.
    changed : float
        The share of the network's input numbers that differ, by more than a 255th of their range.
    pixels, network : Standing
    """

    picture: Image.Image
    changed: float
    pixels: Standing
    network: Standing


def moved(picture: Image.Image, share: float) -> Image.Image:
    """Everything ``share`` of the width to the left; the edge that comes in mirrors what is there."""
    from PIL import Image

    values = np.asarray(picture)
    width = values.shape[1]
    by = round(share * width)
    padded = np.pad(values, ((0, 0), (0, by), (0, 0)), mode="symmetric" if by else "edge")
    return Image.fromarray(np.ascontiguousarray(padded[:, by : by + width]))


def compare_moved(
    network: Network,
    picture: Image.Image,
    pixels: int,
    key: str,
    by_pixels: EmbeddingSpace,
    by_network: EmbeddingSpace,
    metric: str,
) -> Moved:
    """Move a picture of two spaces by ``pixels`` of the network's input, and ask who is near.

    Parameters
    ----------
    picture : PIL image, RGB
        That of ``key``.
    by_pixels, by_network : EmbeddingSpace
        The same pictures, as :func:`embedviz.images.raw_pixels.pixel_space` and the network have
        them.
    """
    prepared = network.encoder.preprocessing
    copy = moved(picture, pixels / prepared.size[1])
    before, after = prepared(picture), prepared(copy)
    vectors = network.embed(IMAGE.name, np.stack([before, after]))
    reach = float(np.ptp(before)) or 1.0
    return Moved(
        copy,
        float((np.abs(after - before) > _FELT * reach).mean()),
        _standing(by_pixels, key, metric, before.reshape(-1), after.reshape(-1)),
        _standing(by_network, key, metric, vectors[0], vectors[1]),
    )


def _standing(
    space: EmbeddingSpace,
    key: str,
    metric: str,
    own: NDArray[np.float32],
    other: NDArray[np.float32],
) -> Standing:
    how = METRICS[metric]
    score = float(how.between(own, other[None])[0])
    scores = neighbors(space, key, max(len(space) - 1, 1), metric).scores
    nearer = scores < score if how.is_distance else scores > score
    return Standing(score, int(nearer.sum()), len(scores))
