"""What each depth of the network answers to a picture, and how well it finds its like there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.images.activations import Activations, activations
from embedviz.images.heat_map import overlay
from embedviz.images.heat_map import seen as seen_by
from embedviz.images.network import Network
from embedviz.images.raw_pixels import pixel_numbers
from embedviz.items.encoder import Layer
from embedviz.metrics import COSINE
from embedviz.residual.pictures import precision_by_depth
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.cnn.choose import Setup
from embedviz.ui.learn.cnn.look import network_is_open, show_alikes, stands_in
from embedviz.ui.learn.cnn.seen import (
    K,
    Seen,
    lesson_encoder,
    lesson_network,
    precision,
    seen,
    seen_by_layers,
)
from embedviz.ui.learn.cnn.tiles import Picture, jpeg, show_tiles
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Texts
from embedviz.ui.session import session

if TYPE_CHECKING:
    from PIL import Image

_METRIC = COSINE.name
_CHANNEL_SIDE = 96
CHANNELS = 6
"""Those shown of a layer: what changes most from place to place."""


def show_depth(lesson: OpenLesson, setup: Setup) -> None:
    """The layer's answer to the picture on the left; on the right how well it searches."""
    said, encoder = lesson.texts, lesson_encoder()
    found = seen(said("looking", network=encoder.label), setup.sample)
    spaces = None
    if found is not None:
        spaces = seen_by_layers(said("looking.layers", network=encoder.label), setup.sample)
    if found is None or spaces is None:
        stands_in(said, encoder)
        return
    layers = layers_by_depth(encoder.layers)
    every = [found.pixels, *(spaces[layer.name] for layer in layers)]
    left, right = st.columns([5, 6], gap="large")
    with right:
        _found_here(said, found, setup, every)
    with left:
        if setup.level == 0:
            _pixels(said, found, setup)
        elif network_is_open(said, found, setup):
            _answer(lesson, found, setup, layers[setup.level - 1])
    _find(lesson, setup, every)
    lesson.meaning_here()
    _how(lesson, every)
    stands_in(said, encoder)


def layers_by_depth(layers: tuple[Layer, ...]) -> list[Layer]:
    """The layers from the first to the last: encoders name the last, for searching, first."""
    return [*layers[1:], layers[0]]


def _pixels(said: Texts, found: Seen, setup: Setup) -> None:
    preprocessing = lesson_encoder().preprocessing
    height, width = preprocessing.size
    st.markdown(f"**{said('level.0')}**")
    show_tiles([Picture(found.view(setup.key), "", said("picture.alt"))], "13rem")
    st.caption(said("pixels.shape", h=height, w=width, p=pixel_numbers(preprocessing)))


def _answer(lesson: OpenLesson, found: Seen, setup: Setup, layer: Layer) -> None:
    said, network = lesson.texts, lesson_network(layer.name)
    picture = found.picture(setup.key)
    answer: Activations = session().kept(
        ("cnn-activations", network.encoding, setup.key),
        lambda: activations(network, picture, CHANNELS),
    )
    channels, height, width = answer.shape
    lesson.find(c=channels, h=height, w=width)
    st.markdown(f"**{said(f'level.{setup.level}')}** ({layer.label})")
    first, second = st.columns([3, 4], gap="small")
    with first:
        show_tiles([Picture(_heated(network, picture, answer), said("energy"), said("energy.alt"))],
                   "100%")  # fmt: skip
    with second:
        maps = [
            Picture(_colored(values), said("channel", number=number), said("channel.alt"))
            for number, values in zip(answer.channels, answer.maps, strict=True)
        ]
        show_tiles(maps, "29%", pixelated=True)
    st.caption(said("shape", c=channels, h=height, w=width, n=channels * height * width))


def _found_here(said: Texts, found: Seen, setup: Setup, every: list[EmbeddingSpace]) -> None:
    st.markdown(f"**{said('alike.here')}**")
    show_alikes(said, found, every[setup.level], setup)
    measured = [precision(space, _METRIC) for space in every]
    figure = precision_by_depth(
        [said(f"level.{level}") for level in range(len(every))],
        [one.precision for one in measured],
        setup.level,
        measured[0].chance,
        said("chance"),
        said("precision"),
    )
    show_chart(figure, "cnn-depth", said("depth.alt"))


def _how(lesson: OpenLesson, every: list[EmbeddingSpace]) -> None:
    """What the small pictures are, and what is counted."""
    measured = precision(every[0], _METRIC)
    st.caption(lesson.texts("depth.n", k=K, n=measured.n, labels=len(measured.per_label)))
    st.caption(lesson.texts("lively", m=CHANNELS))


def _find(lesson: OpenLesson, setup: Setup, every: list[EmbeddingSpace]) -> None:
    shares = [precision(space, _METRIC).precision for space in every]
    best = int(np.argmax(shares))
    if setup.level == 0:
        height, width = lesson_encoder().preprocessing.size
        lesson.find(c=3, h=height, w=width)
    lesson.find(
        layer=setup.level > 0, share=shares[setup.level], share_pixels=shares[0], best=best,
        share_best=shares[best], share_last=shares[-1], last_is_best=best == len(shares) - 1,
    )  # fmt: skip


def _heated(network: Network, picture: Image.Image, answer: Activations) -> bytes:
    """The picture with what the layer answers laid over it, from its weakest to its strongest."""
    heat = answer.energy - answer.energy.min()
    return jpeg(overlay(picture, heat, 0.55, seen=seen_by(network, picture)))


def _colored(values: NDArray[np.float32]) -> bytes:
    from PIL import Image

    blank = Image.new("RGB", (_CHANNEL_SIDE, _CHANNEL_SIDE))
    return jpeg(overlay(blank, values - values.min(), 1.0))
