"""Trustworthiness of a map of 10,000 × 300, beside scikit-learn: time, value and memory."""

from __future__ import annotations

import multiprocessing
import resource
import time
from typing import Any

import numpy as np

import embedviz as ev
from benchmarks.side_by_side import ratio, seconds, table
from embedviz.projections.projection import Projection
from embedviz.trust import quality

N, D, K, ROUNDS = 10_000, 300, 15, 3
_PARTS = {
    "embedviz, trustworthiness": ("trustworthiness",),
    "embedviz, with continuity and recall": ("trustworthiness", "continuity", "recall"),
}


def case() -> tuple[ev.EmbeddingSpace, Projection]:
    """Vectors of 20 groups and their first two principal axes, without ties."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, D)) + 2 * rng.normal(size=(20, D))[rng.integers(0, 20, N)]
    space = ev.EmbeddingSpace([str(row) for row in range(N)], vectors)
    return space, ev.project(space, "pca", cache=False)


def _measure(name: str, answer: Any) -> None:
    """In a process of its own: its peak memory is this contender's."""
    from sklearn.manifold import trustworthiness

    space, drawn = case()
    full, flat = space.vectors.astype(np.float64), drawn.coordinates.astype(np.float64)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    if name == "scikit-learn":
        value = trustworthiness(full, flat, n_neighbors=K)
    else:
        found = quality(space, drawn, K, "euclidean", cache=False, parts=_PARTS[name])
        value = found.trustworthiness
    spent = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.put((spent, value, (peak - before) / 1024))


def main() -> None:
    """Contenders in turn, each run in a fresh process."""
    fresh = multiprocessing.get_context("spawn")
    seen: dict[str, list[tuple[float, float, float]]] = {}
    for _ in range(ROUNDS):
        for name in ("scikit-learn", *_PARTS):
            answer = fresh.Queue()
            process = fresh.Process(target=_measure, args=(name, answer))
            process.start()
            seen.setdefault(name, []).append(answer.get())
            process.join()
    medians = {name: np.median(runs, axis=0) for name, runs in seen.items()}
    peer = medians["scikit-learn"]
    for _, value, _ in medians.values():
        assert abs(value - peer[1]) < 1e-9
    rows = {
        name: {
            "time": seconds(spent), "faster": ratio(peer[0], spent), "added memory": f"{added:,.0f} MB",
            "less": ratio(peer[2], max(added, 1.0)), "value": f"{value:.12f}",
        }
        for name, (spent, value, added) in medians.items()
    }  # fmt: skip
    table(f"Trustworthiness of {N:,} × {D} (aim: 5 × faster, 10 × less memory, to 1e-9)", rows)


if __name__ == "__main__":
    main()
