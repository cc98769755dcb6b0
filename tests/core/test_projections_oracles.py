"""The field's own answers: scikit-learn, openTSNE and umap-learn, called plainly, agree."""

from __future__ import annotations

import numpy as np
import openTSNE
import pytest
import umap
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA

from embedviz.projections import project, tsne
from embedviz.projections.exact_neighbors import ExactNeighbors
from embedviz.projections.repulsion import repulsion
from embedviz.space import EmbeddingSpace


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


@pytest.fixture(scope="module")
def words(glove_small: EmbeddingSpace) -> EmbeddingSpace:
    return glove_small.take(np.arange(250))


METRICS = ("euclidean", "cosine", "correlation")


@pytest.fixture(scope="module")
def clear_words(words) -> EmbeddingSpace:
    """Words whose neighbors come in an order that no rounding changes.

    UMAP is chaotic: where two neighbors are as good as equally near, the last bit of their
    distances, which is the processor's, would decide the picture.
    """
    rows = np.arange(len(words))
    while len(unclear := _nearly_tied(words.vectors[rows], nearest=16)):
        rows = np.delete(rows, unclear)
    assert len(rows) > 200
    return words.take(rows)


def _nearly_tied(vectors, nearest: int) -> np.ndarray:
    """The rows that are as near to some row as its next neighbor is, to five digits or so."""
    found = []
    for metric in METRICS:
        distances = cdist(vectors.astype(float), vectors.astype(float), metric)
        np.fill_diagonal(distances, np.inf)
        order = np.argsort(distances, axis=1)[:, : nearest + 1]
        near = np.take_along_axis(distances, order, axis=1)
        found.append(order[:, :-1][np.diff(near) < 2e-5 * near[:, 1:]])
    return np.unique(np.concatenate(found))


@pytest.mark.parametrize("n_components", [1, 2, 3, 50])
def test_pca_is_scikit_learns(words, n_components):
    vectors = words.vectors.astype(np.float64)
    oracle = PCA(n_components, svd_solver="full").fit(vectors)
    projection = project(words, "pca", n_components, cache=False)
    scale = np.abs(oracle.transform(vectors)).max()
    np.testing.assert_allclose(
        projection.coordinates, oracle.transform(vectors), atol=1e-4 * scale, rtol=0
    )
    details = projection.details
    np.testing.assert_allclose(
        details["explained_variance_ratio"], oracle.explained_variance_ratio_, rtol=1e-4
    )
    np.testing.assert_allclose(details["explained_variance"], oracle.explained_variance_, rtol=1e-4)
    np.testing.assert_allclose(details["components"], oracle.components_, atol=1e-3)
    np.testing.assert_allclose(details["mean"], oracle.mean_, atol=1e-6)
    new = space_of(words.vectors[:9] * 3 + 1)
    np.testing.assert_allclose(
        projection.transform(new), oracle.transform(new.vectors), atol=1e-3 * scale, rtol=0
    )


@pytest.mark.parametrize("shape", [(30, 80), (12, 2100)])
def test_pca_of_fewer_points_than_dimensions(shape):
    vectors = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    oracle = PCA(3, svd_solver="full").fit_transform(vectors.astype(np.float64))
    coordinates = project(space_of(vectors), "pca", 3, cache=False).coordinates
    np.testing.assert_allclose(coordinates, oracle, atol=1e-3 * np.abs(oracle).max(), rtol=0)


def test_pca_far_from_the_origin_keeps_its_digits():
    vectors = np.random.default_rng(0).normal(size=(400, 5)) @ np.diag([5, 3, 1, 1, 1])
    far = space_of(np.round(vectors * 256) / 256 + 1000)  # exact in float32
    oracle = PCA(2, svd_solver="full").fit_transform(far.vectors.astype(np.float64))
    np.testing.assert_allclose(
        project(far, "pca", cache=False).coordinates, oracle, atol=1e-3, rtol=0
    )


def test_normalized_pca_is_pca_of_unit_vectors(words):
    unit = words.vectors / np.linalg.norm(words.vectors, axis=1, keepdims=True)
    oracle = PCA(2, svd_solver="full").fit_transform(unit.astype(np.float64))
    projection = project(words, "pca", cache=False, normalize=True)
    np.testing.assert_allclose(projection.coordinates, oracle, atol=1e-4, rtol=0)
    placed = projection.transform(space_of(words.vectors[:20] * 7))
    np.testing.assert_allclose(placed, oracle[:20], atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("n_components", "params"),
    [
        (2, {}),
        (3, {}),
        (2, {"metric": "cosine", "initialization": "random"}),
        (2, {"perplexity": 7.5, "exaggeration": 2.0, "early_exaggeration": 8.0}),
        (2, {"learning_rate": 50.0, "initialization": "spectral"}),
    ],
)
def test_tsne_is_opentsnes(words, n_components, params):
    iterations = {"n_iter": 60, "early_exaggeration_iter": 40}
    plain = openTSNE.TSNE(
        n_components, neighbors="exact", negative_gradient_method="bh", random_state=4,
        **iterations | params,
    ).fit(words.vectors)  # fmt: skip
    projection = project(words, "tsne", n_components, seed=4, cache=False, **iterations | params)
    # Two neighbors as good as equally near may come in either order, which changes sums in their
    # last bit; a hundred iterations make of that less than a thousand times as much.
    near = 1e-5 * np.ptp(projection.coordinates)
    np.testing.assert_allclose(projection.coordinates, plain, atol=near, rtol=0)
    assert projection.details["kl_divergence"] == pytest.approx(plain.kl_divergence, rel=1e-6)
    # openTSNE moves its own picture to its center before it places new points.
    center = (projection.coordinates.max(axis=0) + projection.coordinates.min(axis=0)) / 2
    new = space_of(words.vectors[:6] + 0.1)
    placed = np.asarray(plain.transform(new.vectors)) + center
    np.testing.assert_allclose(projection.transform(new), placed, atol=1e-4 + 10 * near)


@pytest.mark.parametrize("n_components", [2, 3])
@pytest.mark.parametrize("metric", METRICS)
def test_umap_is_umap_learns(clear_words, n_components, metric):
    words = clear_words
    settings = {"metric": metric, "n_epochs": 60, "n_neighbors": 10, "min_dist": 0.25}
    plain = umap.UMAP(
        n_components=n_components, random_state=4, n_jobs=1, **settings
    ).fit(np.array(words.vectors))  # fmt: skip
    projection = project(words, "umap", n_components, seed=4, cache=False, **settings)
    np.testing.assert_array_equal(projection.coordinates, plain.embedding_)
    new = words.vectors[:6] + np.float32(0.1)
    np.testing.assert_array_equal(projection.transform(space_of(new)), plain.transform(new))


@pytest.mark.parametrize("init", ["pca", "random"])
def test_umap_starts_where_umap_learn_starts(clear_words, init):
    vectors = np.array(clear_words.vectors)
    plain = umap.UMAP(random_state=1, n_jobs=1, init=init, n_epochs=30).fit(vectors)
    projection = project(clear_words, "umap", seed=1, cache=False, init=init, n_epochs=30)
    np.testing.assert_array_equal(projection.coordinates, plain.embedding_)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("d", [3, 40])
def test_neighbors_are_exact(metric, d):
    rng = np.random.default_rng(d)
    vectors = rng.normal(size=(700, d)).astype(np.float32)
    new = rng.normal(size=(30, d)).astype(np.float32)
    search = ExactNeighbors(vectors, metric)
    among = cdist(vectors, vectors, metric)
    np.fill_diagonal(among, np.inf)
    for truth, (found, distances) in (
        (among, search.among_themselves(12)),
        (cdist(new, vectors, metric), search.of(new, 12)),
    ):
        nearest = np.sort(truth, axis=1)[:, :12]
        assert all(len(set(row)) == 12 for row in found.tolist())
        # By distance: of two that are as good as equally near either may come first.
        np.testing.assert_allclose(np.take_along_axis(truth, found, 1), nearest, rtol=1e-5)
        np.testing.assert_allclose(distances, nearest, rtol=1e-5, atol=1e-7)


def test_among_many_duplicates_nobody_is_their_own_neighbor():
    vectors = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)
    found, distances = ExactNeighbors(vectors, "euclidean").among_themselves(5)
    assert found.shape == (60, 5)
    assert not (found == np.arange(60)[:, None]).any()
    assert all(len(set(row)) == 5 for row in found.tolist())
    assert (distances == 0).all()


@pytest.mark.parametrize("spread", [1e-4, 3.0, 40.0])
def test_interpolated_repulsion_is_that_of_all_pairs(spread):
    flat = np.random.default_rng(1).normal(size=(800, 2)) * spread + 7
    apart = flat[:, None] - flat
    near = 1 / (1 + np.square(apart).sum(axis=2))
    wanted = (near[:, :, None] ** 2 * apart).sum(axis=1)
    push, total = repulsion(flat)
    assert total == pytest.approx(near.sum() - 800, rel=0.03)
    assert np.linalg.norm(push - wanted) < 0.07 * np.linalg.norm(wanted)


def test_an_interpolated_tsne_is_as_good_as_opentsnes(monkeypatch):
    """The same divergence as Barnes-Hut reaches, and new points land beside their own."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(12, 10)) * 4
    space = space_of(centers[rng.integers(0, 12, 500)] + rng.normal(size=(500, 10)))
    plain = project(space, "tsne", cache=False)
    monkeypatch.setattr(tsne, "_FFT_FROM", 100)
    fast = project(space, "tsne", cache=False)
    assert (plain.details["gradient"], fast.details["gradient"]) == (
        "Barnes–Hut",
        "FFT interpolation",
    )
    assert fast.details["kl_divergence"] == pytest.approx(plain.details["kl_divergence"], rel=0.1)
    assert fast.details["iterations"] == 300
    again = project(space, "tsne", cache=False)
    np.testing.assert_array_equal(again.coordinates, fast.coordinates)
    placed = fast.transform(space_of(space.vectors[:20]))
    strayed = np.linalg.norm(placed - fast.coordinates[:20], axis=1)
    assert np.median(strayed) < 0.05 * np.ptp(fast.coordinates)
