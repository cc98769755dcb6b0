"""How frequency hides in the length of a word's vector, and what centering does about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.metric_agreement import (
    MostAnswered,
    NormsByRank,
    apart,
    most_answered,
    norms_by_rank,
)
from embedviz.metric_agreement.length_pictures import answer_bars, norm_by_rank
from embedviz.metric_agreement.pictures import METRIC_COLORS
from embedviz.metrics import COSINE, DOT
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.nearness.facts import facts
from embedviz.ui.learn.nearness.numbers import metric_names, number
from embedviz.ui.learn.nearness.vocabulary import MODEL, vocabulary
from embedviz.ui.messages import plain

_STATES = ("raw", "centered", "top")
_SIZES = (3_000, 10_000, 30_000)
_WEAK = 0.3  # a smaller correlation is called weak (Cohen 1988: below "medium")
_WORDS = ("the", "moreover", "violin", "dog", "queen", "music", "of", "government")


@dataclass(frozen=True)
class Asked:
    """What was taken away from the vectors, and how many of the most frequent words."""

    state: str
    n: int


def choose_vectors(lesson: OpenLesson, beside: DeltaGenerator) -> Asked:
    """The state of the vectors, ``beside`` the choice of the part, and the number of words."""
    with beside:
        state = lesson.controls.choice("vectors", "raw", _STATES)
    with st.columns(2)[1]:
        n = lesson.controls.steps("words", 10_000, _SIZES)
    return Asked(state, n)


def lengths(lesson: OpenLesson, asked: Asked) -> None:
    """Length against frequency, and the words that each metric answers with again and again."""
    said = lesson.texts
    space = vocabulary(asked.n, asked.state)
    measured = _norms(asked.n, asked.state)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{said('norm.title')}**")
        hubs = _most(asked.n, asked.state, DOT.name).keys
        words = [word for word in dict.fromkeys((*hubs, *_WORDS)) if word in space]
        rows = [space.index(word) for word in words]
        figure = norm_by_rank(
            measured,
            {words[place]: rows[place] for place in apart(measured, rows, words)},
            said("norm.rank"),
            said("norm.length"),
            said("norm.median"),
        )
        show_chart(figure, "nearness-norms", said("norm.alt", rho=number(measured.rho)))
    with right:
        _facts(lesson, measured, asked)
    _find(lesson, measured, asked)
    lesson.meaning_here()
    st.caption(said("norm.caption", n=f"{asked.n:,}"))
    _hubs(lesson, asked)
    lesson.open_in("words", near=DOT.label, model=MODEL)


def _find(lesson: OpenLesson, measured: NormsByRank, asked: Asked) -> None:
    """What the sentences say of length, frequency and what answers again and again."""
    dot, cosine = (_most(asked.n, asked.state, metric) for metric in (DOT.name, COSINE.name))
    rho = round(measured.rho, 2)
    lesson.find(
        n=asked.n, rho=rho, frequent_longer=rho < 0, rare_longer=rho > 0, weak=abs(rho) < _WEAK,
        dot_length=dot.mean_length, cosine_length=cosine.mean_length,
        dot_longer=round(dot.mean_length, 2) > round(cosine.mean_length, 2),
        dot_skewness=dot.skewness, cosine_skewness=cosine.skewness,
        more_hubs=round(dot.skewness, 1) > round(cosine.skewness, 1),
        hub=plain(dot.keys[0]), times=int(dot.counts[0]), queries=dot.queries,
        common=measured.common, shared=not math.isnan(measured.rho_shared),
    )  # fmt: skip
    if not math.isnan(measured.rho_shared):
        lesson.find(
            rho_shared=measured.rho_shared,
            more_shared=abs(round(measured.rho_shared, 2)) > abs(rho),
        )


@st.cache_resource(show_spinner=False, max_entries=12)
def _norms(n: int, state: str) -> NormsByRank:
    return norms_by_rank(vocabulary(n, state))


@st.cache_resource(show_spinner=False, max_entries=36)
def _most(n: int, state: str, metric: str) -> MostAnswered:
    return most_answered(vocabulary(n, state), metric)


def _facts(lesson: OpenLesson, measured: NormsByRank, asked: Asked) -> None:
    said = lesson.texts
    shared = "—" if math.isnan(measured.rho_shared) else number(measured.rho_shared, 3)
    facts(
        (said("norm.what"), said("norm.value")),
        [
            (said("norm.rho"), number(measured.rho, 3)),
            (said("norm.shared"), shared),
            (said("norm.common"), number(measured.common, 3)),
        ],
    )
    lines = []
    for metric, name in metric_names(said).items():
        most = _most(asked.n, asked.state, metric)
        lines.append((name, number(most.mean_length), f"{most.median_rank:,.0f}"))
    facts(
        (said("answers.metric"), said("answers.length"), said("answers.rank")),
        lines,
        list(METRIC_COLORS.values()),
    )
    st.caption(said("answers.caption", queries=most.queries, k=most.k))


def _hubs(lesson: OpenLesson, asked: Asked) -> None:
    said = lesson.texts
    found = {metric: _most(asked.n, asked.state, metric) for metric in metric_names(said)}
    longest = max(int(item.counts[0]) for item in found.values())
    st.markdown(f"**{said('hubs')}**")
    for place, (metric, name) in zip(st.columns(3), metric_names(said).items(), strict=True):
        item = found[metric]
        with place:
            st.markdown(f"**{name}**")
            figure = answer_bars(item.keys, item.counts, metric, longest, said("hubs.axis"))
            show_chart(figure, f"nearness-hubs-{metric}", said("hubs.alt", metric=name))
            st.caption(said("hubs.skewness", skewness=number(item.skewness)))
    st.caption(said("hubs.caption", queries=item.queries, n=f"{asked.n:,}"))
