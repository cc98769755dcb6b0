"""The loss is gensim's where gensim's is right, and right where it is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence
from gensim.test.utils import datapath

import embedviz as ev
from embedviz.words.training_watch import Watch

LEE = datapath("lee_background.cor")
SMALL: dict[str, Any] = {"vector_size": 16, "epochs": 3, "min_count": 5}

both = pytest.mark.parametrize("algorithm", ["cbow", "skip-gram"])


@pytest.fixture(scope="module")
def lee() -> list[list[str]]:
    return list(LineSentence(LEE))


@both
def test_the_sum_is_what_gensim_reports(algorithm: str, lee: list[list[str]]) -> None:
    trained = ev.train_words(lee, algorithm=algorithm, **SMALL)
    expected = Word2Vec(lee, compute_loss=True, **trained.gensim_settings)
    total = sum(
        loss * epoch.words for loss, epoch in zip(trained.losses, trained.epochs, strict=True)
    )
    assert len(trained.losses) == 3
    assert total == pytest.approx(expected.get_latest_training_loss(), rel=3e-3)
    assert trained.losses[0] > trained.losses[-1]


@both
def test_two_workers_report_the_loss_of_one(algorithm: str, lee: list[list[str]]) -> None:
    # Six batches an epoch, so that both workers have some.
    one = ev.train_words(lee, algorithm=algorithm, **SMALL).losses
    two = ev.train_words(lee, algorithm=algorithm, workers=2, **SMALL).losses
    assert two == pytest.approx(one, rel=0.05)


def test_before_anything_is_learned_each_term_is_log_2(lee: list[list[str]]) -> None:
    # CBOW: one true and `negative` random terms a word; steps this small move no vector. gensim's
    # table of logarithms says 0.705 where log 2 is 0.693.
    trained = ev.train_words(
        lee,
        algorithm="cbow",
        alpha=1e-5,
        min_alpha=0.0,
        negative=4,
        epochs=1,
        sample=0.0,
        min_count=1,
    )
    assert trained.losses[0] == pytest.approx(5 * math.log(2), rel=0.02)
    assert trained.epochs[0].words == sum(map(len, lee))


def test_a_corpus_file_reports_its_loss(lee: list[list[str]]) -> None:
    from_file = ev.train_words(corpus_file=LEE, algorithm="cbow", **SMALL).losses
    assert from_file == pytest.approx(
        ev.train_words(lee, algorithm="cbow", **SMALL).losses, rel=0.01
    )


def test_fasttext_has_no_loss(lee: list[list[str]]) -> None:
    trained = ev.train_words(lee[:50], algorithm="fasttext", bucket=1000, **SMALL)
    assert trained.losses == ()
    assert len(trained.epochs) == 3


def test_a_sum_that_float32_cannot_hold_is_not_believed() -> None:
    watch = Watch(lambda: None)
    watch.add_loss(3e6)
    assert watch.loss == 3e6
    watch.add_loss(5e6)
    assert math.isnan(watch.loss)


def test_an_epoch_without_a_trained_word_has_no_mean() -> None:
    # Four in a million pass the subsampling.
    sentences = [["a", "b"] * 500]
    trained = ev.train_words(sentences, sample=1e-12, epochs=1, vector_size=4)
    assert trained.epochs[0].words == 0
    assert math.isnan(trained.losses[0])
