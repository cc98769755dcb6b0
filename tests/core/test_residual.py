"""The residual stack: its gradients are torch autograd's, and I + F′ is what the shortcut adds."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from torch.optim.sgd import sgd

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.residual.digits import digits
from embedviz.residual.flow import flow_at_start, flow_of, reach_by_depth
from embedviz.residual.gradients import gradient_norms, gradients
from embedviz.residual.stack import INITIALIZATIONS, Stack, initial_stack
from embedviz.residual.training import train_pair
from tests.counts import examples

TOY = {"width": 5, "inputs": 4, "classes": 3}


def by_autograd(stack: Stack, pixels: np.ndarray, labels: np.ndarray):
    """Loss, and ∂loss/∂W, ∂loss/∂b and ∂loss/∂x by torch, from the definition of a block."""
    weights = [torch.tensor(w, requires_grad=True) for w in stack.weights]
    biases = [torch.tensor(b, requires_grad=True) for b in stack.biases]
    x = torch.nn.functional.linear(torch.tensor(pixels), weights[0], biases[0])
    inputs = []
    for first in range(1, stack.depth - 1, 2):
        x.retain_grad()
        inputs.append(x)
        hidden = torch.relu(torch.relu(x) @ weights[first].T + biases[first])
        change = hidden @ weights[first + 1].T + biases[first + 1]
        x = x + change if stack.shortcut else change
    x.retain_grad()
    inputs.append(x)
    logits = torch.relu(x) @ weights[-1].T + biases[-1]
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    loss.backward()
    return loss.item(), *([one.grad.numpy() for one in kind] for kind in (weights, biases, inputs))


@settings(max_examples=examples(12, 120))
@given(
    depth=st.sampled_from([4, 6, 10]),
    shortcut=st.booleans(),
    initialization=st.sampled_from(sorted(INITIALIZATIONS)),
    seed=st.integers(0, 99),
)
def test_gradients_are_autograds(depth, shortcut, initialization, seed):
    stack = initial_stack(depth, shortcut=shortcut, initialization=initialization, seed=seed, **TOY)
    random = np.random.default_rng(seed)
    pixels, labels = random.normal(size=(7, 4)), random.integers(0, 3, 7)
    found = gradients(stack, pixels, labels)
    loss, weights, biases, inputs = by_autograd(stack, pixels, labels)
    assert found.loss == pytest.approx(loss, rel=1e-12)
    for mine, theirs in ((found.weights, weights), (found.biases, biases), (found.inputs, inputs)):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(
        gradient_norms(found), [np.linalg.norm(one) for one in weights], rtol=1e-9
    )


@given(seed=st.integers(0, 50))
@settings(max_examples=examples(8, 80))
def test_a_shortcut_adds_the_identity_to_the_derivative(seed):
    """d(x + F(x))/dx = I + F′(x), the block's own Jacobian taken by torch."""
    stack = initial_stack(4, shortcut=True, seed=seed, **TOY)
    random = np.random.default_rng(seed)
    pixels, labels = random.normal(size=(1, 4)), random.integers(0, 3, 1)
    first, second = (torch.tensor(w) for w in stack.weights[1:3])
    b1, b2 = (torch.tensor(b) for b in stack.biases[1:3])
    x = torch.tensor(pixels @ stack.weights[0].T + stack.biases[0])[0]
    jacobian = torch.autograd.functional.jacobian(
        lambda x: second @ torch.relu(first @ torch.relu(x) + b1) + b2, x
    ).numpy()
    found = gradients(stack, pixels, labels)
    behind = found.inputs[-1][0]
    np.testing.assert_allclose(
        found.inputs[0][0], (np.eye(5) + jacobian).T @ behind, rtol=1e-9, atol=1e-13
    )


def test_without_its_shortcuts_it_is_a_plain_network():
    stack = initial_stack(8, shortcut=False, **TOY)
    layers: list[torch.nn.Module] = []
    for w, b in zip(stack.weights, stack.biases, strict=True):
        linear = torch.nn.Linear(w.shape[1], w.shape[0], dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(w), torch.tensor(b)
        layers += [linear, torch.nn.ReLU()]
    # Two ReLUs stand nowhere in a row: a first layer, and after it ReLU before each further one.
    plain = torch.nn.Sequential(*layers[:-1])
    pixels = np.random.default_rng(0).normal(size=(6, 4))
    labels = np.array([0, 1, 2, 0, 1, 2])
    loss = torch.nn.functional.cross_entropy(plain(torch.tensor(pixels)), torch.tensor(labels))
    assert gradients(stack, pixels, labels).loss == pytest.approx(loss.item(), rel=1e-12)


def test_initializations_are_those_of_the_papers():
    inputs, outputs = 200, 400
    torch.manual_seed(0)
    linear = torch.nn.Linear(inputs, outputs)
    random = np.random.default_rng(0)
    weights, biases = INITIALIZATIONS["pytorch"](outputs, inputs, random)
    assert weights.std() == pytest.approx(linear.weight.std().item(), rel=0.02)
    assert np.abs(weights).max() == pytest.approx(linear.weight.abs().max().item(), rel=0.01)
    assert np.abs(biases).max() == pytest.approx(linear.bias.abs().max().item(), rel=0.02)
    for name, init in (
        ("glorot", torch.nn.init.xavier_uniform_),
        ("he", torch.nn.init.kaiming_normal_),
    ):
        weights, biases = INITIALIZATIONS[name](outputs, inputs, random)
        theirs = init(torch.empty(outputs, inputs))
        assert weights.std() == pytest.approx(theirs.std().item(), rel=0.02)
        assert not biases.any()


def test_the_digits_are_scikit_learns():
    pixels, labels = load_digits(return_X_y=True)
    mine = digits()
    everyone = np.concatenate([mine.labels, mine.held_out_labels])
    assert np.bincount(everyone).tolist() == np.bincount(labels).tolist()
    assert (mine.pixels.shape, mine.held_out_pixels.shape) == ((1400, 64), (397, 64))
    assert mine.pixels.mean() == pytest.approx(0, abs=1e-12)
    assert mine.pixels.std() == pytest.approx(1)
    back = np.concatenate([mine.pixels, mine.held_out_pixels])
    scale = pixels.std() / back.std()
    rows = np.rint((back - back.min()) * 16 / (back.max() - back.min()))
    assert sorted(map(tuple, rows)) == sorted(map(tuple, pixels))
    assert scale > 0


def test_a_plain_gradient_vanishes_with_depth_and_a_residual_one_does_not():
    depths = [4, 10, 20, 50]
    plain, residual = reach_by_depth(depths)
    assert (np.diff(np.log10(plain)) < -1).all()
    assert plain[-1] < 1e-12
    assert ((residual > 0.3) & (residual < 10)).all()
    flow = flow_at_start(20)
    assert len(flow.plain) == len(flow.residual) == 20
    assert flow.plain[0] < 1e-4 * flow.residual[0]
    assert (flow.plain_reach, flow.residual_reach) == (plain[2], residual[2])


def test_both_networks_begin_with_the_same_weights():
    plain = initial_stack(10, shortcut=False, seed=3)
    residual = initial_stack(10, shortcut=True, seed=3)
    for one, other in zip(plain.weights, residual.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    flow = flow_of(plain, residual)
    np.testing.assert_array_equal(flow.plain, flow_at_start(10, seed=3).plain)


def test_training_is_the_same_for_a_seed_and_is_torchs():
    pair = train_pair(4, 12, seed=1)
    again = train_pair(4, 12, seed=1)
    assert pair.plain.losses == again.plain.losses
    assert pair.residual.accuracies == again.residual.accuracies
    assert pair.plain.looked_at == (0, 10, 12)
    data, random = digits(), np.random.default_rng(1)
    start = initial_stack(4, shortcut=True, seed=1)
    values = [torch.tensor(one, requires_grad=True) for one in (*start.weights, *start.biases)]
    speeds: list[torch.Tensor | None] = [None] * len(values)
    for loss in pair.residual.losses:
        rows = random.integers(0, 1400, pair.batch)
        now = [value.detach().numpy() for value in values]
        theirs, weights, biases, _ = by_autograd(
            Stack(tuple(now[:4]), tuple(now[4:]), True), data.pixels[rows], data.labels[rows]
        )
        assert loss == pytest.approx(theirs, rel=1e-9)
        slopes = [torch.tensor(slope) for slope in (*weights, *biases)]
        with torch.no_grad():  # the step of torch.optim.SGD, whose class loads torch's compiler
            sgd(
                values, slopes, speeds, lr=0.05, momentum=0.9, weight_decay=0.0, dampening=0.0,
                nesterov=False, maximize=False, foreach=False,
            )  # fmt: skip


def test_at_twenty_layers_only_the_network_with_shortcuts_learns():
    pair = train_pair(20, 60)
    assert pair.plain.losses[-1] > 2.2
    assert pair.plain.accuracies[-1] < 0.2
    assert pair.residual.losses[-1] < 0.6
    assert pair.residual.accuracies[-1] > 0.8


def test_training_that_diverges_says_when_and_ends():
    pair = train_pair(20, 40, initialization="he", learning_rate=10.0)
    assert pair.residual.diverged_at is not None
    assert len(pair.residual.losses) == pair.residual.diverged_at - 1
    assert np.isfinite(pair.residual.losses).all()
    assert all(np.isfinite(accuracy) for accuracy in pair.residual.accuracies)


def test_training_can_be_stopped_and_tells_its_losses():
    reports = []
    train_pair(4, 20, on_progress=reports.append)
    assert [report.fraction for report in reports] == [0.5, 1.0]
    assert [len(losses) for losses in reports[-1].details] == [20, 20]
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        train_pair(4, 20, cancel=stop)


@pytest.mark.parametrize("depth", [0, 2, 5, 202, -4, True])
def test_a_depth_that_makes_no_blocks_is_refused(depth):
    with pytest.raises(InvalidParameterError, match="even number from 4 to 200"):
        initial_stack(depth, shortcut=True)


def test_what_does_not_fit_is_refused():
    stack = initial_stack(4, shortcut=True, **TOY)
    with pytest.raises(InvalidParameterError, match="rows of 4 numbers"):
        gradients(stack, np.ones((2, 3)), np.array([0, 1]))
    with pytest.raises(InvalidParameterError, match="labels from 0 to 2"):
        gradients(stack, np.ones((2, 4)), np.array([0, 3]))
    with pytest.raises(InvalidParameterError, match="at least one row"):
        gradients(stack, np.ones((0, 4)), np.array([], dtype=np.int64))
    with pytest.raises(InvalidParameterError, match="no initialization 'zeros'"):
        initial_stack(4, shortcut=True, initialization="zeros")
    with pytest.raises(InvalidParameterError, match="width=0"):
        initial_stack(4, shortcut=True, width=0)
    for steps, rate in ((0, 0.05), (10**6, 0.05), (10, 0.0), (10, float("nan"))):
        with pytest.raises(InvalidParameterError, match="learning rate above 0"):
            train_pair(4, steps, learning_rate=rate)
