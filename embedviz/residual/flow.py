"""How far the gradient reaches before any training, by layer and by depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.residual.digits import digits
from embedviz.residual.gradients import Gradients, gradient_norms, gradients
from embedviz.residual.stack import Stack, initial_stack

_BATCH = 256


@dataclass(frozen=True, eq=False)
class Flow:
    """The gradient in two networks that differ in their shortcuts alone.

    Attributes
    ----------
    plain, residual : ndarray of shape (L,)
        ‖∂loss/∂W‖ by layer, the first one first: how far a step would move each.
    plain_reach, residual_reach : float
        How much of the gradient arrives: ‖∂loss/∂x‖ where the first block begins as a share of
        that behind the last block. 1 means that nothing is lost on the way back.
    n : int
        Digits that the loss is the mean of.
    """

    plain: NDArray[np.float64]
    residual: NDArray[np.float64]
    plain_reach: float
    residual_reach: float
    n: int


def flow_at_start(depth: int, initialization: str = "pytorch", seed: int = 0) -> Flow:
    """Both networks of ``depth`` layers as they begin; raises as :func:`initial_stack`."""
    stack = initial_stack(depth, shortcut=False, initialization=initialization, seed=seed)
    return flow_of(stack, stack.with_shortcut(True))


def flow_of(plain: Stack, residual: Stack) -> Flow:
    """The gradient in two networks, trained or not, on the first 256 digits to learn from."""
    data = digits()
    both = [
        gradients(stack, data.pixels[:_BATCH], data.labels[:_BATCH]) for stack in (plain, residual)
    ]
    norms, reaches = [gradient_norms(found) for found in both], [_reach(found) for found in both]
    return Flow(norms[0], norms[1], reaches[0], reaches[1], _BATCH)


def reach_by_depth(
    depths: Sequence[int], initialization: str = "pytorch", seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``plain_reach`` and ``residual_reach`` of :func:`flow_at_start` at each of ``depths``."""
    flows = [flow_at_start(depth, initialization, seed) for depth in depths]
    plain = np.array([flow.plain_reach for flow in flows])
    return plain, np.array([flow.residual_reach for flow in flows])


def _reach(found: Gradients) -> float:
    first, last = (float(np.linalg.norm(found.inputs[at])) for at in (0, -1))
    return first / last if last else 0.0
