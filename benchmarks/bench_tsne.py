"""t-SNE of the 10,000 most frequent words of GloVe: processor time at equal neighbor recall."""

from __future__ import annotations

import numpy as np

import embedviz as ev
from benchmarks.side_by_side import interleaved, peak_memory, ratio, seconds, table
from embedviz.projections import Projection

N = 10_000


def main(n: int = N) -> None:
    """Compare with scikit-learn's TSNE at its defaults, both on the same vectors and perplexity."""
    from sklearn.manifold import TSNE

    words = ev.load("glove-6b-50d").take(np.arange(n))  # type: ignore[union-attr]
    runs = interleaved(
        {
            "scikit-learn": lambda: TSNE(perplexity=30, random_state=0).fit_transform(
                words.vectors
            ),
            "embedviz": lambda: ev.project(words, "tsne", seed=0, cache=False).coordinates,
        },
        rounds=1,
    )
    rows = {}
    for name, run in runs.items():
        drawn = Projection(run.result, words, "tsne", n_components=2)
        recall = ev.quality(words, drawn, k=15, metric="euclidean", cache=False).recall
        rows[name] = {
            "wall": seconds(run.wall),
            "CPU": seconds(run.cpu),
            "recall@15": f"{recall:.3f}",
        }
    rows["ratio"] = {
        "wall": ratio(runs["scikit-learn"].wall, runs["embedviz"].wall),
        "CPU": ratio(runs["scikit-learn"].cpu, runs["embedviz"].cpu),
    }
    table(f"t-SNE of {n:,} words to 2-D (aim: 1.8 × less CPU, recall within .01)", rows)
    print("peak memory", peak_memory())


if __name__ == "__main__":
    main()
