"""Look-alikes by raw pixels beside those by the network, and how often each is right."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.images.activations import activations
from embedviz.images.moving import Moved, compare_moved
from embedviz.images.network import ImageEncoder
from embedviz.images.raw_pixels import pixel_numbers
from embedviz.items.look_alikes import look_alikes_of_key
from embedviz.residual.pictures import precision_bars
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.cnn.choose import COMPARED, Setup
from embedviz.ui.learn.cnn.seen import (
    PREFERRED,
    K,
    Seen,
    for_everyone,
    lesson_encoder,
    lesson_network,
    precision,
    seen,
)
from embedviz.ui.learn.cnn.tiles import Picture, jpeg, show_tiles
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.learn.texts import Texts
from embedviz.ui.messages import plain
from embedviz.ui.session import session


def show_look(lesson: OpenLesson, setup: Setup) -> None:
    """The query, its look-alikes by both, and the precision over the whole sample."""
    said, encoder = lesson.texts, lesson_encoder()
    found = seen(said("looking", network=encoder.label), setup.sample)
    if found is None:
        stands_in(said, encoder)
        return
    network_name = said("by_network", network=encoder.label, d=encoder.dimensions)
    enlarged = ".digits" if setup.sample == "digits" else ""
    pixel_name = said(f"by_pixels{enlarged}", p=pixel_numbers(encoder.preprocessing))
    copy = _moved(said, found, setup)
    query, middle, right = st.columns([3, 10, 7], gap="medium")
    with query:
        label = str(found.embedded.space.table["label"].iloc[_row(found, setup.key)])
        asking = [Picture(found.view(setup.key), said("query", label=label), label)]
        if copy is not None:
            asking.append(Picture(jpeg(copy.picture), said("moved"), said("moved.alt")))
        show_tiles(asking, "100%" if copy is None else "7rem")
    with middle:
        for name, space in ((pixel_name, found.pixels), (network_name, found.embedded.space)):
            st.markdown(f"**{plain(name)}**")
            show_alikes(said, found, space, setup)
    with right:
        _measured(said, found, setup)
    _find(lesson, found, setup, copy)
    lesson.meaning_here()
    stands_in(said, encoder)
    if copy is not None:
        pixels, network = (_score(one.score) for one in (copy.pixels, copy.network))
        st.caption(said("moved.by", pixels=pixels, network=network))
    if st.toggle(said("numbers"), key="cnn-numbers"):
        _numbers(said, found, setup, encoder)


def _moved(said: Texts, found: Seen, setup: Setup) -> Moved | None:
    """The asking picture moved, and how near it stays to itself; None while the network opens."""
    if not setup.shift or not network_is_open(said, found, setup):
        return None
    return session().kept(
        ("cnn-moved", lesson_network().encoding, setup.sample, setup.key, setup.shift, setup.metric),
        lambda: compare_moved(
            lesson_network(), found.picture(setup.key), setup.shift, setup.key,
            found.pixels, found.embedded.space, setup.metric,
        ),
    )  # fmt: skip


def _find(lesson: OpenLesson, found: Seen, setup: Setup, copy: Moved | None) -> None:
    preprocessing = lesson_encoder().preprocessing
    height, width = preprocessing.size
    by_pixels = precision(found.pixels, setup.metric).precision
    by_network = precision(found.embedded.space, setup.metric).precision
    lesson.find(
        h=height, w=width, p=pixel_numbers(preprocessing), digits=setup.sample == "digits",
        right=lesson.texts(f"right.{setup.sample}"), right_pixels=by_pixels,
        right_network=by_network, network_wins=by_network > by_pixels, moved=copy is not None,
    )  # fmt: skip
    if copy is not None:
        lesson.find(
            shift=setup.shift, changed=copy.changed, others=copy.network.others,
            nearer_network=copy.network.nearer, nearer_pixels=copy.pixels.nearer,
        )  # fmt: skip


def network_is_open(said: Texts, found: Seen, setup: Setup) -> bool:
    """Whether the network can answer at once; reading it takes seconds the first time."""
    encoder = lesson_encoder()

    def do(*_: object) -> bool:
        activations(lesson_network(), found.picture(setup.key))
        return True

    title = said("opening", network=encoder.label)
    return bool(for_everyone(title, ("opened", encoder.name), do))


def show_alikes(said: Texts, found: Seen, space: EmbeddingSpace, setup: Setup) -> None:
    """The five nearest in ``space``, each told right if it has the query's label."""
    alike = look_alikes_of_key(space, setup.key, K, setup.metric, normal=False)
    labels = space.table["label"].astype(str).tolist()
    own = labels[_row(found, setup.key)]
    pictures = [
        Picture(
            found.view(key),
            f"{labels[row]} {_score(score)}",
            said("alike.alt", label=labels[row]),
            labels[row] == own,
        )
        for key, row, score in zip(alike.keys, alike.rows, alike.scores, strict=True)
    ]
    show_tiles(pictures)


def stands_in(said: Texts, encoder: ImageEncoder) -> None:
    """Which network looks; that it stands in for ResNet-50 where it does."""
    if encoder.name == PREFERRED:
        st.caption(said("network", network=encoder.label, d=encoder.dimensions))
    else:
        st.caption(said("stands_in", network=encoder.label, d=encoder.dimensions))


def _measured(said: Texts, found: Seen, setup: Setup) -> None:
    metrics = list(COMPARED)
    shares = {
        name: [precision(space, metric).precision for metric in metrics]
        for name, space in (
            (said("pixels.short"), found.pixels),
            (lesson_encoder().label, found.embedded.space),
        )
    }
    measured = precision(found.pixels, setup.metric)
    figure = precision_bars(
        shares, [said(f"metric.{metric}") for metric in metrics], measured.chance,
        metrics.index(setup.metric),
    )  # fmt: skip
    right = said(f"right.{setup.sample}")
    st.markdown(f"**{said('measured', k=K, n=measured.n, right=right)}**")
    show_chart(figure, "cnn-precision", said("measured.alt"))
    st.caption(f"┈ {said('chance')}: {measured.chance:.0%}")


def _numbers(said: Texts, found: Seen, setup: Setup, encoder: ImageEncoder) -> None:
    """A corner of the picture as the network is given it, and the first of what it makes of it."""
    given = encoder.preprocessing(found.picture(setup.key))
    colors, height, width = given.shape
    corner = given[0, :6, :8]
    vector = found.embedded.space.vector(setup.key)
    left, right = st.columns(2, gap="large")
    with left:
        shape = f"{height} × {width} × {colors} = {given.size:,}"
        show_matrix(corner, said("given"), shape=shape)
        st.caption(said("given.rest", n=given.size - corner.size))
    with right:
        shown = np.asarray(vector[:48]).reshape(6, 8)
        show_matrix(shown, said("made"), shape=f"d = {vector.size:,}")
        st.caption(said("made.rest", n=vector.size - shown.size, times=given.size / vector.size))


def _row(found: Seen, key: str) -> int:
    return found.embedded.space.index(key)


def _score(score: float) -> str:
    return f"{score:.3f}" if abs(score) < 100 else f"{score:,.0f}"
