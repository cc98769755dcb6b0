"""The question sets that gensim ships: analogies and word similarities, with their sources."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from embedviz.errors import FormatError, InvalidParameterError, shown

Question = tuple[str, str, str, str]


@dataclass(frozen=True)
class SimilarityBenchmark:
    """Word pairs that people gave a score, and who collected them."""

    name: str
    label: str
    help: str
    citation: str
    file: str


BENCHMARKS: dict[str, SimilarityBenchmark] = {
    item.name: item
    for item in (
        SimilarityBenchmark(
            "wordsim353",
            "WordSim-353",
            "353 pairs judged for relatedness: coffee and cup count as near.",
            "Finkelstein et al. 2002",
            "wordsim353.tsv",
        ),
        SimilarityBenchmark(
            "simlex999",
            "SimLex-999",
            "999 pairs judged for likeness alone: coffee and cup are not alike. Harder.",
            "Hill, Reichart & Korhonen 2015",
            "simlex999.txt",
        ),
    )
}
"""Similarity benchmarks by name."""


def packaged(file: str) -> Path:
    """A file of gensim's test data, found without importing gensim."""
    spec = importlib.util.find_spec("gensim")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "test" / "test_data" / file


def read_questions(path: str | os.PathLike[str] | None = None) -> dict[str, list[Question]]:
    """Analogy questions a b c d by section; by default Google's 19,544 (Mikolov et al. 2013).

    Raises
    ------
    FormatError
        For a line that is neither ``: section`` nor four words, with its number.
    """
    sections: dict[str, list[Question]] = {}
    current: list[Question] | None = None
    with _opened(packaged("questions-words.txt") if path is None else path) as file:
        for number, line in enumerate(file, start=1):
            words = line.split()
            if line.startswith(": "):
                current = sections.setdefault(line[2:].strip(), [])
            elif len(words) == 4 and current is not None:
                current.append((words[0], words[1], words[2], words[3]))
            elif words:
                raise FormatError(
                    f"Line {number} of the analogy questions is {shown(line.strip())}. Expected "
                    "': section' first, then four words a line: a b c d."
                )
    return sections


def read_pairs(name: str | os.PathLike[str]) -> tuple[str, list[tuple[str, str, float]]]:
    """Label and word pairs with people's scores: of a benchmark, or a tab-separated file.

    Lines that begin with ``#`` are comments. Raises FormatError with the number of a bad line.
    """
    known = BENCHMARKS.get(str(name))
    if known is None and not os.path.isfile(name):
        raise InvalidParameterError(
            f"There is no similarity benchmark {str(name)!r} and no such file. "
            f"Benchmarks: {', '.join(BENCHMARKS)}."
        )
    pairs = []
    with _opened(packaged(known.file) if known else name) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                first, second, score = line.split("\t")[:3]
                pairs.append((first.strip(), second.strip(), float(score)))
            except ValueError as error:
                raise FormatError(
                    f"Line {number} of {os.fspath(name)} is {shown(line.strip())}. Expected two words "
                    "and a number, separated by tabs."
                ) from error
    return known.label if known else os.path.basename(name), pairs


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[IO[str]]:
    """A text to read; raises FormatError where it cannot be opened, or is not UTF-8."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            yield file
    except OSError as error:
        raise FormatError(
            f"{shown(os.fspath(path))} cannot be opened: {error.strerror or error}."
        ) from error
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{shown(os.fspath(path))} is not UTF-8 text: {error.reason}. Save it as UTF-8."
        ) from error
