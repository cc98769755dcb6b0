"""The second part: networks trained on real text, asked for the word in a blank."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.network.blanks import Blank, GuessingScore, blank_in, guessing_score, most_probable
from embedviz.network.news_text import CORPUS, news_sentences
from embedviz.network.trained_cbow import OUTPUTS, Output, TrainedCbow, train_cbow
from embedviz.plots.network import word_probabilities
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.learn.cbow.context import show_context, show_path
from embedviz.ui.learn.cbow.sentence import short
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.messages import plain, show_error
from embedviz.ui.work import work
from embedviz.words.sample_corpora import CORPORA
from embedviz.words.training_params import ALGORITHMS

EXAMPLES = (
    "in the west ___ and gaza",
    "the prime ___ john howard",
    "the united ___ of america",
    "two people were ___ in the fire",
)


@dataclass(frozen=True)
class Asked:
    """A network, how well it guesses, and what it was asked."""

    model: TrainedCbow
    score: GuessingScore
    blank: Blank


def choose_blank(lesson: OpenLesson) -> str:
    """The sentence with a blank: typed, or one of a few."""
    typed = lesson.controls.text("blank", EXAMPLES[0])
    with st.container(horizontal=True):
        for number, example in enumerate(EXAMPLES):
            st.button(
                plain(example), key=f"cbow-blank-{number}", disabled=example == typed,
                on_click=lesson.controls.set, args=("blank", example),
            )  # fmt: skip
    return typed


def link_to_training(lesson: OpenLesson) -> None:
    """The Train page with the same text and CBOW chosen; its address holds labels."""
    text, algorithm = CORPORA[CORPUS], ALGORITHMS["cbow"]
    lesson.open_in("train", corpus=text.label, algorithm=algorithm.label)


def show_trained(lesson: OpenLesson, typed: str) -> None:
    """What each network puts into the blank, and how it comes to that."""
    asked: dict[Output, Asked] = {}
    for place, output in zip(st.columns(len(OUTPUTS), gap="large"), OUTPUTS, strict=True):
        with place:
            st.markdown(f"**{lesson.texts(output)}**", help=lesson.texts(f"{output}.help"))
            found = _ask(lesson, output, typed)
            if found is not None:
                asked[output] = found
                _guesses(lesson, found)
    if asked:
        one = next(iter(asked.values()))
        show_context(lesson, one.model, one.blank)
    if "hierarchical" in asked:
        show_path(lesson, asked["hierarchical"].model, asked["hierarchical"].blank)


def _ask(lesson: OpenLesson, output: Output, typed: str) -> Asked | None:
    """The answer, or None while the network learns or where the sentence cannot be used."""

    def do(on_progress: OnProgress, cancel: Cancel) -> tuple[TrainedCbow, GuessingScore]:
        sentences = news_sentences()
        model = train_cbow(sentences, output, on_progress=on_progress, cancel=cancel)
        known = model.vocabulary
        ids = [[known.index(word) for word in words if word in known] for words in sentences]
        return model, guessing_score(model.probabilities, ids, model.window)

    trained = work(lesson.texts("training", name=lesson.texts(output)), ("learn-cbow", output), do)
    if trained is None:
        return None
    model, score = trained
    try:
        return Asked(model, score, blank_in(typed, model.vocabulary, model.window))
    except InvalidParameterError as error:
        show_error(error)
        return None


def _guesses(lesson: OpenLesson, asked: Asked) -> None:
    model, texts = asked.model, lesson.texts
    best = most_probable(model.probabilities(asked.blank.context), model.vocabulary)
    show_chart(
        word_probabilities(
            [short(word) for word, _ in best], [p for _, p in best], texts("probability"),
            height=260, marked=[short(best[0][0])],
        ),
        f"cbow-guesses-{model.output}", texts("guess.alt", word=best[0][0]),
    )  # fmt: skip
    score = asked.score
    st.caption(
        texts(
            "score", n=score.windows, first=f"{score.first:.0%}", ten=f"{score.first_ten:.0%}",
            loss=f"{score.cross_entropy:.2f}", seconds=f"{model.seconds:.1f}",
        )
    )  # fmt: skip
