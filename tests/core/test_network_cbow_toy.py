"""CBOW on the toy corpus: cat comes to dog, the map keeps still, any typed text is met."""

from __future__ import annotations

import numpy as np
import pytest

from embedviz.errors import InvalidParameterError
from embedviz.network.cbow import objective
from embedviz.network.toy_corpus import LONGEST, toy_text
from embedviz.network.toy_training import MOST_STEPS, toy_training
from embedviz.network.word_maps import cosine

SENTENCE = "The cat sat on the mat."


def test_the_typed_sentence_comes_first_and_is_not_doubled() -> None:
    text = toy_text(SENTENCE)
    assert text.sentence == ("the", "cat", "sat", "on", "the", "mat")
    assert text.sentences.count(text.sentence) == 1
    assert text.vocabulary.words[:5] == ("the", "cat", "sat", "on", "mat")
    assert {"cat", "dog", "kitten", "car"} <= set(text.vocabulary.words)
    assert "car" not in toy_text(SENTENCE, cars=False).vocabulary
    assert toy_text("a zebra needs fuel").vocabulary.words[:2] == ("a", "zebra")


@pytest.mark.parametrize("text", ["", "cat", "🐈 🐈", "... !", "   "])
def test_too_little_to_guess_from_is_told(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="at least two words"):
        toy_text(text)


@pytest.mark.parametrize(
    "text",
    ["cat cat cat", "<b>bold</b> 🐈 $x$", "word " * 2000, "x" * 9000 + " y", "고양이가 매트 위에"],
)
def test_strange_sentences_train_too(text: str) -> None:
    found = toy_text(text)
    assert len(found.sentence) <= LONGEST
    training = toy_training(found, 2, 4, 3.0)
    for center in range(len(found.sentence)):
        assert np.isfinite(training.pass_of(center, MOST_STEPS).loss)


@pytest.mark.parametrize("d", [2, 4, 8])
@pytest.mark.parametrize("window", [1, 2, 4])
@pytest.mark.parametrize("seed", [0, 1])
def test_cat_and_kitten_come_to_dog_whatever_the_settings(d: int, window: int, seed: int) -> None:
    training = toy_training(toy_text(SENTENCE), window, d, 3.0, seed)
    near = training.cosines("cat", "dog")
    assert len(near) == MOST_STEPS + 1
    assert near[-1] > 0.85
    assert training.cosines("cat", "kitten")[-1] > 0.85
    assert near[-1] > training.cosines("cat", "drinks")[-1]
    assert training.path.losses[-1] < training.path.losses[0] / 2


def test_the_same_settings_give_the_same_path_and_each_example_its_gradients() -> None:
    text = toy_text(SENTENCE)
    training = toy_training(text, 2, 4, 3.0)
    assert toy_training(toy_text("the CAT sat on the mat"), 2, 4, 3.0) is training
    other = toy_training(text, 2, 4, 3.0, seed=1)
    assert (other.at(0).W != training.at(0).W).any()
    # One step goes against the mean of all windows' gradients.
    _, mean = objective(training.examples, len(training.vocabulary))(training.at(5))
    np.testing.assert_allclose(training.at(6).W, training.at(5).W - 3.0 * mean.W)
    seen, found = training.pass_of(1, 5), training.gradients_of(1, 5)
    assert text.vocabulary.words[seen.target] == "cat"
    touched = np.flatnonzero(np.abs(found.W).sum(axis=1))
    assert sorted(touched) == sorted({int(row) for row in seen.one_hot.argmax(axis=1)})


def test_settled_means_that_steps_change_little() -> None:
    path = toy_training(toy_text(SENTENCE), 2, 4, 3.0).path
    settled = path.settled()
    assert 10 < settled < MOST_STEPS
    assert np.abs(np.diff(path.losses[settled:])).max() <= 1e-3 * path.losses[0]
    assert np.abs(np.diff(path.losses[: settled + 1]))[-1] > 1e-3 * path.losses[0]


def test_the_map_is_the_last_steps_pca_for_every_step() -> None:
    from sklearn.decomposition import PCA

    training = toy_training(toy_text(SENTENCE), 2, 4, 3.0)
    pca = PCA(2).fit(training.at(MOST_STEPS).W)
    for step in (0, 17, MOST_STEPS):
        expected = pca.transform(training.at(step).W)
        found = training.maps[step]
        signs = np.sign((expected * found).sum(axis=0))
        np.testing.assert_allclose(found, expected * signs, atol=1e-9)
    flat = toy_training(toy_text(SENTENCE), 2, 2, 3.0)
    np.testing.assert_array_equal(flat.maps[40], flat.at(40).W)
    # No flips: between two steps no word moves further than W did.
    moved = np.linalg.norm(np.diff(training.maps, axis=0), axis=2)
    in_W = np.linalg.norm(
        np.diff([weights.W for weights in training.path.parameters], axis=0), axis=2
    )
    assert (moved <= in_W + 1e-9).all()


def test_a_vector_without_direction_has_no_cosine() -> None:
    assert np.isnan(cosine(np.zeros(3), np.ones(3)))
    assert cosine(np.array([1.0, 0.0]), np.array([-2.0, 0.0])) == -1
