"""The second part: networks trained on real text, asked for the word in a blank."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import InvalidParameterError
from embedviz.network.blanks import Blank, GuessingScore, blank_in, guessing_score, most_probable
from embedviz.network.full_softmax_training import train_full_softmax
from embedviz.network.news_text import CORPUS, news_sentences
from embedviz.network.pictures import word_probabilities
from embedviz.network.trained_cbow import Output, TrainedCbow, train_cbow
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.learn.cbow.context import show_context, show_path
from embedviz.ui.learn.cbow.sentence import short
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.work import work
from embedviz.ui.messages import plain
from embedviz.words.sample_corpora import CORPORA
from embedviz.words.training_params import CBOW

_HEIGHT = 236
SHOWN: tuple[Output, ...] = ("negative", "hierarchical", "full")
EXAMPLES = (
    "the prime ___ john howard",
    "in the west ___ and gaza",
    "the united ___ of america",
    "two people were ___ in the fire",
)


@dataclass(frozen=True)
class Asked:
    """A network, how well it guesses, and what it was asked."""

    model: TrainedCbow
    score: GuessingScore
    blank: Blank

    @property
    def best(self) -> tuple[tuple[str, float], ...]:
        """The most probable words, the best first."""
        return most_probable(self.model.probabilities(self.blank.context), self.model.vocabulary)


def choose_blank(lesson: OpenLesson) -> str:
    """The sentence with a blank: typed, or one of a few."""
    left, right = st.columns([5, 1.6], vertical_alignment="bottom")
    with left:
        typed = lesson.controls.text("blank", EXAMPLES[0])
    with right, st.popover(lesson.texts("examples"), width="stretch"):
        for number, example in enumerate(EXAMPLES):
            st.button(
                plain(example), key=f"cbow-blank-{number}", disabled=example == typed,
                on_click=lesson.controls.set, args=("blank", example), width="stretch",
            )  # fmt: skip
    return typed


def link_to_training(lesson: OpenLesson) -> None:
    """The Train page with the same text and CBOW chosen; its address holds labels."""
    text, algorithm = CORPORA[CORPUS], CBOW
    lesson.open_in("train", corpus=text.label, algorithm=algorithm.label)


def show_trained(lesson: OpenLesson, typed: str) -> None:
    """What each network puts into the blank, and how it comes to that."""
    places = dict(zip(SHOWN, st.columns(len(SHOWN), gap="medium"), strict=True))
    networks = _networks(lesson, places)
    lesson.meaning_here()
    scores = st.columns(len(SHOWN), gap="medium")
    asked: dict[Output, Asked] = {}
    for output, (model, score) in networks.items():
        try:
            blank = blank_in(typed, model.vocabulary, model.window)
        except InvalidParameterError as error:
            show_error(error)
            return
        asked[output] = Asked(model, score, blank)
    most = max((one.best[0][1] for one in asked.values()), default=1.0)
    for (output, place), below in zip(places.items(), scores, strict=True):
        if output in asked:
            with place:
                _guesses(lesson, asked[output], most)
            with below:
                _score(lesson, asked[output])
    _find(lesson, asked)
    if asked:
        one = next(iter(asked.values()))
        show_context(lesson, one.model, one.blank)
    if "hierarchical" in asked:
        show_path(lesson, asked["hierarchical"].model, asked["hierarchical"].blank)


def _find(lesson: OpenLesson, asked: Mapping[Output, Asked]) -> None:
    """What the three sentences tell, once both of the networks that begin by themselves answer."""
    if not {"negative", "hierarchical"} <= set(asked):
        return
    negative, hierarchical = asked["negative"], asked["hierarchical"]
    (word, p), (other, q) = negative.best[0], hierarchical.best[0]
    lesson.find(
        trained=True,
        tokens=negative.model.n_tokens,
        epochs=negative.model.epochs,
        c=len(negative.blank.context),
        same=word == other,
        word=plain(short(word)),
        p=p,
        other=plain(short(other)),
        q=q,
        loss=negative.score.cross_entropy,
        loss_of_tree=hierarchical.score.cross_entropy,
        blind=math.log(len(negative.model.vocabulary)),
    )


def _networks(
    lesson: OpenLesson, places: Mapping[Output, DeltaGenerator]
) -> dict[Output, tuple[TrainedCbow, GuessingScore]]:
    """Those that are trained; one after the other, as two at a time would slow each other down."""
    ready: dict[Output, tuple[TrainedCbow, GuessingScore]] = {}
    waiting = False
    for output, place in places.items():
        with place:
            st.markdown(f"**{lesson.texts(output)}**", help=lesson.texts(f"{output}.help"))
            if output == "full" and not _full_wanted(lesson):
                continue
            if waiting:
                st.caption(lesson.texts("next"))
                continue
            found = _network(lesson, output)
            waiting = found is None
            if found is not None:
                ready[output] = found
    return ready


def _full_wanted(lesson: OpenLesson) -> bool:
    """Whether to train full softmax as well; offers to, as it takes several times as long."""
    wanted = lesson.controls.value("full", False)
    if not wanted:
        st.caption(lesson.texts("full.note"))
        st.button(
            lesson.texts("full.train"), key="cbow-full",
            on_click=lesson.controls.set, args=("full", True),
        )  # fmt: skip
    return wanted


@st.cache_resource(show_spinner=False)
def _shared() -> dict[Output, tuple[TrainedCbow, GuessingScore]]:
    """What was trained on this server: the same text and settings for everyone, never written to."""
    return {}


def _network(lesson: OpenLesson, output: Output) -> tuple[TrainedCbow, GuessingScore] | None:
    """A trained network and how well it guesses its own text; None while it learns."""

    def do(on_progress: OnProgress, cancel: Cancel) -> bool:
        if output not in _shared():
            model = _trained(output, on_progress, cancel)
            known = model.vocabulary
            ids = [
                [known.index(word) for word in words if word in known] for words in news_sentences()
            ]
            _shared()[output] = model, guessing_score(model.probabilities, ids, model.window)
        return True

    title = lesson.texts("training", name=lesson.texts(output))
    if output not in _shared() and work(title, ("learn-cbow", output), do) is None:
        return None
    return _shared()[output]


def _trained(output: Output, on_progress: OnProgress, cancel: Cancel) -> TrainedCbow:
    if output == "full":
        return train_full_softmax(news_sentences(), on_progress=on_progress, cancel=cancel)
    return train_cbow(news_sentences(), output, on_progress=on_progress, cancel=cancel)


def _guesses(lesson: OpenLesson, asked: Asked, most: float) -> None:
    """The bars; those of all networks share an axis, which reaches to ``most``."""
    best, texts = asked.best, lesson.texts
    show_chart(
        word_probabilities(
            [short(word) for word, _ in best], [p for _, p in best], texts("probability"),
            height=_HEIGHT, marked=[short(best[0][0])], most=most,
        ),
        f"cbow-guesses-{asked.model.output}", texts("guess.alt", word=best[0][0]),
    )  # fmt: skip


def _score(lesson: OpenLesson, asked: Asked) -> None:
    score = asked.score
    st.caption(
        lesson.texts(
            "score", n=score.windows, first=f"{score.first:.0%}", ten=f"{score.first_ten:.0%}",
            loss=f"{score.cross_entropy:.2f}", seconds=f"{asked.model.seconds:.1f}",
        )
    )  # fmt: skip
