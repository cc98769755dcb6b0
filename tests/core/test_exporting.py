"""Taking a map away: pages, figures, tables and the script that makes them again."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import embedviz as ev
from embedviz.errors import FormatError, InvalidParameterError, UnknownKeyError
from embedviz.exporting import EXPORTS, Look, Measure, View, caption_of, export, script_of
from embedviz.exporting.linked_keys import MOST_KEYS, joined_keys, split_keys
from embedviz.formats import FORMATS
from embedviz.metadata.filters import Range, to_json

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ["<img src=x onerror=alert(1)>", "</script><b>", "$x^2$ & %%", "東京 서울", "a\nb"]


@pytest.fixture(scope="module")
def space() -> ev.EmbeddingSpace:
    random = np.random.default_rng(0)
    keys = [*HOSTILE, *(f"item {row}" for row in range(len(HOSTILE), 60))]
    table = pd.DataFrame(
        {
            "kind": ["one", "two", "=1+1"] * 20,
            "weight": np.where(np.arange(60) == 7, np.nan, random.gamma(2, size=60)),
            "day": pd.date_range("2026-01-01", periods=60),
            "x": ["taken"] * 60,
        }
    )
    return ev.EmbeddingSpace(keys, random.normal(size=(60, 6)), table, "things")


@pytest.fixture(scope="module")
def flat(space):
    return ev.project(space, "pca", cache=False)


@pytest.fixture(scope="module")
def plain(space):
    """Without the key that has a line end, which a table of lines cannot hold."""
    rows = [row for row, key in enumerate(space.keys) if "\n" not in key]
    return ev.project(space.take(rows), "pca", cache=False)


@pytest.fixture(scope="module")
def solid(space):
    return ev.project(space, "pca", n_components=3, cache=False)


def exported(projection, name: str, **more) -> bytes:
    file = io.BytesIO()
    export(projection, file, format=name, **more)
    return file.getvalue()


def needed(name: str) -> None:
    if EXPORTS[name].kind == "data" and name not in (*FORMATS, "coordinates"):
        pytest.skip(f"{name} is no format here")


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_writes_the_same_bytes_twice(plain, name):
    needed(name)
    flat = plain
    more = {"color": "kind", "size": "weight", "labels": HOSTILE[:2], "title": HOSTILE[1]}
    first = exported(flat, name, **more)
    assert first
    if not first.startswith(b"PK"):  # a zip archive carries the time of its members
        assert exported(flat, name, **more) == first


@pytest.mark.parametrize("color", [None, "kind", "weight", "day", np.arange(60) % 3])
@pytest.mark.parametrize("name", ["html", "png", "svg", "pdf"])
def test_figures_and_pages_show_every_kind_of_column(flat, solid, name, color):
    for projection in (flat, solid):
        assert exported(projection, name, color=color, look=Look(60, 50, 80, "dark"))


def test_a_png_has_the_size_that_was_asked_for(flat):
    picture = Image.open(io.BytesIO(exported(flat, "png", look=Look(100, 50, 127))))
    assert picture.size == (500, 250)
    assert round(picture.info["dpi"][0]) == 127


def test_the_text_of_a_drawing_stays_text_and_is_read_letter_by_letter(flat):
    svg = exported(flat, "svg", color="kind", labels=HOSTILE, title="$a_b$ <i>")
    texts = ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter()]
    for said in ("<img src=x onerror=alert(1)>", "$x^2$ & %%", "東京 서울", "a b", "$a_b$ <i>"):
        assert said in texts
    assert any(text.startswith("PCA of 60 vectors with 6 dimensions") for text in texts)
    assert b"<i>" not in svg


def test_pdf_embeds_its_fonts(flat):
    assert b"/FontFile2" in exported(flat, "pdf", title="title")


@pytest.mark.parametrize(
    "look", [{"width_mm": 1}, {"height_mm": 9999}, {"dpi": 5}, {"theme": "blue"},
             {"width_mm": 2000, "height_mm": 2000, "dpi": 1200}],
)  # fmt: skip
def test_a_figure_that_is_not_possible_says_so(look):
    with pytest.raises(InvalidParameterError):
        Look(**look)


def test_the_page_holds_the_points_and_lets_no_key_out_of_its_string(flat):
    page = exported(flat, "html", color="kind", title="</title><script>alert(1)</script>").decode()
    data = re.search(r'<script type="application/json" id="figure">(.*?)</script>', page, re.S)
    figure = json.loads(data[1])
    assert figure["data"][0]["text"][1] == "&lt;/script&gt;&lt;b&gt;"
    # Three scripts of ours: the data, plotly.js, the page's own.
    assert len(re.findall(r"<script\b", page.replace(data[1], ""))) == 3 + _in_plotly()
    assert "default-src &#x27;none&#x27;" in page
    assert "<script>alert(1)" not in page
    assert not re.search(r'(?:src|href)="(?!data:)', page[: page.index('id="figure"')])


def _in_plotly() -> int:
    from embedviz.exporting.html_page import plotly_js

    return len(re.findall(r"<script\b", plotly_js()))


def test_coordinates_are_a_table_that_a_spreadsheet_does_not_run(flat):
    chosen = [HOSTILE[3], "item 9"]
    content = exported(flat, "coordinates", selected=chosen, shown=np.arange(60) < 30)
    table = pd.read_csv(io.BytesIO(content))
    assert list(table) == ["key", "kind", "weight", "day", "x", "map_x", "y", "shown", "selected"]
    np.testing.assert_allclose(table[["map_x", "y"]].to_numpy(), flat.coordinates, rtol=1e-6)
    assert table["kind"][2] == "'=1+1"
    assert list(table["key"][table["selected"]]) == chosen
    assert table["shown"].sum() == 30


@pytest.mark.parametrize("name", ["npz", "parquet", "csv"])
def test_data_comes_back_as_the_same_space_with_its_places(flat, name, tmp_path):
    needed(name)
    path = tmp_path / f"map{EXPORTS[name].suffix}"
    export(flat, path, format=name)
    back = ev.read(path)
    assert back.keys == flat.keys
    np.testing.assert_array_equal(back.vectors, flat.space.vectors)
    np.testing.assert_allclose(back.table["y"], flat.coordinates[:, 1], rtol=1e-6)
    assert list(back.table["kind"]) == list(flat.space.table["kind"])


def test_the_projector_gets_tensors_and_metadata(flat, plain):
    needed("projector")
    with pytest.raises(FormatError, match=re.escape(repr("a\nb"))):
        exported(flat, "projector")
    with zipfile.ZipFile(io.BytesIO(exported(plain, "projector"))) as archive:
        assert {"tensors.tsv", "metadata.tsv"} <= set(archive.namelist())


def test_the_suffix_tells_the_format_and_an_unknown_one_is_refused(flat, tmp_path):
    export(flat, tmp_path / "map.HTML")
    assert (tmp_path / "map.HTML").read_bytes().startswith(b"<!doctype html>")
    with pytest.raises(FormatError, match=r"ends in one of .*\.svg"):
        export(flat, tmp_path / "map.doc")
    with pytest.raises(InvalidParameterError, match="open file"):
        export(flat, io.BytesIO())
    with pytest.raises(InvalidParameterError, match="no export 'gif'"):
        export(flat, tmp_path / "map", format="gif")
    assert [path.name for path in tmp_path.iterdir()] == ["map.HTML"]


def test_what_is_not_there_is_named(flat, tmp_path):
    with pytest.raises(InvalidParameterError, match=r"no column 'color'.*'kind'"):
        export(flat, tmp_path / "map.html", color="color")
    with pytest.raises(InvalidParameterError, match="cannot be a size"):
        export(flat, tmp_path / "map.html", size="x")
    with pytest.raises(UnknownKeyError, match="item 99"):
        export(flat, tmp_path / "map.html", labels=["item 99"])


def test_the_caption_says_how_far_to_trust(space, flat):
    quality = ev.quality(space, flat, k=5, cache=False)
    said = caption_of(flat, quality)
    share = 100 * flat.details["explained_variance_ratio"].sum()
    assert f"the axes hold {share:.3g} % of the variance" in said
    assert f"Trustworthiness {quality.trustworthiness:.2f}" in said


# The script


def run(script: str, folder: Path) -> None:
    more = {"PYTHONPATH": str(ROOT), "EMBEDVIZ_CACHE_DIR": str(folder / "cache")}
    (folder / "view.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "view.py"], cwd=folder, env=os.environ | more, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("method", "params"), [("pca", {}), ("tsne", {"perplexity": 7.0, "n_iter": 250})]
)
def test_the_script_draws_the_same_view_bit_by_bit(space, method, params, tmp_path):
    known = set(ev.projections.param_specs(method, len(space), space.dimensions))
    params = {name: value for name, value in params.items() if name in known}
    ev.write(space, tmp_path / "things.npz")
    drawn = ev.project(space, method, seed=3, cache=False, **params)
    view = View(
        reading="ev.read('things.npz')", method=method, seed=3, params=drawn.params, color="kind",
        size=Measure("length", "space.norms / space.norms.min()"),
        filters=to_json({"weight": Range(0.5, 3.0)}), selected=tuple(HOSTILE),
        title='three """ quotes \\', notes=("one\nimport nothing_like_it",),
    )  # fmt: skip
    script = script_of(view) + "\nimport numpy\nnumpy.save('places.npy', projection.coordinates)\n"
    script += "numpy.save('shown.npy', shown)\n"
    run(script, tmp_path)
    np.testing.assert_array_equal(np.load(tmp_path / "places.npy"), drawn.coordinates)
    weight = space.table["weight"]
    np.testing.assert_array_equal(np.load(tmp_path / "shown.npy"), weight.between(0.5, 3.0))
    quality = ev.quality(space, drawn, k=15, cache=False)
    here = io.BytesIO()
    export(
        drawn, here, color="kind", size=space.norms / space.norms.min(),
        shown=weight.between(0.5, 3.0), selected=HOSTILE, quality=quality, title=view.title,
        format="html",
    )  # fmt: skip
    assert (tmp_path / "view.html").read_bytes() == here.getvalue()


def test_a_view_that_cannot_be_read_has_no_script():
    with pytest.raises(InvalidParameterError, match="how these vectors are read"):
        script_of(View(""))


# Keys in a link


@pytest.mark.parametrize(
    "keys", [["a"], ["a", "b c"], ["a,b", "c"], ["[1]", "x"], HOSTILE, ["\ud800"], ["é"] * 1]
)
def test_keys_come_back_from_a_link(keys):
    assert split_keys(joined_keys(keys)) == tuple(keys)


def test_too_many_keys_stay_out_of_the_link():
    assert joined_keys([]) is None
    assert joined_keys([f"{row}" for row in range(MOST_KEYS + 1)]) is None
    assert joined_keys(["x" * 5000]) is None
    for text in ("[1]", "[", "x" * 5000, '["a", ""]', "[" * 3000):
        with pytest.raises(InvalidParameterError):
            split_keys(text)
