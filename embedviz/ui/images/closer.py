"""A closer look at an answer: why two pictures match, and what a classifier sees in one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.images.heat_map import MatchMaps
from embedviz.images.kind import IMAGE, VIEW_SHORT, opened
from embedviz.images.network import Network, as_network
from embedviz.registry import model_of
from embedviz.ui.items.answers import Answer, Asked
from embedviz.ui.items.grid import in_page
from embedviz.ui.messages import plain, show_error
from embedviz.ui.session import session

if TYPE_CHECKING:
    from PIL import Image


def look_closer(asked: Asked, answers: list[Answer]) -> None:
    """Two things to open under the look-alikes; each is computed only when it is opened."""
    if asked.query.kind is not IMAGE:
        return  # words have no places and no classes
    if asked.query.value is None:
        st.caption("No picture of it was kept, so there is nothing to look closer at.")
        return
    why, what = st.columns(2, gap="medium")
    try:
        with why:
            if st.toggle("Why they match", key="why", bind="query-params"):
                _why(asked, answers)
        with what:
            if st.toggle("What a classifier sees in it", key="classes", bind="query-params"):
                _classes(asked, answers[0])
    except EmbedvizError as error:
        show_error(error)


def _why(asked: Asked, answers: list[Answer]) -> None:
    by_label = {answer.choice.label: answer for answer in answers}
    answer = answers[0]
    if len(by_label) > 1:
        answer = by_label[st.selectbox("Through", list(by_label), key="why-through")]
    keys = list(answer.found.keys)
    if not keys:
        st.caption("There is no other image to compare it with.")
        return
    match = st.selectbox("Compared with", keys, key="why-match")
    row = answer.found.rows[keys.index(match)]
    content = str(answer.embedded.space.table["hash"].iloc[row])
    view = None if answer.embedded.previews is None else answer.embedded.previews.view(content)
    mine = asked.query.value
    if view is None or mine is None:
        st.caption("No picture of this one was kept.")
        return
    other = opened(view)
    network = _network(answer)
    key = ("why", network.encoding, asked.query.key, asked.query.hash, content)
    (explain,) = IMAGE.explain.values()
    maps: MatchMaps = session().kept(key, lambda: explain(network, mine, other))
    left, right = st.columns(2)
    for place, picture, name in zip(
        (left, right), maps.overlays(mine, other), (asked.query.name, match), strict=True
    ):
        place.image(in_page(_jpeg(picture)), width="stretch", alt=name)
        place.caption(plain(name))
    st.caption(
        f"{plain(maps.explanation)} Brighter places add more; what the encoder did not look at is "
        f"dimmed. Made from the kept pictures, of at most {VIEW_SHORT} pixels on their shorter side."
    )


def _classes(asked: Asked, answer: Answer) -> None:
    picture = asked.query.value
    network = _network(answer)
    key = ("classes", network.encoding, asked.query.key, asked.query.hash)
    (found,) = session().kept(
        key, lambda: network.classify(network.prepare(IMAGE.name, picture)[None])
    )
    table = pd.DataFrame(found, columns=["ImageNet class", "probability"])
    st.dataframe(
        table, hide_index=True,
        column_config={
            "probability": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0
            )
        },
    )  # fmt: skip
    st.caption(
        f"The last layer of {plain(answer.choice.label)}, which was trained to tell 1,000 classes "
        "apart. The look-alikes do not use these names: they compare the numbers before them."
    )


def _network(answer: Answer) -> Network:
    return as_network(model_of(answer.embedded.space.origin))


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
