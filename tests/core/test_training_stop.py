"""A training tells how it stands, stops when asked, and never waits forever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from gensim.models.word2vec import LineSentence
from gensim.test.utils import common_texts, datapath

import embedviz as ev
from embedviz.errors import CancelledError
from embedviz.progress import Progress
from embedviz.words.training import ALGORITHMS, TrainingSnapshot

LEE = datapath("lee_background.cor")
SETTINGS = {"vector_size": 16, "min_count": 5, "window": 2, "negative": 2}

every_algorithm = pytest.mark.parametrize("algorithm", list(ALGORITHMS))


@pytest.fixture(scope="module")
def lee() -> list[list[str]]:
    return list(LineSentence(LEE))


class SetsOnReading:
    """Sentences that ask for a stop when one of them is read on a given pass."""

    def __init__(self, sentences: list[list[str]], on_pass: int, at: int) -> None:
        self.stop = threading.Event()
        self.read = 0
        self._sentences, self._on_pass, self._at = sentences, on_pass, at
        self._passes = 0

    def __iter__(self) -> Iterator[list[str]]:
        self._passes += 1
        for number, sentence in enumerate(self._sentences):
            if self._passes == self._on_pass and number == self._at:
                self.stop.set()
                # Once words are counted, another thread looks for it several times a second.
                time.sleep(0.5 if self._passes > 1 else 0)
            self.read += 1
            yield sentence


@every_algorithm
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_within_an_epoch_keeps_what_was_learned(
    algorithm: str, workers: int, lee: list[list[str]]
) -> None:
    # Pass 1 counts the words, pass 2 is the first epoch; the second is not read to its end.
    text = SetsOnReading(lee * 4, on_pass=3, at=900)
    trained = ev.train_words(
        text, algorithm=algorithm, epochs=50, workers=workers, cancel=text.stop, **SETTINGS,
        probes=["government"], **({"bucket": 2000} if algorithm == "fasttext" else {}),
    )  # fmt: skip
    assert trained.stopped
    assert not trained.deterministic
    assert [record.complete for record in trained.epochs] == [True, False]
    assert trained.epochs[1].words < trained.epochs[0].words
    assert text.read < 3 * len(lee) * 4
    assert trained.epochs[1].neighbors["government"]
    assert trained.space.origin["stopped"]


def test_a_stopped_fasttext_model_still_agrees_with_its_pieces(lee: list[list[str]]) -> None:
    text = SetsOnReading(lee, on_pass=3, at=1)
    trained = ev.train_words(
        text, algorithm="fasttext", epochs=50, cancel=text.stop, bucket=2000, **SETTINGS
    )
    kept = trained.space.vectors.copy()
    trained._wv.adjust_vectors()
    np.testing.assert_array_equal(kept, trained._wv.vectors)


def test_a_stop_at_an_epochs_end_of_a_corpus_file() -> None:
    stop = threading.Event()

    def after_two(progress: Progress) -> None:
        if progress.details is not None and len(progress.details.history) == 2:
            stop.set()

    trained = ev.train_words(
        corpus_file=LEE, epochs=50, on_progress=after_two, cancel=stop, **SETTINGS
    )
    assert trained.stopped
    assert len(trained.epochs) == 2
    assert all(record.complete for record in trained.epochs)


def test_a_stop_after_the_last_epoch_stops_nothing(lee: list[list[str]]) -> None:
    stop = threading.Event()

    def at_the_end(progress: Progress) -> None:
        if progress.fraction == 1:
            stop.set()

    trained = ev.train_words(lee, epochs=2, on_progress=at_the_end, cancel=stop, **SETTINGS)
    assert stop.is_set()
    assert not trained.stopped
    assert trained.deterministic


@pytest.mark.parametrize("at", [0, 200])
def test_a_stop_while_words_are_counted_raises(at: int, lee: list[list[str]]) -> None:
    text = SetsOnReading(lee, on_pass=1, at=at)
    with pytest.raises(CancelledError):
        ev.train_words(text, cancel=text.stop, **SETTINGS)
    assert text.read <= at + 64


def test_a_stop_before_the_first_batch_has_nothing_to_keep(lee: list[list[str]]) -> None:
    class Late:
        """Asks for a stop once words are counted."""

        asked = False

        def is_set(self) -> bool:
            return self.asked

    stop = Late()

    class Text:
        passes = 0

        def __iter__(self) -> Iterator[list[str]]:
            self.passes += 1
            if self.passes == 2:
                stop.asked = True
                # The calling thread looks several times a second.
                time.sleep(0.5)
            yield from lee

    with pytest.raises(CancelledError, match="before a word was learned"):
        ev.train_words(Text(), cancel=stop, **SETTINGS)


def test_sentences_that_fail_while_training_do_not_hang_it(lee: list[list[str]]) -> None:
    class Fails:
        passes = 0

        def __iter__(self) -> Iterator[list[str]]:
            self.passes += 1
            yield from lee
            if self.passes == 3:
                raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        ev.train_words(Fails(), epochs=5, **SETTINGS)


def test_a_text_that_changes_into_something_else_does_not_hang_it(lee: list[list[str]]) -> None:
    class Changes:
        passes = 0

        def __iter__(self) -> Iterator[list[object]]:
            self.passes += 1
            yield from lee
            if self.passes == 2:
                yield [{"not": "a word"}]

    with pytest.raises(TypeError, match="unhashable"):
        ev.train_words(Changes(), **SETTINGS)  # type: ignore[arg-type]


@pytest.mark.parametrize("corpus", ["sentences", "corpus_file"])
def test_what_on_progress_raises_comes_out(corpus: str, lee: list[list[str]]) -> None:
    def fails(progress: Progress) -> None:
        if progress.details is not None:
            raise ValueError("no page to show it on")

    given = {"sentences": lee} if corpus == "sentences" else {"corpus_file": LEE}
    with pytest.raises(ValueError, match="no page to show it on"):
        ev.train_words(**given, epochs=5, on_progress=fails, **SETTINGS)


def test_progress_grows_within_and_between_epochs(lee: list[list[str]]) -> None:
    class Slow:
        """A batch, and then a while before the rest."""

        def __iter__(self) -> Iterator[list[str]]:
            yield from lee
            time.sleep(0.8)
            yield from lee

    told: list[Progress] = []
    threads = set()

    def tell(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.current_thread())

    trained = ev.train_words(Slow(), epochs=2, on_progress=tell, probes=["said"], **SETTINGS)
    assert threads == {threading.current_thread()}
    fractions = [progress.fraction for progress in told if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    snapshots = [p.details for p in told if isinstance(p.details, TrainingSnapshot)]
    within = [s for s in snapshots if len(s.history) < s.epoch]
    assert {s.epoch for s in within} == {1, 2}
    assert any(s.loss is not None and s.loss > 0 for s in within)
    assert snapshots[-1].losses == trained.losses
    assert snapshots[-1].history == trained.epochs
    assert "epoch 2 of 2" in told[-1].message


def test_progress_also_comes_after_gensims_first_second(lee: list[list[str]]) -> None:
    class Slow:
        def __iter__(self) -> Iterator[list[str]]:
            yield from lee
            time.sleep(1.2)
            yield from lee

    assert ev.train_words(Slow(), epochs=1, **SETTINGS).epochs[0].complete


def test_no_thread_is_left_behind(lee: list[list[str]]) -> None:
    before = threading.active_count()
    text = SetsOnReading(lee * 5, on_pass=2, at=900)
    ev.train_words(text, cancel=text.stop, workers=3, **SETTINGS)
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_a_finished_training_reports_the_words_that_it_read() -> None:
    trained = ev.train_words(common_texts, min_count=1, sample=0.0, vector_size=4, epochs=2)
    assert trained.corpus_sentences == len(common_texts)
    assert trained.corpus_words == sum(map(len, common_texts)) == trained.epochs[0].words
