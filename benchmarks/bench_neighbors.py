"""Nearest 10 of 400,000 × 50: one query and a hundred, beside gensim's most_similar."""

from __future__ import annotations

import numpy as np
from gensim.models import KeyedVectors

import embedviz as ev
from benchmarks.side_by_side import interleaved, peak_memory, ratio, seconds, table


def main() -> None:
    """One query is bound by reading the array once, which is measured beside it."""
    space = ev.load("glove-6b-50d")
    assert isinstance(space, ev.EmbeddingSpace)
    keyed = KeyedVectors(space.dimensions)
    keyed.add_vectors(list(space.keys), space.vectors)
    keyed.fill_norms()
    query = space.vector("king")
    words = list(space.keys[1000:1100])
    one = interleaved(
        {
            "reading the array once (product)": lambda: space.vectors @ query,
            "gensim": lambda: [key for key, _ in keyed.most_similar("king", topn=10)],
            "embedviz": lambda: list(ev.neighbors(space, "king", k=10).keys),
        },
        rounds=30,
    )
    assert one["gensim"].result == one["embedviz"].result
    reading = one["reading the array once (product)"].wall
    rows = {
        n: {"time": seconds(r.wall), "of reading": f"{r.wall / reading:.2f}"}
        for n, r in one.items()
    }
    table("One query of 400,000 × 50 (aim: within 1.2 of reading once)", rows)
    hundred = interleaved(
        {
            "gensim, a loop": lambda: [
                [k for k, _ in keyed.most_similar(w, topn=10)] for w in words
            ],
            "embedviz, a batch": lambda: [
                list(keys) for keys in ev.neighbors(space, words, k=10).keys
            ],
            "the product alone": lambda: np.dot(space.vectors, space.vectors[1000:1100].T),
        },
        rounds=5,
    )
    assert hundred["gensim, a loop"].result == hundred["embedviz, a batch"].result
    rows = {n: {"time": seconds(r.wall), "CPU": seconds(r.cpu)} for n, r in hundred.items()}
    rows["ratio"] = {
        "time": ratio(hundred["gensim, a loop"].wall, hundred["embedviz, a batch"].wall)
    }
    table("100 queries (aim: 4 times faster than the loop)", rows)
    print("peak memory", peak_memory())


if __name__ == "__main__":
    main()
