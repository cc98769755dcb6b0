"""Full softmax in batches: gradients against autograd, and that it learns."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.network.blanks import guessing_score
from embedviz.network.full_softmax_training import batch_gradients, train_full_softmax
from embedviz.network.toy_corpus import ANIMALS, CARS
from embedviz.network.vocabulary import words_of
from embedviz.words.training_params import TrainingParams

TEXT = [words_of(line) for line in (*ANIMALS, *CARS)] * 20
SMALL = TrainingParams(vector_size=8, window=2, min_count=1)


@pytest.mark.parametrize("seed", range(3))
def test_a_batchs_gradients_are_autograds(seed: int) -> None:
    import torch

    rng = np.random.default_rng(seed)
    W, out = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    context = np.array([[0, 1, -1, -1], [2, 2, 5, 0], [6, -1, -1, -1], [1, 3, 4, -1]])
    targets = np.array([3, 1, 0, 3])
    W_t, out_t = torch.tensor(W, requires_grad=True), torch.tensor(out, requires_grad=True)
    h = torch.stack([W_t[[i for i in row if i >= 0]].mean(dim=0) for row in context.tolist()])
    torch.nn.functional.cross_entropy(h @ out_t.T, torch.tensor(targets)).backward()
    of_W, of_out = batch_gradients(W, out, context, targets)
    np.testing.assert_allclose(of_W, W_t.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(of_out, out_t.grad.numpy(), atol=1e-12)


def test_it_learns_and_the_same_seed_gives_the_same_network() -> None:
    model = train_full_softmax(TEXT, SMALL, epochs=5)
    again = train_full_softmax(TEXT, SMALL, epochs=5)
    np.testing.assert_array_equal(model.W, again.W)
    ids = [model.vocabulary.ids(words) for words in TEXT]
    score = guessing_score(model.probabilities, ids, model.window)
    assert score.cross_entropy < 0.5 * np.log(len(model.vocabulary))
    assert model.probabilities((0, 1)).sum() == pytest.approx(1)
    assert model.n_tokens == sum(map(len, TEXT))


def test_rare_words_are_left_out_and_nonsense_refused() -> None:
    text = [["a", "b", "rare"], ["a", "b"], ["a", "b"]]
    model = train_full_softmax(text, TrainingParams(vector_size=2, min_count=2), epochs=1)
    assert set(model.vocabulary.words) == {"a", "b"}
    with pytest.raises(InvalidParameterError, match="two are needed"):
        train_full_softmax([["a", "b"]], TrainingParams(min_count=2))
    with pytest.raises(InvalidParameterError, match="beside it"):
        train_full_softmax([["a"], ["b"]], TrainingParams(min_count=1))
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        train_full_softmax(TEXT, SMALL, cancel=stop)
