"""The table of metrics: every entry is what its fields say, here and in the libraries it names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.metrics import pairwise_distances

import embedviz as ev
from embedviz.errors import InvalidParameterError
from embedviz.metrics import METRICS, metric_named, metrics_in_lines, metrics_of
from embedviz.projections.exact_neighbors import comparable
from embedviz.space import EmbeddingSpace
from embedviz.trust.nearness import FormulaNearness, FullNearness

each_metric = pytest.mark.parametrize("name", METRICS)
VECTORS = np.random.default_rng(2).normal(0.7, 1, size=(60, 9)) * np.linspace(0.5, 3, 60)[:, None]


def _distances(name: str) -> np.ndarray:
    """By the definition, smaller is nearer."""
    metric = METRICS[name]
    scores = np.stack([metric.between(row, VECTORS) for row in VECTORS])
    return scores if metric.is_distance else 1 - scores if metric.form == "angle" else -scores


def test_names_labels_and_sentences_are_there_and_differ():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.works_on.endswith(".")
        assert metric.form or not metric.centers
    for field in ("label", "short_label", "adjective", "works_on", "distance_label"):
        assert len({getattr(metric, field) for metric in METRICS.values()}) == len(METRICS)


@each_metric
def test_other_libraries_measure_the_same_under_the_name_they_are_given(name):
    called, wanted = METRICS[name].called, _distances(name)
    if "scipy" in called:
        np.testing.assert_allclose(cdist(VECTORS, VECTORS, called["scipy"]), wanted, atol=1e-12)
    if "scikit-learn" in called:
        found = pairwise_distances(VECTORS, metric=called["scikit-learn"])
        np.testing.assert_allclose(found, wanted, atol=1e-7)
    if "umap" in called:
        from umap.distances import named_distances

        between = named_distances[called["umap"]]
        found = np.array([[between(a, b) for b in VECTORS[:20]] for a in VECTORS[:20]])
        np.testing.assert_allclose(found, wanted[:20, :20], atol=1e-6)
    if "openTSNE" in called:
        from openTSNE.nearest_neighbors import Sklearn

        assert called["openTSNE"] in Sklearn.VALID_METRICS


@each_metric
def test_the_form_says_what_the_formula_computes(name):
    metric, rows = METRICS[name], METRICS[name].centered(VECTORS)
    products = rows @ rows.T
    lengths = np.linalg.norm(rows, axis=1)
    by_form = {
        "straight line": np.sqrt(np.maximum(
            lengths[:, None] ** 2 - 2 * products + lengths**2, 0)),
        "angle": 1 - products / np.outer(lengths, lengths),
        "product": -products,
    }  # fmt: skip
    np.testing.assert_allclose(_distances(name), by_form[metric.form], atol=1e-6)


@pytest.mark.parametrize("name", metrics_in_lines())
def test_straight_lines_of_changed_vectors_rank_alike(name):
    rows = comparable(VECTORS.astype(np.float32), name).astype(np.float64)
    found = np.argsort(cdist(rows, rows), axis=1)[:, 1:8]
    wanted = _distances(name)
    np.fill_diagonal(wanted, -1)
    np.testing.assert_array_equal(found, np.argsort(wanted, axis=1)[:, 1:8])


@pytest.mark.parametrize("name", [name for name, one in METRICS.items() if one.form])
def test_a_formula_alone_ranks_as_products_do(name):
    vectors = VECTORS.astype(np.float32)
    rows, columns = np.repeat(np.arange(60), 60), np.tile(np.arange(60), 60)
    fast = FullNearness(vectors, name).exact(rows, columns).reshape(60, 60)
    slow = FormulaNearness(vectors, name)
    np.testing.assert_array_equal(
        np.argsort(slow.exact(rows, columns).reshape(60, 60), axis=1), np.argsort(fast, axis=1)
    )
    np.testing.assert_allclose(slow.block(np.arange(60)), slow.exact(rows, columns).reshape(60, 60))


@given(arrays(np.float64, (7, 4), elements=st.sampled_from([-2.0, 0.0, 1.0, 1.5])))
def test_what_has_no_direction_scores_nothing(vectors):
    for metric in METRICS.values():
        lost = metric.without_direction(vectors)
        assert lost.any() <= (metric.form == "angle")
        for query in vectors:
            scores = metric.between(query, vectors)
            assert np.isfinite(scores).all()
            assert not scores[lost].any()


def test_correlation_is_asked_like_any_other():
    space = EmbeddingSpace([f"w{row}" for row in range(60)], VECTORS)
    found = ev.neighbors(space, "w3", k=5, metric="correlation")
    wanted = np.corrcoef(space.vectors.astype(np.float64))[3]
    order = [row for row in np.argsort(-wanted) if row != 3][:5]
    assert list(found.rows) == order
    np.testing.assert_allclose(found.scores, wanted[order], atol=1e-12)
    with pytest.raises(InvalidParameterError, match=r"have all entries equal .* correlation says"):
        ev.neighbors(space, np.full(9, 2.0), metric="correlation")
    with pytest.raises(InvalidParameterError, match=r"have length 0 .* Use euclidean or dot"):
        ev.neighbors(space, np.zeros(9), metric="cosine")
    shifted = EmbeddingSpace(space.keys, VECTORS + np.linspace(-5, 5, 60)[:, None])
    assert ev.compare(space, shifted, 5, "correlation").mean_overlap == 1.0
    groups = [ev.cluster(one, "kmeans", metric="correlation").labels for one in (space, shifted)]
    np.testing.assert_array_equal(*groups)


def test_what_a_library_knows_comes_straight_lines_first():
    assert metrics_of("umap") == ("euclidean", "cosine", "correlation")
    assert metrics_of("openTSNE") == ("euclidean", "cosine")
    assert metrics_in_lines() == ("euclidean", "cosine", "correlation")
    with pytest.raises(InvalidParameterError, match="'cosine', 'euclidean', 'dot', 'correlation'"):
        metric_named("cosin")
