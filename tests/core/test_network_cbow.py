"""CBOW against torch's automatic differentiation, and what must hold for any weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError, UnknownKeyError
from embedviz.network.cbow import CbowExample, forward, gradients, objective, windows
from embedviz.network.parameters import Parameters, initial_parameters
from embedviz.network.softmax import cross_entropy, log_softmax, softmax
from embedviz.network.training import step, train
from embedviz.network.vocabulary import Vocabulary, words_of
from tests.counts import examples


def _weights(V: int, d: int, seed: int = 0) -> Parameters:
    return initial_parameters(V, d, seed, scale=1.5)


def _autograd(start: Parameters, examples: list[CbowExample]) -> tuple[float, Parameters]:
    """The mean loss as torch computes it from embedding, mean, linear and cross_entropy."""
    import torch

    W = torch.tensor(start.W, requires_grad=True)
    W_out = torch.tensor(start.W_out, requires_grad=True)
    losses = []
    for example in examples:
        h = torch.nn.functional.embedding(torch.tensor(example.context), W).mean(dim=0)
        target = torch.tensor(example.target)
        losses.append(torch.nn.functional.cross_entropy(h @ W_out, target))
    loss = torch.stack(losses).mean()
    loss.backward()
    assert W.grad is not None
    assert W_out.grad is not None
    return float(loss.detach()), Parameters(W.grad.numpy(), W_out.grad.numpy())


def _contexts(V: int) -> st.SearchStrategy[CbowExample]:
    ids = st.integers(0, V - 1)
    return st.builds(CbowExample, st.lists(ids, min_size=1, max_size=6).map(tuple), ids)


@settings(max_examples=examples(40, 400))
@given(st.data(), st.integers(2, 9), st.integers(1, 5), st.integers(0, 99))
def test_loss_and_gradients_are_those_of_autograd(
    data: st.DataObject, V: int, d: int, seed: int
) -> None:
    examples = data.draw(st.lists(_contexts(V), min_size=1, max_size=5))
    weights = _weights(V, d, seed)
    loss, found = objective(examples, V)(weights)
    expected_loss, expected = _autograd(weights, examples)
    assert loss == pytest.approx(expected_loss)
    np.testing.assert_allclose(found.W, expected.W, atol=1e-12)
    np.testing.assert_allclose(found.W_out, expected.W_out, atol=1e-12)


def test_one_pass_holds_each_stage_of_the_paper() -> None:
    weights, context, target = _weights(7, 4), (5, 2, 2), 6
    seen = forward(weights, context, target)
    np.testing.assert_array_equal(seen.one_hot.argmax(axis=1), context)
    np.testing.assert_array_equal(seen.one_hot.sum(axis=1), 1)
    np.testing.assert_allclose(seen.rows, weights.W[list(context)])
    np.testing.assert_allclose(seen.h, (weights.W[5] + 2 * weights.W[2]) / 3)
    np.testing.assert_allclose(seen.logits, weights.W_out.T @ seen.h)
    assert seen.probabilities.sum() == pytest.approx(1)
    assert seen.loss == pytest.approx(_autograd(weights, [CbowExample(context, target)])[0])
    np.testing.assert_allclose(
        gradients(weights, context, target).W_out,
        np.outer(seen.h, seen.probabilities - np.eye(7)[target]),
    )


def test_windows_are_cut_at_the_ends_and_leave_the_center_out() -> None:
    assert windows([7, 8, 9, 7], 2) == (
        CbowExample((8, 9), 7),
        CbowExample((7, 9, 7), 8),
        CbowExample((7, 8, 7), 9),
        CbowExample((8, 9), 7),
    )
    assert windows([7], 2) == ()
    with pytest.raises(InvalidParameterError, match="window=0"):
        windows([1, 2], 0)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20), st.floats(-1e4, 1e4))
def test_softmax_is_a_distribution_and_ignores_a_shift(scores: list[float], by: float) -> None:
    found = softmax(scores)
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(found, softmax(np.array(scores) + by), atol=1e-9)
    np.testing.assert_allclose(np.exp(log_softmax(scores)), found, atol=1e-12)


def test_cross_entropy_is_finite_where_a_probability_rounds_to_zero() -> None:
    assert cross_entropy(np.array([0.25, 0.75]), 0) == pytest.approx(np.log(4))
    assert np.isfinite(cross_entropy(softmax([0.0, 1e6]), 0))


def test_training_lowers_the_loss_and_keeps_every_step() -> None:
    of_words = objective(windows([0, 1, 2, 3, 0, 4], 2), 5)
    start = initial_parameters(5, 3, seed=1)
    path = train(start, of_words, steps=200, learning_rate=0.5)
    assert path.steps == 200
    assert path.parameters[0] is start
    assert (np.diff(path.losses) < 0).all()
    assert path.losses[100] == pytest.approx(of_words(path.parameters[100])[0])
    again = train(start, of_words, steps=7, learning_rate=0.5)
    np.testing.assert_array_equal(again.parameters[-1].W, path.parameters[7].W)
    by_hand = step(start, of_words(start)[1], 0.5)
    np.testing.assert_array_equal(by_hand.W_out, path.parameters[1].W_out)


def test_weights_cannot_be_written_to_and_must_fit_together() -> None:
    weights = initial_parameters(10, 4)
    assert np.abs(weights.W).max() <= 0.5 / 4
    assert (weights.V, weights.d, weights.size) == (10, 4, 80)
    with pytest.raises(ValueError, match="read-only"):
        weights.W[0, 0] = 1
    with pytest.raises(InvalidParameterError, match=r"\(V, d\)"):
        Parameters(np.zeros((3, 2)), np.zeros((3, 2)))
    with pytest.raises(InvalidParameterError):
        initial_parameters(0, 4)


def test_what_cannot_be_predicted_is_refused() -> None:
    weights = _weights(4, 2)
    with pytest.raises(InvalidParameterError, match="no context word"):
        forward(weights, (), 1)
    with pytest.raises(InvalidParameterError, match=r"\[4\]"):
        gradients(weights, (0, 4), 1)
    with pytest.raises(InvalidParameterError, match="at least two words"):
        objective([], 4)
    with pytest.raises(InvalidParameterError, match="positive rate"):
        train(weights, objective([CbowExample((0,), 1)], 4), steps=1, learning_rate=0.0)


def test_words_of_any_language_and_of_hostile_text() -> None:
    assert words_of("The cat sat; the CAT's 🐈 mat!") == [
        "the",
        "cat",
        "sat",
        "the",
        "cat's",
        "mat",
    ]
    assert words_of("고양이가 매트 위에") == ["고양이가", "매트", "위에"]
    assert words_of("🐈🐈 … !!") == []
    assert len(words_of("a b " * 50_000, most=30)) == 30
    known = Vocabulary.of([["the", "cat"], ["the", "dog"]])
    assert known.words == ("the", "cat", "dog")
    assert known.ids(["dog", "the"]) == (2, 0)
    assert "dog" in known
    assert len(known) == 3
    with pytest.raises(UnknownKeyError, match="the, cat, dog"):
        known.index("mat")
