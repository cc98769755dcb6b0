"""Neighbor recall of a map of 50,000 × 50, of all points: time and memory."""

from __future__ import annotations

import time

import numpy as np

import embedviz as ev
from benchmarks.side_by_side import peak_memory, seconds, table
from embedviz.trust import quality

N = 50_000


def main(n: int = N) -> None:
    """The exact recall of every point, and what the sample of the default says."""
    words = ev.load("glove-6b-50d").take(np.arange(n))  # type: ignore[union-attr]
    drawn = ev.project(words, "pca", cache=False)
    rows = {}
    for name, sample in (("all points", n), ("the default sample", None)):
        started = time.perf_counter()
        found = quality(words, drawn, cache=False, sample=sample, parts=("recall",))
        rows[name] = {
            "time": seconds(time.perf_counter() - started),
            "recall@15": f"{found.recall:.4f}",
            "": found.stated,
        }
    table(f"Neighbor recall of {n:,} words (aim: under a minute for all)", rows)
    print("peak memory", peak_memory())


if __name__ == "__main__":
    main()
