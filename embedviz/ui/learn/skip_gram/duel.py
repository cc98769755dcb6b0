"""Part three: CBOW and skip-gram trained on the same text in front of the viewer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.network import earlier_duel
from embedviz.network.frequency_bands import NEIGHBORS, BandScore, nearest_of
from embedviz.network.side_by_side import COMPARED, Duel, DuelSettings, side_by_side
from embedviz.network.skip_gram_pictures import band_bars
from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.chart import show_chart
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.learn.work import work
from embedviz.ui.messages import plain
from embedviz.ui.server import packaged_model
from embedviz.ui.work import cancel_others
from embedviz.word_model import as_space
from embedviz.words.sample_corpora import CORPORA
from embedviz.words.training_params import CBOW, SKIP_GRAM

_MIN_COUNT = {"lee": 3, "bible": 5}
_WORDS = {"lee": "australia", "bible": "king"}
_EPOCHS = (3, 5, 10, 20, 30)
_ROUNDS = (1, 3)
_MEASURES = ("agreement", "stability")
_HEIGHT = 252
_GROUP = "skip-gram duel"
_ASKED = re.compile(r"(lee|bible)-(\d+)-(\d+)-(\d+)")


@dataclass(frozen=True)
class Chosen:
    """What to train: now in the controls, and what was asked for ("" before the first time)."""

    now: str
    asked: str
    measure: str
    word: str


def choose_duel(lesson: OpenLesson) -> Chosen:
    """The controls of this part; nothing is trained before the button is pressed."""
    controls, said = lesson.controls, lesson.texts
    a, b, c, more, d = st.columns([3, 3, 3, 1.8, 2], vertical_alignment="bottom")
    with a:
        epochs = controls.steps("epochs", 10, _EPOCHS)
    with b:
        rounds = controls.choice("rounds", 1, _ROUNDS)
    with c:
        name = controls.select("duel_text", "lee", tuple(_MIN_COUNT))
    with more, st.popover(said("more"), width="stretch"):
        window = controls.slider("duel_window", 5, 1, 10, 1)
        measure = controls.choice("measure", _MEASURES[0], _MEASURES)
        word = controls.text("word", "", 60)
    now = f"{name}-{epochs}-{window}-{rounds}"
    asked = controls.value("asked", "", _fits)
    d.button(
        said("train"), key="skip-gram-train", type="primary", width="stretch",
        disabled=now == asked, on_click=controls.set, args=("asked", now),
    )  # fmt: skip
    return Chosen(now, asked, measure, word)


@dataclass(frozen=True)
class Result:
    """What is shown: a training of the person's own, or an earlier run.

    ``seconds`` are those of one training, by algorithm.
    """

    settings: DuelSettings
    bands: tuple[BandScore, ...]
    seconds: Mapping[str, float]
    runs: int
    own: bool


_EARLIER = Result(
    earlier_duel.SETTINGS, earlier_duel.BANDS, earlier_duel.SECONDS,
    len(earlier_duel.SETTINGS.seeds), own=False,
)  # fmt: skip


def show_duel(lesson: OpenLesson, chosen: Chosen) -> None:
    """What is usually said, and what came out: of an earlier run, until both were trained here."""
    said = lesson.texts
    st.markdown(said("claim"))
    if not chosen.asked:
        _show_result(lesson, _EARLIER, chosen.measure)
        return
    name, settings = _settings(chosen.asked)
    reference = as_space(packaged_model("glove-6b-50d"))
    key = (_GROUP, chosen.asked)
    cancel_others(_GROUP, key)
    title = said("training", text=said(f"sample_text.{name}"), epochs=settings.epochs)
    duel: Duel | None = work(
        title,
        key,
        lambda *how: _train(name, settings, reference, *how),
        watch=lambda progress: _so_far(lesson, progress),
    )
    if duel is None:
        lesson.meaning_here()
        lesson.find(most=2 * settings.window)
        return
    if chosen.now != chosen.asked:
        st.info(said("changed"))
    seconds = {name: duel.seconds(name) for name in COMPARED}
    result = Result(settings, duel.bands, seconds, len(settings.seeds), own=True)
    _show_result(lesson, result, chosen.measure)
    _show_word(lesson, duel, reference, chosen.word or _WORDS[name])


def _fits(asked: str) -> bool:
    found = _ASKED.fullmatch(asked)
    if not found:
        return not asked
    epochs, window, rounds = (int(number) for number in found.groups()[1:])
    return epochs in _EPOCHS and 1 <= window <= 10 and rounds in _ROUNDS


def _settings(asked: str) -> tuple[str, DuelSettings]:
    name, *numbers = asked.split("-")
    epochs, window, rounds = map(int, numbers)
    return name, DuelSettings(
        epochs=epochs, window=window, cbow_rounds=rounds, min_count=_MIN_COUNT[name]
    )


def _train(
    name: str,
    settings: DuelSettings,
    reference: EmbeddingSpace,
    on_progress: OnProgress,
    cancel: Cancel,
) -> Duel:
    corpus = CORPORA[name].open(cancel=cancel)
    return side_by_side(corpus, reference, settings, on_progress, cancel)


def _so_far(lesson: OpenLesson, progress: Progress) -> None:
    """While it trains: the times so far, and the bars once both were trained with one seed."""
    duel = progress.details
    if not isinstance(duel, Duel) or not duel.runs:
        return
    times = " · ".join(
        f"{lesson.texts(run.algorithm)} ({run.seed}): {run.seconds:.1f} s" for run in duel.runs
    )
    st.caption(lesson.texts("so_far", times=times))
    if duel.bands:
        _show_bars(lesson, duel.bands, "agreement", "skip-gram-bands-so-far")


def _show_result(lesson: OpenLesson, result: Result, measure: str) -> None:
    said = lesson.texts
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(said(f"measured.{measure}", k=NEIGHBORS))
        _show_bars(lesson, result.bands, measure, "skip-gram-bands")
    with right:
        st.caption(said("own" if result.own else "earlier"))
        for column, name in zip(st.columns(2), COMPARED, strict=True):
            column.metric(said(f"time.{name}"), f"{result.seconds[name]:.1f} s")
            epochs = result.settings.of(name, 0)["epochs"]
            column.caption(said("time_of", epochs=epochs, runs=result.runs))
        st.caption(said("ratio"))
    lesson.meaning_here()
    _find(lesson, result)
    rounds = result.settings.cbow_rounds
    st.caption(said("fair.more" if rounds > 1 else "fair.same", rounds=rounds))
    for place, band in (("rare", result.bands[0]), ("often", result.bands[-1])):
        st.markdown(f"{said(place, low=band.low, high=band.high)} {_verdict(lesson, band)}")
    _show_table(lesson, result.bands)


def _find(lesson: OpenLesson, result: Result) -> None:
    """What the three sentences tell: the times, and who agrees more at both ends of frequency."""
    cbow, skip_gram = (result.seconds[name] for name in COMPARED)
    ratio = skip_gram / max(cbow, 1e-9)
    lesson.find(
        measured=True,
        own=result.own,
        more=result.settings.cbow_rounds > 1,
        rounds=result.settings.cbow_rounds,
        slower=ratio > 1,
        ratio=ratio,
        inverse=1 / ratio,
    )
    for place, band in (("rare", result.bands[0]), ("often", result.bands[-1])):
        lesson.find(
            **{
                f"{place}_cbow": band.winner == CBOW.name,
                f"{place}_skip_gram": band.winner == SKIP_GRAM.name,
                f"{place}_low": band.low,
                f"{place}_high": band.high,
                f"{place}_n": band.n,
                f"{place}_points": 100 * abs(band.difference),
                f"{place}_margin": 100 * band.margin,
            }
        )


def _show_bars(lesson: OpenLesson, bands: Sequence[BandScore], measure: str, key: str) -> None:
    said = lesson.texts
    names = [said("band", low=band.low, high=band.high, n=band.n) for band in bands]
    values = {said(name): [getattr(band, measure)[name] for band in bands] for name in COMPARED}
    chance = bands[0].chance
    titles = {
        "x": said("axis.band"),
        "y": said(f"axis.{measure}"),
        "chance": said("chance", share=chance),
    }
    show_chart(band_bars(names, values, titles, chance, _HEIGHT), key, said(f"alt.{measure}"))


def _verdict(lesson: OpenLesson, band: BandScore) -> str:
    name = band.winner or "none"
    return lesson.texts(
        f"verdict.{name}", points=100 * abs(band.difference), margin=100 * band.margin, n=band.n
    )


def _show_table(lesson: OpenLesson, bands: Sequence[BandScore]) -> None:
    said = lesson.texts
    heads = ("band", "n", *COMPARED, "difference", "stability", "verdict")
    lines = [
        "| " + " | ".join(said(f"column.{head}") for head in heads) + " |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for band in bands:
        cbow, skip_gram = (f"{band.agreement[name]:.1%}" for name in COMPARED)
        stable = " / ".join(f"{band.stability[name]:.0%}" for name in COMPARED)
        ahead = said(f"ahead.{band.winner or 'none'}")
        lines.append(
            f"| {band.low:,}–{band.high:,} | {band.n:,} | {cbow} | {skip_gram} "
            f"| {_signed(100 * band.difference)} ± {100 * band.margin:.1f} | {stable} "
            f"| {ahead} |"
        )
    st.markdown("\n".join(lines))
    st.caption(said("table", k=NEIGHBORS, chance=bands[0].chance))


def _signed(points: float) -> str:
    return f"{round(points, 1) + 0.0:+.1f}".replace("-", "−")


def _show_word(lesson: OpenLesson, duel: Duel, reference: EmbeddingSpace, word: str) -> None:
    """One word's neighbors in each: what the shares above count."""
    said = lesson.texts
    wanted = word.strip().lower()
    if not wanted:
        return
    spaces = {name: duel.spaces(name)[0] for name in COMPARED}
    try:
        found = nearest_of(wanted, spaces, reference)
    except EmbedvizError as error:
        show_error(error)
        return
    own = spaces[COMPARED[0]]
    count = int(own.table["count"].iloc[own.index(wanted)])
    st.markdown(said("nearest", word=plain(wanted), count=count))
    theirs = set(found[reference.name])
    for name, keys in found.items():
        listed = ", ".join(f"**{plain(key)}**" if key in theirs else plain(key) for key in keys)
        st.markdown(f"{said(name) if name in COMPARED else plain(name)}: {listed}")
