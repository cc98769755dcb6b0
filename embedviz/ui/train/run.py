"""The training, live: progress by epoch, the loss or the neighbors, words per second, stop."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import streamlit as st

from embedviz.plots.training import loss_curve, neighbors_moved
from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.ui.session import session
from embedviz.ui.train.epochs import KEPT_WORDS
from embedviz.ui.train.settings import TrainingSettings
from embedviz.ui.work import cancel_others, work
from embedviz.words.corpora import Corpus
from embedviz.words.training import TrainedWords, train_words
from embedviz.words.training_params import ALGORITHMS

_LOSS = (
    "After every epoch the same guesses, drawn from the text, are made again: a word from its "
    "neighbors, beside the same random words. Lower is better. The sum that gensim adds up while it "
    "trains is not shown (`losses` in Python): it is taken when the words around have just been "
    "stepped on, and as the steps shrink it may rise although the words learn."
)


def train(corpus: Corpus, settings: TrainingSettings) -> TrainedWords | None:
    """The trained model, or None while it is being trained (its progress stands here then)."""

    def do(on_progress: OnProgress, cancel: Cancel) -> TrainedWords:
        return train_words(
            corpus,
            algorithm=settings.algorithm,
            probes=settings.probes,
            name=settings.name,
            keep_words=KEPT_WORDS,
            on_progress=on_progress,
            cancel=cancel,
            **dict(settings.values),
        )

    st.subheader("3 · Training")
    key = training_key(corpus, settings)
    mine = session()
    if key in mine.trained:
        item = mine.owned.get(mine.trained[key])
        if item is None:
            st.info("This model was deleted. Press Train to train it again.")
        return None if item is None else cast(TrainedWords, item.details)
    cancel_others("train", keep=key)
    trained: TrainedWords | None = work(
        settings.name,
        key,
        do,
        watch=lambda progress: watch(progress, settings),
        stop_keeps="Stops within about a second and keeps what was learned so far.",
    )
    return trained


def training_key(corpus: Corpus, settings: TrainingSettings) -> tuple[Any, ...]:
    """What decides a training."""
    return ("train", corpus.fingerprint, settings)


def watch(progress: Progress, settings: TrainingSettings) -> None:
    """What can be seen while it trains."""
    now = progress.details
    if now is None:
        return
    speed, epoch = st.columns(2)
    speed.metric("Words per second", f"{now.words_per_second:,.0f}")
    epoch.metric("Epoch", f"{now.epoch} of {now.epochs}")
    show_curves(settings.algorithm, now.sample_losses, now.history, now.epochs)


def show_curves(algorithm: str, losses: Any, history: Any, epochs: int) -> None:
    """The loss where there is one; for the others, and beside it, how the neighbors moved.

    ``losses`` are of the same guesses after each epoch, so that they compare.
    """
    loss, moved = st.columns(2, gap="medium")
    with loss:
        st.markdown("**Loss by epoch**", help=_LOSS)
        if ALGORITHMS[algorithm].reports_loss and losses and not np.isfinite(losses).any():
            st.caption("No loss: no guess could be drawn from this text to measure it by.")
        elif ALGORITHMS[algorithm].reports_loss:
            title = "mean loss of the same guesses"
            st.plotly_chart(loss_curve(losses, epochs, title=title), theme="streamlit", key="loss")
        else:
            st.caption(
                "gensim computes no loss for fastText; see how the neighbors settle instead."
            )
    with moved:
        st.markdown("**How much the nearest words still change**")
        st.plotly_chart(neighbors_moved(_moved(history), epochs), theme="streamlit", key="moved")


def _moved(history: Any) -> dict[str, list[float]]:
    """Per probe word, the share of its nearest words that changed at each epoch after the first."""
    moved: dict[str, list[float]] = {}
    for epoch in history[1:]:
        for word, share in epoch.moved.items():
            moved.setdefault(word, []).append(share)
    return moved
