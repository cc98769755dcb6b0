"""A training tells how it stands, stops when asked, and never waits forever."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from gensim.models.word2vec import LineSentence
from gensim.test.utils import common_texts, datapath

import embedviz as ev
from embedviz.errors import CancelledError
from embedviz.progress import Progress
from embedviz.words import training_log, training_watch
from embedviz.words.training import ALGORITHMS, TrainingSnapshot

LEE = datapath("lee_background.cor")
SETTINGS = {"vector_size": 16, "min_count": 5, "window": 2, "negative": 2}

every_algorithm = pytest.mark.parametrize("algorithm", list(ALGORITHMS))


@pytest.fixture(scope="module")
def lee() -> list[list[str]]:
    return list(LineSentence(LEE))


# Only a hang lasts so long: no test of a busy machine comes near it.
LONG = 300.0


class Stop(threading.Event):
    """A stop that can be waited for until the training has acted on it."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = threading.Semaphore(0)

    def is_set(self) -> bool:
        asked = super().is_set()
        if asked:
            self._looks.release()
        return asked

    def wait_until_acted_on(self) -> None:
        # Whoever looks a second time has acted on what the first look told.
        for _ in range(2):
            assert self._looks.acquire(timeout=LONG)


class HeldBack:
    """Sentences of which one is held back, on a given pass, until a stop was acted on."""

    def __init__(self, sentences: list[list[str]], stop: Stop, on_pass: int, at: int) -> None:
        self.read = 0
        self._sentences, self._stop, self._on_pass, self._at = sentences, stop, on_pass, at
        self._passes = 0

    def __iter__(self) -> Iterator[list[str]]:
        self._passes += 1
        for number, sentence in enumerate(self._sentences):
            if self._passes == self._on_pass and number == self._at:
                self._stop.wait_until_acted_on()
            self.read += 1
            yield sentence


@pytest.fixture
def _often_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress as often as the training looks around, not twice a second."""
    monkeypatch.setattr(training_log, "_REPORT_SECONDS", 0.0)


@pytest.mark.usefixtures("_often_told")
@every_algorithm
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_within_an_epoch_keeps_what_was_learned(
    algorithm: str, workers: int, lee: list[list[str]]
) -> None:
    stop = Stop()

    def in_the_second_epoch(progress: Progress) -> None:
        if (progress.fraction or 0) > 1 / 50:
            stop.set()

    # Pass 1 counts the words, pass 2 is the first epoch; the second is not read to its end.
    text = HeldBack(lee, stop, on_pass=3, at=200)
    trained = ev.train_words(
        text, algorithm=algorithm, epochs=50, workers=workers, cancel=stop, **SETTINGS,
        on_progress=in_the_second_epoch, probes=["government"],
        **({"bucket": 2000} if algorithm == "fasttext" else {}),
    )  # fmt: skip
    assert trained.stopped
    assert not trained.deterministic
    assert [record.complete for record in trained.epochs] == [True, False]
    assert 0 < trained.epochs[1].words < trained.epochs[0].words
    assert text.read < 3 * len(lee)
    assert trained.epochs[1].neighbors["government"]
    assert trained.space.origin["stopped"]


def test_a_stopped_fasttext_model_still_agrees_with_its_pieces(lee: list[list[str]]) -> None:
    stop = Stop()

    def after_the_first_epoch(progress: Progress) -> None:
        if (progress.fraction or 0) >= 1 / 50:
            stop.set()

    text = HeldBack(lee, stop, on_pass=3, at=1)
    trained = ev.train_words(
        text, algorithm="fasttext", epochs=50, cancel=stop, bucket=2000, **SETTINGS,
        on_progress=after_the_first_epoch,
    )  # fmt: skip
    assert trained.stopped
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
    stop, read = threading.Event(), []

    class Text:
        def __iter__(self) -> Iterator[list[str]]:
            for number, sentence in enumerate(lee):
                if number == at:
                    stop.set()
                read.append(number)
                yield sentence

    with pytest.raises(CancelledError):
        ev.train_words(Text(), cancel=stop, **SETTINGS)
    assert len(read) <= at + 64


def test_a_stop_before_the_first_batch_has_nothing_to_keep(lee: list[list[str]]) -> None:
    stop = Stop()

    class Text:
        passes = 0

        def __iter__(self) -> Iterator[list[str]]:
            self.passes += 1
            if self.passes == 2:
                stop.set()
                stop.wait_until_acted_on()
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


@pytest.mark.usefixtures("_often_told")
def test_progress_grows_within_and_between_epochs(lee: list[list[str]]) -> None:
    told: list[Progress] = []
    threads = set()
    within = {1: threading.Event(), 2: threading.Event()}

    class Slow:
        """Some batches, and the rest once something was told of them."""

        passes = 0

        def __iter__(self) -> Iterator[list[str]]:
            self.passes += 1
            yield from lee
            if self.passes > 1:  # the first one counts the words
                assert within[self.passes - 1].wait(LONG)
            yield from lee

    def tell(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.current_thread())
        snapshot = progress.details
        if isinstance(snapshot, TrainingSnapshot) and (snapshot.loss or 0) > 0:
            within[snapshot.epoch].set()

    trained = ev.train_words(Slow(), epochs=2, on_progress=tell, probes=["said"], **SETTINGS)
    assert threads == {threading.current_thread()}
    fractions = [progress.fraction for progress in told if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    snapshots = [p.details for p in told if isinstance(p.details, TrainingSnapshot)]
    unfinished = [s for s in snapshots if len(s.history) < s.epoch]
    assert {s.epoch for s in unfinished if s.loss is not None and s.loss > 0} == {1, 2}
    assert snapshots[-1].losses == trained.losses
    assert snapshots[-1].history == trained.epochs
    assert "epoch 2 of 2" in told[-1].message


def test_gensims_own_report_of_its_progress_is_no_trouble(
    lee: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # gensim reports once a second, of its clock: here at every batch.
    ticks, asked = itertools.count(step=10), []
    size = training_watch._TickingQueue.qsize
    monkeypatch.setattr("gensim.models.word2vec.default_timer", lambda: float(next(ticks)))
    monkeypatch.setattr(
        training_watch._TickingQueue, "qsize", lambda self: asked.append(1) or size(self)
    )
    assert ev.train_words(lee, epochs=1, **SETTINGS).epochs[0].complete
    assert asked


@pytest.mark.usefixtures("_often_told")
def test_no_thread_is_left_behind(lee: list[list[str]]) -> None:
    before, stop = set(threading.enumerate()), Stop()

    def once_something_is_learned(progress: Progress) -> None:
        if (progress.fraction or 0) > 0:
            stop.set()

    text = HeldBack(lee, stop, on_pass=2, at=200)
    trained = ev.train_words(
        text, cancel=stop, workers=3, on_progress=once_something_is_learned, **SETTINGS
    )
    assert trained.stopped
    for thread in set(threading.enumerate()) - before:
        thread.join(LONG)
        assert not thread.is_alive()


def test_a_finished_training_reports_the_words_that_it_read() -> None:
    trained = ev.train_words(common_texts, min_count=1, sample=0.0, vector_size=4, epochs=2)
    assert trained.corpus_sentences == len(common_texts)
    assert trained.corpus_words == sum(map(len, common_texts)) == trained.epochs[0].words
