"""Skip-gram's forward pass and gradients, held to torch's autograd."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.network.parameters import initial_parameters
from embedviz.network.skip_gram import (
    SkipGramExample,
    forward,
    gradients,
    least_loss,
    objective,
    pair_counts,
    windows,
)
from embedviz.network.training import train
from embedviz.network.vocabulary import Vocabulary, words_of
from tests.counts import examples

SENTENCE = words_of("The cat sat on the mat.")
VOCABULARY = Vocabulary.of([SENTENCE])
IDS = VOCABULARY.ids(SENTENCE)


def by_autograd(parameters, examples, reduction):
    """The loss of torch's own cross-entropy with the one-hot inputs, and its gradients."""
    import torch

    W = torch.tensor(np.array(parameters.W), requires_grad=True)
    W_out = torch.tensor(np.array(parameters.W_out), requires_grad=True)
    pairs = [(example.center, word) for example in examples for word in example.context]
    centers, targets = (torch.tensor(column) for column in zip(*pairs, strict=True))
    one_hot = torch.nn.functional.one_hot(centers, parameters.V).double()
    loss = torch.nn.functional.cross_entropy(one_hot @ W @ W_out, targets, reduction=reduction)
    loss.backward()
    return loss.item(), W.grad.numpy(), W_out.grad.numpy()


@st.composite
def networks(draw):
    V, d = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    scale = draw(st.sampled_from([0.01, 1.0, 8.0]))
    ids = st.integers(0, V - 1)
    example = st.builds(SkipGramExample, ids, st.lists(ids, min_size=1, max_size=7).map(tuple))
    parameters = initial_parameters(V, d, draw(st.integers(0, 99)), scale)
    return parameters, draw(st.lists(example, min_size=1, max_size=6))


@settings(max_examples=examples(60, 600))
@given(networks())
def test_one_window_is_autograds(network):
    parameters, (example, *_) = network
    passed = forward(parameters, example.center, example.context)
    for mean, reduction, loss in ((False, "sum", passed.summed), (True, "mean", passed.mean)):
        expected, W, W_out = by_autograd(parameters, [example], reduction)
        found = gradients(parameters, example.center, example.context, mean=mean)
        assert loss == pytest.approx(expected, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(found.W, W, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.W_out, W_out, rtol=1e-9, atol=1e-12)


@settings(max_examples=examples(60, 600))
@given(networks())
def test_the_objective_is_autograds_mean_over_all_pairs(network):
    parameters, examples = network
    loss, found = objective(examples, parameters.V)(parameters)
    expected, W, W_out = by_autograd(parameters, examples, "mean")
    assert loss == pytest.approx(expected, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(found.W, W, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.W_out, W_out, rtol=1e-9, atol=1e-12)


def test_the_stages_have_the_shapes_of_the_book():
    parameters = initial_parameters(len(VOCABULARY), 4)
    passed = forward(parameters, 1, [0, 2, 3, 0])
    assert passed.one_hot.shape == passed.logits.shape == passed.probabilities.shape == (5,)
    assert passed.h.shape == (4,)
    assert np.array_equal(passed.h, parameters.W[1])
    assert passed.losses.shape == (4,)
    assert passed.losses[0] == passed.losses[3]  # "the" stands there twice: the same guess
    assert passed.probabilities.sum() == pytest.approx(1)


def test_only_the_centers_row_moves():
    found = gradients(initial_parameters(5, 3), 1, [0, 2])
    assert np.flatnonzero(found.W.any(axis=1)).tolist() == [1]
    assert found.W_out.any(axis=0).all()


def test_the_windows_of_the_sentence():
    examples = windows(IDS, 2)
    words = VOCABULARY.words
    assert [words[i] for i in examples[1].context] == ["the", "sat", "on"]
    assert [example.center for example in examples] == list(IDS)
    assert windows([3], 2) == ()
    assert [len(example.context) for example in windows(IDS, 2, [1] * 6)] == [1, 2, 2, 2, 2, 1]


def test_training_falls_to_the_entropy_and_never_below():
    from scipy.stats import entropy

    examples = windows(IDS, 2)
    counts = pair_counts(examples, len(VOCABULARY))
    each = np.array([entropy(row) for row in counts])
    floor = least_loss(counts)
    assert floor == pytest.approx(each @ counts.sum(axis=1) / counts.sum())
    path = train(
        initial_parameters(len(VOCABULARY), 5),
        objective(examples, len(VOCABULARY)),
        steps=1500,
        learning_rate=2.0,
    )
    assert (path.losses > floor).all()
    assert path.losses[-1] == pytest.approx(floor, abs=0.01)
    guess = forward(path.parameters[-1], 1, examples[1].context).probabilities
    np.testing.assert_allclose(guess, counts[1] / counts[1].sum(), atol=0.03)


@given(networks())
def test_no_network_is_below_the_least_loss(network):
    parameters, examples = network
    loss, _ = objective(examples, parameters.V)(parameters)
    assert loss >= least_loss(pair_counts(examples, parameters.V)) - 1e-9


def test_bad_input_is_a_sentence():
    parameters = initial_parameters(5, 2)
    with pytest.raises(InvalidParameterError, match="no context word"):
        forward(parameters, 0, [])
    with pytest.raises(InvalidParameterError, match=r"\[5, -1\] are not among 0 to 4"):
        forward(parameters, 5, [-1])
    with pytest.raises(InvalidParameterError, match="no pair"):
        objective([], 5)
    with pytest.raises(InvalidParameterError, match="not among 0 to 4"):
        objective([SkipGramExample(0, (9,))], 5)
