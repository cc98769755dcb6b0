"""The real text that the lesson's networks learn from: some 300 news reports, read once."""

from __future__ import annotations

from functools import lru_cache

CORPUS = "lee"
"""Its name among the sample texts, also on the Train page."""


@lru_cache(maxsize=1)
def news_sentences() -> tuple[tuple[str, ...], ...]:
    """Its sentences as words; MissingDependencyError without the package that carries it."""
    from embedviz.words.sample_corpora import CORPORA

    return tuple(tuple(words) for words in CORPORA[CORPUS].open())
