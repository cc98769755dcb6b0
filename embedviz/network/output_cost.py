"""What one training step of the output layer costs: multiplications counted, time measured."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.network.huffman import HuffmanTree, huffman_tree
from embedviz.network.output_layers import (
    apply,
    hierarchical_softmax,
    negative_sampling,
)
from embedviz.product_threads import one_product_thread
from embedviz.progress import Cancel, OnProgress, report, stop_if

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
LAYERS = ("full", "negative", "hierarchical")
_EXAMPLES = 50
# Steps of one round: few where one takes long, many where it is over at once.
_FEWEST, _MOST, _ENOUGH = 3, 150, 0.05
_MOST_ROUNDS = 8
_AGREE = 0.1
_FEWEST_SIZES = 3  # for an exponent with an error
_RATE = 0.025
_BLOCK = 512  # rows


@dataclass
class Rounds:
    """Rounds of the same measurement, each the fastest of several steps.

    Other work on the machine makes steps slower and never faster. So the fastest round counts, and
    once the second fastest agrees with it within 10 % no more are needed: both were undisturbed.
    """

    seconds: list[float] = field(default_factory=list)

    @property
    def fastest(self) -> float:
        """In seconds; inf before the first round."""
        return min(self.seconds, default=math.inf)

    @property
    def agree(self) -> bool:
        """Whether the two fastest do."""
        first, second = [*sorted(self.seconds), math.inf, math.inf][:2]
        return second <= first * (1 + _AGREE) < math.inf


@dataclass(frozen=True)
class StepCost:
    """One step of each output layer with a vocabulary of V words.

    Attributes
    ----------
    V : int
    seconds : dict of str to float
        By the names in :data:`LAYERS`: the fastest of all steps, see :class:`Rounds`.
    disturbed : frozenset of str
        The layers whose two fastest rounds did not agree in the end: trust these times less.
    multiplications : dict of str to int
        Scores, gradients of the rows and gradient of h: 3·d for each row that takes part.
    mean_path : float
        Turns to a word of the Huffman tree, by how often each word is needed.
    """

    V: int
    seconds: dict[str, float]
    disturbed: frozenset[str]
    multiplications: dict[str, int]
    mean_path: float


def multiplications(V: int, d: int, negative: int) -> dict[str, int]:
    """How many one step needs, by layer; for the tree with a balanced path of log₂ V."""
    rows = {"full": V, "negative": negative + 1, "hierarchical": tree_turns(V)}
    return {name: 3 * d * count for name, count in rows.items()}


def tree_turns(V: int) -> int:
    """Turns to a word in a balanced tree of V words: log₂ V, rounded up."""
    return math.ceil(math.log2(V))


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
    thread, as word2vec steps: no batches. All sizes and layers are timed in rounds one after the
    other, and those whose rounds do not agree are repeated, up to 8 times.

    Raises InvalidParameterError for sizes below 2 and CancelledError.
    """
    if min(sizes) < 2 or d < 1 or negative < 1:
        raise InvalidParameterError(
            f"sizes={tuple(sizes)}, d={d}, negative={negative}: 2 words, 1 number and 1 random "
            "word at least."
        )
    rng = np.random.default_rng(0)
    output = _random((max(sizes), d), rng)
    with one_product_thread():
        timed = [_Timed.of(output[:V], negative, rng) for V in sizes]
        for number in range(_MOST_ROUNDS):
            waiting = [one for one in timed if not one.settled]
            for place, one in enumerate(waiting):
                done = (number + place / len(waiting)) / _MOST_ROUNDS
                report(on_progress, done, f"V = {len(one.output):,}")
                stop_if(cancel, "The measurement")
                one.time_once()
    return tuple(one.cost(negative) for one in timed)


@dataclass(eq=False)
class _Timed:
    """One size: what its steps need, and the rounds of each layer."""

    output: NDArray[np.float32]
    hidden: NDArray[np.float32]
    targets: list[int]
    steps: dict[str, Step]
    mean_path: float
    rounds: dict[str, Rounds]

    @classmethod
    def of(cls, output: NDArray[np.float32], negative: int, rng: np.random.Generator) -> _Timed:
        V, d = output.shape
        shares = 1 / np.arange(1, V + 1)
        tree = huffman_tree((1e9 * shares).astype(np.int64))
        return cls(
            output=output,
            targets=rng.choice(V, size=_EXAMPLES, p=shares / shares.sum()).tolist(),
            hidden=_random((_EXAMPLES, d), rng),
            steps=_steps(output, tree, negative, rng),
            mean_path=float((tree.depths() * shares).sum() / shares.sum()),
            rounds={name: Rounds() for name in LAYERS},
        )

    @property
    def settled(self) -> bool:
        return all(rounds.agree for rounds in self.rounds.values())

    def time_once(self) -> None:
        """One more round of each layer that needs it."""
        for name, rounds in self.rounds.items():
            if not rounds.agree:
                step = self.steps[name]
                rounds.seconds.append(_fastest(self.hidden, self.targets, step))

    def cost(self, negative: int) -> StepCost:
        V, d = self.output.shape
        return StepCost(
            V=V,
            seconds={name: rounds.fastest for name, rounds in self.rounds.items()},
            disturbed=frozenset(name for name, rounds in self.rounds.items() if not rounds.agree),
            multiplications=multiplications(V, d, negative),
            mean_path=self.mean_path,
        )


Step = Callable[[NDArray[np.float32], int], None]
"""One training step for h and a target word; changes the output rows in place."""


def _steps(
    output: NDArray[np.float32], tree: HuffmanTree, negative: int, rng: np.random.Generator
) -> dict[str, Step]:
    # What needs no vector is made before: word2vec, too, holds its paths and its noise ready.
    noise = rng.integers(len(output), size=negative).tolist()
    paths: dict[int, tuple[list[int], list[int]]] = {}

    def down_the_tree(h: NDArray[np.float32], target: int) -> None:
        if target not in paths:
            paths[target] = tree.path(target)
        apply(output, hierarchical_softmax(h, output, *paths[target]), _RATE)

    def of_a_few(h: NDArray[np.float32], target: int) -> None:
        apply(output, negative_sampling(h, output, target, noise), _RATE)

    def of_all(h: NDArray[np.float32], target: int) -> None:
        full_step(h, output, target, _RATE)

    return {
        "full": of_all,
        "negative": of_a_few,
        "hierarchical": down_the_tree,
    }


def full_step(
    h: NDArray[np.float32], output: NDArray[np.float32], target: int, learning_rate: float
) -> NDArray[np.float32]:
    """A step of full softmax in place; gives the gradient of ``h``.

    The same as :func:`embedviz.network.output_layers.apply` of ``full_softmax``, row block by row
    block: fresh memory for all V gradients at once would take most of the time that is measured,
    from some size on and not below.
    """
    scores = output @ h
    errors = np.exp(scores - scores.max())
    errors /= errors.sum()
    errors[target] -= 1
    grad_h = errors @ output
    errors *= output.dtype.type(learning_rate)
    for start in range(0, len(output), _BLOCK):
        output[start : start + _BLOCK] -= np.outer(errors[start : start + _BLOCK], h)
    return np.asarray(grad_h)


def _fastest(hidden: NDArray[np.float32], targets: Sequence[int], step: Step) -> float:
    times: list[float] = []
    begin = time.perf_counter()
    for h, target in cycle(zip(hidden, targets, strict=True)):
        start = time.perf_counter()
        step(h, target)
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


def growth(costs: Sequence[StepCost], layer: str) -> tuple[float, float] | None:
    """The exponent with which a layer's time grows with V, and the half width of its 95 % interval.

    Of the sizes whose time was not disturbed; None where they are fewer than three.
    """
    used = [cost for cost in costs if layer not in cost.disturbed]
    if len(used) < _FEWEST_SIZES:
        return None
    return slope([cost.V for cost in used], [cost.seconds[layer] for cost in used])


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> tuple[float, float]:
    """The exponent of growth: the slope of the straight line through the log-log points, and the
    half width of its 95 % interval (Student's t for the points that are left over)."""
    from scipy.stats import linregress, t

    found = linregress(np.log(sizes), np.log(seconds))
    return float(found.slope), float(t.ppf(0.975, len(sizes) - 2) * found.stderr)
