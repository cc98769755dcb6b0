"""How far the three metrics agree on one question, in numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embedviz.metric_agreement import SideBySide
from embedviz.metric_agreement.pictures import METRIC_COLORS
from embedviz.metrics import COSINE, DOT, EUCLIDEAN
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.facts import facts
from embedviz.ui.learn.nearness.numbers import metric_names, number
from embedviz.ui.learn.texts import Fact


def found_of(found: SideBySide) -> dict[str, Fact]:
    """The facts of one question: how long the answers of each metric are, and how many are shared.

    One metric's answers are longer than another's where they differ as they are shown.
    """
    length = {metric: round(float(np.mean(of)), 2) for metric, of in found.lengths.items()}
    return {
        "measured": True,
        "k": found.k,
        "shared": len(found.in_all),
        "same": all(item.keys == found.found[COSINE.name].keys for item in found.found.values()),
        **{f"{metric}_length": mean for metric, mean in length.items()},
        "dot_longer": length[DOT.name] > length[COSINE.name],
        "euclidean_shorter": length[EUCLIDEAN.name] < length[COSINE.name],
    }


def agreement_table(lesson: OpenLesson, found: SideBySide) -> None:
    """Overlap, Kendall's τ and Spearman's ρ of each two metrics."""
    said = lesson.texts
    facts(
        (said("agree.pair"), said("agree.overlap", k=found.k), "τ", "ρ"),
        [
            (
                " · ".join(said(f"short.{metric}") for metric in item.metrics),
                f"{item.shared} ({item.overlap:.0%})",
                number(item.kendall, 3),
                number(item.spearman, 3),
            )
            for item in found.agreements
        ],
    )
    st.caption(said("agree.caption", n=f"{found.sampled:,}"))


def length_table(lesson: OpenLesson, found: SideBySide, everyone: float, n: int) -> None:
    """How long the vectors are that each metric puts first, against all of them."""
    said = lesson.texts
    means = [
        (
            said("length.first", k=found.k, metric=name),
            number(float(np.mean(found.lengths[metric]))),
        )
        for metric, name in metric_names(said).items()
    ]
    everything = (said("length.all", n=f"{n:,}"), number(everyone))
    facts(
        (said("length.of"), said("length.mean")),
        [*means, everything],
        list(METRIC_COLORS.values()),
    )
