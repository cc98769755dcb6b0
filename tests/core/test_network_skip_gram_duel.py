"""The comparison by frequency, and passages of a text: held to what they say they count."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.errors import CancelledError, InvalidParameterError, UnknownKeyError
from embedviz.network.frequency_bands import band_scores, nearest_of
from embedviz.network.passage import passage, window_of
from embedviz.network.side_by_side import DuelSettings, side_by_side
from embedviz.network.text_in_ids import text_in_ids
from embedviz.network.toy_corpus import toy_text
from embedviz.network.toy_skip_gram import toy_skip_gram

RNG = np.random.default_rng(0)
WORDS = [f"w{i}" for i in range(120)]
COUNTS = RNG.integers(1, 300, 120)


def space(seed: int, name: str = "", words=WORDS) -> ev.EmbeddingSpace:
    vectors = np.random.default_rng(seed).normal(size=(len(words), 8)).astype(np.float32)
    return ev.EmbeddingSpace(words, vectors, pd.DataFrame({"count": COUNTS[: len(words)]}), name)


def ten_nearest(model: ev.EmbeddingSpace) -> list[set[int]]:
    unit = model.vectors / np.linalg.norm(model.vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    return [set(row) for row in np.argsort(-cosines, axis=1)[:, :10].tolist()]


def test_agreement_is_the_overlap_of_the_ten_nearest():
    models = {"cbow": [space(1), space(2)], "skip-gram": [space(3), space(4)]}
    reference = space(5, "reference")
    theirs = ten_nearest(reference)
    each = {
        name: np.mean(
            [
                [len(a & b) / 10 for a, b in zip(ten_nearest(model), theirs, strict=True)]
                for model in two
            ],
            axis=0,
        )
        for name, two in models.items()
    }
    bands = band_scores(models, reference)
    edges = [0, 10, 30, 100, np.inf]
    inside = [(low <= COUNTS) & (high > COUNTS) for low, high in pairwise(edges)]
    inside = [band for band in inside if band.sum() >= 5]
    assert [band.n for band in bands] == [int(rows.sum()) for rows in inside]
    for band, rows in zip(bands, inside, strict=True):
        differences = each["skip-gram"][rows] - each["cbow"][rows]
        assert band.agreement == pytest.approx({k: v[rows].mean() for k, v in each.items()})
        assert band.difference == pytest.approx(differences.mean())
        assert band.margin == pytest.approx(1.96 * pd.Series(differences).sem())
        assert (band.low, band.high) == (COUNTS[rows].min(), COUNTS[rows].max())
        assert band.chance == pytest.approx(10 / 119)


def test_what_is_the_same_agrees_wholly_and_wins():
    reference = space(5, "reference")
    bands = band_scores({"cbow": [space(1)], "skip-gram": [reference]}, reference)
    assert {band.agreement["skip-gram"] for band in bands} == {1.0}
    assert {band.winner for band in bands} == {"skip-gram"}
    assert all(np.isnan(band.stability["cbow"]) for band in bands)  # one seed says nothing of it
    mirrored = band_scores({"cbow": [reference], "skip-gram": [space(1)]}, reference)
    assert {band.winner for band in mirrored} == {"cbow"}
    alike = band_scores({"cbow": [space(1)], "skip-gram": [space(1)]}, reference)
    assert {band.winner for band in alike} == {""}


def test_only_shared_words_are_neighbors():
    reference = space(5, "reference", WORDS[:60])
    found = nearest_of("w3", {"cbow": space(1), "skip-gram": space(2)}, reference)
    assert list(found) == ["cbow", "skip-gram", "reference"]
    assert all(set(keys) <= set(WORDS[:60]) for keys in found.values())
    with pytest.raises(UnknownKeyError):
        nearest_of("w100", {"cbow": space(1)}, reference)


def test_too_few_shared_words_are_a_sentence():
    with pytest.raises(InvalidParameterError, match="Only 40 words"):
        band_scores({"cbow": [space(1)], "b": [space(2)]}, space(5, "r", WORDS[:40]))
    with pytest.raises(InvalidParameterError, match="Two algorithms"):
        band_scores({"cbow": [space(1)]}, space(5))


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    return RNG.choice(WORDS, (300, 8)).tolist()


def test_both_are_trained_as_train_words_does(sentences):
    settings = DuelSettings(epochs=1, vector_size=4, min_count=1, seeds=(3,), cbow_rounds=2)
    heard = []
    duel = side_by_side(sentences, space(5, "reference"), settings, heard.append)
    assert [(run.algorithm, run.epochs) for run in duel.runs] == [("cbow", 2), ("skip-gram", 1)]
    for run in duel.runs:
        alone = ev.train_words(
            sentences, algorithm=run.algorithm, epochs=run.epochs, vector_size=4, min_count=1,
            window=5, sample=1e-3, seed=3,
        )  # fmt: skip
        assert np.array_equal(run.space.vectors, alone.space.vectors)
    fractions = [progress.fraction for progress in heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert heard[-1].details is duel
    assert duel.seconds("cbow") > 0
    assert sum(band.n for band in duel.bands) <= 120


def test_a_stop_and_bad_settings_are_sentences(sentences):
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        side_by_side(sentences, space(5), cancel=stop)
    for wrong in (DuelSettings(seeds=()), DuelSettings(cbow_rounds=0)):
        with pytest.raises(InvalidParameterError, match="rounds"):
            side_by_side(sentences, space(5), wrong)


def test_a_passage_is_whole_sentences_and_its_focus_the_rarest_word():
    lines = [["a"] * 5, ["b"] * 6 + ["rare"] + ["b"] * 6, ["a", "b"] * 10]
    text = text_in_ids(lines)
    part = passage(text, 0, at_least=12)
    assert part.positions.tolist() == list(range(18))
    assert text.words[text.ids[part.focus]] == "rare"
    assert passage(text, 99).positions.tolist() == list(range(18, 38))  # the last one
    assert len(passage(text, 0, 30, at_most=20).positions) == 20


def test_a_window_reaches_over_what_was_drawn_out_but_not_over_the_sentence():
    text = text_in_ids([["a", "b", "c", "d", "e", "f"], ["g", "h"]])
    kept = np.array([True, False, True, False, False, True, True, True])
    assert window_of(text, kept, 2, 1).tolist() == [0, 5]
    assert window_of(text, kept, 5, 3).tolist() == [0, 2]


def test_cat_and_dog_end_near_each_other_and_far_from_the_car():
    trained = toy_skip_gram(toy_text("The cat sat on the mat."), 2, 4, 2.0)
    cat, dog, car = (trained.at(300).W[trained.vocabulary.index(w)] for w in ("cat", "dog", "car"))

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    assert cosine(cat, dog) > 0.9 > cosine(cat, car)
    assert trained.path.losses[-1] < trained.least_loss * 1.15
    assert trained.maps.shape == (301, len(trained.vocabulary), 2)
    again = toy_skip_gram(toy_text("The cat sat on the mat."), 2, 4, 2.0)
    assert again is trained
    drawn = toy_skip_gram(toy_text("The cat sat on the mat."), 3, 4, 2.0, shrink=True)
    assert set(drawn.sizes) <= {1, 2, 3}
