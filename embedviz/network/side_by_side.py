"""CBOW and skip-gram trained on the same text: the time each takes, and what each learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.network.frequency_bands import BandScore, band_scores
from embedviz.progress import Cancel, OnProgress, Progress, report
from embedviz.space import EmbeddingSpace
from embedviz.words.sentences import Sentences
from embedviz.words.trained import TrainedWords
from embedviz.words.training import train_words
from embedviz.words.training_params import CBOW, SKIP_GRAM

COMPARED = (CBOW.name, SKIP_GRAM.name)
# A word of skip-gram is up to 2 × window guesses: about three times the work of CBOW's one.
_EFFORT = {CBOW.name: 1.0, SKIP_GRAM.name: 3.0}


@dataclass(frozen=True)
class DuelSettings:
    """What both trainings share; the names are those of :class:`TrainingParams`.

    ``cbow_rounds`` lets CBOW read the text so many times as often as skip-gram: at the same number
    of epochs it makes far fewer guesses.
    """

    window: int = 5
    vector_size: int = 50
    epochs: int = 10
    min_count: int = 3
    sample: float = 1e-3
    seeds: tuple[int, ...] = (0, 1)
    cbow_rounds: int = 1

    def of(self, algorithm: str, seed: int) -> dict[str, Any]:
        """Keyword arguments of :func:`train_words`."""
        rounds = self.cbow_rounds if algorithm == CBOW.name else 1
        return {
            "algorithm": algorithm,
            "seed": seed,
            "epochs": self.epochs * rounds,
            "window": self.window,
            "vector_size": self.vector_size,
            "min_count": self.min_count,
            "sample": self.sample,
        }


@dataclass(frozen=True, eq=False)
class Run:
    """One training.

    Attributes
    ----------
    algorithm, seed
    epochs : int
        How often it read the text.
    seconds : float
        Time of the training itself, by the clock, with one worker.
    words : int
        Words it trained on in all epochs, after subsampling.
    space : EmbeddingSpace
    """

    algorithm: str
    seed: int
    epochs: int
    seconds: float
    words: int
    space: EmbeddingSpace


@dataclass(frozen=True, eq=False)
class Duel:
    """Both algorithms side by side.

    Attributes
    ----------
    runs : tuple of Run
        In the order of their training: for each seed CBOW, then skip-gram.
    bands : tuple of BandScore
        Per frequency, how well each one's neighbors agree with the reference; empty until each
        algorithm has one run.
    settings : DuelSettings
    """

    runs: tuple[Run, ...]
    bands: tuple[BandScore, ...]
    settings: DuelSettings

    def seconds(self, algorithm: str) -> float:
        """Mean time of its runs; nan before the first."""
        times = [run.seconds for run in self.runs if run.algorithm == algorithm]
        return sum(times) / len(times) if times else float("nan")

    def spaces(self, algorithm: str) -> tuple[EmbeddingSpace, ...]:
        """What it learned, by seed."""
        return tuple(run.space for run in self.runs if run.algorithm == algorithm)


def side_by_side(
    sentences: Sentences,
    reference: EmbeddingSpace,
    settings: DuelSettings | None = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Duel:
    """Train CBOW and skip-gram on the same text with the same seeds, size and window.

    Parameters
    ----------
    sentences : iterable of lists of str
        As :func:`train_words` takes them.
    reference : EmbeddingSpace
        Whose neighbors both are compared with, learned from far more text.
    on_progress : callable, optional
        ``details`` is the Duel so far once a training has ended.

    Raises
    ------
    InvalidParameterError
        For settings out of range, or a text of which too few words are in ``reference``.
    CancelledError
        A stop keeps nothing.
    """
    chosen = settings or DuelSettings()
    if not chosen.seeds or not 1 <= chosen.cbow_rounds <= 10:
        raise InvalidParameterError(
            f"seeds={chosen.seeds}, cbow_rounds={chosen.cbow_rounds}: at least one seed, and 1 to "
            "10 rounds."
        )
    plan = [(algorithm, seed) for seed in chosen.seeds for algorithm in COMPARED]
    duel = Duel((), (), chosen)
    for number, (algorithm, seed) in enumerate(plan):
        tell = _part(on_progress, plan, number, duel)
        trained = train_words(
            sentences, on_progress=tell, cancel=cancel, **chosen.of(algorithm, seed)
        )
        if trained.stopped:
            raise CancelledError("The comparison was stopped before both were trained.")
        report(tell, 1.0, "comparing the nearest words")
        duel = _with(duel, _run_of(trained, seed), reference, cancel)
    report(on_progress, 1.0, "both are trained", duel)
    return duel


def _with(duel: Duel, run: Run, reference: EmbeddingSpace, cancel: Cancel | None) -> Duel:
    """The duel with one more run; scored anew once each algorithm has as many runs."""
    runs = (*duel.runs, run)
    if len(runs) % len(COMPARED):
        return Duel(runs, duel.bands, duel.settings)
    spaces = {name: [run.space for run in runs if run.algorithm == name] for name in COMPARED}
    return Duel(runs, band_scores(spaces, reference, cancel=cancel), duel.settings)


def _run_of(trained: TrainedWords, seed: int) -> Run:
    return Run(
        trained.algorithm.name,
        seed,
        len(trained.epochs),
        sum(epoch.seconds for epoch in trained.epochs),
        sum(epoch.words for epoch in trained.epochs),
        trained.space,
    )


def _part(
    on_progress: OnProgress | None, plan: Sequence[tuple[str, int]], number: int, duel: Duel
) -> OnProgress:
    """Progress of one training as a part of all of them."""
    effort: Mapping[str, float] = _EFFORT | {
        CBOW.name: _EFFORT[CBOW.name] * duel.settings.cbow_rounds
    }
    whole = sum(effort[name] for name, _ in plan)
    before = sum(effort[name] for name, _ in plan[:number]) / whole
    algorithm, seed = plan[number]

    def tell(progress: Progress) -> None:
        done = before + (progress.fraction or 0.0) * effort[algorithm] / whole
        report(on_progress, done, f"{algorithm}, seed {seed}: {progress.message}", duel)

    return tell
