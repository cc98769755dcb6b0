"""While a projection works: progress, stops, one UMAP at a time; and what is kept on disk."""

from __future__ import annotations

import dataclasses
import threading
import time

import numpy as np
import pytest

from embedviz.errors import CancelledError, EmbedvizError
from embedviz.progress import Progress
from embedviz.projections import PROJECTIONS, project, umap
from embedviz.projections.base import Task
from embedviz.projections.tsne import Watcher
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store

# Only a hang lasts so long: on a busy machine UMAP may compile for minutes.
LONG = 600.0
QUICK = {
    "pca": {},
    "tsne": {"n_iter": 40, "early_exaggeration_iter": 20, "perplexity": 8.0},
    "umap": {"n_epochs": 40},
}
SLOW = {"tsne": {"n_iter": 10_000}, "umap": {"n_epochs": 5_000}}
each_method = pytest.mark.parametrize("method", PROJECTIONS)
with_progress = pytest.mark.parametrize(
    "method", [name for name, method in PROJECTIONS.items() if method.reports_progress]
)


@pytest.fixture(scope="module")
def points() -> EmbeddingSpace:
    vectors = np.random.default_rng(9).normal(size=(100, 8))
    return EmbeddingSpace([f"k{row}" for row in range(100)], vectors)


class StopAt:
    """An event that a report sets: stops the work from within, wherever it is."""

    def __init__(self, word: str, times: int = 1) -> None:
        self.word, self.left = word, times
        self.seen: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.seen.append(progress)
        self.left -= self.word in progress.message

    def is_set(self) -> bool:
        return self.left <= 0


@with_progress
def test_progress_goes_forward_by_iteration_to_the_end(points, method):
    seen: list[Progress] = []
    project(points, method, on_progress=seen.append, cache=False, **QUICK[method])
    fractions = [report.fraction for report in seen if report.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    word, total = {"tsne": ("iteration", 60), "umap": ("epoch", 40)}[method]
    steps = [report.message for report in seen if report.message.startswith(word)]
    assert len(steps) >= 6
    assert steps[-1] == f"{word} {total} of {total}"
    assert any("neighbors" in report.message for report in seen)


def test_tsne_tells_its_divergence(points):
    seen: list[Progress] = []
    project(points, "tsne", on_progress=seen.append, cache=False, **QUICK["tsne"])
    told = [report.details for report in seen if report.details]
    assert [one["iteration"] for one in told] == [10, 20, 30, 40, 50, 60]
    assert all(0 < one["kl_divergence"] < 10 for one in told)


def test_watching_changes_nothing(points):
    for method in PROJECTIONS:
        quiet = project(points, method, cache=False, **QUICK[method])
        watched = project(
            points, method, on_progress=lambda _: None, cancel=threading.Event(), cache=False,
            **QUICK[method],
        )  # fmt: skip
        assert np.array_equal(quiet.coordinates, watched.coordinates)


@with_progress
def test_a_stop_is_answered_at_the_next_step_and_keeps_nothing(points, method, cache_dir):
    word = {"tsne": "iteration", "umap": "epoch"}[method]
    stop = StopAt(word, times=3)
    with pytest.raises(CancelledError, match=PROJECTIONS[method].label):
        project(points, method, on_progress=stop, cancel=stop, **SLOW[method])
    assert sum(word in report.message for report in stop.seen) == 3
    assert default_store().size() == 0
    # Nothing is left locked or swapped: the next one works, in another thread too.
    done: list[np.ndarray] = []
    thread = threading.Thread(
        target=lambda: done.append(project(points, method, **QUICK[method]).coordinates)
    )
    thread.start()
    thread.join(LONG)
    assert np.array_equal(
        done[0], project(points, method, cache=False, **QUICK[method]).coordinates
    )


@each_method
def test_a_stop_before_the_start(points, method):
    event = threading.Event()
    event.set()
    with pytest.raises(CancelledError):
        project(points, method, cancel=event, cache=False)


@with_progress
def test_a_stop_from_another_thread(points, method):
    event, started, error = threading.Event(), threading.Event(), []

    def work() -> None:
        try:
            project(
                points, method, on_progress=lambda _: started.set(), cancel=event, cache=False,
                **SLOW[method],
            )  # fmt: skip
        except CancelledError as stopped:
            error.append(stopped)

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(LONG)
    event.set()
    thread.join(LONG)
    assert len(error) == 1


@each_method
def test_placing_new_points_can_be_stopped(points, method):
    projection = project(points, method, cache=False, **QUICK[method])
    event = threading.Event()
    event.set()
    with pytest.raises(CancelledError):
        projection.transform(points.take([1, 2]), cancel=event)
    assert projection.transform(points.take([1, 2])).shape == (2, 2)


def test_tsne_placing_reports_its_own_iterations(points):
    projection = project(points, "tsne", cache=False, **QUICK["tsne"])
    seen: list[Progress] = []
    projection.transform(points.take([1, 2]), on_progress=seen.append)
    assert seen[-1].message == "iteration 250 of 250"
    assert seen[-1].fraction == 1.0


def test_watcher_counts_over_both_phases():
    seen: list[Progress] = []
    watcher = Watcher((100, 300), seen.append, None)
    watcher.optimization_about_to_start()
    watcher(50, 1.0, None)
    watcher.optimization_about_to_start()
    watcher(50, 1.0, None)
    assert [report.message for report in seen] == ["iteration 50 of 400", "iteration 150 of 400"]


def test_waiting_for_umap_says_so_and_can_be_stopped(points):
    stop = StopAt("waiting", times=2)
    with umap._LOCK, pytest.raises(CancelledError):
        project(points, "umap", on_progress=stop, cancel=stop, cache=False)
    assert [report.fraction for report in stop.seen] == [None, None]
    assert not umap._LOCK.locked()


def test_the_first_umap_says_that_it_compiles(points, monkeypatch):
    monkeypatch.setattr(umap, "_WARM", threading.Event())
    seen: list[Progress] = []
    project(points, "umap", on_progress=seen.append, cache=False, **QUICK["umap"])
    assert any("once per start" in report.message for report in seen)
    assert umap.is_warm()
    seen.clear()
    project(points, "umap", on_progress=seen.append, cache=False, **QUICK["umap"])
    assert not any("once per start" in report.message for report in seen)


def test_warming_up_makes_warm(monkeypatch):
    monkeypatch.setattr(umap, "_WARM", threading.Event())
    assert not umap.is_warm()
    umap.warm_up()
    assert umap.is_warm()
    calls = []
    monkeypatch.setattr(umap, "fit_model", lambda *_: calls.append(1))
    umap.warm_up()
    assert calls == []


def test_umap_works_for_one_at_a_time(points, monkeypatch):
    inside, most = [0], [0]
    import umap

    plain = umap.UMAP.fit

    def counted(self, *args, **kwargs):
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.05)
        try:
            return plain(self, *args, **kwargs)
        finally:
            inside[0] -= 1

    monkeypatch.setattr(umap.UMAP, "fit", counted)
    results: list[np.ndarray] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(
                project(points, "umap", cache=False, **QUICK["umap"]).coordinates
            )
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert most == [1]
    assert all(np.array_equal(result, results[0]) for result in results)
    assert len(results) == 3


def test_umap_and_tsne_warn_of_nothing(points, recwarn, caplog):
    for method in ("umap", "tsne"):
        project(points, method, cache=False, **QUICK[method])
    assert [str(warning.message) for warning in recwarn if warning.category is UserWarning] == []
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == []


@each_method
def test_the_second_time_comes_from_disk(points, method, cache_dir, monkeypatch):
    first = project(points, method, **QUICK[method])
    fits: list[Task] = []
    plain = PROJECTIONS[method]

    def counted(task, params):
        fits.append(task)
        return plain.fit(task, params)

    monkeypatch.setitem(PROJECTIONS, method, dataclasses.replace(plain, fit=counted))
    seen: list[Progress] = []
    again = project(points, method, on_progress=seen.append, **QUICK[method])
    assert fits == []
    assert (first.from_cache, again.from_cache) == (False, True)
    assert seen[-1].fraction == 1.0
    assert np.array_equal(again.coordinates, first.coordinates)
    assert not again.coordinates.flags.writeable
    for name in ("method", "params", "n_components", "seed", "seconds", "works_on", "metric"):
        assert getattr(again, name) == getattr(first, name)
    assert set(again.details) == set(first.details)
    for name, value in first.details.items():
        assert np.array_equal(again.details[name], value)
    # The model is fitted again when it is asked for, once, and places points as the first did.
    new = points.take([3, 1, 4])
    np.testing.assert_array_equal(again.transform(new), first.transform(new))
    again.transform(new)
    assert len(fits) == (0 if method == "pca" else 1)


@each_method
def test_without_cache_nothing_is_read_or_written(points, method, cache_dir):
    project(points, method, cache=False, **QUICK[method])
    assert not cache_dir.exists()
    project(points, method, **QUICK[method])
    size = default_store().size()
    assert size > 0
    assert not project(points, method, cache=False, **QUICK[method]).from_cache
    assert default_store().size() == size


def test_whatever_differs_is_computed(points, cache_dir):
    project(points, "pca")
    assert project(points, "pca").from_cache
    assert project(points.renamed("other name"), "pca").from_cache
    assert not project(points, "pca", 3).from_cache
    assert not project(points, "pca", normalize=True).from_cache
    assert not project(points.take(np.arange(99)), "pca").from_cache
    assert not project(points.take(np.arange(99, -1, -1)), "pca").from_cache


def test_another_seed_is_computed_only_where_it_decides_something(points, cache_dir):
    for method, params in QUICK.items():
        first = project(points, method, **params)
        again = project(points, method, seed=1, **params)
        assert again.from_cache != PROJECTIONS[method].uses_seed
        assert again.seed == 1
        same = np.array_equal(again.coordinates, first.coordinates)
        assert same != PROJECTIONS[method].uses_seed


def test_a_damaged_result_is_computed_again(points, cache_dir):
    first = project(points, "pca")
    (path,) = cache_dir.rglob("*.npz")
    path.write_bytes(b"damaged")
    again = project(points, "pca")
    assert not again.from_cache
    assert np.array_equal(again.coordinates, first.coordinates)
    assert project(points, "pca").from_cache


def test_a_disk_that_refuses_breaks_nothing(points, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EMBEDVIZ_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert project(points, "pca").coordinates.shape == (100, 2)
    assert not project(points, "pca").from_cache


def test_a_picture_that_cannot_be_made_again_places_nothing(points, cache_dir, monkeypatch):
    project(points, "tsne", **QUICK["tsne"])
    kept = project(points, "tsne", **QUICK["tsne"])
    entry_of = default_store()
    (path,) = cache_dir.rglob("*.npz")
    kind, key = path.parent.name, path.stem
    arrays, meta = entry_of.get(kind, key)
    entry_of.put(kind, key, arrays | {"coordinates": arrays["coordinates"][::-1].copy()}, meta)
    other = project(points, "tsne", **QUICK["tsne"])
    assert other.from_cache
    with pytest.raises(EmbedvizError, match="cache=False"):
        other.transform(points.take([1]))
    assert kept.transform(points.take([1])).shape == (1, 2)


def test_an_interpolated_tsne_stops_between_reports():
    """Above a few thousand points the gradient itself looks whether it is to go on."""
    from embedviz.projections.tsne import _interpolated

    event = threading.Event()
    event.set()
    with pytest.raises(CancelledError):
        _interpolated(event)(np.zeros((3, 2)), None, 1.0)
