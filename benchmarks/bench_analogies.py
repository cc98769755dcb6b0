"""Google's 19,544 analogies at restrict 30,000, beside gensim's evaluate_word_analogies."""

from __future__ import annotations

from gensim.models import KeyedVectors

import embedviz as ev
from benchmarks.side_by_side import interleaved, ratio, seconds, table
from embedviz.words.questions import packaged


def main() -> None:
    """Equal to the last digit, section by section."""
    space = ev.load("glove-6b-50d")
    assert isinstance(space, ev.EmbeddingSpace)
    keyed = KeyedVectors(space.dimensions)
    keyed.add_vectors(list(space.keys), space.vectors)
    path = str(packaged("questions-words.txt"))
    runs = interleaved(
        {
            "gensim": lambda: keyed.evaluate_word_analogies(path, restrict_vocab=30_000),
            "embedviz": lambda: ev.evaluate_analogies(space, restrict=30_000, cache=False),
        },
        rounds=3,
    )
    score, sections = runs["gensim"].result
    ours = runs["embedviz"].result
    assert ours.total.accuracy == score
    assert [s.correct for s in ours.sections] == [len(s["correct"]) for s in sections[:-1]]
    rows = {n: {"time": seconds(r.wall), "accuracy": f"{score!r}"} for n, r in runs.items()}
    rows["ratio"] = {"time": ratio(runs["gensim"].wall, runs["embedviz"].wall)}
    table("19,544 analogies among 30,000 words (aim: 15 times faster)", rows)


if __name__ == "__main__":
    main()
