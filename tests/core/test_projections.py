"""The contract of every projection method: a newcomer to the table is tested before its author is."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

import embedviz as ev
from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.params import specs
from embedviz.projections import PROJECTIONS, Projection, param_specs, project
from embedviz.space import EmbeddingSpace

# Enough to settle on small data, and quick.
QUICK = {
    "pca": {},
    "tsne": {"n_iter": 150, "early_exaggeration_iter": 100, "perplexity": 10.0},
    "umap": {"n_epochs": 150},
}
# How far, of the picture's width, fitted points may move when placed anew; typically (median).
NEAR = {"pca": 1e-6, "tsne": 0.05, "umap": 0.10}

each_method = pytest.mark.parametrize("method", PROJECTIONS)
in_2d_and_3d = pytest.mark.parametrize("n_components", [2, 3])


def space_of(vectors) -> EmbeddingSpace:
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors)


@pytest.fixture(scope="module")
def blobs() -> EmbeddingSpace:
    """Three clouds of 40 in 6 dimensions, without ties."""
    rng = np.random.default_rng(5)
    centers = rng.normal(scale=8, size=(3, 6))
    return space_of(np.repeat(centers, 40, axis=0) + rng.normal(size=(120, 6)))


def drawn(space, method, n_components=2, seed=0, **params) -> Projection:
    return project(space, method, n_components, seed, cache=False, **QUICK[method] | params)


def width(projection: Projection) -> float:
    return float(np.ptp(projection.coordinates, axis=0).max())


@each_method
@in_2d_and_3d
def test_shape_dtype_and_what_is_told(blobs, method, n_components):
    before = blobs.vectors.copy()
    projection = drawn(blobs, method, n_components, seed=3)
    coordinates = projection.coordinates
    assert coordinates.shape == (120, n_components)
    assert coordinates.dtype == np.float32
    assert coordinates.flags.c_contiguous
    assert not coordinates.flags.writeable
    assert np.isfinite(coordinates).all()
    assert np.array_equal(blobs.vectors, before)
    assert projection.keys == blobs.keys
    assert (projection.method, projection.seed, projection.n_components) == (
        method,
        3,
        n_components,
    )
    assert set(projection.params) == set(specs(PROJECTIONS[method].params))
    assert projection.params.items() >= QUICK[method].items()
    assert projection.seconds > 0
    assert not projection.from_cache
    assert projection.works_on.endswith(".")


@each_method
@in_2d_and_3d
def test_a_seed_decides(blobs, method, n_components):
    first = drawn(blobs, method, n_components, seed=1)
    assert np.array_equal(first.coordinates, drawn(blobs, method, n_components, seed=1).coordinates)
    other = drawn(blobs, method, n_components, seed=2)
    assert np.array_equal(first.coordinates, other.coordinates) == (method == "pca")


@each_method
def test_the_three_clouds_stay_three(blobs, method):
    projection = drawn(blobs, method)
    groups = projection.coordinates.reshape(3, 40, 2)
    centers = groups.mean(axis=1)
    own = np.linalg.norm(groups - centers[:, None], axis=2).mean()
    apart = np.linalg.norm(centers[:, None] - centers, axis=2)[np.triu_indices(3, 1)].min()
    assert apart > 2 * own


@each_method
@in_2d_and_3d
def test_fitted_points_placed_anew_land_near(blobs, method, n_components):
    projection = drawn(blobs, method, n_components)
    rows = np.arange(0, 120, 3)
    placed = projection.transform(blobs.take(rows))
    assert placed.shape == (40, n_components)
    assert placed.dtype == np.float32
    moved = np.linalg.norm(placed - projection.coordinates[rows], axis=1)
    assert np.median(moved) < NEAR[method] * width(projection)


@each_method
def test_transform_is_as_declared(blobs, method):
    projection = drawn(blobs, method)
    rng = np.random.default_rng(0)
    new = space_of(blobs.vectors[::6] + rng.normal(scale=0.5, size=(20, 6)))
    together = projection.transform(new)
    alone = np.vstack([projection.transform(new.take([row])) for row in range(len(new))])
    apart = float(np.abs(together - alone).max()) / width(projection)
    if PROJECTIONS[method].transforms == "batch-dependent":
        assert apart > 1e-3
    else:
        assert apart < 1e-5
    assert np.array_equal(projection.transform(new), together)


@each_method
def test_placing_new_points_moves_no_old_ones(blobs, method):
    projection = drawn(blobs, method)
    before = projection.coordinates.copy()
    first = projection.transform(blobs.take([0, 50, 100]))
    projection.transform(blobs.take([7]))
    assert np.array_equal(projection.transform(blobs.take([0, 50, 100])), first)
    assert np.array_equal(projection.coordinates, before)


@each_method
def test_new_points_must_fit(blobs, method):
    projection = drawn(blobs, method)
    with pytest.raises(InvalidParameterError, match="5 dimensions"):
        projection.transform(space_of(np.ones((3, 5))))
    empty = projection.transform(blobs.take([]))
    assert empty.shape == (0, 2)
    assert empty.dtype == np.float32


@each_method
@pytest.mark.parametrize("count", [0, 1])
def test_too_few_points(method, count):
    with pytest.raises(InvalidParameterError, match=f"got {count}"):
        project(space_of(np.ones((count, 3))), method)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_four_points_are_too_few_for_neighbors(method):
    with pytest.raises(InvalidParameterError, match="at least 5 points, got 4"):
        project(space_of(np.random.default_rng(0).normal(size=(4, 3))), method)


@each_method
@in_2d_and_3d
def test_the_least_that_is_allowed_works(method, n_components):
    count = max(PROJECTIONS[method].least_points, n_components)
    space = space_of(np.random.default_rng(1).normal(size=(count, 4)))
    projection = project(space, method, n_components, cache=False)
    assert projection.coordinates.shape == (count, n_components)


@each_method
def test_identical_points_are_refused(method):
    with pytest.raises(InvalidParameterError, match="all 30 vectors are the same"):
        project(space_of(np.full((30, 4), 7.0)), method)


@each_method
@pytest.mark.parametrize("scale", [1e30, 1e-30])
def test_entries_beyond_float32_arithmetic_are_refused(method, scale):
    vectors = np.random.default_rng(0).normal(size=(30, 4)) * scale
    with pytest.raises(InvalidParameterError, match="Scale the vectors"):
        project(space_of(vectors), method)


@each_method
def test_repeated_points_are_drawn(method):
    rng = np.random.default_rng(2)
    repeated = np.repeat(rng.normal(size=(12, 4)), 5, axis=0)
    projection = drawn(space_of(repeated), method)
    assert np.isfinite(projection.coordinates).all()
    groups = projection.coordinates.reshape(12, 5, 2)
    spread = np.linalg.norm(groups - groups.mean(axis=1, keepdims=True), axis=2).mean()
    assert spread < 0.2 * width(projection)


@each_method
@pytest.mark.parametrize("n_components", [0, -1, 2.0, True, "2", None])
def test_components_must_be_a_sensible_number(blobs, method, n_components):
    if n_components is True:
        n_components = bool(n_components)
    with pytest.raises(InvalidParameterError, match="n_components"):
        project(blobs, method, n_components)


@each_method
@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, True, None])
def test_seed_must_be_one_that_all_libraries_take(blobs, method, seed):
    with pytest.raises(InvalidParameterError, match="seed"):
        project(blobs, method, seed=seed)


@each_method
def test_unknown_parameter_names_the_known_ones(blobs, method):
    known = next(iter(specs(PROJECTIONS[method].params)))
    with pytest.raises(InvalidParameterError, match=known):
        project(blobs, method, perplexety=5)


def test_unknown_method_names_the_known_ones(blobs):
    with pytest.raises(InvalidParameterError, match="'pca', 'tsne', 'umap'"):
        project(blobs, "som")


@pytest.mark.parametrize(
    ("method", "params", "n_components", "match"),
    [
        ("pca", {}, 7, "1 to 6"),
        ("tsne", {}, 4, "2 to 3"),
        ("tsne", {}, 1, "2 to 3"),
        ("tsne", {"perplexity": 40.0}, 2, "1 to 39.6"),
        ("tsne", {"perplexity": 0.5}, 2, "out of range"),
        ("tsne", {"metric": "dot"}, 2, "'euclidean', 'cosine'"),
        ("tsne", {"n_iter": 10.5}, 2, "n_iter must be int"),
        ("umap", {"n_neighbors": 120}, 2, "2 to 119"),
        ("umap", {"n_neighbors": 1}, 2, "out of range"),
        ("umap", {"min_dist": 2.0, "spread": 1.0}, 2, "min_dist=2 is above spread=1"),
        ("umap", {"n_epochs": 2}, 2, "at least 3"),
        ("umap", {"metric": "dot"}, 2, "'euclidean', 'cosine', 'correlation'"),
        ("umap", {"init": "pca"}, 7, "init='pca'"),
        ("umap", {}, 101, "1 to 100"),
    ],
)
def test_values_that_do_not_fit_are_named_and_never_clamped(
    blobs, method, params, n_components, match
):
    with pytest.raises(InvalidParameterError, match=match):
        project(blobs, method, n_components, **params)


def test_one_dimension_says_what_works():
    line = space_of(np.random.default_rng(0).normal(size=(30, 1)))
    with pytest.raises(InvalidParameterError, match="Allowed here: 1"):
        project(line, "pca")
    assert project(line, "pca", 1, cache=False).coordinates.shape == (30, 1)
    with pytest.raises(InvalidParameterError, match="initialization='random'"):
        project(line, "tsne")
    assert drawn(line, "tsne", perplexity=5.0, initialization="random").coordinates.std() > 0
    assert drawn(line, "umap").coordinates.std() > 0


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("pca", {"normalize": True}),
        ("tsne", {"metric": "cosine"}),
        ("umap", {"metric": "cosine"}),
        ("umap", {"metric": "correlation"}),
    ],
)
def test_vectors_without_direction_are_named_where_directions_count(method, params):
    vectors = np.random.default_rng(0).normal(size=(60, 4))
    fine = drawn(space_of(vectors), method, **params)
    vectors[[7, 9]] = 0
    with pytest.raises(InvalidParameterError, match=r"2 of 60 .*'k7'.*no direction"):
        drawn(space_of(vectors), method, **params)
    with pytest.raises(InvalidParameterError, match="no direction"):
        fine.transform(space_of(np.zeros((1, 4))))
    assert np.isfinite(drawn(space_of(vectors), method).coordinates).all()


@pytest.mark.parametrize("method", ["pca", "tsne", "umap"])
def test_lengths_do_not_count_where_the_text_says_so(blobs, method):
    params = {"normalize": True} if method == "pca" else {"metric": "cosine"}
    # Powers of two: scaling by them changes no digit.
    factors = 2.0 ** np.random.default_rng(0).integers(-2, 3, size=(120, 1))
    if method == "tsne":
        params["initialization"] = "random"  # PCA would start from the vectors as they are
    first = drawn(blobs, method, **params)
    scaled = drawn(space_of(blobs.vectors * factors), method, **params)
    unlike = drawn(space_of(blobs.vectors * factors), method)
    assert "length" in first.works_on
    assert "not normalized" in unlike.works_on
    assert np.abs(first.coordinates - scaled.coordinates).max() < 1e-3 * width(first)
    assert np.abs(first.coordinates - unlike.coordinates).max() > 1e-2 * width(first)


def test_limits_narrow_what_a_page_offers():
    assert param_specs("tsne", 91, 50)["perplexity"].maximum == 30
    assert param_specs("tsne", 31, 50)["perplexity"].default == 10
    assert param_specs("tsne", 10_000, 50)["perplexity"].maximum == 500
    assert param_specs("umap", 11, 50)["n_neighbors"].maximum == 10
    assert param_specs("umap", 11, 50)["n_neighbors"].default == 10
    assert param_specs("umap", 10_000, 50)["n_neighbors"].default == 15


def test_a_default_beyond_the_data_is_moved_in_the_open(blobs):
    few = blobs.take(np.arange(31))
    projection = project(few, "tsne", cache=False, n_iter=10)
    assert projection.params["perplexity"] == 10.0
    with pytest.raises(InvalidParameterError, match="1 to 10"):
        project(few, "tsne", perplexity=30.0)


@each_method
def test_every_parameter_is_described_for_people(method):
    chosen = PROJECTIONS[method]
    assert (chosen.name, chosen.label, chosen.help) == (method, chosen.label, chosen.help)
    assert dataclasses.is_dataclass(chosen.params)
    for spec in specs(chosen.params).values():
        assert spec.help.endswith(".")
        assert spec.choices or spec.kind is bool or spec.minimum is not None


def test_made_by_hand_they_measure_but_do_not_transform(blobs):
    projection = Projection(blobs.vectors[:, :2], blobs, "mine")
    with pytest.raises(EmbedvizError, match="not made by a model"):
        projection.transform(blobs)
    with pytest.raises(InvalidParameterError, match="do not fit 120 points"):
        Projection(blobs.vectors[:5, :2], blobs, "mine")


def test_the_public_name_is_light(blobs):
    assert ev.project is project
    code = (
        "import sys, embedviz.projections, embedviz.trust, embedviz.jobs\n"
        "print([m for m in ('umap', 'openTSNE', 'sklearn', 'numba', 'pandas', 'streamlit')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
