"""Very many points: what is shown of them, and pictures made from a sample."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
from sklearn.decomposition import PCA

from embedviz.density import inside
from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.many import ManyPoints
from embedviz.projections import project
from embedviz.projections.fit_on import sampled_rows
from embedviz.space import EmbeddingSpace

FAST = {
    "tsne": {"n_iter": 30, "early_exaggeration_iter": 20, "perplexity": 8.0},
    "umap": {"n_epochs": 15, "n_neighbors": 5},
}


@pytest.fixture(scope="module")
def cloud() -> ManyPoints:
    return ManyPoints(np.random.default_rng(0).normal(size=(5_000, 2)).astype(np.float32))


@pytest.fixture(scope="module")
def space() -> EmbeddingSpace:
    vectors = np.random.default_rng(0).normal(size=(240, 6))
    vectors[::2] += 4
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


def test_an_overview_shows_the_density_of_all_and_an_even_sample(cloud: ManyPoints) -> None:
    region = cloud.region(most=300)
    assert region.density is not None
    assert region.density.n == len(cloud) == region.there == 5_000
    assert len(region.rows) == 300
    assert "density of all 5,000 points, and 300 of 5,000 points" in region.stated


def test_a_closer_look_shows_more_of_what_is_there(cloud: ManyPoints) -> None:
    view = (-0.1, 0.1, -0.1, 0.1)
    region = cloud.region(view, most=300)
    there = np.flatnonzero(inside(cloud.coordinates, view))
    assert np.isin(there, region.rows).all()
    assert f"all {len(region.rows):,} points of this region" in region.stated
    assert region.density is not None
    assert region.density.of == cloud.overview.of
    assert region.density.extent == pytest.approx((-0.12, 0.12, -0.12, 0.12))
    assert region.density.whole == cloud.whole


def test_what_filters_drop_is_counted_but_not_drawn(cloud: ManyPoints) -> None:
    kept = cloud.coordinates[:, 0] > 1
    region = cloud.region(kept=kept, most=100_000)
    np.testing.assert_array_equal(region.rows, np.flatnonzero(kept))
    assert region.density is not None
    assert region.density.n == 5_000


def test_a_selection_is_drawn_before_others(cloud: ManyPoints) -> None:
    first = np.arange(0, 200, 7)
    region = cloud.region(first=first, most=100)
    assert np.isin(first, region.rows).all()
    assert len(region.rows) == 100
    assert len(cloud.region(first=np.arange(500), most=100).rows) == 100


def test_a_view_beside_all_points_is_empty(cloud: ManyPoints) -> None:
    region = cloud.region((50, 60, 50, 60))
    assert not len(region.rows)
    assert region.density is not None
    assert region.density.n == 0


def test_in_space_a_sample_is_shown_and_said() -> None:
    cloud = ManyPoints(np.random.default_rng(0).normal(size=(900, 3)).astype(np.float32))
    region = cloud.region(most=100)
    assert region.density is None
    assert len(region.rows) == 100
    assert "100 of 900 points, an even sample" in region.stated


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_sample_is_fitted_and_the_rest_placed_among_it(method: str, space) -> None:
    projection = project(space, method, seed=3, fit_on=160, cache=False, **FAST[method])
    rows = sampled_rows(len(space), 160, 3)
    np.testing.assert_array_equal(projection.details["fitted_rows"], rows)
    assert projection.details["fitted_on"] == 160
    assert "Fitted on 160 of 240 points" in projection.works_on
    alone = project(space.take(rows), method, seed=3, cache=False, **FAST[method])
    np.testing.assert_array_equal(projection.coordinates[rows], alone.coordinates)
    others = np.setdiff1d(np.arange(len(space)), rows)
    placed = alone.transform(space.take(others))
    np.testing.assert_allclose(projection.coordinates[others], placed, atol=1e-4)
    again = project(space, method, seed=3, fit_on=160, cache=False, **FAST[method])
    np.testing.assert_array_equal(again.coordinates, projection.coordinates)


def test_a_kept_picture_of_a_sample_is_another_than_that_of_all(space) -> None:
    options = {"seed": 5, **FAST["tsne"]}
    sampled = project(space, "tsne", fit_on=160, **options)
    whole = project(space, "tsne", **options)
    again = project(space, "tsne", fit_on=160, **options)
    assert again.from_cache
    assert not whole.from_cache
    assert again.works_on == sampled.works_on != whole.works_on
    np.testing.assert_array_equal(again.coordinates, sampled.coordinates)
    new = space.take([0, 1, 2])
    np.testing.assert_allclose(again.transform(new), sampled.transform(new), atol=1e-4)


def test_a_sample_that_is_no_sample_fits_all(space) -> None:
    assert "fitted_on" not in project(space, "pca", fit_on=50, cache=False).details
    whole = project(space, "tsne", fit_on=240, cache=False, **FAST["tsne"])
    assert "fitted_on" not in whole.details


def test_a_sample_has_its_own_limits_and_can_be_stopped(space) -> None:
    with pytest.raises(InvalidParameterError, match="fit_on=2 is not allowed"):
        project(space, "umap", fit_on=2)
    with pytest.raises(InvalidParameterError, match="perplexity"):
        project(space, "tsne", fit_on=30, perplexity=60.0)
    stop = Event()
    with pytest.raises(CancelledError):
        project(
            space, "tsne", fit_on=100, cache=False, cancel=stop,
            on_progress=lambda progress: stop.set() if (progress.fraction or 0) >= 0.4 else None,
            **FAST["tsne"],
        )  # fmt: skip


@pytest.mark.parametrize("normalize", [False, True])
def test_pca_by_blocks_is_pca_at_once(normalize: bool) -> None:
    vectors = np.random.default_rng(1).normal(size=(9_000, 70)) * np.arange(1, 71) + 30
    space = EmbeddingSpace([str(row) for row in range(len(vectors))], vectors)
    exact = space.vectors.astype(np.float64)
    if normalize:
        exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    oracle = PCA(3, svd_solver="full").fit(exact)
    made = project(space, "pca", 3, normalize=normalize, cache=False)
    expected = oracle.transform(exact)
    np.testing.assert_allclose(
        made.coordinates, expected, atol=1e-6 * np.abs(expected).max(), rtol=0
    )
    np.testing.assert_allclose(
        made.details["explained_variance_ratio"], oracle.explained_variance_ratio_, rtol=1e-9
    )
