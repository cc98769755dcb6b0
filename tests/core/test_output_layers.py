"""The three output layers against torch's autograd, the tree against gensim's, the counted cost."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.network import output_cost
from embedviz.network.cbow import gradients
from embedviz.network.huffman import huffman_tree
from embedviz.network.output_cost import (
    LAYERS,
    Rounds,
    full_step,
    growth,
    measure_output_cost,
    multiplications,
    slope,
    weights_to_learn,
)
from embedviz.network.output_layers import (
    OutputStep,
    apply,
    full_softmax,
    hierarchical_softmax,
    negative_sampling,
)
from embedviz.network.parameters import initial_parameters

V, D = 9, 4
CONTEXT = (3, 1, 1, 7)


def _weights(seed: int):
    weights = initial_parameters(V, D, seed, scale=1.5)
    return weights.W, weights.W_out.T.copy()


def _cbow_gradients(W: np.ndarray, rows: np.ndarray, step: OutputStep):
    """The gradients of both whole matrices that a step of CBOW implies."""
    of_W, of_rows = np.zeros_like(W), np.zeros_like(rows)
    np.add.at(of_W, list(CONTEXT), step.grad_h / len(CONTEXT))
    np.add.at(of_rows, step.touched, step.grad_rows)
    return of_W, of_rows


def _autograd(W: np.ndarray, rows: np.ndarray, loss_of):
    import torch

    W_t, rows_t = torch.tensor(W, requires_grad=True), torch.tensor(rows, requires_grad=True)
    h = torch.nn.functional.embedding_bag(
        torch.tensor([CONTEXT]), W_t, mode="mean", include_last_offset=False
    )[0]
    loss = loss_of(h, rows_t)
    loss.backward()
    return float(loss.detach()), W_t.grad.numpy(), rows_t.grad.numpy()


def _agree(W: np.ndarray, rows: np.ndarray, step: OutputStep, loss_of) -> None:
    loss, of_W, of_rows = _autograd(W, rows, loss_of)
    assert step.loss == pytest.approx(loss)
    found_W, found_rows = _cbow_gradients(W, rows, step)
    np.testing.assert_allclose(found_W, of_W, atol=1e-12)
    np.testing.assert_allclose(found_rows, of_rows, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_full_softmax_is_autograds_cross_entropy(seed: int) -> None:
    import torch

    W, rows = _weights(seed)
    step = full_softmax(W[list(CONTEXT)].mean(axis=0), rows, 5)
    _agree(
        W, rows, step,
        lambda h, out: torch.nn.functional.cross_entropy(out @ h, torch.tensor(5)),
    )  # fmt: skip
    whole = gradients(initial_parameters(V, D, seed, scale=1.5), CONTEXT, 5)
    np.testing.assert_allclose(_cbow_gradients(W, rows, step)[0], whole.W, atol=1e-12)
    np.testing.assert_allclose(step.grad_rows, whole.W_out.T, atol=1e-12)


@given(st.integers(0, 50), st.lists(st.integers(0, V - 1), min_size=1, max_size=6))
def test_negative_sampling_is_autograds(seed: int, noise: list[int]) -> None:
    import torch

    W, rows = _weights(seed)
    step = negative_sampling(W[list(CONTEXT)].mean(axis=0), rows, 5, noise)

    def loss_of(h, out):
        right = torch.nn.functional.logsigmoid(out[5] @ h)
        return -right - torch.nn.functional.logsigmoid(-(out[noise] @ h)).sum()

    _agree(W, rows, step, loss_of)


@given(st.integers(0, 50), st.integers(0, V - 1))
def test_hierarchical_softmax_is_autograds(seed: int, word: int) -> None:
    import torch

    W, rows = _weights(seed)
    path, turns = huffman_tree([50, 3, 9, 1, 1, 20, 7, 2, 2]).path(word)
    step = hierarchical_softmax(W[list(CONTEXT)].mean(axis=0), rows, path, turns)

    def loss_of(h, nodes):
        wanted = torch.tensor([1.0 - turn for turn in turns], dtype=torch.float64)
        return torch.nn.functional.binary_cross_entropy_with_logits(
            nodes[path] @ h, wanted, reduction="sum"
        )

    _agree(W, rows, step, loss_of)


@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=30),
    st.integers(0, 99),
)
def test_the_probabilities_of_all_paths_sum_to_one(counts: list[int], seed: int) -> None:
    tree = huffman_tree(counts)
    nodes = np.random.default_rng(seed).normal(size=(len(counts) - 1, D))
    h = np.random.default_rng(seed + 1).normal(size=D)
    losses = [hierarchical_softmax(h, nodes, *tree.path(w)).loss for w in range(len(counts))]
    assert np.exp(-np.array(losses)).sum() == pytest.approx(1)
    assert [len(tree.path(w)[0]) for w in range(len(counts))] == tree.depths().tolist()


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=60))
def test_the_tree_is_as_short_as_gensims(counts: list[int]) -> None:
    from gensim.models import KeyedVectors
    from gensim.models.word2vec import _assign_binary_codes

    wv = KeyedVectors(2, count=len(counts))
    wv.index_to_key = [str(word) for word in range(len(counts))]
    wv.key_to_index = {word: row for row, word in enumerate(wv.index_to_key)}
    for row, count in enumerate(counts):
        wv.set_vecattr(str(row), "count", count)
    _assign_binary_codes(wv)
    theirs = [len(wv.get_vecattr(row, "code")) for row in range(len(counts))]
    # Ties may be broken otherwise; the weighted length, which is what Huffman minimizes, may not.
    assert np.dot(huffman_tree(counts).depths(), counts) == np.dot(theirs, counts)


def test_steps_applied_in_place_lower_the_loss() -> None:
    W, rows = _weights(0)
    h = W[list(CONTEXT)].mean(axis=0)
    for step in (
        lambda: full_softmax(h, rows, 5),
        lambda: negative_sampling(h, rows, 5, [1, 1, 2]),
        lambda: hierarchical_softmax(h, rows, [8, 4], [0, 1]),
    ):
        before = step()
        apply(rows, before, 0.05)
        assert step().loss < before.loss


def test_the_example_that_a_student_looks_for() -> None:
    assert weights_to_learn(10_000, 300) == 6_000_000
    assert multiplications(10_000, 300, 5) == {
        "full": 3 * 10_000 * 300,
        "negative": 3 * 6 * 300,
        "hierarchical": 3 * 14 * 300,
    }


def test_cost_is_measured_for_each_size_and_can_be_stopped() -> None:
    said = []
    measured = measure_output_cost((50, 400), d=8, on_progress=said.append)
    assert [cost.V for cost in measured] == [50, 400]
    for cost in measured:
        assert set(cost.seconds) == set(LAYERS)
        assert all(value > 0 for value in cost.seconds.values())
        # By Zipf's law the Huffman path is shorter than that of a balanced tree.
        assert 1 < cost.mean_path < math.log2(cost.V)
    assert said

    class Stop:
        def is_set(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        measure_output_cost((50, 400), d=8, cancel=Stop())
    with pytest.raises(InvalidParameterError, match="2 words"):
        measure_output_cost((1,), d=8)


def test_a_step_in_blocks_is_the_step_of_full_softmax() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(1300, 6)).astype(np.float32)
    h = rng.normal(size=6).astype(np.float32)
    whole, blocks = rows.copy(), rows.copy()
    step = full_softmax(h, whole, 700)
    apply(whole, step, 0.1)
    grad_h = full_step(h, blocks, 700, 0.1)
    np.testing.assert_allclose(blocks, whole, atol=1e-6)
    np.testing.assert_allclose(grad_h, step.grad_h, rtol=1e-4, atol=1e-6)
    assert not np.array_equal(blocks, rows)


@pytest.mark.parametrize(
    ("seconds", "agree"),
    [
        ([], False), ([1.0], False), ([1.0, 1.05], True), ([2.0, 1.0], False),
        ([9.0, 1.0, 3.0, 1.09], True), ([1.0, 1.2, 1.4], False),
    ],
)  # fmt: skip
def test_rounds_agree_where_the_two_fastest_do(seconds: list[float], agree: bool) -> None:
    rounds = Rounds(seconds)
    assert rounds.agree == agree
    assert rounds.fastest == min(seconds, default=math.inf)


def _disturbed_rounds(monkeypatch: pytest.MonkeyPatch, slow: Callable[[int], float]) -> list[int]:
    """Each round takes V seconds, times what other work does to it; gives the rounds' sizes."""
    rounds: list[int] = []

    def timed(hidden: np.ndarray, targets: list[int], step: Callable[..., None]) -> float:
        V = len(_rows_of(step))
        rounds.append(V)
        return V * slow(len(rounds))

    monkeypatch.setattr(output_cost, "_fastest", timed)
    return rounds


def _rows_of(step: Callable[..., None]) -> np.ndarray:
    return next(
        cell.cell_contents
        for cell in step.__closure__ or ()
        if isinstance(cell.cell_contents, np.ndarray)
    )


def test_a_disturbed_measurement_is_repeated_until_it_agrees(monkeypatch) -> None:
    """The 1.81 of a busy machine: the largest size was timed while other work ran."""
    sizes = (10, 100, 1000)
    quiet = _disturbed_rounds(monkeypatch, lambda _: 1.0)
    measure_output_cost(sizes, d=2)
    assert len(quiet) == 2 * len(LAYERS) * len(sizes)
    busy = _disturbed_rounds(monkeypatch, lambda number: 5.0 if 7 <= number <= 9 else 1.0)
    costs = measure_output_cost(sizes, d=2)
    assert len(busy) == len(quiet) + len(LAYERS)  # the largest size once more
    for cost in costs:
        assert not cost.disturbed
        assert set(cost.seconds.values()) == {cost.V}
    assert growth(costs, "full") == pytest.approx((1.0, 0.0), abs=1e-9)


def test_what_never_agrees_is_flagged_and_left_out(monkeypatch) -> None:
    _disturbed_rounds(monkeypatch, lambda number: 1.5**number)
    costs = measure_output_cost((10, 100), d=2)
    assert all(cost.disturbed == set(LAYERS) for cost in costs)
    assert growth(costs, "full") is None


def test_the_exponent_comes_with_an_error_that_holds_it() -> None:
    sizes = [10, 100, 1000, 10_000]
    assert slope(sizes, [3.0 * V for V in sizes]) == pytest.approx((1, 0), abs=1e-9)
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(200):
        exponent, error = slope(sizes, [V * np.exp(rng.normal(0, 0.3)) for V in sizes])
        inside += abs(exponent - 1) <= error
    assert 180 <= inside <= 200  # 95 %


def test_what_cannot_be_is_refused() -> None:
    W, rows = _weights(0)
    with pytest.raises(InvalidParameterError, match="random word"):
        negative_sampling(W[0], rows, 5, [])
    with pytest.raises(InvalidParameterError, match="two words"):
        huffman_tree([3])
