"""The training as a film: the most frequent words on one map, epoch by epoch."""

from __future__ import annotations

import streamlit as st

from embedviz.plots.animation import animation
from embedviz.projections import Projection, project
from embedviz.projections.pca import PCA_METHOD
from embedviz.ui.messages import count
from embedviz.ui.model_choice import name_of
from embedviz.ui.navigation import PAGES
from embedviz.ui.session import session
from embedviz.ui.vectors.available import epoch_name
from embedviz.words.training import TrainedWords

KEPT_WORDS = 500
"""Words whose vectors are kept after each epoch: enough to see, little to hold."""


def epochs_moving(trained: TrainedWords, identity: str | None) -> None:
    """An animation on demand, and the way to compare two epochs in the full space."""
    spaces = trained.by_epoch
    if len(spaces) < 2 or len(spaces[0]) < 3:
        return
    left, right = st.columns([3, 2], vertical_alignment="center")
    wanted = left.toggle(
        "Watch the words move, epoch by epoch", key="train_film",
        help="The axes are the principal components of the last epoch; all epochs are drawn on them.",
    )  # fmt: skip
    if identity is not None:
        name = name_of(identity)
        sides = {"compare_a": epoch_name(name, 1), "compare_b": epoch_name(name, len(spaces))}
        right.page_link(
            PAGES["compare"].page, label="Compare the first and the last epoch", query_params=sides
        )
    if not wanted:
        return
    key = ("film", trained.space.vectors_fingerprint, st.context.theme.type or "light")
    figure = session().kept(key, lambda: _film(trained, key[2]))
    st.plotly_chart(figure, theme=None, key="train_film_chart")
    st.caption(
        f"{count(len(spaces[0]), 'word')}, the most frequent. Each epoch is laid onto the one before, "
        "so what moves are the words and not the picture."
    )


def _film(trained: TrainedWords, theme: str) -> object:
    spaces = trained.by_epoch
    last = project(spaces[-1], PCA_METHOD.name, cache=False)
    maps = [
        Projection(last.transform(space), space, last.method, last.params) for space in spaces[:-1]
    ] + [last]
    names = [f"epoch {number}" for number in range(1, len(maps) + 1)]
    figure = animation(maps, names, theme="dark" if theme == "dark" else "light")
    return figure.update_layout(height=520)
