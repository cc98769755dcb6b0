"""A thousand probabilities, what they cost, and what the last layer's rows know of each other."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.images.class_weights import (
    ClassAnswer,
    LastLayer,
    class_answer,
    features_for,
    nearest_classes,
    numbers_for_half,
)
from embedviz.network.softmax import cross_entropy
from embedviz.residual.pictures import best_of, thousand_probabilities
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.cnn.choose import Setup
from embedviz.ui.learn.cnn.look import stands_in
from embedviz.ui.learn.cnn.seen import classifier, known_classifier, lesson_encoder, seen
from embedviz.ui.learn.cnn.tiles import Picture, show_tiles
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.texts import Texts
from embedviz.ui.messages import plain

_TOP = 5


def show_classes(lesson: OpenLesson, setup: Setup) -> None:
    """The network's answer to the picture, and what its last layer has learned."""
    said, encoder = lesson.texts, lesson_encoder()
    was_known = known_classifier() is not None
    layer = classifier(said("opening", network=encoder.label))
    found = seen(said("looking", network=encoder.label), setup.sample) if layer else None
    if layer is None or found is None:
        stands_in(said, encoder)
        return
    if not was_known:  # the control that names the classes has not been drawn yet
        st.rerun()
    vector = found.embedded.space.vector(setup.key)
    answer = class_answer(layer, vector)
    best = int(answer.ranking[0])
    target = layer.classes.index(setup.target) if setup.target in layer.classes else best
    left, middle, right = st.columns([2, 4, 4], gap="medium")
    with left:
        name = setup.key.rpartition("/")[2].removesuffix(".png")
        show_tiles([Picture(found.view(setup.key), name, said("picture.alt"))], "100%")
        _loss(said, layer, answer, target)
    with middle:
        _top(said, layer, answer, target)
    with right:
        _neighbors(said, layer, target)
    _find(lesson, layer, answer, target)
    lesson.meaning_here()
    _thousand(said, layer, answer, target)
    _features(said, layer, vector, target, answer)
    stands_in(said, encoder)


def _find(lesson: OpenLesson, layer: LastLayer, answer: ClassAnswer, target: int) -> None:
    best = int(answer.ranking[0])
    numbers, cosines = nearest_classes(layer, target, 1)
    lesson.find(
        loss=cross_entropy(answer.probabilities, target), top=plain(layer.classes[best]),
        probability=float(answer.probabilities[best]), d=layer.weights.shape[1],
        one=plain(layer.classes[target]), other=plain(layer.classes[int(numbers[0])]),
        cosine=float(cosines[0]),
    )  # fmt: skip


def _top(said: Texts, layer: LastLayer, answer: ClassAnswer, target: int) -> None:
    st.markdown(f"**{said('top', k=_TOP)}**")
    shown = [int(number) for number in answer.ranking[:_TOP]]
    if target not in shown:
        shown.append(target)
    figure = best_of(
        [layer.classes[number] for number in shown],
        [float(answer.probabilities[number]) for number in shown],
        shown.index(target),
        ".2%",
    )
    show_chart(figure, "cnn-top", said("top.alt"))
    total = float(answer.probabilities.sum())
    st.caption(said("sum", n=len(layer.classes), total=total))


def _loss(said: Texts, layer: LastLayer, answer: ClassAnswer, target: int) -> None:
    loss = cross_entropy(answer.probabilities, target)
    st.metric(said("loss_of"), f"{loss:.2f}", help=said("loss_of.help"))
    st.caption(
        said("loss.how", p=float(answer.probabilities[target]), loss=loss,
             guess=float(np.log(len(layer.classes))))
    )  # fmt: skip


def _neighbors(said: Texts, layer: LastLayer, target: int) -> None:
    st.markdown(f"**{said('neighbors', name=_quoted(layer.classes[target]))}**")
    numbers, cosines = nearest_classes(layer, target, _TOP + 1)
    names = [layer.classes[int(number)] for number in numbers]
    show_chart(best_of(names, cosines.tolist(), -1, ".2f"), "cnn-rows", said("neighbors.alt"))
    st.caption(said("neighbors.how", k=layer.weights.shape[0], d=layer.weights.shape[1]))


def _thousand(said: Texts, layer: LastLayer, answer: ClassAnswer, target: int) -> None:
    figure = thousand_probabilities(
        answer.probabilities, layer.classes, target, said("class"), said("probability")
    )
    start = max(int(answer.ranking[0]) - 2, 0)
    around = ", ".join(f"{value:.4f}" for value in answer.probabilities[start : start + 5])
    st.markdown(
        f"**{said('thousand', n=len(layer.classes))}** "
        f"`[{answer.probabilities[0]:.4f}, …, {around}, …, {answer.probabilities[-1]:.4f}]`"
    )
    show_chart(figure, "cnn-thousand", said("thousand.alt"))


def _features(
    said: Texts, layer: LastLayer, vector: NDArray[np.float32], target: int, answer: ClassAnswer
) -> None:
    if not st.toggle(said("features"), key="cnn-features"):
        return
    found = features_for(layer, vector, target)
    heads = [said(f"feature.{name}") for name in ("number", "value", "weight", "share", "classes")]
    lines = [" | ".join(heads), "---: | ---: | ---: | ---: | ---"]
    for one in found:
        others = plain(", ".join(one.classes))
        lines.append(
            f"{one.index} | {one.value:.2f} | {one.weight:.3f} | {one.share:.2f} | {others}"
        )
    st.markdown("\n".join(f"| {line} |" for line in lines))
    st.caption(
        said("features.how", shares=sum(one.share for one in found), k=len(found),
             logit=float(answer.logits[target]), d=vector.size,
             half=numbers_for_half(layer, vector, target))
    )  # fmt: skip


def _quoted(name: str) -> str:
    return f"“{plain(name)}”"
