"""t-SNE of words, digits and groups: processor time at equal neighbor recall and KL divergence.

Recall is the share of a point's 15 nearest others by straight-line distance (the point itself not
counted) that are among its 15 nearest others on the map; the divergence of both maps is computed in
the same way, by Barnes-Hut with theta 0.3 from the same exact neighbors. One thread each; give
``OMP_NUM_THREADS=1`` so that scikit-learn keeps to one as well.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

import embedviz as ev
from benchmarks.side_by_side import interleaved, peak_memory, ratio, seconds, table
from embedviz.projections import Projection
from embedviz.projections.exact_neighbors import ExactNeighbors

SIZES = tuple(map(int, os.environ.get("EMBEDVIZ_BENCH_TSNE", "2000,10000").split(",")))


def main() -> None:
    """Compare with scikit-learn's TSNE at its defaults; 50,000 points take it ten minutes and more."""
    for n in SIZES:
        for name, make in {"words": words, "digits": digits, "groups": groups}.items():
            _compare(name, make(n))


def words(n: int) -> NDArray[np.float32]:
    """The most frequent words of GloVe, 50 dimensions."""
    return np.array(ev.load("glove-6b-50d").vectors[:n])  # type: ignore[union-attr]


def digits(n: int) -> NDArray[np.float32]:
    """scikit-learn's digits of 8 × 8, further ones turned by up to 15° and moved by up to a pixel."""
    from scipy.ndimage import rotate, shift
    from sklearn.datasets import load_digits

    rng = np.random.default_rng(0)
    images = load_digits().images / 16
    made = [
        image if row < len(images) else shift(
            rotate(image, rng.uniform(-15, 15), reshape=False, order=1),
            rng.uniform(-1, 1, 2), order=1,
        ) for row, image in ((row, images[row % len(images)]) for row in range(n))
    ]  # fmt: skip
    return np.array(made, np.float32).reshape(n, 64)


def groups(n: int) -> NDArray[np.float32]:
    """Forty gaussian groups of different widths in 50 dimensions, half overlapping."""
    rng = np.random.default_rng(0)
    centers, widths = rng.normal(size=(40, 50)), rng.uniform(0.3, 1.2, 40)
    group = rng.integers(0, 40, n)
    return (centers[group] + widths[group, None] * rng.normal(size=(n, 50))).astype(np.float32)


def _compare(name: str, vectors: NDArray[np.float32]) -> None:
    from sklearn.manifold import TSNE

    n = len(vectors)
    space = ev.EmbeddingSpace([str(row) for row in range(n)], vectors)
    ev.project(space.take(np.arange(100)), "tsne", cache=False)  # what is imported does not count
    runs = interleaved(
        {
            "scikit-learn": lambda: TSNE(perplexity=30, random_state=0).fit_transform(vectors),
            "embedviz": lambda: ev.project(space, "tsne", cache=False).coordinates,
        },
        rounds=1,
    )
    rows = {}
    for contender, run in runs.items():
        drawn = Projection(run.result, space, "tsne", n_components=2)
        kept = ev.quality(space, drawn, k=15, metric="euclidean", cache=False).recall
        rows[contender] = {
            "wall": seconds(run.wall),
            "CPU": seconds(run.cpu),
            "recall@15": f"{kept:.4f}",
            "KL": f"{_divergence(vectors, run.result):.3f}",
        }
    rows["ratio"] = {
        "wall": ratio(runs["scikit-learn"].wall, runs["embedviz"].wall),
        "CPU": ratio(runs["scikit-learn"].cpu, runs["embedviz"].cpu),
    }
    table(f"t-SNE of {n:,} {name} to 2-D (aim: 4 × less CPU, recall within .005)", rows)
    print("peak memory of the process", peak_memory(), flush=True)


def _divergence(vectors: NDArray[np.float32], drawn: NDArray[Any]) -> float:
    from openTSNE.affinity import joint_probabilities_nn
    from openTSNE.tsne import kl_divergence_bh

    found = ExactNeighbors(vectors, "euclidean").among_themselves(min(len(vectors) - 1, 90))
    near = joint_probabilities_nn(*found, [30], n_jobs=1)
    flat = np.ascontiguousarray(drawn, np.float64)
    return float(kl_divergence_bh(flat, near, 1.0, {"theta": 0.3}, should_eval_error=True)[0])


if __name__ == "__main__":
    main()
