"""What one training step of the output layer costs: multiplications counted, time measured."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.huffman import HuffmanTree, huffman_tree
from embedviz.network.output_layers import (
    OutputStep,
    apply,
    full_softmax,
    hierarchical_softmax,
    negative_sampling,
)
from embedviz.product_threads import one_product_thread
from embedviz.progress import Cancel, OnProgress, report, stop_if

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
LAYERS = ("full", "negative", "hierarchical")
_EXAMPLES = 50
# Steps that are timed: few where one takes long, many where it is over at once.
_FEWEST, _MOST, _ENOUGH = 5, 300, 0.1
_RATE = 0.025


@dataclass(frozen=True)
class StepCost:
    """One step of each output layer with a vocabulary of V words.

    Attributes
    ----------
    V : int
    seconds : dict of str to float
        By the names in :data:`LAYERS`: the fastest of several steps, which other work disturbed least.
    multiplications : dict of str to int
        Scores, gradients of the rows and gradient of h: 3·d for each row that takes part.
    mean_path : float
        Turns to a word of the Huffman tree, by how often each word is needed.
    """

    V: int
    seconds: dict[str, float]
    multiplications: dict[str, int]
    mean_path: float


def multiplications(V: int, d: int, negative: int) -> dict[str, int]:
    """How many one step needs, by layer; for the tree with a balanced path of log₂ V."""
    rows = {"full": V, "negative": negative + 1, "hierarchical": math.ceil(math.log2(V))}
    return {name: 3 * d * count for name, count in rows.items()}


def weights_to_learn(V: int, d: int) -> int:
    """The numbers in W and W′: V·d + d·V."""
    return V * d + d * V


def measure_output_cost(
    sizes: Sequence[int] = SIZES,
    d: int = 300,
    negative: int = 5,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[StepCost, ...]:
    """Time one training step (scores, loss, gradients, update) of each layer, in float32.

    The target words are drawn as a text brings them, the r-th most frequent with probability
    ∝ 1/r (Zipf), and the Huffman tree is made for these frequencies. Single examples on one
    thread, as word2vec steps: no batches.

    Raises InvalidParameterError for sizes below 2 and CancelledError.
    """
    if min(sizes) < 2 or d < 1 or negative < 1:
        raise InvalidParameterError(
            f"sizes={tuple(sizes)}, d={d}, negative={negative}: 2 words, 1 number and 1 random "
            "word at least."
        )
    rng = np.random.default_rng(0)
    output = _random((max(sizes), d), rng)
    measured = []
    with one_product_thread():
        for number, V in enumerate(sizes):
            report(on_progress, number / len(sizes), f"V = {V:,}")
            stop_if(cancel, "The measurement")
            measured.append(_measured(output[:V], negative, rng))
    return tuple(measured)


def _measured(output: NDArray[np.float32], negative: int, rng: np.random.Generator) -> StepCost:
    V, d = output.shape
    shares = 1 / np.arange(1, V + 1)
    tree = huffman_tree((1e9 * shares).astype(np.int64))
    targets = rng.choice(V, size=_EXAMPLES, p=shares / shares.sum()).tolist()
    hidden = _random((_EXAMPLES, d), rng)
    seconds = {
        name: _fastest(output, hidden, targets, step)
        for name, step in _steps(output, tree, negative, rng).items()
    }
    mean_path = float((tree.depths() * shares).sum() / shares.sum())
    return StepCost(V, seconds, multiplications(V, d, negative), mean_path)


Step = Callable[[NDArray[np.float32], int], OutputStep]


def _steps(
    output: NDArray[np.float32], tree: HuffmanTree, negative: int, rng: np.random.Generator
) -> dict[str, Step]:
    # What needs no vector is made before: word2vec, too, holds its paths and its noise ready.
    noise = rng.integers(len(output), size=negative).tolist()
    paths: dict[int, tuple[list[int], list[int]]] = {}

    def down_the_tree(h: NDArray[np.float32], target: int) -> OutputStep:
        if target not in paths:
            paths[target] = tree.path(target)
        return hierarchical_softmax(h, output, *paths[target])

    return {
        "full": lambda h, target: full_softmax(h, output, target),
        "negative": lambda h, target: negative_sampling(h, output, target, noise),
        "hierarchical": down_the_tree,
    }


def _fastest(
    output: NDArray[np.float32], hidden: NDArray[np.float32], targets: Sequence[int], step: Step
) -> float:
    times: list[float] = []
    begin = time.perf_counter()
    for h, target in cycle(zip(hidden, targets, strict=True)):
        start = time.perf_counter()
        apply(output, step(h, target), _RATE)
        now = time.perf_counter()
        times.append(now - start)
        if len(times) >= _FEWEST and (now - begin > _ENOUGH or len(times) >= _MOST):
            break
    return min(times)


def _random(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """word2vec's first weights."""
    drawn = rng.random(shape, dtype=np.float32)
    drawn -= np.float32(0.5)
    drawn /= np.float32(shape[1])
    return drawn


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The exponent of growth: the slope of the straight line through the log-log points."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
