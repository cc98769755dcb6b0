"""faiss beside torch and scikit-learn: in any order of import, from several threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embedviz.indexes.faiss_threads import faiss_alone
from embedviz.indexes.hnsw import HnswIndex
from embedviz.indexes.ivf import IvfIndex
from embedviz.metrics import METRICS
from embedviz.space import EmbeddingSpace

ROOT = Path(__file__).resolve().parents[2]

_TOGETHER = """
import threading
import {first}
import {second}
import {third}
import numpy as np, torch, faiss
from sklearn.cluster import KMeans
from embedviz.indexes.structures import asked_graph, empty_graph, grow_graph

torch.set_num_threads(2)
before = torch.get_num_threads(), faiss.omp_get_max_threads()
vectors = np.random.default_rng(0).standard_normal((1500, 16)).astype(np.float32)
found, seen = [], []

def work():
    mine = torch.get_num_threads()
    graph = empty_graph(16, 8, 20)
    grow_graph(graph, vectors)
    found.append(asked_graph(graph, vectors[:50], 3, 16))
    torch.ones(400, 400) @ torch.ones(400, 400)
    seen.append(torch.get_num_threads() == mine)

threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
work()
KMeans(4, n_init=1, random_state=0).fit(vectors)
assert all(seen), "torch's threads were changed"
assert all((one == found[0]).all() for one in found), "another graph"
assert (torch.get_num_threads(), faiss.omp_get_max_threads()) == before
print("well")
"""


@pytest.mark.parametrize(
    "order", [("faiss", "sklearn.cluster", "torch"), ("torch", "sklearn.cluster", "faiss")]
)
def test_any_order_of_import_works_and_changes_no_threads(order):
    first, second, third = order
    code = _TOGETHER.format(first=first, second=second, third=third)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "well", done.stderr


def test_the_number_of_threads_is_put_back_after_an_error():
    with faiss_alone() as faiss:
        pass
    before = faiss.omp_get_max_threads()
    with pytest.raises(RuntimeError), faiss_alone():
        raise RuntimeError(faiss.omp_get_max_threads())
    assert faiss.omp_get_max_threads() == before


@pytest.fixture(scope="module")
def words():
    """Vectors in clouds, with lengths that differ, two of them of length 0."""
    random = np.random.default_rng(2)
    centers = random.standard_normal((80, 24))
    vectors = centers[random.integers(80, size=6040)] + 0.6 * random.standard_normal((6040, 24))
    vectors *= random.uniform(0.8, 1.2, (6040, 1))
    vectors[[7, 11]] = 0
    return EmbeddingSpace(map(str, range(6000)), vectors[:6000]), vectors[6000:]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", [HnswIndex, IvfIndex])
def test_the_structures_themselves_answer_where_they_pay(words, kind, metric, monkeypatch):
    space, queries = words
    index = kind(space)
    index.search(queries[:1], 10, metric)  # the first one builds
    assert index.effort[metric] > 0
    assert index.recall[metric] >= 0.995
    truth, _ = index._every.search(queries, 10, metric)
    monkeypatch.setattr(index._every, "search", None)
    rows, _ = index.search(queries, 10, metric)
    right = sum(len(set(a) & set(b)) for a, b in zip(rows, truth, strict=True))
    assert right >= 0.98 * truth.size


@pytest.mark.parametrize("kind", [HnswIndex, IvfIndex])
def test_queries_without_a_direction_or_far_off_are_compared_with_all(words, kind):
    space, queries = words
    index = kind(space)
    nothing = queries[:1] * 0
    strange = {"cosine": nothing, "dot": nothing, "correlation": nothing + 2}
    strange["euclidean"] = queries[:1] * 1e100
    for metric, query in strange.items():
        rows, scores = index.search(query, 5, metric)
        expected, exact = index._every.search(query, 5, metric)
        np.testing.assert_array_equal(rows, expected)
        np.testing.assert_array_equal(scores, exact)


def test_a_metric_is_built_once_and_weighed(words):
    space, queries = words
    index = IvfIndex(space)
    cosine = index.nbytes
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: index.search(queries[:2], 3, "dot"), range(3)))
    both, seconds = index.nbytes, index.build_seconds
    assert both > 1.9 * cosine
    index.search(queries[:2], 3, "dot")
    assert (index.nbytes, index.build_seconds) == (both, seconds)
    seen = []
    index.search(queries, 3, "euclidean", on_progress=seen.append)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_building_stops(words):
    from embedviz.errors import CancelledError

    stop = threading.Event()
    with pytest.raises(CancelledError):
        HnswIndex(words[0], on_progress=lambda _: stop.set(), cancel=stop)
