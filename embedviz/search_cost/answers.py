"""One query's answer beside the truth: what was missed, and what stands in its place."""

from __future__ import annotations

from dataclasses import dataclass

from embedviz.indexes.faiss_threads import faiss_searching
from embedviz.search_cost.searchers import Searcher
from embedviz.search_cost.trial import Trial


@dataclass(frozen=True)
class Answer:
    """Rows as in the vectors that the trial was made of.

    Attributes
    ----------
    query : int
    truth : tuple of int
        The true nearest k, nearest first.
    missed : tuple of int
        Those of them that were not found.
    instead : tuple of int
        What was found in their place.
    """

    query: int
    truth: tuple[int, ...]
    missed: tuple[int, ...]
    instead: tuple[int, ...]


def worst_answer(searcher: Searcher, trial: Trial, k: int, effort: int) -> Answer:
    """The query of which the most is missed; the first of several."""
    with faiss_searching() as faiss:
        options = searcher.options(faiss, k, effort)
        _, found = searcher.structure.search(trial.queries, k, params=options)
    lost = [len(set(true) - set(row)) for true, row in zip(_lists(trial, k), found, strict=True)]
    place = lost.index(max(lost))
    truth = trial.truth[place, :k].tolist()
    got = [row for row in found[place].tolist() if row >= 0]
    return Answer(
        int(trial.asked[place]),
        tuple(int(trial.rows[row]) for row in truth),
        tuple(int(trial.rows[row]) for row in truth if row not in got),
        tuple(int(trial.rows[row]) for row in got if row not in truth),
    )


def _lists(trial: Trial, k: int) -> list[list[int]]:
    rows: list[list[int]] = trial.truth[:, :k].tolist()
    return rows
