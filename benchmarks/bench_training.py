"""Word2Vec training, words per processor second: gensim alone and through embedviz."""

from __future__ import annotations

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence

import embedviz as ev
from benchmarks.side_by_side import interleaved, table
from embedviz.words.sample_corpora import CORPORA

SETTINGS = {"vector_size": 100, "window": 5, "min_count": 5, "negative": 5, "epochs": 1, "seed": 0}


def main() -> None:
    """CBOW and skip-gram on the King James Bible, one and two workers."""
    corpus = CORPORA["bible"].open()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bible.txt"
        path.write_bytes(Path(corpus.path).read_bytes())
        for algorithm, workers in itertools.product(("cbow", "skip-gram"), (1, 2)):
            _compare(path, corpus.n_tokens, algorithm, workers)


def _compare(path: Path, words: int, algorithm: str, workers: int) -> None:
    def gensim(**source: object) -> None:
        Word2Vec(**source, sg=int(algorithm == "skip-gram"), workers=workers, **SETTINGS)

    def ours(**source: object) -> None:
        ev.train_words(**source, algorithm=algorithm, workers=workers, **SETTINGS)  # type: ignore[arg-type]

    runs = interleaved(
        {
            "gensim, iterable": lambda: gensim(sentences=LineSentence(str(path))),
            "embedviz, stoppable iterable": lambda: ours(sentences=LineSentence(str(path))),
            "gensim, corpus_file": lambda: gensim(corpus_file=str(path)),
            "embedviz, corpus_file": lambda: ours(corpus_file=str(path)),
        },
        rounds=3,
    )
    rows = {
        name: {
            "words per CPU second": f"{words / run.cpu:,.0f}",
            "words per second": f"{words / run.wall:,.0f}",
        }
        for name, run in runs.items()
    }
    table(f"{algorithm}, {words:,} words with vocabulary scan, {workers} worker(s)", rows)


if __name__ == "__main__":
    main()
