"""How good word vectors are: Google's analogies, and agreement with people's judgements.

Both give gensim's numbers (``evaluate_word_analogies``, ``evaluate_word_pairs``), by blocks of
matrix products instead of one question at a time.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked
from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store, key_of
from embedviz.word_model import WordModel, as_space
from embedviz.words.questions import BENCHMARKS, Question, read_pairs, read_questions

__all__ = [
    "BENCHMARKS",
    "AnalogyAccuracy",
    "SectionAccuracy",
    "SimilarityCorrelation",
    "evaluate_analogies",
    "evaluate_similarity",
]

_SCORES = 2_000_000  # held at once by each thread, 8 MB: what fits no cache is slower; measured
_memory = threading.local()  # one thread's scores; they go with the thread
_CONSIDERED = 5  # answers among which gensim seeks one that is not a word of the question


@dataclass(frozen=True)
class SectionAccuracy:
    """Right answers among the questions of one section whose four words are known."""

    name: str
    correct: int
    total: int

    @property
    def accuracy(self) -> float:
        """From 0 to 1; NaN without a question."""
        return self.correct / self.total if self.total else math.nan


@dataclass(frozen=True)
class AnalogyAccuracy:
    """Accuracy by section and in total; ``skipped`` questions have a word that is not known."""

    sections: tuple[SectionAccuracy, ...]
    skipped: int
    restrict: int

    @property
    def total(self) -> SectionAccuracy:
        """All sections together."""
        correct = sum(section.correct for section in self.sections)
        return SectionAccuracy("Total", correct, sum(section.total for section in self.sections))


@dataclass(frozen=True)
class SimilarityCorrelation:
    """Correlation of cosine similarity with people's scores.

    ``spearman`` compares the rankings and ``pearson`` the numbers, each from −1 to 1 with its
    p-value; ``used`` of ``pairs`` pairs have both words.
    """

    name: str
    spearman: float
    spearman_p: float
    pearson: float
    pearson_p: float
    used: int
    pairs: int

    @property
    def coverage(self) -> float:
        """Share of the pairs that could be used, from 0 to 1."""
        return self.used / self.pairs


@checked
def evaluate_analogies(
    source: EmbeddingSpace | WordModel,
    restrict: int = 30_000,
    questions: str | os.PathLike[str] | None = None,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    cache: bool = True,
) -> AnalogyAccuracy:
    """Share of analogy questions that 3CosAdd answers right.

    Parameters
    ----------
    source : EmbeddingSpace or WordModel
        Most frequent words first.
    restrict : int
        Only the first ``restrict`` words are known and can be answers.
    questions : path, optional
        A file in the form of Google's; by default that one (Mikolov et al. 2013).
    cache : bool
        Keep the result on disk by content, or take it from there.

    Words match without regard to case, and the words of a question cannot be its answer, as in
    gensim.

    Raises
    ------
    InvalidParameterError
        If not one question has all its words among the known ones.
    """
    space = as_space(source)
    if restrict < 1:
        raise InvalidParameterError(f"restrict={restrict!r} words: it must be 1 or more.")
    sections = read_questions(questions)
    if not cache:
        return _answer_all(space, restrict, sections, on_progress, cancel)
    key = key_of(space=space.vectors_fingerprint, restrict=restrict, questions=sections)
    if (kept := default_store().get("analogies", key)) is not None:
        saved = kept[1]
        return AnalogyAccuracy(
            tuple(SectionAccuracy(**item) for item in saved["sections"]), saved["skipped"], restrict
        )
    result = _answer_all(space, restrict, sections, on_progress, cancel)
    saved = {"sections": [asdict(s) for s in result.sections], "skipped": result.skipped}
    default_store().put("analogies", key, {}, saved)
    return result


@checked
def evaluate_similarity(
    source: EmbeddingSpace | WordModel,
    benchmark: str | os.PathLike[str] = "wordsim353",
    *,
    restrict: int = 300_000,
) -> SimilarityCorrelation:
    """Correlation of cosine similarity with people's scores of word pairs.

    Parameters
    ----------
    source : EmbeddingSpace or WordModel
        Most frequent words first; the first ``restrict`` are known.
    benchmark : {"wordsim353", "simlex999"} or path
        A path is to a file of word, word, score, separated by tabs.

    Raises
    ------
    InvalidParameterError
        If fewer than three pairs have both words.
    """
    from scipy.stats import pearsonr, spearmanr

    space = as_space(source)
    label, pairs = read_pairs(benchmark)
    known = _known(space, restrict)
    usable = [(known[a.upper()], known[b.upper()], score) for a, b, score in pairs
              if a.upper() in known and b.upper() in known]  # fmt: skip
    if len(usable) < 3:
        raise InvalidParameterError(
            f"{label}: {len(usable)} of {len(pairs)} word pairs have both words among the first "
            f"{min(restrict, len(space)):,} of {space.name or 'this space'}; three are needed."
        )
    units = _units(space, restrict)
    first, second, people = (np.array(column) for column in zip(*usable, strict=True))
    cosines = np.einsum("ij,ij->i", units[first.astype(int)], units[second.astype(int)])
    ranks, numbers = spearmanr(people, cosines), pearsonr(people, cosines)
    return SimilarityCorrelation(
        label, float(ranks.statistic), float(ranks.pvalue), float(numbers.statistic),
        float(numbers.pvalue), len(usable), len(pairs),
    )  # fmt: skip


def _answer_all(
    space: EmbeddingSpace,
    restrict: int,
    sections: dict[str, list[Question]],
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> AnalogyAccuracy:
    from threadpoolctl import threadpool_limits

    known = _known(space, restrict)
    asked = [
        (number, [known.get(word.upper(), -1) for word in question])
        for number, questions in enumerate(sections.values())
        for question in questions
    ]
    usable = [(number, rows) for number, rows in asked if min(rows) >= 0]
    if not usable:
        raise InvalidParameterError(
            f"None of the {len(asked):,} analogy questions has its four words among the first "
            f"{min(restrict, len(space)):,} words of {space.name or 'this space'}."
        )
    of_section = np.array([number for number, _ in usable])
    rows = np.array([rows for _, rows in usable])
    units = _units(space, restrict)
    same = np.array([known[key.upper()] for key in space.keys[:restrict]])
    block = max(1, _SCORES // len(units))
    blocks = np.array_split(rows, math.ceil(len(rows) / block))
    right = np.zeros(0, dtype=bool)
    # One block per core: NumPy lets go of the interpreter, and a BLAS of several threads gains
    # little on products as flat as these.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
        for answered in threads.map(lambda block: _right(units, same, block, cancel), blocks):
            right = np.append(right, answered)
            report(on_progress, len(right) / len(rows), f"question {len(right):,} of {len(rows):,}")
    totals = np.bincount(of_section, minlength=len(sections))
    correct = np.bincount(of_section[right], minlength=len(sections))
    made = zip(sections, correct.tolist(), totals.tolist(), strict=True)
    return AnalogyAccuracy(
        tuple(SectionAccuracy(*item) for item in made), len(asked) - len(usable), restrict
    )


def _right(
    units: NDArray[np.float32],
    same: NDArray[np.intp],
    rows: NDArray[np.intp],
    cancel: Cancel | None,
) -> NDArray[np.bool_]:
    """Which questions (m, 4) are answered right; ``same`` maps case variants to one row."""
    stop_if(cancel, "The evaluation of analogies")
    a, b, c, expected = rows.T
    targets = units[b] + units[c] - units[a]
    # New memory for each block would cost as much as the product itself.
    if getattr(_memory, "scores", None) is None or _memory.scores.shape != (len(rows), len(units)):
        _memory.scores = np.empty((len(rows), len(units)), dtype=np.float32)
    scores = np.matmul(targets, units.T, out=_memory.scores)
    np.put_along_axis(scores, rows[:, :3], -np.inf, axis=1)
    predicted = same[scores.argmax(axis=1)]
    # A case variant of a word of the question is no answer either: look further, as gensim does.
    for i in np.flatnonzero((predicted[:, None] == rows[:, :3]).any(axis=1)):
        predicted[i] = _first_other(scores[i], same, rows[i, :3])
    return np.asarray(predicted == expected)


def _first_other(
    scores: NDArray[np.float32], same: NDArray[np.intp], asked: Sequence[int] | NDArray[np.intp]
) -> np.intp:
    best = same[np.argsort(-scores, kind="stable")[:_CONSIDERED]]
    others = best[~np.isin(best, asked)]
    return np.intp(others[0] if len(others) else best[-1])


def _known(space: EmbeddingSpace, restrict: int) -> dict[str, int]:
    """Upper-case words and their rows; of case variants the most frequent one stands."""
    keys = space.keys[:restrict]
    return {keys[row].upper(): row for row in reversed(range(len(keys)))}


def _units(space: EmbeddingSpace, restrict: int) -> NDArray[np.float32]:
    norms = space.norms[:restrict, None]
    vectors = space.vectors[:restrict]
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
