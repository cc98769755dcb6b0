"""What a search costs: recall against the truth, comparisons counted, slopes fitted."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.indexes.structures import asked_graph
from embedviz.search_cost import (
    METHODS,
    agreed,
    brute_force,
    efforts_of,
    fitted_line,
    fitted_slope,
    growth,
    hnsw,
    ivf,
    measured,
    recall_latency,
    trial_of,
    worst_answer,
)
from tests.counts import examples


@pytest.fixture(scope="module")
def vectors():
    """2,600 vectors in 20 dimensions, in clouds, as real ones are."""
    random = np.random.default_rng(4)
    centers = random.standard_normal((40, 20))
    return centers[random.integers(40, size=2600)] + 0.7 * random.standard_normal((2600, 20))


@pytest.fixture(scope="module")
def trial(vectors):
    return trial_of(vectors)


@pytest.fixture(scope="module")
def searchers(trial):
    nodes = hnsw(trial.vectors, M=8, ef_construction=40)
    return {"brute": brute_force(trial.vectors), "ivf": ivf(trial.vectors, 40), "hnsw": nodes}


def test_queries_are_held_out_and_the_truth_is_scikit_learns(trial):
    from sklearn.neighbors import NearestNeighbors

    assert len(trial.queries) == 100
    assert len(trial.vectors) == 2500
    assert not set(map(bytes, trial.queries)) & set(map(bytes, trial.vectors))
    brute = NearestNeighbors(n_neighbors=50, metric="cosine", algorithm="brute")
    _, expected = brute.fit(trial.vectors.astype(np.float64)).kneighbors(trial.queries)
    np.testing.assert_array_equal(trial.truth, expected)


def test_a_small_set_gives_fewer_queries_and_zeros_are_left_out():
    vectors = np.random.default_rng(0).standard_normal((60, 5))
    vectors[:10] = 0
    trial = trial_of(vectors)
    assert (len(trial.queries), len(trial.vectors)) == (10, 40)
    with pytest.raises(InvalidParameterError, match="at least 40 vectors"):
        trial_of(vectors[:49])
    with pytest.raises(InvalidParameterError, match="queries=0"):
        trial_of(vectors, queries=0)


def test_brute_force_finds_all_and_compares_all(searchers, trial):
    point = measured(searchers["brute"], trial, k=10)
    assert point.recall == 1.0
    assert point.comparisons == 2500
    assert 0 < point.seconds <= point.slow_seconds
    assert point.queries == 100


def test_looking_into_every_cell_is_brute_force(searchers, trial):
    point = measured(searchers["ivf"], trial, k=10, effort=40)
    assert point.recall == 1.0
    assert point.comparisons == 2500 + 40


@pytest.mark.parametrize("method", ["ivf", "hnsw"])
def test_more_effort_finds_more_and_compares_more(searchers, trial, method):
    curve = recall_latency(searchers[method], trial, k=10)
    recalls = [point.recall for point in curve]
    compared = [point.comparisons for point in curve]
    assert compared == sorted(compared)
    assert all(later >= before - 0.005 for before, later in pairwise(recalls))
    assert recalls[0] < 0.97
    assert recalls[-1] > 0.99
    assert [point.effort for point in curve] == list(efforts_of(searchers[method], 10))


@pytest.mark.parametrize(("method", "effort"), [("ivf", 4), ("hnsw", 24)])
def test_recall_is_what_faiss_finds_of_the_truth(searchers, trial, method, effort):
    """Asked by hand, through faiss's own attributes rather than its search parameters."""
    searcher = searchers[method]
    if method == "ivf":
        searcher.structure.nprobe = effort
    else:
        searcher.structure.hnsw.efSearch = effort
    _, found = searcher.structure.search(trial.queries, 7)
    right = sum(len(np.intersect1d(a, b)) for a, b in zip(found, trial.truth[:, :7], strict=True))
    assert measured(searcher, trial, 7, effort).recall == pytest.approx(right / 700)


def test_comparisons_of_cells_are_faiss_own_count(searchers, trial):
    import faiss

    lists = searchers["ivf"].structure
    faiss.cvar.indexIVF_stats.reset()
    lists.search(trial.queries, 5, params=faiss.SearchParametersIVF(nprobe=6))
    expected = faiss.cvar.indexIVF_stats.ndis / len(trial.queries)
    counted = searchers["ivf"].comparisons(trial.queries, 5, 6)
    assert counted == pytest.approx(expected + lists.nlist)


def test_memory_is_what_faiss_would_write(searchers):
    import faiss

    for searcher in searchers.values():
        written = len(faiss.serialize_index(searcher.structure))
        assert searcher.nbytes == pytest.approx(written, rel=0.02)


def test_the_same_graph_every_time(searchers, trial):
    import faiss

    again = hnsw(trial.vectors, M=8, ef_construction=40)
    one, other = (
        faiss.vector_to_array(item.structure.hnsw.neighbors) for item in (searchers["hnsw"], again)
    )
    np.testing.assert_array_equal(one, other)


def test_bad_input_is_named(searchers, trial):
    with pytest.raises(InvalidParameterError, match=r"k=51.*1 to 50"):
        measured(searchers["brute"], trial, k=51)
    with pytest.raises(InvalidParameterError, match=r"effort of 41.*1 to 40"):
        measured(searchers["ivf"], trial, effort=41)
    with pytest.raises(InvalidParameterError, match="effort of 0"):
        measured(searchers["hnsw"], trial, effort=0)
    with pytest.raises(InvalidParameterError, match="nlist=2,501"):
        ivf(trial.vectors, 2501)
    with pytest.raises(InvalidParameterError, match="M=1"):
        hnsw(trial.vectors, M=1)


def test_a_stop_ends_building_and_measuring(searchers, trial):
    stop = threading.Event()
    stop.set()
    for work in (
        lambda: hnsw(trial.vectors, cancel=stop),
        lambda: ivf(trial.vectors, 10, cancel=stop),
        lambda: recall_latency(searchers["ivf"], trial, cancel=stop),
    ):
        with pytest.raises(CancelledError):
            work()


@settings(max_examples=examples(30, 300))
@given(
    st.floats(-2, 3), st.floats(1e-6, 1e6),
    st.lists(st.integers(1, 10**7), min_size=2, max_size=8, unique=True),
)  # fmt: skip
def test_a_power_law_gets_its_own_slope(slope, factor, sizes):
    fitted, height = fitted_slope(sizes, [factor * n**slope for n in sizes])
    assert fitted == pytest.approx(slope, abs=1e-4 * max(1, 1 / math.log(max(sizes) / min(sizes))))
    if max(sizes) > 2 * min(sizes):
        assert height == pytest.approx(factor, rel=1e-3)


@pytest.mark.parametrize(
    ("sizes", "costs"), [([10], [1.0]), ([10, 10], [1, 2]), ([1, 2], [0.0, 1]), ([1, 2], [1.0])]
)
def test_no_slope_from_too_little(sizes, costs):
    with pytest.raises(InvalidParameterError, match="A slope needs"):
        fitted_slope(sizes, costs)


def test_growth_counts_what_each_method_compares(vectors):
    seen = []
    result = growth(vectors, [400, 800, 1600, 2500], on_progress=seen.append)
    assert result.costs("brute", "comparisons") == ([400, 800, 1600, 2500],) * 2
    assert result.slope("brute", "comparisons")[0] == pytest.approx(1.0)
    assert 0.3 < result.slope("ivf", "comparisons")[0] < 0.8  # nlist + nprobe · n / nlist, at √n
    assert result.slope("hnsw", "comparisons")[0] < result.slope("ivf", "comparisons")[0]
    assert all(size.by_method["brute"].recall == 1.0 for size in result.sizes)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len(seen[-1].details.sizes) == 4


def test_a_stopped_growth_gives_what_is_measured(vectors):
    stop = threading.Event()

    def watch(progress):
        if len(progress.details.sizes) == 2:
            stop.set()

    assert len(growth(vectors, [200, 400, 2500], on_progress=watch, cancel=stop).sizes) == 2
    with pytest.raises(CancelledError):
        growth(vectors, [200, 400], cancel=stop)


@pytest.mark.parametrize("sizes", [[], [50], [400, 300], [400, 2551]])
def test_growth_refuses_sizes_that_do_not_fit(vectors, sizes):
    with pytest.raises(InvalidParameterError, match="at most 2,550"):
        growth(vectors, sizes)


def test_comparisons_are_those_of_the_own_search_whoever_else_searches(searchers, trial):
    graph = searchers["hnsw"]
    quiet = graph.comparisons(trial.queries, 10, 64)
    stop = threading.Event()

    def search():
        while not stop.is_set():
            asked_graph(graph.structure, trial.queries, 10, 64)

    others = [threading.Thread(target=search) for _ in range(2)]
    [other.start() for other in others]
    try:
        counted = [graph.comparisons(trial.queries, 10, 64) for _ in range(20)]
    finally:
        stop.set()
        [other.join() for other in others]
    assert counted == [quiet] * 20


def test_the_worst_answer_says_what_is_missed(searchers, trial, vectors):
    answer = worst_answer(searchers["ivf"], trial, 10, 1)
    assert len(answer.missed) == len(answer.instead) > 3
    assert set(answer.missed) < set(answer.truth)
    assert not set(answer.instead) & set(answer.truth)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = units @ units[answer.query]
    assert list(answer.truth) == sorted(answer.truth, key=lambda row: -cosines[row])
    assert max(cosines[list(answer.instead)]) < min(cosines[list(answer.truth)])
    none_missed = worst_answer(searchers["brute"], trial, 10, 0)
    assert none_missed.missed == none_missed.instead == ()


def test_a_faster_measurement_stays_on_the_curve(searchers, trial):
    curve = recall_latency(searchers["ivf"], trial, patience=0.02)
    faster = replace(curve[1], seconds=curve[1].seconds / 2)
    assert agreed(curve, faster) == ((curve[0], faster, *curve[2:]), faster)
    slower = replace(curve[1], seconds=curve[1].seconds * 2)
    assert agreed(curve, slower) == (curve, curve[1])
    between = replace(curve[1], effort=3)
    assert agreed(curve, between) == (curve, between)


def test_a_call_never_takes_all_of_a_querys_time(vectors):
    result = growth(vectors, [200, 400])
    dear = replace(result, calls=dict.fromkeys(result.calls, 1.0))
    for method in METHODS:
        seconds = [size.by_method[method].seconds for size in result.sizes]
        assert dear.costs(method)[1] == pytest.approx([0.1 * second for second in seconds])


def test_a_slopes_error_is_that_of_the_textbook() -> None:
    from scipy.stats import linregress, t

    random = np.random.default_rng(2)
    sizes = np.array([100, 180, 320, 560, 1000, 1800])
    costs = 3 * sizes**0.5 * np.exp(random.normal(0, 0.1, 6))
    line = fitted_line(sizes, costs)
    known = linregress(np.log(sizes), np.log(costs))
    assert line.slope == pytest.approx(known.slope)
    assert line.error == pytest.approx(t.ppf(0.975, 4) * known.stderr)
    at_one = t.ppf(0.975, 4) * known.intercept_stderr
    assert np.log(line.spread(1)) == pytest.approx(at_one)


@pytest.mark.parametrize(
    ("costs", "why"),
    [
        ((10, 20, 40, 80), ""), ((10, 20), "few"), ((10, 9, 9, 8), "falling"),
        ((10, 30, 8, 40), "scattered"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_sure_is_not_read_on(costs: tuple[float, ...], why: str) -> None:
    sizes = [100 * 2**at for at in range(len(costs))]
    assert fitted_line(sizes, costs).refused(1_000_000) == why
