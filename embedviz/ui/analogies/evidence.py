"""The evidence: how often such sums come out, and how nearness agrees with people."""

from __future__ import annotations

from functools import partial

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.messages import plain
from embedviz.ui.model_choice import Chosen
from embedviz.ui.session import session
from embedviz.ui.work import work
from embedviz.words.accuracy_picture import analogy_accuracy
from embedviz.words.evaluation import (
    BENCHMARKS,
    AnalogyAccuracy,
    evaluate_analogies,
    evaluate_similarity,
)

RESTRICT = 30_000


def evidence(chosen: Chosen) -> None:
    """Google's analogy set by section, and the similarity benchmarks, for the model in use."""
    st.subheader("How often does this work?")
    left, right = st.columns([3, 2], gap="large")
    with left:
        _analogies(chosen)
    with right:
        _similarities(chosen)


def _analogies(chosen: Chosen) -> None:
    st.markdown("**Google's analogy set, by section**")

    def do(on_progress: OnProgress, cancel: Cancel) -> AnalogyAccuracy | str:
        try:
            return evaluate_analogies(
                chosen.space,
                restrict=RESTRICT,
                on_progress=on_progress,
                cancel=cancel,
                cache=chosen.shared,
            )
        except InvalidParameterError as error:  # words of another language: no fault of anyone's
            return str(error)

    key = ("analogies", chosen.space.vectors_fingerprint)
    result: AnalogyAccuracy | str | None = work("Solving 19,544 analogies", key, do)
    if isinstance(result, str):
        st.info(plain(result))
    if not isinstance(result, AnalogyAccuracy):
        return
    st.plotly_chart(analogy_accuracy(result), theme="streamlit", key="accuracy")
    asked = sum(section.total for section in result.sections)
    st.caption(
        f"3CosAdd among the {min(RESTRICT, len(chosen.space)):,} most frequent words, input words "
        f"excluded: {result.total.accuracy:.1%} of {asked:,} questions right; {result.skipped:,} "
        "skipped because a word is not among them. Mikolov et al. 2013."
    )


def _similarities(chosen: Chosen) -> None:
    st.markdown("**Agreement with people's judgements**")
    for name, benchmark in BENCHMARKS.items():
        key = ("similarity", name, chosen.space.vectors_fingerprint)
        try:
            found = session().kept(key, partial(evaluate_similarity, chosen.space, name))
        except InvalidParameterError as error:
            st.info(plain(error))
            continue
        with st.container(border=True):
            st.markdown(f"**{plain(benchmark.label)}**", help=benchmark.help)
            first, second = st.columns(2)
            first.metric(
                "Spearman ρ", f"{found.spearman:.3f}", help="Agreement of the two rankings."
            )
            second.metric("Pearson r", f"{found.pearson:.3f}", help="Agreement of the numbers.")
            st.caption(f"{found.used:,} of {found.pairs:,} word pairs. {plain(benchmark.citation)}")
