"""How far the three metrics agree on one question, in numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.metric_agreement import SideBySide
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.numbers import metric_names, number
from embedviz.ui.messages import plain


def agreement_table(lesson: OpenLesson, found: SideBySide) -> None:
    """Overlap, Kendall's τ and Spearman's ρ of each two metrics."""
    said, names = lesson.texts, metric_names(lesson.texts)
    lines = [
        f"| {said('agree.pair')} | {said('agree.overlap', k=found.k)} | τ | ρ |",
        "|:--|--:|--:|--:|",
    ]
    for item in found.agreements:
        pair = " · ".join(plain(names[metric]) for metric in item.metrics)
        share = f"{item.shared} / {found.k} = {item.overlap:.0%}"
        lines.append(
            f"| {pair} | {share} | {number(item.kendall, 3)} | {number(item.spearman, 3)} |"
        )
    st.markdown("\n".join(lines))
    st.caption(said("agree.caption", n=f"{found.sampled:,}"))


def length_table(lesson: OpenLesson, found: SideBySide, everyone: float, n: int) -> None:
    """How long the vectors are that each metric puts first, against all of them."""
    said = lesson.texts
    lines = [f"| {said('length.of')} | {said('length.mean')} |", "|:--|--:|"]
    for metric, name in metric_names(said).items():
        mean = float(np.mean(found.lengths[metric]))
        lines.append(f"| {said('length.first', k=found.k, metric=plain(name))} | {number(mean)} |")
    lines.append(f"| {said('length.all', n=f'{n:,}')} | {number(everyone)} |")
    st.markdown("\n".join(lines))
