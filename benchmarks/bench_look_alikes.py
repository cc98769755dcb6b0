"""Look-alikes among 100,000 × 2048: exact at the speed of memory, and an index beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.side_by_side import Measured, interleaved, peak_memory, ratio, seconds, table
from embedviz.indexes import Index, index_of
from embedviz.metrics import METRICS
from embedviz.space import EmbeddingSpace

Float32 = NDArray[np.float32]
ROWS, LENGTH, ASKED, K = 100_000, 2048, 100, 10
AT_ONCE = 8192


def features() -> Callable[[int], Float32]:
    """Blocks like a convolutional network's features: never negative, clustered, of 80 numbers.

    A random network of two layers, with noise in every feature. Harder than the real ones: 63
    directions hold about 60 % of its variance, and 82 % of EfficientNet-Lite0's on photo patches.
    """
    random = np.random.default_rng(0)
    centers = random.standard_normal((500, 80), dtype=np.float32)
    hidden = random.standard_normal((80, 512), dtype=np.float32) / np.float32(np.sqrt(80))
    last = random.standard_normal((512, LENGTH), dtype=np.float32) / np.float32(np.sqrt(512))

    def block(count: int) -> Float32:
        around = random.standard_normal((count, 80), dtype=np.float32)
        latent = centers[random.integers(500, size=count)] + np.float32(0.6) * around
        noise = np.float32(0.1) * random.standard_normal((count, LENGTH), dtype=np.float32)
        return np.asarray(np.maximum(np.maximum(latent @ hidden, 0) @ last + noise, 0))

    return block


def directionless() -> Callable[[int], Float32]:
    """Blocks that no index can shorten: as much in every direction."""
    random = np.random.default_rng(0)
    return lambda count: random.standard_normal((count, LENGTH), dtype=np.float32)


def made(block: Callable[[int], Float32]) -> tuple[EmbeddingSpace, Float32]:
    """A space, made without ever holding it twice, and queries that are not in it."""
    vectors = np.empty((ROWS, LENGTH), np.float32)
    for start in range(0, ROWS, AT_ONCE):
        part = vectors[start : start + AT_ONCE]
        part[:] = block(len(part))
    space = EmbeddingSpace([f"image-{row}" for row in range(ROWS)], vectors, copy=False)
    return space, block(ASKED)


def by_numpy(space: EmbeddingSpace, queries: Float32) -> NDArray[np.intp]:
    """The usual brute force, cosine in float32; (q, d) queries → (q, 10) rows, best first."""
    cosines = (space.vectors @ queries.T) / space.norms[:, None]
    best = np.argpartition(cosines, ROWS - K, axis=0)[ROWS - K :]
    order = np.argsort(-np.take_along_axis(cosines, best, axis=0), axis=0)
    return np.asarray(np.take_along_axis(best, order, axis=0).T)


def alone(index: Index, queries: Float32) -> Callable[[], NDArray[np.intp]]:
    """Asks the next of the queries at each call, as one person after the other would."""
    turn = iter(range(10**9))

    def ask() -> NDArray[np.intp]:
        place = next(turn) % len(queries)
        return index.search(queries[place : place + 1], K)[0]

    return ask


def recall(exact: NDArray[np.intp], found: NDArray[np.intp]) -> float:
    """The share of the exact rows that was found."""
    pairs = zip(exact, found, strict=True)
    return sum(len(set(true) & set(row)) for true, row in pairs) / exact.size


def one_query(space: EmbeddingSpace, queries: Float32) -> None:
    """Brute force is bound by reading 820 MB once; the product reads them and little more."""
    exact, reduced = index_of(space), index_of(space, "reduced")
    runs = interleaved(
        {
            "reading the array once (product)": lambda: space.vectors @ queries[0],
            "NumPy, brute force": lambda: by_numpy(space, queries[:1]),
            "embedviz, exact": alone(exact, queries),
            "embedviz, reduced": alone(reduced, queries),
        },
        rounds=30,
    )
    _show(
        "One query of 100,000 × 2048 (aims: exact within 1.2 of reading, reduced 5 × faster)",
        runs,
        "reading the array once (product)",
        "NumPy, brute force",
    )


def together(space: EmbeddingSpace, queries: Float32) -> None:
    """A hundred queries: bound by arithmetic, not by memory."""
    exact, reduced = index_of(space), index_of(space, "reduced")
    runs = interleaved(
        {
            "the product alone": lambda: space.vectors @ queries.T,
            "NumPy, brute force": lambda: by_numpy(space, queries),
            "embedviz, exact": lambda: exact.search(queries, K)[0],
            "embedviz, reduced": lambda: reduced.search(queries, K)[0],
        },
        rounds=3,
    )
    assert recall(runs["NumPy, brute force"].result, runs["embedviz, exact"].result) > 0.999
    _show("100 queries together", runs, "the product alone", "NumPy, brute force")


def costs(space: EmbeddingSpace, queries: Float32) -> None:
    """What the index found of the exact 10, and what it takes to have it."""
    exact, index = index_of(space), index_of(space, "reduced")
    rows = {}
    for metric in METRICS:
        found = index.search(queries, K, metric)[0]
        share = recall(exact.search(queries, K, metric)[0], found)
        rows[metric] = {"recall@10": f"{share:.3f}"}
    rows["built in"] = {"recall@10": seconds(index.build_seconds)}
    rows["memory"] = {"recall@10": f"{index.nbytes / 1e6:.0f} of {space.nbytes / 1e6:.0f} MB"}
    table("The reduced index on 100 queries that are not in the collection (aim: 0.98)", rows)


def _show(title: str, runs: dict[str, Measured], limit: str, peer: str) -> None:
    rows = {
        name: {
            "time": seconds(run.wall),
            "CPU": seconds(run.cpu),
            "of reading" if "reading" in limit else "of the product": (
                f"{run.wall / runs[limit].wall:.2f}"
            ),
            "faster than NumPy": ratio(runs[peer].wall, run.wall),
        }
        for name, run in runs.items()
    }
    table(title, rows)


def main() -> None:
    """First what the index is made for, then the worst case for it."""
    space, queries = made(features())
    one_query(space, queries)
    together(space, queries)
    costs(space, queries)
    print("peak memory", peak_memory())
    del space
    space, queries = made(directionless())
    print("\nThe same vectors without leading directions: the index sees it and compares all")
    costs(space, queries)


if __name__ == "__main__":
    main()
