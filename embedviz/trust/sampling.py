"""Which points are measured where all would take too long."""

from __future__ import annotations

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.trust.nearness import Rows

ALL_UP_TO = 30_000
_PAIRS = 1_000_000_000
_MOST, _LEAST = 5_000, 1_000


def sampled_rows(n: int, sample: int | None, seed: int) -> Rows | None:
    """Rows of an even sample, ascending, or None for all n of them."""
    if sample is None:
        if n <= ALL_UP_TO:
            return None
        sample = min(_MOST, max(_LEAST, _PAIRS // n))
    if isinstance(sample, bool) or not isinstance(sample, int | np.integer) or sample < 1:
        raise InvalidParameterError(
            f"sample={sample!r} must be a whole number, 1 or more: how many of the {n:,} points "
            "to measure. None lets embedviz choose."
        )
    if sample >= n:
        return None
    chosen = np.random.default_rng(seed).choice(n, int(sample), replace=False)
    return np.sort(chosen).astype(np.intp)
