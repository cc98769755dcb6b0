"""Why two images match: where in each of them the features lie that they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.plots.palettes import rgb, sequential

if TYPE_CHECKING:
    from PIL import Image

    from embedviz.images.network import Network

Map = NDArray[np.float32]
Box = tuple[float, float, float, float]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_DIMMED = 0.35  # of the brightness, where the network did not look
_STEPS = 256


@dataclass(frozen=True, eq=False)
class MatchMaps:
    """How much each place of two pictures adds to their similarity.

    Attributes
    ----------
    a, b : ndarray of shape (h, w), float32
        Each sums to ``cosine``.
    cosine : float
        Of the averaged features.
    exact : bool
        True if ``cosine`` is the similarity of the two vectors that a search compares. False if
        the search uses other features (the fully connected ones of VGG-16): then the maps explain
        the average of the convolutional features that those are made from.
    seen_a, seen_b : tuple of 4 floats
        What the network looked at: left, upper, right, lower as shares of width and height.
    """

    a: Map
    b: Map
    cosine: float
    exact: bool
    seen_a: Box
    seen_b: Box

    @property
    def peak(self) -> float:
        """The largest share of any place in either picture: the end of the shared scale."""
        return float(max(self.a.max(), self.b.max()))

    @property
    def explanation(self) -> str:
        """What the maps show, in one sentence."""
        shown = (
            f"Each place's share in the cosine similarity of {self.cosine:.3f}: over all places of "
            "a picture the shares add up to it."
        )
        if self.exact:
            return shown
        return (
            f"{shown} It is that of the averaged convolutional features; the search compares what "
            "the encoder makes of them further on, so its number differs."
        )

    def overlays(
        self, picture_a: Image.Image, picture_b: Image.Image, opacity: float = 0.6
    ) -> tuple[Image.Image, Image.Image]:
        """Both pictures, at any size, with their maps in colors of one shared scale."""
        return (
            overlay(picture_a, self.a, opacity, seen=self.seen_a, peak=self.peak),
            overlay(picture_b, self.b, opacity, seen=self.seen_b, peak=self.peak),
        )


def match_maps(network: Network, picture_a: Image.Image, picture_b: Image.Image) -> MatchMaps:
    """Where the similarity of two pictures comes from, place by place.

    The convolutional features F (C, h, w) of a picture, those of the network's layer, are
    averaged over its places to m. The cosine of m_a and m_b is then a sum over the places l of
    either picture: ``heat_a[l] = F_a[:, l] · m_b / (h w |m_a| |m_b|)``. Where the vector
    is that average, as in ResNet and EfficientNet, this takes the similarity of the search apart
    without a remainder (Stylianou, Souvenir & Pless 2019, "Visualizing Deep Similarity Networks", WACV;
    the idea for one picture and a class: Zhou et al. 2016, "Learning Deep Features for
    Discriminative Localization", CVPR). A place of the features sees much of the picture around
    it, so a map says "about here", not "this pixel".

    Parameters
    ----------
    network : Network
    picture_a, picture_b : PIL.Image.Image
        RGB, upright.

    Raises
    ------
    InvalidParameterError
        If the network's layer has no features by place.
    """
    pictures = (picture_a, picture_b)
    batch = np.stack([network.encoder.preprocessing(picture) for picture in pictures])
    features = network.feature_maps(batch).astype(np.float64)
    a, b, cosine = _shares(features[0], features[1])
    seen_a, seen_b = (seen(network, picture) for picture in pictures)
    return MatchMaps(a, b, cosine, network.layer.pooled, seen_a, seen_b)


def overlay(
    picture: Image.Image,
    heat: Map,
    opacity: float = 0.6,
    *,
    seen: Box = WHOLE,
    peak: float | None = None,
) -> Image.Image:
    """``picture`` with ``heat`` laid over what the network saw of it; the rest is dimmed.

    Parameters
    ----------
    picture : PIL.Image.Image
        Of any size.
    heat : ndarray of shape (h, w)
        Places that add nothing, or take away, have the scale's lowest color.
    opacity : float
        Of the colors, from 0 to 1.
    seen : tuple of 4 floats
        Left, upper, right, lower as shares of width and height.
    peak : float, optional
        What has the scale's highest color; None takes the maximum of ``heat``.

    Returns
    -------
    PIL.Image.Image
        RGB, of the size of ``picture``.
    """
    from PIL import Image

    if not 0 <= opacity <= 1:
        raise InvalidParameterError(f"opacity={opacity!r} must lie between 0 and 1.")
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    shown = pixels * np.float32(_DIMMED)
    left, upper, right, lower = _pixels(seen, picture.size)
    inside = (slice(upper, lower), slice(left, right))
    highest = float(heat.max()) if peak is None else peak
    colors = _colored(heat, (right - left, lower - upper), highest)
    shown[inside] = (1 - opacity) * pixels[inside] + opacity * colors
    return Image.fromarray(np.rint(shown).astype(np.uint8))


def seen(network: Network, picture: Image.Image) -> Box:
    """What ``network`` looks at: left, upper, right, lower as shares of width and height."""
    from embedviz.images.network import CenterCrop

    preprocessing = network.encoder.preprocessing
    if not isinstance(preprocessing, CenterCrop):
        return WHOLE
    short = min(picture.size)
    # The short side becomes ``resize`` pixels, of which the middle ``crop`` are cut out.
    across, down = (
        min(1.0, preprocessing.crop / (preprocessing.resize * side / short))
        for side in picture.size
    )
    return (1 - across) / 2, (1 - down) / 2, (1 + across) / 2, (1 + down) / 2


def _shares(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[Map, Map, float]:
    """Both maps and the cosine, from features (C, h, w) in float64."""
    mean_a, mean_b = a.mean(axis=(1, 2)), b.mean(axis=(1, 2))
    lengths = float(np.linalg.norm(mean_a) * np.linalg.norm(mean_b))
    scale = 1 / lengths if lengths > 0 else 0.0
    maps = (
        (np.tensordot(mean, features, 1) * (scale / features[0].size)).astype(np.float32)
        for features, mean in ((a, mean_b), (b, mean_a))
    )
    return *maps, float(mean_a @ mean_b) * scale


def _pixels(seen: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box in whole pixels, at least one by one."""
    left, upper = (min(round(at * side), side - 1) for at, side in zip(seen, size, strict=False))
    right, lower = (round(at * side) for at, side in zip(seen[2:], size, strict=True))
    return left, upper, max(right, left + 1), max(lower, upper + 1)


def _colored(heat: Map, size: tuple[int, int], highest: float) -> NDArray[np.float32]:
    """``heat`` in colors at (width, height) pixels: an array of shape (height, width, 3)."""
    from PIL import Image

    grid = Image.fromarray(np.ascontiguousarray(heat, np.float32))
    smooth = np.asarray(grid.resize(size, Image.Resampling.BICUBIC))
    shares = np.clip(smooth / highest, 0, 1) if highest > 0 else np.zeros_like(smooth)
    scale = np.array([rgb(color) for color in sequential(_STEPS)], np.float32)
    colors: NDArray[np.float32] = scale[np.rint(shares * (_STEPS - 1)).astype(np.intp)]
    return colors
