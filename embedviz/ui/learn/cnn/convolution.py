"""A kernel that slides over a picture: each value of the answer, and the pixels that it came from."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.images.convolution import KERNELS, Slid, gray, slide
from embedviz.images.convolution_pictures import answer_of_kernel, pixels_under_kernel
from embedviz.images.sample_photos import PHOTOS
from embedviz.images.sample_photos import opened as photo_of
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.cnn.choose import Setup
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.matrix import show_matrix
from embedviz.ui.messages import show_error

SIDE = 28
"""Pixels of the small picture: few enough to see each."""


def show_convolution(lesson: OpenLesson, setup: Setup) -> None:
    """The pixels under the kernel, its weights, and the answer: a click on a value shows its own."""
    how = setup.sliding
    try:
        slid = slide(
            _picture(setup.key), KERNELS[how.kernel](how.size), how.stride, how.padding,
            relu=how.relu, pool=how.pool,
        )  # fmt: skip
    except InvalidParameterError as error:
        show_error(error)
        return
    rows, columns = slid.answer.shape
    row = lesson.controls.value("row", rows // 2, lambda at: 0 <= at < rows)
    column = lesson.controls.value("column", columns // 2, lambda at: 0 <= at < columns)
    said = lesson.texts
    left, middle, right = st.columns([5, 5, 5], gap="medium")
    with left:
        st.markdown(f"**{said('sliding.pixels', side=SIDE)}**")
        figure = pixels_under_kernel(slid, row, column)
        show_chart(figure, "cnn-pixels", said("sliding.pixels.alt"))
    with middle:
        _worked(lesson, slid, row, column)
    with right:
        st.markdown(f"**{said('sliding.answer', rows=rows, columns=columns)}**")
        show_chart(
            answer_of_kernel(slid, row, column), "cnn-answer", said("sliding.answer.alt"),
            on_click=partial(_pick, lesson, slid),
        )  # fmt: skip
    _find(lesson, slid, row, column)
    lesson.meaning_here()
    _steps(lesson, slid, row, column)


def _pick(lesson: OpenLesson, slid: Slid, x: float, y: float) -> None:
    """A click on the answer: that value from now on."""
    rows, columns = slid.answer.shape
    lesson.controls.set("row", min(max(round(y), 0), rows - 1))
    lesson.controls.set("column", min(max(round(x), 0), columns - 1))


def _worked(lesson: OpenLesson, slid: Slid, row: int, column: int) -> None:
    """The numbers under the kernel, the kernel's own, and what comes of them."""
    said = lesson.texts
    place = slid.chosen(row, column)
    show_matrix(slid.inputs(place), said("sliding.inputs"))
    show_matrix(slid.kernel, said("sliding.kernel"), scale=1.0)
    total, value = slid.sums[place], slid.answer[row, column]
    st.markdown(said("sliding.sum", total=f"{total:.2f}", value=f"{value:.2f}"))


def _steps(lesson: OpenLesson, slid: Slid, row: int, column: int) -> None:
    """Another value, by the keyboard too."""
    rows, columns = slid.answer.shape
    first, second, third = st.columns([2, 2, 3], gap="large", vertical_alignment="bottom")
    for place, name, count, at in (
        (first, "row", rows, row), (second, "column", columns, column)
    ):  # fmt: skip
        with place:
            _moves(lesson, name, at, count)
    third.caption(lesson.texts("sliding.click"))


def _moves(lesson: OpenLesson, name: str, at: int, count: int) -> None:
    said = lesson.texts
    with st.container(horizontal=True, vertical_alignment="center"):
        for step, arrow in ((-1, "less"), (1, "more")):
            st.button(
                said(f"{name}.{arrow}"), key=f"cnn-{name}-{arrow}",
                disabled=not 0 <= at + step < count,
                on_click=lesson.controls.set, args=(name, at + step),
            )  # fmt: skip
        st.caption(said(name, at=at + 1, of=count), width="content")


def _find(lesson: OpenLesson, slid: Slid, row: int, column: int) -> None:
    rows, columns = slid.sums.shape
    weights = slid.kernel.size
    relu, pool = bool((slid.activated != slid.sums).any()), slid.pool != "none"
    lesson.find(
        k=len(slid.kernel), sum=float(slid.sums[slid.chosen(row, column)]), weights=weights,
        places=rows * columns, full=slid.picture.size * rows * columns, side=SIDE,
        stride=slid.stride, padding=slid.padding, out=rows, pooled=slid.answer.shape[0],
        zeroed=slid.zeroed, relu=relu and not pool, pool=pool and not relu, both=relu and pool,
        neither=not relu and not pool, negative=float((slid.sums < 0).mean()),
    )  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=32)
def _picture(key: str) -> NDArray[np.float64]:
    (photo,) = [photo for photo in PHOTOS if key == f"{photo.kind}/{photo.name}.png"]
    return gray(photo_of(photo.path), SIDE)
