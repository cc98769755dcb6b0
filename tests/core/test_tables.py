"""Tables finish the job: a newcomer is one object and one entry, and no branch knows its name."""

from __future__ import annotations

import ast
import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import embedviz as ev
from embedviz.errors import InvalidParameterError
from embedviz.exporting import EXPORTS
from embedviz.formats import FORMATS
from embedviz.groups import CLUSTERINGS
from embedviz.images.datasets import DATASETS
from embedviz.indexes import INDEXES
from embedviz.metrics import METRICS
from embedviz.projections import (
    PROJECTIONS,
    first_keeping,
    param_specs,
    quick_method,
    scales,
)
from embedviz.projections.exact_neighbors import ExactNeighbors
from embedviz.registry import ENCODERS
from embedviz.space import EmbeddingSpace
from embedviz.words.analogies import ANALOGY_METHODS
from embedviz.words.tokenizing import TOKENIZERS
from embedviz.words.training_params import ALGORITHMS
from tests.core import test_readme as readme
from tests.toys import TOY_FORMAT, TOY_METRIC, TOY_PROJECTION, ToyIndex

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def toys(monkeypatch):
    """The tables with a toy in each, for the length of a test."""
    monkeypatch.setitem(PROJECTIONS, TOY_PROJECTION.name, TOY_PROJECTION)
    monkeypatch.setitem(METRICS, TOY_METRIC.name, TOY_METRIC)
    monkeypatch.setitem(FORMATS, TOY_FORMAT.name, TOY_FORMAT)
    monkeypatch.setitem(INDEXES, "toy-index", ToyIndex)


@pytest.fixture
def space() -> EmbeddingSpace:
    vectors = np.random.default_rng(0).normal(size=(120, 6)).astype(np.float32)
    return EmbeddingSpace([f"w{row}" for row in range(120)], vectors)


def test_a_projection_is_one_entry(toys, space, tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_CACHE_DIR", str(tmp_path))
    drawn = ev.project(space, "toy-axes", stretch=3.0)
    np.testing.assert_array_equal(drawn.coordinates, 3 * space.vectors[:, :2])
    assert ev.project(space, "toy-axes", stretch=3.0).from_cache
    assert ev.project(space, "toy-axes", stretch=3.0, seed=5).from_cache  # it uses none
    assert not ev.project(space, "toy-axes").from_cache
    restored = ev.project(space, "toy-axes", stretch=3.0).transform(space.take([4]))
    np.testing.assert_array_equal(restored, drawn.coordinates[[4]])
    assert param_specs("toy-axes", 120, 6)["stretch"].maximum == 5.0
    with pytest.raises(InvalidParameterError, match=r"stretch=7\.0 does not fit this data"):
        ev.project(space, "toy-axes", stretch=7.0)
    with pytest.raises(InvalidParameterError, match="'umap', 'toy-axes'"):
        ev.project(space, "none")
    file = io.BytesIO()
    ev.export(drawn, file, format="svg")
    assert b"Toy axes of 120 vectors with 6 dimensions." in file.getvalue()
    assert ev.quality(space, drawn, 5, cache=False).trustworthiness > 0
    assert ev.stability(space, "toy-axes", cache=False).residual == pytest.approx(0)


def test_the_order_of_the_table_says_what_comes_first(monkeypatch):
    assert quick_method() is first_keeping("distances") is first_keeping("neighbors", 9)
    assert first_keeping("neighbors", 10) is first_keeping("neighbors")
    assert first_keeping("neighbors").keeps == "neighbors"
    assert set(scales()) == {name for name, method in PROJECTIONS.items() if method.scale}
    others = {TOY_PROJECTION.name: TOY_PROJECTION} | PROJECTIONS
    for name in list(PROJECTIONS):
        monkeypatch.delitem(PROJECTIONS, name)
    PROJECTIONS.update(others)
    assert quick_method() is TOY_PROJECTION
    del PROJECTIONS[TOY_PROJECTION.name]


@pytest.mark.parametrize("index", [*INDEXES, "toy-index"])
def test_a_metric_is_one_entry_for_every_index(toys, index):
    vectors = np.random.default_rng(1).normal(size=(2_000, 300)).astype(np.float32)
    space = EmbeddingSpace([f"w{row}" for row in range(2_000)], vectors)
    found = ev.neighbors(space, vectors[:3] + 0.1, k=7, metric="toy-manhattan", index=index)
    truth = cdist(vectors[:3].astype(np.float64) + 0.1, vectors.astype(np.float64), "cityblock")
    np.testing.assert_allclose(found.scores, np.sort(truth, axis=1)[:, :7], rtol=1e-6)


def test_a_metric_is_one_entry_for_maps_groups_and_trust(toys, space):
    truth = cdist(space.vectors, space.vectors, "cityblock")
    np.fill_diagonal(truth, np.inf)
    nearest = np.argsort(truth, axis=1)
    rows, distances = ExactNeighbors(space.vectors, "toy-manhattan").among_themselves(4)
    np.testing.assert_array_equal(rows, nearest[:, :4])
    np.testing.assert_allclose(distances, np.sort(truth, axis=1)[:, :4], rtol=1e-5)
    for method in ("tsne", "umap"):
        assert "toy-manhattan" in param_specs(method, 120, 6)["metric"].choices
    drawn = ev.project(space, "tsne", n_iter=30, metric="toy-manhattan", cache=False)
    assert drawn.metric == "toy-manhattan"
    assert drawn.works_on.startswith(TOY_METRIC.works_on)
    exact = ev.quality(space, ev.project(space.take(range(120)), "toy-axes", cache=False), 5,
                       "toy-manhattan", cache=False)  # fmt: skip
    on_map = cdist(space.vectors[:, :2], space.vectors[:, :2])
    np.fill_diagonal(on_map, np.inf)
    shown = np.argsort(on_map, axis=1)[:, :5]
    shared = [len(set(a) & set(b)) / 5 for a, b in zip(nearest[:, :5], shown, strict=True)]
    assert exact.recall == pytest.approx(np.mean(shared))
    counts = np.bincount(nearest[:, :10].ravel(), minlength=120)
    np.testing.assert_array_equal(ev.hubness(space, 10, "toy-manhattan").counts, counts)
    assert ev.shepard(space, drawn).metric == "toy-manhattan"
    assert len(ev.torn(space, drawn, "w3", 5).keys) <= 5
    # It has no form that straight lines of changed vectors follow, which groups are found by.
    with pytest.raises(InvalidParameterError, match="not one of 'euclidean', 'cosine'"):
        ev.cluster(space, metric="toy-manhattan")


def test_umap_takes_a_metric_that_it_has_a_name_for(toys, space):
    drawn = ev.project(space, "umap", n_epochs=20, metric="toy-manhattan", cache=False)
    assert drawn.coordinates.shape == (120, 2)


def test_a_format_is_one_entry(toys, space, tmp_path):
    path = tmp_path / "mine.toy"
    ev.write(space, path)
    found = ev.read(path)
    assert (found.keys, found.name) == (space.keys, "mine")
    np.testing.assert_array_equal(found.vectors, space.vectors)
    assert len(ev.read(path, limit=3)) == 3
    assert ev.formats.describe(path).format == "toy-json"
    assert ev.formats.format_of("other.toy.gz") is TOY_FORMAT
    with pytest.raises(ev.errors.EmbedvizError, match="toy-json"):
        ev.read(path, format="none")


@pytest.mark.parametrize(
    ("table", "entry"), [(PROJECTIONS, TOY_PROJECTION), (FORMATS, TOY_FORMAT)], ids=["map", "file"]
)
def test_the_readme_must_name_a_newcomer(table, entry, monkeypatch):
    readme.test_every_method_of_the_tables_is_named()
    monkeypatch.setitem(table, entry.name, dataclasses.replace(entry, label="Qwx qwx"))
    with pytest.raises(AssertionError, match="Qwx"):
        readme.test_every_method_of_the_tables_is_named()


# No name of an entry in a branch

TABLES = (PROJECTIONS, METRICS, INDEXES, FORMATS, CLUSTERINGS, ALGORITHMS, TOKENIZERS,
          ANALOGY_METHODS, EXPORTS, ENCODERS, DATASETS)  # fmt: skip
# KINDS is not among them: "image" and "text" are words of Plotly, of columns and of media types too.
# Words that mean something else where they stand in a branch: a page, a sample or a kind of
# collection; how new points are placed; a kind of line on a map; an array of a projection.
HOMONYMS = {"words", "exact", "arrow", "coordinates"}
# Arguments of the public API whose default is an entry, as its documentation says.
PUBLIC = {"metric", "index", "encoder"}
# The tables themselves, entries' own files, and modules that are a table of their own.
OWN = {
    "metrics.py": "what other libraries call a metric; UMAP is one of them",
    "indexes/__init__.py": "the table",
    "projections/tsne.py": "an entry; where its points start is 'pca', in openTSNE's words",
    "projections/umap.py": "an entry; as above, and a library of that name",
    "words/analogies.py": "the table and its entries",
    "words/tokenizing.py": "the table, its entries, and which of them a text asks for",
    "plots/publication.py": "the kinds of figure, which matplotlib names",
}


def _known(node: ast.AST | None, names: set[str]) -> Iterator[ast.Constant]:
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    for one in nodes:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value in names:
            yield one


def _branches(node: ast.AST) -> Iterator[ast.AST | None]:
    """What decides, keys or stands in as a default, in one node of the tree."""
    match node:
        case ast.Compare():
            yield from (node.left, *node.comparators)
        case ast.MatchValue():
            yield node.value
        case ast.Dict():
            yield from node.keys
        case ast.Subscript():
            yield node.slice
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.BoolOp():
            yield from node.values
        case ast.AnnAssign():
            yield node.value
        case ast.keyword(arg="default"):
            yield node.value
        case ast.arguments():
            plain = [*node.posonlyargs, *node.args]
            pairs = [
                *zip(plain[len(plain) - len(node.defaults) :], node.defaults, strict=True),
                *zip(node.kwonlyargs, node.kw_defaults, strict=True),
            ]
            yield from (default for arg, default in pairs if arg.arg not in PUBLIC)


def found_in(source: str, names: set[str]) -> list[tuple[int, str]]:
    """Lines of ``source`` where a name decides something."""
    return [
        (one.lineno, one.value)
        for node in ast.walk(ast.parse(source))
        for branch in _branches(node)
        for one in _known(branch, names)
    ]


def test_no_name_of_an_entry_stands_in_a_branch():
    names = {name for table in TABLES for name in table} - HOMONYMS
    files = [*sorted((ROOT / "embedviz").rglob("*.py")), *sorted((ROOT / "pages").glob("*.py"))]
    found = [
        f"{path.relative_to(ROOT)}:{line} '{name}'"
        for path in files
        if path.relative_to(ROOT).as_posix().removeprefix("embedviz/") not in OWN
        for line, name in found_in(path.read_text(encoding="utf-8"), names)
    ]
    assert not found, "A field of the entry, or the order of its table, must decide here:\n" + (
        "\n".join(found)
    )


def test_every_exception_is_still_needed():
    names = {name for table in TABLES for name in table}
    for file in OWN:
        source = (ROOT / "embedviz" / file).read_text(encoding="utf-8")
        assert found_in(source, names), f"{file} needs no exception any more"


@pytest.mark.parametrize(
    "source",
    [
        "if method == 'pca': pass",
        "if 'pca' != method: pass",
        "if method in ('x', 'pca'): pass",
        "match method:\n    case 'pca': pass",
        "x = {'pca': 1}",
        "x = table['pca']",
        "x = 'pca' if few else other",
        "x = chosen or 'pca'",
        "def f(method='pca'): pass",
        "def f(*, method='pca'): pass",
        "class A:\n    method: str = 'pca'",
        "choose('Method', default='pca')",
    ],
)
def test_the_guard_sees_a_name_in_a_branch(source):
    assert found_in(source, {"pca"}) != []


@pytest.mark.parametrize(
    "source", ["project(space, 'pca')", "def f(metric='pca'): pass", "NAME = 'pca'", "'pca'"]
)
def test_the_guard_lets_names_be_said(source):
    assert found_in(source, {"pca"}) == []
